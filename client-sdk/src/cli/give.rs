//! `person`, `refer` and `follow-ups`.

use jisr_sync_core::activity::{FollowUpStatus, follow_up_status};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{FollowUp, Person, Record, RecordKind, Referral};
use jisr_sync_core::time::OperationalDay;
use serde_json::{Map, Value, json};

use super::args::{FollowUpAddFlags, FollowUpArgs, FollowUpCommand, PersonCommand, ReferFlags};
use super::failure::Failure;
use super::{Desk, check, lines, strict, when, which, write};
use crate::query::Query;

/// Adds a person.
pub(super) async fn person(desk: &Desk<'_>, command: PersonCommand) -> Result<(), Failure> {
    let PersonCommand::Add { alias, sex, age, public, mark, language, json } = command;
    let flags = super::flags::RecordFlags { sex, age, ..Default::default() };
    let mut fields = write::described(&flags)?;
    for (name, list) in [("aliases", alias), ("publics", public), ("marks", mark), ("languages", language)] {
        if !list.is_empty() {
            fields.insert(name.to_owned(), list.into());
        }
    }
    let person: Person = from_json_or(desk, json, fields)?;
    which::all_known(desk, &person, &[])?;
    desk.voice.kept("kept-person", desk.client.persons().add(person).await?);
    Ok(())
}

/// Adds a referral, or what happened to one.
pub(super) async fn refer(desk: &Desk<'_>, flags: ReferFlags) -> Result<(), Failure> {
    let mut event = Map::new();
    let status = flags.status.unwrap_or_else(|| "sent".to_owned());
    put(&mut event, [("status", Some(status)), ("note", flags.note)]);
    let mut fields = Map::from_iter([("status_events".to_owned(), json!([event]))]);
    if let Some(id) = flags.id {
        let id = which::record(desk, "--id", &id, Some(RecordKind::Referral)).await?;
        let patch = strict::patch::<Referral>(Value::Object(fields), &desk.writer()?);
        let patch = patch.map_err(|misfit| Failure::from(misfit).by_flags())?;
        let edit = move |referral: &mut Referral| {
            if let Ok(edited) = strict::patched(referral, &patch) {
                *referral = edited;
            }
        };
        desk.client.referrals().update(id, edit).await?;
        desk.voice.kept("kept", id);
        return Ok(());
    }
    let encounter = which::maybe(desk, "--encounter", flags.encounter, RecordKind::Encounter).await?;
    let person = which::maybe(desk, "--person", flags.person, RecordKind::Person).await?;
    put(
        &mut fields,
        [
            ("to_kind", flags.to),
            ("to_org", flags.org),
            ("encounter", encounter.map(|id| id.to_string())),
            ("person", person.map(|id| id.to_string())),
            ("urgency", flags.urgency),
            ("consent", flags.consent),
        ],
    );
    if !flags.reason.is_empty() {
        fields.insert("reasons".to_owned(), flags.reason.into());
    }
    if flags.accompanied {
        fields.insert("accompanied".to_owned(), true.into());
    }
    let referral: Referral = from_json_or(desk, flags.json, fields)?;
    check::lacks_nothing(&referral, false)?;
    check::referral(desk, &referral)?;
    desk.voice.kept("kept-referral", desk.client.referrals().add(referral).await?);
    Ok(())
}

/// Lists what to come back to, adds to it, or says that it was done.
pub(super) async fn follow_ups(desk: &Desk<'_>, args: FollowUpArgs) -> Result<(), Failure> {
    match args.command {
        None => list(desk, args.json).await,
        Some(FollowUpCommand::Add(flags)) => add_follow_up(desk, *flags).await,
        Some(FollowUpCommand::Done { id, encounter, on }) => done(desk, &id, encounter, on).await,
    }
}

