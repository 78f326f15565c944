//! Orders about what was set aside: showing one change, and deciding about some.

use std::collections::BTreeSet;

use super::{OrderError, Outcome, Refusal};
use crate::access::Viewer;
use crate::asides::{self, AsideError};
use crate::merge::Decision;
use crate::ports::AsideLine;
use crate::registry::TEXT_BYTES_MAX;
use crate::state::AppState;
use crate::storage::AsideName;

pub(super) fn show(state: &AppState, name: &AsideName) -> Result<Outcome, OrderError> {
    let line = find_aside(state, name)?;
    let view = state.records.aside_view(&line, state.now())?;
    let gone = || OrderError::refused(Refusal::Unknown, name.to_string());
    Ok(Outcome::Aside(Box::new(view.ok_or_else(gone)?)))
}

fn find_aside(state: &AppState, name: &AsideName) -> Result<AsideLine, OrderError> {
    asides::find(state, name, &|_, _| true).map_err(|error| refused_aside(error, name))
}

/// All are found before anything is decided about any.
pub(super) fn decide(
    state: &AppState,
    release: bool,
    names: &[AsideName],
    because: &str,
) -> Result<Outcome, OrderError> {
    let mut lines = names.iter().map(|name| find_aside(state, name)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert((line.hash, line.record)));
    let decision = if release { Decision::Release } else { Decision::Discard };
    let decided = asides::decide(state, &Viewer::Anonymous, decision, lines, because);
    let first = names.first().cloned();
    decided.map(Outcome::Decided).map_err(|error| match first {
        Some(name) => refused_aside(error, &name),
        None => OrderError::refused(Refusal::Reason, TEXT_BYTES_MAX.to_string()),
    })
}

fn refused_aside(error: AsideError, name: &AsideName) -> OrderError {
    match error {
        AsideError::Unknown => OrderError::refused(Refusal::Unknown, name.to_string()),
        AsideError::Several => OrderError::refused(Refusal::Several, name.to_string()),
        AsideError::Reason => OrderError::refused(Refusal::Reason, TEXT_BYTES_MAX.to_string()),
        AsideError::Registry(error) => error.into(),
        AsideError::Records(error) => error.into(),
    }
}
