//! `person`, `refer` and `follow-ups`.

use jisr_sync_core::activity::{FollowUpStatus, follow_up_status};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{FollowUp, Person, Record, Referral};
use jisr_sync_core::time::OperationalDay;
use serde_json::{Map, Value, json};

use super::args::{FollowUpArgs, FollowUpCommand, PersonCommand, ReferFlags};
use super::say::Failure;
use super::shift::{parsed_day, parsed_id};
use super::write::{input, not_json};
use super::{Desk, strict};
use crate::query::Query;

/// Adds a person.
pub(super) async fn person(desk: &Desk<'_>, command: PersonCommand) -> Result<(), Failure> {
    let PersonCommand::Add { alias, sex, age, public, mark, language, json } = command;
    let mut fields = Map::new();
    put(&mut fields, [("sex", sex), ("age", age)]);
    for (name, list) in [("aliases", alias), ("publics", public), ("marks", mark), ("languages", language)] {
        if !list.is_empty() {
            fields.insert(name.to_owned(), list.into());
        }
    }
    let person: Person = from_json_or(desk, json, fields)?;
    let id = desk.client.persons().add(person).await?;
    println!("{id}");
    Ok(())
}

/// Adds a referral, or what happened to one.
pub(super) async fn refer(desk: &Desk<'_>, flags: ReferFlags) -> Result<(), Failure> {
    let mut event = Map::new();
    let status = flags.status.unwrap_or_else(|| "sent".to_owned());
    put(&mut event, [("status", Some(status)), ("note", flags.note)]);
    let mut fields = Map::from_iter([("status_events".to_owned(), json!([event]))]);
    if let Some(id) = flags.id {
        let patch = strict::patch::<Referral>(Value::Object(fields), &desk.writer()?)?;
        let edit = move |referral: &mut Referral| {
            if let Ok(edited) = strict::patched(referral, &patch) {
                *referral = edited;
            }
        };
        desk.client.referrals().update(id, edit).await?;
        println!("{id}");
        return Ok(());
    }
    put(
        &mut fields,
        [
            ("to_kind", flags.to),
            ("to_org", flags.org),
            ("encounter", flags.encounter),
            ("person", flags.person),
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
    println!("{}", desk.client.referrals().add(referral).await?);
    Ok(())
}

/// Lists what to come back to, adds to it, or says that it was done.
pub(super) async fn follow_ups(desk: &Desk<'_>, args: FollowUpArgs) -> Result<(), Failure> {
    match args.command {
        None => list(desk, args.json).await,
        Some(FollowUpCommand::Add { due, window, kind, person, encounter, priority, reason }) => {
            let mut fields = Map::from_iter([("due_on".to_owned(), parsed_day(&due)?.to_string().into())]);
            put(
                &mut fields,
                [
                    ("kind", kind),
                    ("person", person),
                    ("encounter", encounter),
                    ("priority", priority),
                    ("reason", reason),
                ],
            );
            fields.extend(window.map(|days| ("window_days".to_owned(), days.into())));
            let follow_up: FollowUp = strict::record(Value::Object(fields), &desk.writer()?)?;
            println!("{}", desk.client.follow_ups().add(follow_up).await?);
            Ok(())
        }
        Some(FollowUpCommand::Done { id, encounter, on }) => done(desk, id, encounter, on).await,
    }
}

async fn done(desk: &Desk<'_>, id: DocumentId, encounter: Option<String>, on: Option<String>) -> Result<(), Failure> {
    let on: OperationalDay = on.map_or_else(|| desk.client.today().map_err(Failure::from), |on| parsed_day(&on))?;
    let encounter = encounter.map(|id| parsed_id("encounter", &id)).transpose()?;
    let edit = move |follow_up: &mut FollowUp| {
        follow_up.done_on = Some(on);
        follow_up.done_by_encounter = encounter.or(follow_up.done_by_encounter);
    };
    desk.client.follow_ups().update(id, edit).await?;
    println!("{id}");
    Ok(())
}

async fn list(desk: &Desk<'_>, as_json: bool) -> Result<(), Failure> {
    let today = desk.client.today()?;
    let mut all = desk.client.follow_ups().find(Query::all()).await?;
    all.sort_by_key(|stored| stored.value.due_on);
    for stored in all {
        let status = follow_up_status(&stored.value, today);
        let code = match status {
            FollowUpStatus::Open => "open",
            FollowUpStatus::Due => "due",
            FollowUpStatus::Late => "late",
            FollowUpStatus::Done => "done",
            FollowUpStatus::DoneLate => "done_late",
            FollowUpStatus::Cancelled => "cancelled",
        };
        if as_json {
            println!("{}", json!({ "id": stored.id, "status": code, "record": stored.value }));
        } else if !matches!(status, FollowUpStatus::Done | FollowUpStatus::DoneLate | FollowUpStatus::Cancelled) {
            let due = stored.value.due_on.map(|day| day.to_string()).unwrap_or_default();
            let reason = stored.value.reason.as_ref().map(|reason| reason.reveal().as_str()).unwrap_or_default();
            println!("{}  {due}  {}  {reason}", stored.id, desk.voice.say(&format!("follow-up-{code}"), &[]));
        }
    }
    Ok(())
}

fn put<const N: usize>(fields: &mut Map<String, Value>, texts: [(&str, Option<String>); N]) {
    fields.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
}

fn from_json_or<R: Record>(desk: &Desk<'_>, file: Option<String>, fields: Map<String, Value>) -> Result<R, Failure> {
    let json = match file {
        Some(file) => serde_json::from_reader(input(&file)?).map_err(|error| not_json(&error))?,
        None => Value::Object(fields),
    };
    Ok(strict::record(json, &desk.writer()?)?)
}
