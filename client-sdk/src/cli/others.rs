//! `enrol`, `sync`, `status`, `day`, `conflicts` and `logout`.

use jisr_sync_core::activity::INDICATORS;
use serde_json::{Value, json};

use super::Desk;
use super::args::{ConflictArgs, ConflictCommand};
use super::look::value_text;
use super::say::Failure;
use super::shift::parsed_day;
use crate::status::{Phase, StripState, strip};

/// Enrols this device.
pub(super) async fn enrol(desk: &Desk<'_>, url: &str, code: &str) -> Result<(), Failure> {
    let enrolment = desk.client.enrol(url, code).await?;
    println!("{}", desk.voice.say("enrolled", &[("unit", enrolment.unit.as_str().into())]));
    Ok(())
}

/// Sends and receives now.
pub(super) async fn sync(desk: &Desk<'_>, as_json: bool) -> Result<(), Failure> {
    let report = desk.client.sync_now().await?;
    let waiting = desk.client.status().waiting;
    if as_json {
        let told = json!({
            "sent": report.sent, "set_aside": report.set_aside, "received": report.received,
            "refused": report.refused, "waiting": waiting, "exchanges": report.exchanges,
            "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
        });
        println!("{told}");
        return Ok(());
    }
    let args = [("sent", report.sent.into()), ("received", report.received.into())];
    println!("{}", desk.voice.say("synced", &args));
    if report.set_aside + report.refused > 0 {
        println!("{}", desk.voice.say("synced-aside", &[("n", (report.set_aside + report.refused).into())]));
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
            "drafts": desk.client.drafts()?.len(),
            "last_success": status.last_success,
            "next_attempt": status.next_attempt,
            "last_error": status.last_error.as_ref().map(|error| json!({ "code": error.code, "at": error.at })),
            "unit": desk.client.enrolment()?.map(|enrolment| enrolment.unit),
            "device": desk.client.device()?,
        });
        println!("{told}");
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
    println!("{}", desk.voice.say(key, &[("n", n.into())]));
    if key != "strip-waiting" && status.waiting > 0 {
        println!("{}", desk.voice.say("strip-waiting", &[("n", status.waiting.into())]));
    }
    let last = status.last_success.map_or_else(|| desk.voice.say("never", &[]), |at| desk.voice.time(at));
    println!("{}", desk.voice.say("last-success", &[("time", (&last).into())]));
    let drafts = desk.client.drafts()?.len();
    if drafts > 0 {
        println!("{}", desk.voice.say("drafts", &[("n", drafts.into())]));
    }
    for view in desk.client.set_aside()? {
        println!("! {}  {}", view.key.document, desk.voice.label("refusal", &view.aside.reason));
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

/// The figures of a day out of what this device holds.
pub(super) async fn day(desk: &Desk<'_>, day: Option<String>, as_json: bool) -> Result<(), Failure> {
    let day = day.map_or_else(|| desk.client.today().map_err(Failure::from), |day| parsed_day(&day))?;
    let activity = desk.client.day(day).await?;
    let unreadable = || Failure::Argument { name: "day".to_owned(), expected: "JSON".to_owned() };
    if as_json {
        println!("{}", serde_json::to_string(&activity).map_err(|_| unreadable())?);
        return Ok(());
    }
    println!("{}", desk.voice.say("day", &[("day", (&day.to_string()).into())]));
    let figures = serde_json::to_value(&activity.total).map_err(|_| unreadable())?;
    for indicator in INDICATORS {
        if let Some(figure) = figures.get(indicator.code).filter(|figure| counts_anything(figure)) {
            println!("  {}: {}", desk.voice.say(&format!("figure-{}", indicator.code), &[]), flat(figure));
        }
    }
    let waiting = desk.client.status().waiting;
    println!("{}", desk.voice.say("day-own", &[("n", waiting.into())]));
    Ok(())
}

fn counts_anything(figure: &Value) -> bool {
    match figure {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => list.iter().any(counts_anything),
        Value::Object(map) => map.values().any(counts_anything),
    }
}

fn flat(figure: &Value) -> String {
    match figure {
        Value::Object(map) => {
            let parts = map.iter().filter(|(_, value)| counts_anything(value));
            parts.map(|(name, value)| format!("{name} {}", flat(value))).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Lists fields that several people set differently, or settles one.
pub(super) async fn conflicts(desk: &Desk<'_>, args: ConflictArgs) -> Result<(), Failure> {
    let all = desk.client.conflicts().await?;
    if let Some(ConflictCommand::Settle { id, field, value }) = args.command {
        // A number or a truth value is found by its text; the concurrent values say which type it has.
        let values = all.iter().filter(|(document, ..)| *document == id).flat_map(|(.., conflicts)| conflicts);
        let values = values.filter(|conflict| conflict.field == field).flat_map(|conflict| &conflict.values);
        let text_of = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let kept = values.map(|concurrent| &concurrent.value).find(|concurrent| text_of(concurrent) == value);
        let keep = kept.cloned().unwrap_or(Value::String(value));
        desk.client.settle(id, &field, keep).await?;
        println!("{}", desk.voice.say("settled", &[]));
        return Ok(());
    }
    for (id, kind, conflicts) in all {
        for conflict in conflicts {
            if args.json {
                println!("{}", json!({ "id": id, "kind": kind.code(), "conflict": conflict }));
                continue;
            }
            println!("{id}  {}  {}", desk.voice.label("kind", kind.code()), conflict.field);
            for value in &conflict.values {
                let text = value_text(desk.voice, kind, &conflict.field, &value.value);
                let who = value.staff.as_ref().map_or_else(|| value.actor.to_string(), ToString::to_string);
                println!("    {}  {text}  ({who}, {})", value.value, desk.voice.time(value.at));
            }
        }
    }
    Ok(())
}

/// Leaves the service, when nothing would be lost.
pub(super) async fn log_out(desk: &Desk<'_>) -> Result<(), Failure> {
    desk.client.log_out().await?;
    println!("{}", desk.voice.say("logged-out", &[]));
    Ok(())
}
