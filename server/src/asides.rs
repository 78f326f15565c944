//! What people do with what was set aside: find it, look at it, release it, discard it. The command line, the API and
//! the pages do it here and nowhere else, so that every decision is noted with its reason before it is carried out.

use jisr_sync_core::id::{DeviceId, ScopeId, UnitId};
use serde::{Deserialize, Serialize};

use crate::access::Viewer;
use crate::merge::{Decision, Ruled, Ruling};
use crate::ports::{AsideLine, RecordsError};
use crate::registry::{Deed, RegistryError, TEXT_BYTES_MAX};
use crate::state::AppState;
use crate::storage::AsideName;

/// How many changes one decision may be about.
pub const DECIDED_AT_ONCE_MAX: usize = 256;

/// What came of a decision about one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Which.
    pub aside: AsideLine,
    /// `let-in`, `known` (it was in the log before), `waits` (until what it builds on comes), `refused`, `discarded` or
    /// `unknown` (nothing of this name is aside any more).
    pub outcome: String,
    /// Why it stays aside, when it was refused.
    pub reason: Option<String>,
}

/// Ways in which something set aside cannot be found or decided about. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    /// Nothing of this name is aside, or not where the viewer may look.
    #[error("nothing of this name is set aside")]
    Unknown,
    /// Several are.
    #[error("several changes of this name are set aside")]
    Several,
    /// The reason is empty, too long or no plain text; or too many changes were named.
    #[error("the reason is not as it must be")]
    Reason,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The records failed.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// The one change of this name of the scopes and authors that `may` allows.
///
/// # Errors
/// [`AsideError::Unknown`] and [`AsideError::Several`].
pub fn find(
    state: &AppState,
    name: &AsideName,
    may: &dyn Fn(&ScopeId, DeviceId) -> bool,
) -> Result<AsideLine, AsideError> {
    let mut found = state.records.aside_named(name, state.now())?;
    found.retain(|aside| may(&aside.scope, aside.device));
    match (found.pop(), found.pop()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(AsideError::Unknown),
        (Some(_), Some(_)) => Err(AsideError::Several),
    }
}

/// Decides about changes, with a reason. Who decided what, and why, stands in the audit log before anything happens.
///
/// # Errors
/// [`AsideError::Reason`], or when a store fails.
pub fn decide(
    state: &AppState,
    viewer: &Viewer,
    decision: Decision,
    asides: Vec<AsideLine>,
    because: &str,
) -> Result<Vec<Decided>, AsideError> {
    let because = because.trim();
    let plain = !because.is_empty() && because.len() <= TEXT_BYTES_MAX && !because.chars().any(char::is_control);
    if !plain || asides.len() > DECIDED_AT_ONCE_MAX {
        return Err(AsideError::Reason);
    }
    let deed = match decision {
        Decision::Release => Deed::ReleaseOrdered,
        Decision::Discard => Deed::DiscardOrdered,
    };
    for aside in &asides {
        let target = AsideName::of(&aside.hash, aside.record).to_string();
        state.audit_with(viewer, deed, target, because)?;
    }
    let ruled = state.records.rule(Ruling {
        decision,
        about: asides.iter().map(|aside| (aside.hash, aside.record)).collect(),
        by: viewer.name().map(String::from),
        because: because.to_owned(),
        at: state.now(),
    })?;
    Ok(asides.into_iter().zip(ruled).map(|(aside, ruled)| decided(aside, ruled)).collect())
}

fn decided(aside: AsideLine, ruled: Ruled) -> Decided {
    let (outcome, reason) = match ruled {
        Ruled::LetIn => ("let-in", None),
        Ruled::Known => ("known", None),
        Ruled::Waits => ("waits", None),
        Ruled::Refused(reason) => ("refused", Some(reason)),
        Ruled::Discarded => ("discarded", None),
        Ruled::Unknown => ("unknown", None),
    };
    Decided { aside, outcome: outcome.to_owned(), reason }
}

/// Whether a change belongs to a unit: meant for it, or written by a device of it.
pub fn is_of_unit(state: &AppState, unit: &UnitId, scope: &ScopeId, author: DeviceId) -> bool {
    let device = || state.registry.device(author).ok().flatten();
    *scope == ScopeId::Unit(unit.clone()) || device().is_some_and(|device| device.unit == *unit)
}
