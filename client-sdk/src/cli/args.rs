//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use jisr_sync_core::id::DocumentId;

use super::flags::RecordFlags;

/// Field records of a mobile unit: kept on this device first, sent when there is a network.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a value that cannot be, 4 no such record, 5 the store cannot be
/// used, 6 the server was not reached (all is kept here), 7 not enrolled, 8 refused since unsent work would be lost.
#[derive(Debug, Parser)]
#[command(name = "jisr", version)]
pub(super) struct Args {
    /// The folder of this device's records.
    #[arg(long, env = "JISR_STORE", default_value = "jisr-data", global = true)]
    pub(super) store: PathBuf,
    /// The language of messages: ar, fr or en.
    #[arg(long, env = "JISR_LANG", global = true, value_parser = ["ar", "fr", "en"])]
    pub(super) lang: Option<String>,
    /// Who writes, by the short reference of the service. Remembered.
    #[arg(long, env = "JISR_STAFF", global = true)]
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
        /// The server's address, such as <https://jisr.example.org>.
        url: String,
        /// The code, as it was given.
        code: String,
    },
    /// Starts or ends a tour.
    #[command(subcommand)]
    Shift(ShiftCommand),
    /// Records an encounter: with flags, as JSON, or by answering questions.
    Record(Box<RecordFlags>),
    /// Changes a record of any kind.
    Edit {
        /// Its id.
        id: DocumentId,
        #[command(flatten)]
        flags: Box<RecordFlags>,
    },
    /// Lists records, newest first.
    List(ListFilter),
    /// Shows a record with its conflicts and its history.
    Show {
        /// Its id.
        id: DocumentId,
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
        /// The day, such as 2026-11-23; today when absent.
        day: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Leaves the service. Refused while anything here was not sent.
    Logout,
}

#[derive(Debug, Subcommand)]
pub(super) enum ShiftCommand {
    /// Starts a tour.
    Start {
        /// Its kind: day, night, cold_wave, call, follow_up, awareness.
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
        /// The day it counts for; that of its planned start when absent.
        #[arg(long)]
        day: Option<String>,
    },
    /// Ends the open tour.
    End {
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
    /// What kind: encounters, persons, shifts, referrals, follow-ups, places.
    #[arg(default_value = "encounters", value_parser = ["encounters", "persons", "shifts", "referrals", "follow-ups", "places"])]
    pub(super) kind: String,
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
    pub(super) about: Option<DocumentId>,
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
        /// The sex: female, male, unknown, declined.
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
    /// To whom: hospital, cape, upe, family …
    #[arg(long)]
    pub(super) to: Option<String>,
    /// Which one, in words.
    #[arg(long)]
    pub(super) org: Option<String>,
    /// The encounter it comes from.
    #[arg(long)]
    pub(super) encounter: Option<String>,
    /// The person it is for.
    #[arg(long)]
    pub(super) person: Option<String>,
    /// How soon: h1, h3, h24, d3, routine.
    #[arg(long)]
    pub(super) urgency: Option<String>,
    /// Why. May be repeated.
    #[arg(long)]
    pub(super) reason: Vec<String>,
    /// The van took the person there.
    #[arg(long)]
    pub(super) accompanied: bool,
    /// What happened to it: sent (when absent), accepted, attained …
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
    pub(super) id: Option<DocumentId>,
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
    Add {
        /// The day it is due, such as 2026-11-25.
        #[arg(long)]
        due: String,
        /// How many days after that it is still on time.
        #[arg(long)]
        window: Option<u32>,
        /// How: visit, phone, check_referral, family_contact, document, other.
        #[arg(long)]
        kind: Option<String>,
        /// About whom.
        #[arg(long)]
        person: Option<String>,
        /// The encounter it comes from.
        #[arg(long)]
        encounter: Option<String>,
        /// How pressing: high, normal, low.
        #[arg(long)]
        priority: Option<String>,
        /// Why, in words.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Says that it was done.
    Done {
        /// Its id.
        id: DocumentId,
        /// The encounter it was done by.
        #[arg(long)]
        encounter: Option<String>,
        /// The day; today when absent.
        #[arg(long)]
        on: Option<String>,
    },
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
        /// The record's id.
        id: DocumentId,
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
        Args::command().debug_assert();
    }
}
