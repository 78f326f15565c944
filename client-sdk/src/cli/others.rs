//! `sync`, `status`, `conflicts` and `logout`.

use jisr_sync_core::record::RecordKind;
use serde_json::{Value, json};

use super::args::{ConflictArgs, ConflictCommand};
use super::failure::{EXIT_FAILED, EXIT_INVALID, Failure, Own};
use super::look::value_text;
use super::{Desk, keep, which};
use crate::status::{Phase, StripState, strip};
use jisr_sync_core::document::Conflict;
use jisr_sync_core::id::DocumentId;

/// Sends and receives now.
pub(super) async fn sync(desk: &Desk<'_>, as_json: bool) -> Result<(), Failure> {
    let report = desk.client.sync_now().await?;
    let waiting = desk.client.status().waiting;
    if as_json {
        let told = json!({
            "sent": report.sent, "set_aside": report.set_aside, "received": report.received,
            "refused": report.refused, "waiting": waiting, "exchanges": report.exchanges,
            "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
            "carried": report.carried, "carried_files": report.parcels,
            "carried_files_refused": report.parcels_refused, "carried_files_waiting": report.parcels_waiting,
            "carried_files_error": report.parcels_error,
        });
        say!("{told}");
        return Ok(());
    }
    let args = [("sent", report.sent.into()), ("received", report.received.into())];
    say!("{}", desk.voice.say("synced", &args));
    if report.carried > 0 {
        say!("{}", desk.voice.say("synced-carried", &[("n", report.carried.into())]));
    }
    if report.parcels > 0 {
        say!("{}", desk.voice.say("synced-files", &[("n", report.parcels.into())]));
    }
    if report.parcels_refused > 0 {
        say!("{}", desk.voice.say("synced-files-refused", &[("n", report.parcels_refused.into())]));
    }
    if report.parcels_waiting > 0 {
        say!("{}", desk.voice.say("synced-files-waiting", &[("n", report.parcels_waiting.into())]));
    }
    if report.set_aside + report.refused > 0 {
        say!("{}", desk.voice.say("synced-aside", &[("n", (report.set_aside + report.refused).into())]));
    }
    Ok(())
}

/// Says what waits here, and when the last sync succeeded.
pub(super) fn status(desk: &Desk<'_>, as_json: bool) -> Result<(), Failure> {
    let status = desk.client.status();
    if as_json {
        let told = json!({
            "phase": phase(&status.phase),
            "waiting": status.waiting,
            "waiting_since": status.waiting_since,
            "set_aside": status.set_aside,
            "handed_over": status.handed_over,
            "handed_to": status.handed_to,
            "carried": status.carried,
            "carried_files": status.carried_files,
            "drafts": desk.client.drafts()?.len(),
            "held": keep::told(&desk.client.holdings()?),
            "last_success": status.last_success,
            "next_attempt": status.next_attempt,
            "last_error": status.last_error.as_ref().map(|error| json!({ "code": error.code, "at": error.at })),
            "unit": desk.client.enrolment()?.map(|enrolment| enrolment.unit),
            "device": desk.client.device()?,
            "store": desk.voice.store,
        });
        say!("{told}");
        return Ok(());
    }
    let (key, n) = match strip(&status) {
        StripState::NotEnrolled => ("strip-not-enrolled", 0),
        StripState::AllSent => ("strip-all-sent", 0),
        StripState::Waiting(n) => ("strip-waiting", n),
        StripState::Sending(_, n) => ("strip-sending", n),
        StripState::NoConnection(n) => ("strip-no-connection", n),
        StripState::Paused(n) => ("strip-paused", n),
        StripState::Attention(n) => ("strip-attention", n),
        StripState::Revoked(n) => ("strip-revoked", n),
    };
    say!("{}", desk.voice.say(key, &[("n", n.into())]));
    if key != "strip-waiting" && status.waiting > 0 {
        say!("{}", desk.voice.say("strip-waiting", &[("n", status.waiting.into())]));
    }
    if status.handed_over > 0 {
        let args = [("n", status.handed_over.into()), ("devices", status.handed_to.into())];
        say!("{}", desk.voice.say("strip-handed-over", &args));
    }
    if status.carried > 0 {
        say!("{}", desk.voice.say("strip-carried", &[("n", status.carried.into())]));
    }
    if status.carried_files > 0 {
        say!("{}", desk.voice.say("strip-carried-files", &[("n", status.carried_files.into())]));
    }
    if status.carried_nearly_full {
        say!("{}", desk.voice.say("strip-carried-nearly-full", &[]));
    }
    let last = status.last_success.map_or_else(|| desk.voice.say("never", &[]), |at| desk.voice.time(at));
    say!("{}", desk.voice.say("last-success", &[("time", (&last).into())]));
    let drafts = desk.client.drafts()?.len();
    if drafts > 0 {
        say!("{}", desk.voice.say("drafts", &[("n", drafts.into())]));
    }
    let holdings = desk.client.holdings()?;
    say!("{}", keep::line(desk, &holdings));
    keep::warn(desk, &holdings);
    say!("{}", desk.voice.say("store", &[("store", (&desk.voice.store).into())]));
    for view in desk.client.set_aside()? {
        say!("! {}  {}", view.key.document, desk.voice.label("refusal", &view.aside.reason));
    }
    Ok(())
}

const fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::NotEnrolled => "not-enrolled",
        Phase::Idle => "idle",
        Phase::Offline => "offline",
        Phase::Connecting => "connecting",
        Phase::Transferring { .. } => "transferring",
        Phase::Paused => "paused",
        Phase::Revoked => "revoked",
        Phase::Closed => "closed",
    }
}

/// Lists fields that several people set differently, or settles one.
pub(super) async fn conflicts(desk: &Desk<'_>, args: ConflictArgs) -> Result<(), Failure> {
    let all = desk.client.conflicts().await?;
    if let Some(ConflictCommand::Settle { id, field, value }) = args.command {
        let id = which::record(desk, "ID", &id, None).await?;
        return settle(desk, &all, id, &field, &value).await;
    }
    if all.is_empty() && !args.json {
        desk.voice.hint("none-conflicts", &[]);
    }
    for (id, kind, conflicts) in all {
        for conflict in conflicts {
            if args.json {
                say!("{}", json!({ "id": id, "kind": kind.code(), "conflict": conflict }));
                continue;
            }
            say!("{id}  {}  {}", desk.voice.label("kind", kind.code()), conflict.field);
            for value in &conflict.values {
                let text = value_text(desk.voice, kind, &conflict.field, &value.value);
                let who = value.staff.as_ref().map_or_else(|| value.actor.to_string(), ToString::to_string);
                say!("    {}  {text}  ({who}, {})", value.value, desk.voice.time(value.at));
            }
        }
    }
    Ok(())
}

/// Settles the field that is meant, by its path or by its label, on the value that is meant.
async fn settle(
    desk: &Desk<'_>,
    all: &[(DocumentId, RecordKind, Vec<Conflict>)],
    id: DocumentId,
    field: &str,
    value: &str,
) -> Result<(), Failure> {
    let none = || Failure::from(Own::new("no-conflict", EXIT_INVALID).value(id.to_string()));
    let (_, kind, conflicts) = all.iter().find(|(document, ..)| *document == id).ok_or_else(none)?;
    let is_meant = |conflict: &&Conflict| conflict.field == field || desk.voice.field(&conflict.field) == field;
    let Some(conflict) = conflicts.iter().find(is_meant) else {
        let there = conflicts.iter().map(|conflict| conflict.field.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Own::new("no-conflict-field", EXIT_INVALID).what("FIELD").value(field).meant(there).into());
    };
    // A number or a truth value is found by its text; the concurrent values say which type it has.
    let text_of = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let is_kept =
        |kept: &&Value| text_of(kept) == value || value_text(desk.voice, *kind, &conflict.field, kept) == value;
    let Some(keep) = conflict.values.iter().map(|concurrent| &concurrent.value).find(is_kept).cloned() else {
        // Neither what was typed nor the values are repeated: they may be a place or a note.
        return Err(Own::new("no-conflict-value", EXIT_INVALID).what(conflict.field.as_str()).into());
    };
    desk.client.settle(id, &conflict.field, keep).await?;
    say!("{}", desk.voice.say("settled", &[]));
    Ok(())
}

/// Leaves the service, when nothing would be lost and somebody has said that it is meant.
pub(super) async fn log_out(desk: &Desk<'_>, yes: bool) -> Result<(), Failure> {
    let records = desk.client.ids()?.len();
    if !yes && records > 0 && desk.client.unsent()? == 0 {
        return Err(Own::new("logout-asks", EXIT_FAILED).what(records.to_string()).into());
    }
    desk.client.log_out().await?;
    say!("{}", desk.voice.say("logged-out", &[]));
    Ok(())
}
