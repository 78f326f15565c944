//! What can be typed.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jisr_locales::Lang;
use jisr_sync_core::id::{DeviceId, DocumentId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::time::OperationalDay;

use super::typed::read;
use crate::registry::{AccountName, Role, Territory};
use crate::storage::{AsideName, AsidePlace};
use crate::telemetry::LogFormat;

/// Jisr's server: merges, keeps and shows what the vans recorded.
///
/// Ends with 0 when done, 2 for arguments that do not read, 3 when refused, 4 when the store is in use, 5 when it is
/// damaged, 70 when something failed, 130 when it was stopped.
#[derive(Debug, Parser)]
#[command(version, name = "jisr-server")]
pub struct Arguments {
    /// The language of messages: ar, fr or en.
    #[arg(long, global = true, env = "JISR_LANG", default_value = "en", value_parser = read::<Lang>)]
    pub lang: Lang,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the server's data is, and how to answer.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The data folder.
    #[arg(long, env = "JISR_DATA", default_value = "jisr-data")]
    pub data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up a server: configuration, data folder, first supervisor.
    Init(Init),
    /// Run it.
    Serve(Serve),
    /// Mobile units.
    #[command(subcommand)]
    Unit(Unit),
    /// Issue a code with which one device joins a unit; prints code, address and QR.
    Enrol(Enrol),
    /// Devices.
    #[command(subcommand)]
    Device(Device),
    /// Changes that devices delivered and that were not let in. Nothing of them is lost.
    #[command(subcommand)]
    Aside(Aside),
    /// Move a record to another unit or province: its history goes along, and leaves the devices of the old one.
    Move(Move),
    /// Take in a file that devices exported where there was no network (`jisr carry export`). Twice is harmless.
    Import(Import),
    /// Accounts of people.
    #[command(subcommand)]
    User(User),
    /// Planned tours: what a day waits for.
    #[command(subcommand)]
    Plan(Plan),
    /// Show a day, with how complete it is.
    Activity(Activity),
    /// Check that everything kept, or a backup, is what was written.
    Verify(Verify),
    /// Write everything kept into one file, while the server runs; read it back; remove old ones.
    Backup(Backup),
    /// Make a server of a backup. Devices notice, and bring back what it lacks of their own.
    Restore(Restore),
    /// Write the store anew, so that it takes no more room than it needs. The server must be stopped.
    Compact(Place),
    /// Print the API's description.
    Openapi,
}

/// Which record goes where.
#[derive(Debug, Args)]
pub struct Move {
    /// The record's id.
    #[arg(value_parser = read::<DocumentId>)]
    pub record: DocumentId,
    /// Where it is to be, such as `unit/azilal-2` or `province/azilal`.
    #[arg(long, value_parser = read::<ScopeId>)]
    pub to: ScopeId,
    /// Where the server is.
    #[command(flatten)]
    pub place: Place,
}

/// Where a password comes from. Without either it is asked on the terminal.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct PasswordFrom {
    /// Read it from the first line of a file.
    #[arg(long)]
    pub password_file: Option<PathBuf>,
    /// Read it from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
    /// The first supervisor's account, for the whole region.
    #[arg(long, default_value = "supervisor", value_parser = read::<AccountName>)]
    pub user: AccountName,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub password: PasswordFrom,
    /// The address to listen on.
    #[arg(long, env = "JISR_LISTEN", default_value = "127.0.0.1:8080", value_parser = read::<SocketAddr>)]
    pub listen: SocketAddr,
    /// The address people and devices reach the server under; the one it listens on when absent.
    #[arg(long, env = "JISR_PUBLIC_URL")]
    pub public_url: Option<String>,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
    /// The address to listen on, instead of the configured one. Port 0 takes a free one.
    #[arg(long, env = "JISR_LISTEN", value_parser = read::<SocketAddr>)]
    pub listen: Option<SocketAddr>,
    /// The address people and devices reach the server under, instead of the configured one.
    #[arg(long, env = "JISR_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How log lines look.
    #[arg(long, env = "JISR_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

/// `unit`.
#[derive(Debug, Subcommand)]
pub enum Unit {
    /// Add a unit.
    Add {
        /// Its id, such as azilal-1.
        #[arg(value_parser = read::<UnitId>)]
        id: UnitId,
        /// Its province, such as azilal.
        #[arg(long, value_parser = read::<ProvinceId>)]
        province: ProvinceId,
        /// Its province is one that has no unit yet and is not among those known from the start.
        #[arg(long)]
        new_province: bool,
        /// Its name in Arabic; the id when absent.
        #[arg(long)]
        name_ar: Option<String>,
        /// Its name in French; the id when absent.
        #[arg(long)]
        name_fr: Option<String>,
        /// It works at night: encounters outside tours count from noon to noon.
        #[arg(long)]
        night: bool,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// List the units.
    List(Place),
}

/// `enrol`.
#[derive(Debug, Args)]
pub struct Enrol {
    /// The unit.
    #[arg(value_parser = read::<UnitId>)]
    pub unit: UnitId,
    /// What the device will be called, such as "Samsung A05".
    #[arg(long)]
    pub device: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `device`.
#[derive(Debug, Subcommand)]
pub enum Device {
    /// List the devices.
    List(Place),
    /// Move a device to another unit: it reads and writes for that one from now on.
    Move {
        /// Its id.
        #[arg(value_parser = read::<DeviceId>)]
        id: DeviceId,
        /// The unit.
        #[arg(long, value_parser = read::<UnitId>)]
        unit: UnitId,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// End a device's access. What it still delivers is kept aside.
    Revoke {
        /// Its name, its id, or how its id begins.
        device: String,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
}

/// `aside`.
#[derive(Debug, Subcommand)]
pub enum Aside {
    /// List them with the reasons, newest first.
    List {
        /// Only those with this reason, such as not-granted.
        #[arg(long)]
        reason: Option<String>,
        /// Only what this device wrote.
        #[arg(long, value_parser = read::<DeviceId>)]
        device: Option<DeviceId>,
        /// Only what was meant for this unit, or written by a device of it.
        #[arg(long, value_parser = read::<UnitId>)]
        unit: Option<UnitId>,
        /// Only what came since this day began.
        #[arg(long, value_parser = read::<OperationalDay>)]
        since: Option<OperationalDay>,
        /// Go on where another list ended: what it gave as next.
        #[arg(long, value_parser = read::<AsidePlace>)]
        before: Option<AsidePlace>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = read::<usize>)]
        limit: usize,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Show one: whose it is, why it is aside, which fields it would change, and whether it can be released now.
    Show {
        /// How its hash begins, at least 4 digits; and @RECORD where several records have it.
        #[arg(value_parser = read::<AsideName>)]
        id: AsideName,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Let changes in after all, as far as a person may and they fit their records.
    Release(Decide),
    /// Decide that changes are never taken in. Their bytes are dropped here; whoever brings them again is told.
    Discard(Decide),
}

/// A decision about changes that were set aside.
#[derive(Debug, Args)]
pub struct Decide {
    /// Which, as for show.
    #[arg(required = true, value_parser = read::<AsideName>)]
    pub ids: Vec<AsideName>,
    /// Why: it stands in the audit log. Name nobody who was met.
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `user`.
#[derive(Debug, Subcommand)]
pub enum User {
    /// List the accounts.
    List(Place),
    /// End an account's access, and the sign-ins it has. `user reset` gives it back.
    Disable {
        /// What they sign in with.
        #[arg(value_parser = read::<AccountName>)]
        name: AccountName,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Give an account another password; its sign-ins end.
    Reset {
        /// What they sign in with.
        #[arg(value_parser = read::<AccountName>)]
        name: AccountName,
        #[command(flatten)]
        #[allow(missing_docs)]
        password: PasswordFrom,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Add an account.
    Add {
        /// What they sign in with.
        #[arg(value_parser = read::<AccountName>)]
        name: AccountName,
        /// Where the rights hold: unit/UNIT, province/PROVINCE or region.
        #[arg(long, value_parser = read::<Territory>)]
        territory: Territory,
        /// supervisor (figures and records), observer (figures) or technician (neither).
        #[arg(long, default_value = "supervisor", value_parser = read::<Role>)]
        role: Role,
        #[command(flatten)]
        #[allow(missing_docs)]
        password: PasswordFrom,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
}

/// `plan`.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Plan the same tour for units and days.
    Add {
        /// The units.
        #[arg(required = true, value_parser = read::<UnitId>)]
        units: Vec<UnitId>,
        /// The first day.
        #[arg(long, value_parser = read::<OperationalDay>)]
        from: OperationalDay,
        /// The last day; the first one when absent.
        #[arg(long, value_parser = read::<OperationalDay>)]
        to: Option<OperationalDay>,
        /// When it starts, local time, such as 20:00.
        #[arg(long, value_parser = read::<jiff::civil::Time>)]
        start: jiff::civil::Time,
        /// When it ends; on the next date when not after the start.
        #[arg(long, value_parser = read::<jiff::civil::Time>)]
        end: jiff::civil::Time,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// Take planned tours back: their days wait for these units no longer. What was recorded stays.
    Remove {
        /// The units.
        #[arg(required = true, value_parser = read::<UnitId>)]
        units: Vec<UnitId>,
        /// The first day.
        #[arg(long, value_parser = read::<OperationalDay>)]
        from: OperationalDay,
        /// The last day; the first one when absent.
        #[arg(long, value_parser = read::<OperationalDay>)]
        to: Option<OperationalDay>,
        /// Only those that were to start then, local time, such as 20:00.
        #[arg(long, value_parser = read::<jiff::civil::Time>)]
        start: Option<jiff::civil::Time>,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
    /// List the tours of a day.
    List {
        /// The day.
        #[arg(value_parser = read::<OperationalDay>)]
        day: OperationalDay,
        #[command(flatten)]
        #[allow(missing_docs)]
        place: Place,
    },
}

/// `activity`.
#[derive(Debug, Args)]
pub struct Activity {
    /// The day; today when absent.
    #[arg(value_parser = read::<OperationalDay>)]
    pub day: Option<OperationalDay>,
    /// One unit only.
    #[arg(long, value_parser = read::<UnitId>)]
    pub unit: Option<UnitId>,
    /// One province only.
    #[arg(long, value_parser = read::<ProvinceId>)]
    pub province: Option<ProvinceId>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file. `{now}` in its name stands for the time: /var/backups/jisr-{now}.jisr
    pub file: PathBuf,
    /// Keep only so many of the files that this name made; the oldest go. Needs `{now}` in the name.
    #[arg(long, value_name = "N", value_parser = read::<NonZeroU16>)]
    pub keep: Option<NonZeroU16>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    pub file: PathBuf,
    /// Move the store that is there aside, within the data folder. It is never deleted.
    #[arg(long)]
    pub replace: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// A backup; the data folder when absent.
    #[arg(conflicts_with = "repair")]
    pub file: Option<PathBuf>,
    /// Build what follows from the logs anew. The server must be stopped.
    #[arg(long)]
    pub repair: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The file.
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Command {
        Arguments::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}")).command
    }

    #[test]
    fn ids_numbers_days_and_times_may_be_typed_in_arabic_digits_and_names_stay_as_written() {
        let same = |arabic: &str, western: &str| {
            assert_eq!(format!("{:?}", parsed(arabic)), format!("{:?}", parsed(western)), "{arabic}");
        };
        same("jisr-server activity ٢٠٢٦-١١-٢٣ --unit azilal-١", "jisr-server activity 2026-11-23 --unit azilal-1");
        same(
            "jisr-server plan add azilal-٢ --from ۲۰۲۶-۱۱-۲۳ --start ٢٠:٠٠ --end ٠٤:٣٠",
            "jisr-server plan add azilal-2 --from 2026-11-23 --start 20:00 --end 04:30",
        );
        same("jisr-server aside list --limit ١٢", "jisr-server aside list --limit 12");
        same("jisr-server backup a-{now}.jisr --keep ٣", "jisr-server backup a-{now}.jisr --keep 3");
        let Command::Enrol(enrol) = parsed("jisr-server enrol azilal-١ --device هاتف-٢") else { panic!("enrol") };
        assert_eq!((enrol.unit.as_str(), enrol.device.as_str()), ("azilal-1", "هاتف-٢"));
        assert!(Arguments::try_parse_from(["jisr-server", "backup", "a", "--keep", "٠"]).is_err(), "none is too few");
    }
}
