//! Records as Automerge documents: one record, one document.

/// One record's Automerge document, with its whole history.
#[derive(Clone, Default)]
pub struct Document {
    /// Only this module names Automerge's types.
    pub(in crate::document) am: automerge::Automerge,
}
