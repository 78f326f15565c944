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
    let wanted = told_rule(rule, args)?;
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

/// The rule with what was typed in place of what it was. Each is refused by its own name.
fn told_rule(rule: KeepRule, args: &KeepArgs) -> Result<KeepRule, Failure> {
    let number = |text: &str| normalise_digits(text.trim()).parse::<u32>().ok();
    let mut rule = rule;
    if let Some(days) = &args.days {
        let told = number(days).and_then(|days| KeepRule::new(days, rule.records()).ok());
        rule = told.ok_or_else(|| Failure::argument("--days", days, "keep-days"))?;
    }
    if let Some(records) = &args.records {
        let told = number(records).and_then(|records| KeepRule::new(rule.days(), usize::try_from(records).ok()?).ok());
        rule = told.ok_or_else(|| Failure::argument("--records", records, "keep-records"))?;
    }
    Ok(rule)
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
    let id = match which::left(desk, &normalise_digits(id.trim()))? {
        Some(left) => left,
        None => which::record(desk, "ID", id, None).await?,
    };
    if desk.client.kind_of(id)?.is_some() {
        say!("{}", desk.voice.say("recalled-here", &[("id", (&id.to_string()).into())]));
        return Ok(());
    }
    desk.client.recall(id).await?;
    say!("{}", desk.voice.say("recalled", &[("id", (&id.to_string()).into())]));
    Ok(())
}
