//! `keep` and `recall`: how much this device keeps, and what is to come back to it.

use jisr_sync_core::record::normalise_digits;
use serde_json::json;

use super::args::KeepArgs;
use super::failure::Failure;
use super::{Desk, which};
use crate::local::{Holdings, KeepRule};

/// Tells how much is held and by which rule records leave, after setting it where that is asked.
pub(super) async fn keep(desk: &Desk<'_>, args: &KeepArgs) -> Result<(), Failure> {
    let rule = desk.client.holdings()?.rule;
    let wanted = KeepRule::new(args.days.unwrap_or(rule.days()), args.records.unwrap_or(rule.records()))?;
    if wanted != rule {
        desk.client.set_keep_rule(wanted).await?;
    }
    let holdings = desk.client.holdings()?;
    if args.json {
        say!("{}", told(&holdings));
        return Ok(());
    }
    say!("{}", line(desk, &holdings));
    let args = [("days", holdings.rule.days().into()), ("records", holdings.rule.records().into())];
    say!("{}", desk.voice.say("keep-rule", &args));
    if holdings.left > 0 {
        say!("{}", desk.voice.say("keep-left", &[("n", holdings.left.into())]));
    }
    warn(desk, &holdings);
    Ok(())
}

/// How much is held, as JSON.
pub(super) fn told(holdings: &Holdings) -> serde_json::Value {
    json!({
        "records": holdings.records, "bytes": holdings.bytes, "left": holdings.left, "wanted": holdings.wanted,
        "keep_days": holdings.rule.days(), "keep_records": holdings.rule.records(),
    })
}

/// How much is held, in a line.
pub(super) fn line(desk: &Desk<'_>, holdings: &Holdings) -> String {
    let megabytes = holdings.bytes.div_ceil(100_000);
    let size = format!("{}.{}", megabytes / 10, megabytes % 10);
    let args = [
        ("n", holdings.records.into()),
        ("megabytes", size.as_str().into()),
        ("records", holdings.rule.records().into()),
    ];
    desk.voice.say("keep-held", &args)
}

/// Says that much is held before it hurts.
pub(super) fn warn(desk: &Desk<'_>, holdings: &Holdings) {
    if holdings.is_nearly_full() {
        say!("{}", desk.voice.say("keep-nearly-full", &[]));
    }
}

/// Asks for a record that has left this device.
pub(super) async fn recall(desk: &Desk<'_>, id: &str) -> Result<(), Failure> {
    let start = normalise_digits(id.trim()).replace('-', "").to_lowercase();
    let is_meant = |left: &jisr_sync_core::id::DocumentId| left.to_string().replace('-', "").starts_with(&start);
    let left: Vec<_> = desk.client.left()?.into_iter().filter(is_meant).collect();
    let id = match left.as_slice() {
        [one] if !start.is_empty() => *one,
        _ => which::record(desk, "ID", id, None).await?,
    };
    desk.client.recall(id).await?;
    say!("{}", desk.voice.say("recalled", &[("id", (&id.to_string()).into())]));
    Ok(())
}
