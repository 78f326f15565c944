//! Accounts that are listed, ended, and given another password.

use serde::{Deserialize, Serialize};

use super::{OrderError, Outcome, Refusal};
use crate::access::Viewer;
use crate::registry::{Account, AccountName, Deed, Role, Standing, Territory};
use crate::state::AppState;

/// An account in a list: never its password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountLine {
    /// What they sign in with.
    pub name: AccountName,
    /// Where the rights hold.
    pub territory: Territory,
    /// What the account is for.
    pub role: Role,
    /// Whether its access has been ended.
    pub disabled: bool,
}

pub(super) fn list(state: &AppState) -> Result<Outcome, OrderError> {
    let lines = state.registry.accounts()?.into_iter().map(|account| AccountLine {
        name: account.name,
        territory: account.territory,
        role: account.role,
        disabled: account.standing.disabled,
    });
    Ok(Outcome::Accounts(lines.collect()))
}

/// Ends an account's access, and the sign-ins it has.
pub(super) fn disable(state: &AppState, name: &AccountName) -> Result<(), OrderError> {
    let account = known(state, name)?;
    let standing = Standing { disabled: true, since: state.now() };
    state.registry.change_account(&Account { standing, ..account })?;
    Ok(state.audit(&Viewer::Anonymous, Deed::AccountDisabled, name.to_string())?)
}

/// Gives an account another password, and its access back; the sign-ins it has end.
pub(super) fn reset(state: &AppState, name: &AccountName, password_hash: String) -> Result<(), OrderError> {
    let account = known(state, name)?;
    let standing = Standing { disabled: false, since: state.now() };
    state.registry.change_account(&Account { password_hash, standing, ..account })?;
    Ok(state.audit(&Viewer::Anonymous, Deed::PasswordReset, name.to_string())?)
}

fn known(state: &AppState, name: &AccountName) -> Result<Account, OrderError> {
    let found = state.registry.account(name)?;
    found.ok_or_else(|| OrderError::refused(Refusal::Unknown, name.to_string()))
}
