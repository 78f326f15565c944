//! The texts that records are searched by: the one place, besides what the command line renders, that looks into
//! personal values. They stay in memory and reach no log.

use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::Remark;

/// A personal text, to be folded and compared.
pub(crate) fn text(value: Option<&Personal<String>>) -> Option<&str> {
    value.map(|text| text.reveal().as_str())
}

/// The texts of remarks.
pub(crate) fn remarks<'r>(remarks: impl Iterator<Item = &'r Remark>) -> impl Iterator<Item = &'r str> {
    remarks.filter_map(|remark| text(remark.text.as_ref()))
}
