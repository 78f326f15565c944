//! Records, units and devices by what people call them, instead of by ids.
//!
//! A record is named by its short code, its time, its unit; only to readers who may open it does the name say more
//! than what kind of record it is, and only they get a link.

use std::collections::{BTreeMap, BTreeSet};

use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::OperationalDay;

use super::When;
use super::completeness::{UnitNames, unit_name};
use super::value::separator;
use crate::access::{Access, Action};
use crate::api::target_of;
use crate::ports::Brief;
use crate::problem::Problem;
use crate::state::AppState;

/// A record by what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What it is called.
    pub text: String,
    /// Its address; `None` for somebody who may not open it.
    pub href: Option<String>,
}

/// The address of a record, from which the way back leads to `from`.
pub fn address(id: DocumentId, from: Option<OperationalDay>) -> String {
    from.map_or_else(|| format!("/records/{id}"), |day| format!("/records/{id}?day={day}"))
}

/// What one reader is told instead of ids.
#[derive(Debug, Clone, Default)]
pub struct Known {
    units: UnitNames,
    devices: BTreeMap<String, String>,
    records: BTreeMap<DocumentId, Reference>,
}

/// Who reads, and how.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The server.
    pub state: &'a AppState,
    /// Who.
    pub access: &'a Access,
    /// In which language.
    pub lang: Lang,
    /// How times are told.
    pub when: &'a When,
    /// The day the page is about, for the way back.
    pub day: Option<OperationalDay>,
}

impl Known {
    /// What `reader` is told of these records, and of every unit and device.
    pub fn of(reader: Reader<'_>, units: &UnitNames, ids: &BTreeSet<DocumentId>) -> Result<Self, Problem> {
        let mut known = Self { units: units.clone(), ..Self::default() };
        for device in reader.state.registry.devices()? {
            known.devices.insert(device.id.to_string(), device.name);
        }
        for id in ids {
            if let Some(brief) = reader.state.records.brief(*id)? {
                known.records.insert(*id, reader.reference(*id, &brief, units));
            }
        }
        Ok(known)
    }

    /// A record, as far as the reader may know it.
    pub fn record(&self, id: &DocumentId, lang: Lang) -> Reference {
        let unknown = || Reference { text: tr(lang, "ref-unknown", &[]), href: None };
        self.records.get(id).cloned().unwrap_or_else(unknown)
    }

    /// Whether the reader may open a record.
    pub fn may_open(&self, id: &DocumentId) -> bool {
        self.records.get(id).is_some_and(|reference| reference.href.is_some())
    }

    /// A unit's name.
    pub fn unit(&self, id: &str) -> Option<&str> {
        self.units.get(&id.parse().ok()?).map(String::as_str)
    }

    /// A device's name.
    pub fn device(&self, id: &str) -> Option<&str> {
        self.devices.get(id).map(String::as_str)
    }
}

impl Reader<'_> {
    fn reference(&self, id: DocumentId, brief: &Brief, units: &UnitNames) -> Reference {
        let kind = label(self.lang, "kind", brief.kind.code());
        let target = target_of(self.state, &brief.scope, brief.restricted_to.as_ref());
        if !target.is_ok_and(|target| self.access.may(Action::ReadRecords, &target)) {
            return Reference { text: kind, href: None };
        }
        let unit = match &brief.scope {
            ScopeId::Unit(unit) => Some(unit_name(units, unit)),
            ScopeId::Province(_) => None,
        };
        let text = match brief.kind {
            RecordKind::Person => brief.short_code.clone().unwrap_or_else(|| tr(self.lang, "ref-no-code", &[])),
            RecordKind::Place => self.place(brief).unwrap_or(kind),
            RecordKind::Shift => {
                let day = brief.day.map(|day| self.when.day(day));
                [Some(kind), day, unit].into_iter().flatten().collect::<Vec<_>>().join(separator(self.lang))
            }
            RecordKind::Encounter | RecordKind::Referral | RecordKind::FollowUp => {
                let at = brief.at.map(|at| self.when.time(at));
                [Some(kind), at, unit].into_iter().flatten().collect::<Vec<_>>().join(separator(self.lang))
            }
        };
        Reference { text, href: Some(address(id, self.day)) }
    }

    fn place(&self, brief: &Brief) -> Option<String> {
        let (ar, fr) = (brief.names.0.as_ref(), brief.names.1.as_ref());
        let name = if self.lang == Lang::Ar { ar.or(fr) } else { fr.or(ar) };
        name.map(|name| name.reveal().clone())
    }
}

/// The name of a link that is one of many alike, for those who hear it: what it opens.
pub fn link_name(lang: Lang, parts: &[&str]) -> String {
    let what: Vec<&str> = parts.iter().copied().filter(|part| *part != "–").collect();
    tr(lang, "link-to", &[("what", Arg::from(&what.join(separator(lang))))])
}
