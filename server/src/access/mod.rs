//! Who may do what: sign-ins, and the one function that decides.
//!
//! [`authorize`] is called by the route gate for every request before its handler runs, and again by the handler for
//! the unit, province or record that was asked for. What it does not name is denied.

mod failures;
mod form;
mod gate;
mod password;
mod throttle;
mod token;

use jisr_sync_core::id::{ProvinceId, UnitId};

pub use form::{check_csrf, check_origin};
pub use gate::{Access, gate};
pub use password::{PASSWORD_CHARS_MIN, hash_password, verify_password};
pub use throttle::Throttle;
pub use token::{IDLE_MINUTES, SignInToken, clear_cookie, cookie, csrf_of, open_sign_in, sweep_before};

use crate::registry::{Account, AccountName, Role, Territory};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody known.
    Anonymous,
    /// Somebody who signed in.
    SignedIn(Account),
}

impl Viewer {
    /// The account's name, for the audit log.
    pub fn name(&self) -> Option<AccountName> {
        match self {
            Self::Anonymous => None,
            Self::SignedIn(account) => Some(account.name.clone()),
        }
    }
}

/// What is asked for. Each route states one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// What anybody may: sign-in page, styles, health, and the two addresses where devices prove themselves by a code
    /// or a signature.
    Public,
    /// To have signed in, whatever the role.
    SignedIn,
    /// To read the figures of a day.
    ReadFigures,
    /// To read single records, and what was set aside.
    ReadRecords,
    /// To decide about what was set aside: to release or discard it.
    DecideAside,
}

/// What it is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The viewer's own territory, whatever it is: what a route's gate asks before anything is looked up.
    Own,
    /// One unit.
    Unit {
        /// The unit.
        unit: UnitId,
        /// Its province.
        province: ProvinceId,
    },
    /// What the units of a province share, or a province as a whole.
    Province(ProvinceId),
    /// A record that one unit alone may see.
    Restricted(UnitId),
}

/// Why something is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Nobody has signed in.
    SignInFirst,
    /// The account has no right to it.
    Forbidden,
}

/// Whether `viewer` may do `action` to `target`. The only place that decides.
///
/// # Errors
/// Why not.
pub fn authorize(viewer: &Viewer, action: Action, target: &Target) -> Result<(), Denied> {
    if action == Action::Public {
        return Ok(());
    }
    let Viewer::SignedIn(account) = viewer else { return Err(Denied::SignInFirst) };
    let role_may = match action {
        Action::Public | Action::SignedIn => true,
        Action::ReadFigures => matches!(account.role, Role::Supervisor | Role::Observer),
        Action::ReadRecords | Action::DecideAside => account.role == Role::Supervisor,
    };
    if role_may && holds_in(&account.territory, target) { Ok(()) } else { Err(Denied::Forbidden) }
}

/// Whether a territory reaches a target. A unit's account does not reach what its province shares.
fn holds_in(territory: &Territory, target: &Target) -> bool {
    match (territory, target) {
        (_, Target::Own) => true,
        (Territory::Unit(own), Target::Unit { unit, .. } | Target::Restricted(unit)) => own == unit,
        (Territory::Province(own), Target::Unit { province, .. } | Target::Province(province)) => own == province,
        (Territory::Region, Target::Unit { .. } | Target::Province(_)) => true,
        (Territory::Unit(_), Target::Province(_))
        | (Territory::Province(_) | Territory::Region, Target::Restricted(_)) => false,
    }
}
