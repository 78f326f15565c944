//! An encounter as it can be typed.

/// What `record` takes.
#[derive(Debug, Default, clap::Args)]
pub(super) struct RecordArgs {
    #[command(flatten)]
    pub(super) flags: RecordFlags,
    /// Keeps it as a draft on this device, until jisr finish.
    #[arg(long)]
    pub(super) draft: bool,
}

/// An encounter as flags.
#[derive(Debug, Default, Clone, clap::Args)]
pub(super) struct RecordFlags {
    /// How it went.
    #[arg(long)]
    pub(super) outcome: Option<String>,
    /// How the contact took place.
    #[arg(long)]
    pub(super) mode: Option<String>,
    /// What brought the crew to it.
    #[arg(long)]
    pub(super) origin: Option<String>,
    /// The person: new, or the short code or id of one met before.
    #[arg(long)]
    pub(super) person: Option<String>,
    /// The person's sex.
    #[arg(long)]
    pub(super) sex: Option<String>,
    /// The person's age: 12, 10-14 or 18+.
    #[arg(long)]
    pub(super) age: Option<String>,
    /// The public the person belongs to.
    #[arg(long)]
    pub(super) public: Option<String>,
    /// What a new person goes by.
    #[arg(long)]
    pub(super) alias: Option<String>,
    /// Persons seen and not approached: boys=2. May be repeated.
    #[arg(long)]
    pub(super) observed: Vec<String>,
    /// The place's id.
    #[arg(long)]
    pub(super) place: Option<String>,
    /// The place in words.
    #[arg(long)]
    pub(super) place_text: Option<String>,
    /// The crew cannot say where it was.
    #[arg(long, conflicts_with_all = ["place", "place_text", "position"])]
    pub(super) place_unknown: bool,
    /// Where it was: geo:32.3394,-6.3608;u=12.
    #[arg(long)]
    pub(super) position: Option<String>,
    /// Where the person sleeps.
    #[arg(long)]
    pub(super) sleeping: Option<String>,
    /// How high the risk is.
    #[arg(long)]
    pub(super) risk: Option<String>,
    /// A concern, with how it is known: neglect or neglect=seen. May be repeated.
    #[arg(long)]
    pub(super) concern: Vec<String>,
    /// What is needed. May be repeated.
    #[arg(long)]
    pub(super) need: Vec<String>,
    /// What was given: meal or meal=2. May be repeated.
    #[arg(long)]
    pub(super) given: Vec<String>,
    /// Help for health is urgent.
    #[arg(long)]
    pub(super) health_urgent: bool,
    /// On what basis more than a tally is kept.
    #[arg(long)]
    pub(super) consent: Option<String>,
    /// A note. Write no names. May be repeated.
    #[arg(long)]
    pub(super) note: Vec<String>,
    /// When: 22:14 or "2026-11-23 22:14"; now when absent. At most 5 minutes ahead of this device's clock.
    #[arg(long)]
    pub(super) at: Option<String>,
    /// The tour's id; the open one when absent.
    #[arg(long)]
    pub(super) shift: Option<String>,
    /// Why it no longer counts.
    #[arg(long)]
    pub(super) void: Option<String>,
    /// Reads JSON from a file or - for the input: for record one record, or many one after another; for edit a merge
    /// patch.
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<String>,
}

impl RecordFlags {
    /// Whether nothing was typed that says anything of an encounter: then questions are asked.
    pub(super) const fn say_nothing(&self) -> bool {
        let Self { outcome, person, place, place_text, observed, given, need, note, json, .. } = self;
        outcome.is_none()
            && person.is_none()
            && place.is_none()
            && place_text.is_none()
            && json.is_none()
            && observed.is_empty()
            && given.is_empty()
            && need.is_empty()
            && note.is_empty()
    }
}