async fn add_follow_up(desk: &Desk<'_>, flags: FollowUpAddFlags) -> Result<(), Failure> {
    let FollowUpAddFlags { due, window, kind, person, encounter, priority, reason } = flags;
    let mut fields = Map::from_iter([("due_on".to_owned(), when::day("--due", &due)?.to_string().into())]);
    let person = which::maybe(desk, "--person", person, RecordKind::Person).await?;
    let encounter = which::maybe(desk, "--encounter", encounter, RecordKind::Encounter).await?;
    put(
        &mut fields,
        [
            ("kind", kind),
            ("person", person.map(|id| id.to_string())),
            ("encounter", encounter.map(|id| id.to_string())),
            ("priority", priority),
            ("reason", reason),
        ],
    );
    fields.extend(window.map(|days| ("window_days".to_owned(), days.into())));
    let follow_up: FollowUp = from_json_or(desk, None, fields)?;
    desk.voice.kept("kept-follow-up", desk.client.follow_ups().add(follow_up).await?);
    Ok(())
}

async fn done(desk: &Desk<'_>, id: &str, encounter: Option<String>, on: Option<String>) -> Result<(), Failure> {
    let id = which::record(desk, "ID", id, Some(RecordKind::FollowUp)).await?;
    let on: OperationalDay =
        on.map_or_else(|| desk.client.today().map_err(Failure::from), |on| when::day("--on", &on))?;
    let encounter = which::maybe(desk, "--encounter", encounter, RecordKind::Encounter).await?;
    let edit = move |follow_up: &mut FollowUp| {
        follow_up.done_on = Some(on);
        follow_up.done_by_encounter = encounter.or(follow_up.done_by_encounter);
    };
    desk.client.follow_ups().update(id, edit).await?;
    desk.voice.kept("kept", id);
    Ok(())
}

async fn list(desk: &Desk<'_>, as_json: bool) -> Result<(), Failure> {
    let today = desk.client.today()?;
    let mut all = desk.client.follow_ups().find(Query::all()).await?;
    all.sort_by_key(|stored| stored.value.due_on);
    let mut told = 0;
    for stored in all {
        let status = follow_up_status(&stored.value, today);
        let over = matches!(status, FollowUpStatus::Done | FollowUpStatus::DoneLate | FollowUpStatus::Cancelled);
        let code = code_of(status);
        if as_json {
            say!("{}", json!({ "id": stored.id, "status": code, "record": stored.value }));
        } else if !over {
            told += 1;
            let due = stored.value.due_on.map(|day| day.to_string()).unwrap_or_default();
            let who = who(desk, &stored.value).await?;
            let reason = stored.value.reason.as_ref().map(|reason| reason.reveal().as_str()).unwrap_or_default();
            say!("{}  {due}  {}  {who}  {reason}", stored.id, desk.voice.say(&format!("follow-up-{code}"), &[]));
        }
    }
    if told == 0 && !as_json {
        desk.voice.hint("none-follow-ups", &[]);
    }
    Ok(())
}

const fn code_of(status: FollowUpStatus) -> &'static str {
    match status {
        FollowUpStatus::Open => "open",
        FollowUpStatus::Due => "due",
        FollowUpStatus::Late => "late",
        FollowUpStatus::Done => "done",
        FollowUpStatus::DoneLate => "done_late",
        FollowUpStatus::Cancelled => "cancelled",
    }
}

/// Whom it is about, as a crew says it: the short code of the person, or of those of its encounter.
async fn who(desk: &Desk<'_>, follow_up: &FollowUp) -> Result<String, Failure> {
    let mut persons: Vec<DocumentId> = follow_up.person.into_iter().collect();
    if let (true, Some(id)) = (persons.is_empty(), follow_up.encounter) {
        let encounter = desk.client.encounters().get(id).await?;
        let slots = encounter.into_iter().flat_map(|stored| stored.value.persons.into_values());
        persons = slots.filter_map(|slot| slot.person).collect();
    }
    let mut codes = Vec::new();
    for id in persons {
        codes.extend(desk.client.persons().get(id).await?.and_then(|stored| stored.value.short_code));
    }
    Ok(if codes.is_empty() { "–".to_owned() } else { codes.join(", ") })
}

fn put<const N: usize>(fields: &mut Map<String, Value>, texts: [(&str, Option<String>); N]) {
    fields.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
}

fn from_json_or<R: Record>(desk: &Desk<'_>, file: Option<String>, fields: Map<String, Value>) -> Result<R, Failure> {
    match file {
        Some(file) => Ok(strict::record(lines::value(&file)?, &desk.writer()?)?),
        None => {
            strict::record(Value::Object(fields), &desk.writer()?).map_err(|misfit| Failure::from(misfit).by_flags())
        }
    }
}
