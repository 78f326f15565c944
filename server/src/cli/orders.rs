//! Commands that are orders: to the running server through its socket, or to the store itself when none runs.

use std::num::NonZeroU16;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::civil::Time;
use jisr_locales::Lang;
use jisr_sync_core::id::UnitId;
use jisr_sync_core::time::{OperationalDay, ServiceZone};

use super::args::{
    Activity, Aside, Backup, Command, Decide, Device, Enrol, Import, Move, Place, Plan, Unit, User, Verify,
};
use super::bar::Bar;
use super::password::new_password;
use super::{Failure, print};
use crate::admin::{Order, Outcome, Refusal, ToUnplan, perform, socket};
use crate::assemble::Opened;
use crate::backup::Pattern;
use crate::config::{Config, file_in};
use crate::ports::{AsideFilter, BackupOrder};
use crate::progress::Watch;
use crate::registry::{Account, PlannedShift, Standing, Unit as UnitFacts};

/// The longest plan that can be made at once, in days.
const PLAN_DAYS_MAX: usize = 400;

/// Does an order and prints what came of it.
pub fn follow(lang: Lang, command: Command) -> Result<ExitCode, Failure> {
    let (order, place) = order_of(lang, command)?;
    let (folder, bar) = (&place.data, Bar::new(lang, place.json));
    let outcome = match socket::send(folder, &order, &*bar) {
        Some(answered) => answered.map_err(|error| Failure::of_order(error, folder)),
        None => do_here(folder, order.clone(), bar.clone()),
    };
    bar.clear();
    let outcome = outcome?;
    print::outcome(lang, &order, &outcome, place.json);
    let sound = !matches!(&outcome, Outcome::Verified(found) if !found.findings.is_empty());
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(5) })
}

fn do_here(folder: &Path, order: Order, bar: Arc<Bar>) -> Result<Outcome, Failure> {
    Failure::unless_store_in(folder)?;
    // Nothing else takes long and can be stopped; a store in repair must not be left by half.
    if let Order::BackUp(_) | Order::Verify { repair: false } = &order {
        bar.stop_when_told().map_err(|error| Failure::other(&error))?;
    }
    let watch: Arc<dyn Watch> = bar;
    let opened = Opened::open(folder, Config::read(folder)?.settings())?;
    let outcome = perform(&opened.state, order, &watch).map_err(|error| Failure::of_order(error, folder));
    opened.close();
    outcome
}

fn order_of(lang: Lang, command: Command) -> Result<(Order, Place), Failure> {
    Ok(match command {
        Command::Unit(Unit::Add { id, province, new_province, name_ar, name_fr, night, place }) => {
            let name = |name: Option<String>| name.unwrap_or_else(|| id.to_string());
            let (name_ar, name_fr) = (name(name_ar), name(name_fr));
            let unit = UnitFacts { id, name_ar, name_fr, province, night };
            (Order::AddUnit { unit, new_province }, place)
        }
        Command::Unit(Unit::List(place)) => (Order::Units, place),
        Command::Enrol(Enrol { unit, device, place }) => (Order::Enrol { unit, device }, place),
        Command::Device(Device::List(place)) => (Order::Devices, place),
        Command::Device(Device::Revoke { device, place }) => (Order::Revoke(device), place),
        Command::Device(Device::Move { id, unit, place }) => (Order::MoveDevice { device: id, unit }, place),
        Command::Aside(aside) => aside_order(aside)?,
        Command::Import(Import { file, place }) => {
            // A running server reads it from a folder of its own.
            (Order::Import { file: std::path::absolute(&file).unwrap_or(file) }, place)
        }
        Command::Move(Move { record, to, place }) => (Order::Move { record, to }, place),
        Command::User(User::Add { name, territory, role, password, place }) => {
            let password_hash = new_password(lang, &name, &password)?;
            let standing = Standing::default();
            (Order::AddAccount(Account { name, password_hash, territory, role, standing }), place)
        }
        Command::User(User::List(place)) => (Order::Accounts, place),
        Command::User(User::Disable { name, place }) => (Order::DisableAccount(name), place),
        Command::User(User::Reset { name, password, place }) => {
            let password_hash = new_password(lang, &name, &password)?;
            (Order::ResetPassword { name, password_hash }, place)
        }
        Command::Plan(Plan::Add { units, from, to, start, end, place }) => {
            (Order::Plan(planned(&units, from, to.unwrap_or(from), start, end)?), place)
        }
        Command::Plan(Plan::Remove { units, from, to, start, place }) => {
            (Order::Unplan(to_unplan(&units, from, to.unwrap_or(from), start)?), place)
        }
        Command::Plan(Plan::List { day, place }) => (Order::Planned(day), place),
        Command::Activity(Activity { day, unit, province, place }) => (Order::Activity { day, unit, province }, place),
        Command::Verify(Verify { repair, place, file: _ }) => (Order::Verify { repair }, place),
        Command::Backup(Backup { file, keep, place }) => (Order::BackUp(backup(&file, keep, &place)?), place),
        Command::Init(_) | Command::Serve(_) | Command::Openapi | Command::Restore(_) | Command::Compact(_) => {
            return Err(Failure::with("server-fail-other", "what", "not an order", 70));
        }
    })
}

