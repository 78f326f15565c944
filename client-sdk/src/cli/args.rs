//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::flags::{RecordArgs, RecordFlags};
use super::look::KINDS;

/// Field records of a mobile unit: kept on this device first, sent when there is a network.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a value that cannot be, 4 no such record, 5 the store cannot be
/// used, 6 the server was not reached (all is kept here), 7 not enrolled, 8 refused since unsent work would be lost.
#[derive(Debug, Parser)]
#[command(name = "jisr", version)]
pub(super) struct Args {
    /// The folder of this device's records; jisr in the user's data folder when absent. jisr status names it.
    #[arg(long, env = "JISR_STORE", global = true, display_order = 100)]
    pub(super) store: Option<PathBuf>,
    /// The language of messages: ar, fr or en.
    #[arg(long, env = "JISR_LANG", global = true, display_order = 100, value_parser = ["ar", "fr", "en"])]
    pub(super) lang: Option<String>,
    /// Who writes, by the short reference of the service. Remembered.
    #[arg(long, env = "JISR_STAFF", global = true, display_order = 100)]
    pub(super) staff: Option<String>,
    /// Allows plain HTTP to another machine: for a test bench only.
    #[arg(long, env = "JISR_PLAIN_HTTP", global = true, hide = true)]
    pub(super) plain_http: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Enrols this device with a server, by a one-time code.
    Enrol {
        /// The link that was given, `https://jisr.example.org/enrol#CODE` in quotes, or the server's address alone.
        link: String,
        /// The code, when it does not stand in the link. Spaces do not matter.
        code: Vec<String>,
    },
    /// Starts or ends a tour.
    #[command(subcommand)]
    Shift(ShiftCommand),
    /// Records an encounter: with flags, as JSON, or by answering questions.
    Record(Box<RecordArgs>),
    /// Changes a record: an encounter or a person with flags, any kind as JSON. A draft stays a draft.
    Edit {
        /// Its id, the beginning of it, or a person's short code.
        id: String,
        #[command(flatten)]
        flags: Box<RecordFlags>,
    },
    /// Makes a draft a record, when nothing is lacking. From then on it is sent.
    Finish {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Throws a draft away.
    Discard {
        /// Its id, or the beginning of it.
        id: String,
        /// Does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Lists records, newest first.
    List(ListFilter),
    /// Shows a record with its conflicts and its history.
    Show {
        /// Its id, the beginning of it, or a person's short code.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Finds persons, places and encounters, Arabic and French spellings alike.
    Find {
        /// What to look for.
        #[arg(required = true)]
        text: Vec<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Adds a person.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Refers somebody to a centre, a hospital, a family.
    Refer(Box<ReferFlags>),
    /// Lists, adds or closes what to come back to.
    FollowUps(FollowUpArgs),
    /// Lists fields that several people set differently, or settles one.
    Conflicts(ConflictArgs),
    /// Sends and receives now.
    Sync {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Says what waits here, and when the last sync succeeded.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// The figures of a day out of what this device holds.
    Day {
        /// The day, such as 2026-11-23; when absent that of the tour that is open or just ended, or else today.
        day: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Exchanges with another device of the service on a local network, with no server.
    #[command(subcommand)]
    Van(VanCommand),
    /// Writes a file that only the server opens, or takes one along.
    #[command(subcommand)]
    Carry(CarryCommand),
    /// Tells how much this device keeps, or sets it. What is older, closed and in a backup of the server leaves it.
    Keep(KeepArgs),
    /// Brings back, with the next sync, a record that has left this device.
    Recall {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Leaves the service: its records go from this device. Refused while anything here was not sent.
    Logout {
        /// Do it; without this only what would go is told.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum VanCommand {
    /// Waits for another device; prints an address and a one-time code to join with.
    Share {
        /// Where to listen.
        #[arg(long, default_value = "0.0.0.0:7646")]
        listen: SocketAddr,
        /// How many devices to meet, one after another.
        #[arg(long, default_value_t = 1)]
        times: usize,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Joins a device that shares.
    Join {
        /// Its address, or all that its QR holds.
        address: String,
        /// The one-time code, unless the QR had it.
        code: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum CarryCommand {
    /// Writes what waits here into a file that only the server opens. Everything goes on waiting here.
    Export {
        /// The file to write.
        file: PathBuf,
    },
    /// Takes somebody's file along and hands it in at the next sync.
    Import {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ShiftCommand {
    /// Starts a tour.
    Start {
        /// Its kind. A night tour opened before noon, and without a planned start, counts for the day before.
        #[arg(long = "type")]
        shift_type: Option<String>,
        /// The vehicle's alias.
        #[arg(long)]
        vehicle: Option<String>,
        /// The odometer, in kilometres.
        #[arg(long)]
        km: Option<u32>,
        /// Who is on board: fz2 or fz2=nurse. May be repeated.
        #[arg(long)]
        crew: Vec<String>,
        /// When it was planned to start: 20:00 or "2026-11-23 20:00".
        #[arg(long)]
        planned_start: Option<String>,
        /// When it is planned to end.
        #[arg(long)]
        planned_end: Option<String>,
        /// When it started; now when absent.
        #[arg(long)]
        at: Option<String>,
        /// The day it counts for, whatever its times say.
        #[arg(long)]
        day: Option<String>,
    },
    /// Ends the tour that was begun on this device, or another one by its id.
    End {
        /// The tour to end, where it was begun on another device.
        #[arg(long, value_name = "ID")]
        tour: Option<String>,
        /// The odometer, in kilometres.
        #[arg(long)]
        km: Option<u32>,
        /// What the next crew should know.
        #[arg(long)]
        handover: Option<String>,
        /// When it ended; now when absent.
        #[arg(long)]
        at: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct ListFilter {
    /// What kind. When absent: encounters; with --waiting, --drafts or --set-aside all kinds.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(KINDS))]
    pub(super) kind: Option<String>,
    /// Only those that wait to be sent.
    #[arg(long)]
    pub(super) waiting: bool,
    /// Only drafts.
    #[arg(long)]
    pub(super) drafts: bool,
    /// Only those with a change that was set aside.
    #[arg(long)]
    pub(super) set_aside: bool,
    /// Only those that name this record: a tour, a person, an encounter.
    #[arg(long)]
    pub(super) about: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    pub(super) limit: usize,
    /// As JSON lines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Adds a person, under a pseudonym.
    Add {
        /// What the person goes by. May be repeated.
        #[arg(long)]
        alias: Vec<String>,
        /// The sex.
        #[arg(long)]
        sex: Option<String>,
        /// The age: 12, 10-14 or 18+.
        #[arg(long)]
        age: Option<String>,
        /// A public the person belongs to. May be repeated.
        #[arg(long)]
        public: Vec<String>,
        /// What to recognise the person by. May be repeated.
        #[arg(long)]
        mark: Vec<String>,
        /// A language the person speaks. May be repeated.
        #[arg(long)]
        language: Vec<String>,
        /// Reads the record from a file or - for the input.
        #[arg(long, value_name = "FILE")]
        json: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct ReferFlags {
    /// To whom.
    #[arg(long)]
    pub(super) to: Option<String>,
    /// Which one, in words.
    #[arg(long)]
    pub(super) org: Option<String>,
    /// The encounter it comes from. It or the person is needed.
    #[arg(long)]
    pub(super) encounter: Option<String>,
    /// The person it is for, by short code or id.
    #[arg(long)]
    pub(super) person: Option<String>,
    /// How soon.
    #[arg(long)]
    pub(super) urgency: Option<String>,
    /// Why. May be repeated.
    #[arg(long)]
    pub(super) reason: Vec<String>,
    /// The van took the person there.
    #[arg(long)]
    pub(super) accompanied: bool,
    /// What happened to it; sent when absent.
    #[arg(long)]
    pub(super) status: Option<String>,
    /// More, in words.
    #[arg(long)]
    pub(super) note: Option<String>,
    /// On what basis.
    #[arg(long)]
    pub(super) consent: Option<String>,
    /// Adds what happened to this referral, instead of a new one.
    #[arg(long)]
    pub(super) id: Option<String>,
    /// Reads the record from a file or - for the input.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct FollowUpArgs {
    #[command(subcommand)]
    pub(super) command: Option<FollowUpCommand>,
    /// As JSON lines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum FollowUpCommand {
    /// Adds something to come back to.
    Add(Box<FollowUpAddFlags>),
    /// Says that it was done.
    Done {
        /// Its id, or the beginning of it.
        id: String,
        /// The encounter it was done by.
        #[arg(long)]
        encounter: Option<String>,
        /// The day; today when absent.
        #[arg(long)]
        on: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct FollowUpAddFlags {
    /// The day it is due, such as 2026-11-25.
    #[arg(long)]
    pub(super) due: String,
    /// How many days after that it is still on time.
    #[arg(long)]
    pub(super) window: Option<u32>,
    /// How.
    #[arg(long)]
    pub(super) kind: Option<String>,
    /// About whom, by short code or id.
    #[arg(long)]
    pub(super) person: Option<String>,
    /// The encounter it comes from.
    #[arg(long)]
    pub(super) encounter: Option<String>,
    /// How pressing.
    #[arg(long)]
    pub(super) priority: Option<String>,
    /// Why, in words.
    #[arg(long)]
    pub(super) reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct KeepArgs {
    /// For how many days what happened stays: 7 to 3650.
    #[arg(long)]
    pub(super) days: Option<String>,
    /// Beyond how many records the oldest leave sooner: 500 to 100000.
    #[arg(long)]
    pub(super) records: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ConflictArgs {
    #[command(subcommand)]
    pub(super) command: Option<ConflictCommand>,
    /// As JSON lines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConflictCommand {
    /// Keeps one of the values of a field.
    Settle {
        /// The record's id, the beginning of it, or a person's short code.
        id: String,
        /// The field, as the list shows it.
        field: String,
        /// The value to keep.
        value: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_one_another() {
        super::super::help::with_codes(Args::command()).debug_assert();
    }
}