/// The backup to be made, for a server that runs in another folder.
fn backup(file: &Path, keep: Option<NonZeroU16>, place: &Place) -> Result<BackupOrder, Failure> {
    let file = std::path::absolute(file).map_err(|error| Failure::other(&error))?;
    let timed = Pattern::of(&file).is_ok_and(|pattern| pattern.has_time() || keep.is_none());
    if !timed {
        return Err(Failure::refused(Refusal::Pattern, ""));
    }
    let config = match std::fs::read_to_string(file_in(&place.data)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::other(&error)),
        text => text.ok(),
    };
    Ok(BackupOrder { file, keep: keep.map(|keep| usize::from(keep.get())), config })
}

fn aside_order(aside: Aside) -> Result<(Order, Place), Failure> {
    let decide = |release, Decide { ids: asides, reason: because, place }| {
        (Order::DecideAside { release, asides, because }, place)
    };
    Ok(match aside {
        Aside::List { reason, device, unit, since, before, limit, place } => {
            let zone = ServiceZone::morocco().map_err(|error| Failure::other(&error))?;
            let since = since.and_then(|day| zone.start_of(day));
            (Order::SetAside { filter: AsideFilter { reason, device, since, before, limit }, unit }, place)
        }
        Aside::Show { id, place } => (Order::ShowAside(id), place),
        Aside::Release(it) => decide(true, it),
        Aside::Discard(it) => decide(false, it),
    })
}

/// The same tour for each unit on each day. One that ends at or before its start ends on the next date.
fn planned(
    units: &[UnitId],
    from: OperationalDay,
    to: OperationalDay,
    start: Time,
    end: Time,
) -> Result<Vec<PlannedShift>, Failure> {
    let zone = ServiceZone::morocco().map_err(|error| Failure::other(&error))?;
    let mut shifts = Vec::new();
    for day in days(from, to)? {
        let last = if end > start { day } else { day.next() };
        let at = |day: OperationalDay, time: Time| zone.instant_of(day.date().to_datetime(time));
        let (Some(start), Some(end)) = (at(day, start), at(last, end)) else {
            return Err(Failure::refused(Refusal::Span, ""));
        };
        shifts.extend(units.iter().map(|unit| PlannedShift { unit: unit.clone(), day, start, end }));
    }
    Ok(shifts)
}

/// The tours of each unit on each day; with `start`, those only that were to start then.
fn to_unplan(
    units: &[UnitId],
    from: OperationalDay,
    to: OperationalDay,
    start: Option<Time>,
) -> Result<Vec<ToUnplan>, Failure> {
    let zone = ServiceZone::morocco().map_err(|error| Failure::other(&error))?;
    let mut tours = Vec::new();
    for day in days(from, to)? {
        let at = |time: Time| zone.instant_of(day.date().to_datetime(time));
        let start = start.map(|time| at(time).ok_or_else(|| Failure::refused(Refusal::Span, ""))).transpose()?;
        tours.extend(units.iter().map(|unit| ToUnplan { unit: unit.clone(), day, start }));
    }
    Ok(tours)
}

/// All days from the first to the last.
fn days(from: OperationalDay, to: OperationalDay) -> Result<Vec<OperationalDay>, Failure> {
    let days = std::iter::successors(Some(from), |day| Some(day.next())).take_while(|day| *day <= to);
    let days: Vec<_> = days.take(PLAN_DAYS_MAX + 1).collect();
    if days.is_empty() || days.len() > PLAN_DAYS_MAX {
        return Err(Failure::refused(Refusal::Days, ""));
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_tour_ends_on_the_next_date() {
        let units = ["azilal-1".parse().unwrap(), "azilal-2".parse().unwrap()];
        let day = |text: &str| text.parse::<OperationalDay>().unwrap();
        let time = |hour| Time::constant(hour, 0, 0, 0);

        let shifts = planned(&units, day("2026-11-23"), day("2026-11-24"), time(20), time(4)).unwrap();

        assert_eq!(shifts.len(), 4);
        assert_eq!(shifts[0].end.0 - shifts[0].start.0, 8 * 3_600_000);
        assert_eq!(shifts[0].start.0, 1_795_464_000_000, "20:00 in Morocco is 20:00 UTC since 2026-09-20");
        assert!(planned(&units, day("2026-11-24"), day("2026-11-23"), time(20), time(4)).is_err());
    }
}
