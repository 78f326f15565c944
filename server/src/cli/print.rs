//! What came of an order, as tables for people or JSON for programs.

use comfy_table::{Table, presets};
use fast_qr::QRBuilder;
use jisr_locales::{Arg, Lang, label, tr};
use jisr_sync_core::activity::Figures;
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use crate::admin::{AccountLine, BackupLine, DeviceLine, Enrolment, Order, Outcome, Shown};
use crate::asides::Decided;
use crate::dashboard::{Chrome, CompletenessLine, When, names, tiles, unit_rows};
use crate::ports::{AsideLine, AsideView, CarryOutcome, Verification};
use crate::registry::{CODE_HOURS_VALID, PlannedShift, Unit};
use crate::verify::{Fault, Gap};

/// Prints it.
pub fn outcome(lang: Lang, order: &Order, outcome: &Outcome, json: bool) {
    if json {
        say!("{}", as_json(outcome));
        return;
    }
    match outcome {
        Outcome::Done => say!("{}", done(lang, order)),
        Outcome::Units(units) => {
            table(lang, &["id", "name", "province"], units.iter().map(|unit| unit_line(lang, unit)));
        }
        Outcome::Enrolment(enrolment) => print_enrolment(lang, enrolment),
        Outcome::Devices(devices) => {
            let heads = ["id", "name", "unit", "state", "contact", "waiting"];
            table(lang, &heads, devices.iter().map(|device| device_line(lang, device)));
        }
        Outcome::Revoked { device, before } => {
            let key = if *before { "server-device-revoked-before" } else { "server-device-revoked" };
            let id = device.id.to_string();
            say!("{}", tr(lang, key, &[("id", Arg::from(&id)), ("name", Arg::from(&device.name))]));
        }
        Outcome::Accounts(accounts) => {
            let heads = ["name", "territory", "role", "state"];
            table(lang, &heads, accounts.iter().map(|account| account_line(lang, account)));
        }
        Outcome::SetAside(page) => {
            let heads = ["id", "received", "scope", "record", "device", "reason"];
            table(lang, &heads, page.asides.iter().map(|aside| aside_line(lang, aside)));
            if let Some(next) = &page.next {
                say!("{}", tr(lang, "server-aside-more", &[("next", Arg::from(&next.to_string()))]));
            }
        }
        Outcome::Aside(view) => print_aside(lang, view),
        Outcome::Decided(decided) => {
            table(lang, &["id", "record", "outcome"], decided.iter().map(|one| decided_line(lang, one)));
        }
        Outcome::Planned(shifts) => {
            table(lang, &["unit", "start", "end"], shifts.iter().map(|shift| shift_line(lang, shift)));
        }
        Outcome::Unplanned(shifts) => say!("{}", plan_lines(lang, "server-plan-removed", shifts)),
        Outcome::Activity(shown) => print_day(lang, shown),
        Outcome::Verified(found) => print_verification(lang, found),
        Outcome::BackedUp(line) => print_backup(lang, "server-backup-made", line),
        Outcome::Imported(came) => print_import(lang, came),
    }
}

/// The outcome without the wrapping it travels in.
fn as_json(outcome: &Outcome) -> serde_json::Value {
    let value = match outcome {
        Outcome::Done => Ok(serde_json::json!({ "done": true })),
        Outcome::Units(units) => serde_json::to_value(units),
        Outcome::Enrolment(enrolment) => serde_json::to_value(enrolment),
        Outcome::Devices(devices) => serde_json::to_value(devices),
        Outcome::Revoked { device, before } => Ok(serde_json::json!({ "device": device.id, "before": before })),
        Outcome::Accounts(accounts) => serde_json::to_value(accounts),
        Outcome::SetAside(page) => serde_json::to_value(page),
        Outcome::Aside(view) => serde_json::to_value(view),
        Outcome::Decided(decided) => serde_json::to_value(decided),
        Outcome::Planned(shifts) | Outcome::Unplanned(shifts) => serde_json::to_value(shifts),
        Outcome::Activity(shown) => serde_json::to_value(&shown.activity),
        Outcome::Verified(found) => serde_json::to_value(found),
        Outcome::BackedUp(line) => serde_json::to_value(line),
        Outcome::Imported(came) => serde_json::to_value(came),
    };
    value.unwrap_or_default()
}

fn done(lang: Lang, order: &Order) -> String {
    let one = |key: &str, gap: &str, text: &str| tr(lang, key, &[(gap, Arg::from(text))]);
    match order {
        Order::AddUnit { unit, .. } => one("server-unit-added", "id", unit.id.as_str()),
        Order::AddAccount(account) => one("server-account-added", "name", account.name.as_str()),
        Order::MoveDevice { device, unit } => {
            let (device, unit) = (device.to_string(), unit.to_string());
            tr(lang, "server-device-moved", &[("id", Arg::from(&device)), ("unit", Arg::from(&unit))])
        }
        Order::Move { record, to } => {
            let (record, to) = (record.to_string(), to.to_string());
            tr(lang, "server-record-moved", &[("id", Arg::from(&record)), ("to", Arg::from(&to))])
        }
        Order::DisableAccount(name) => one("server-account-disabled", "name", name.as_str()),
        Order::ResetPassword { name, .. } => one("server-password-reset", "name", name.as_str()),
        Order::Plan(shifts) => plan_lines(lang, "server-plan-added", shifts),
        _ => String::new(),
    }
}

fn plan_lines(lang: Lang, key: &str, shifts: &[PlannedShift]) -> String {
    let line = |shift: &PlannedShift| {
        let (unit, day) = (shift.unit.to_string(), shift.day.to_string());
        tr(lang, key, &[("unit", Arg::from(&unit)), ("day", Arg::from(&day))])
    };
    shifts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn table(lang: Lang, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(heads.iter().map(|head| tr(lang, &format!("server-col-{head}"), &[])));
    let mut any = false;
    for row in rows {
        any = true;
        table.add_row(row);
    }
    if any { say!("{table}") } else { say!("{}", tr(lang, "server-none", &[])) }
}

fn unit_line(lang: Lang, unit: &Unit) -> Vec<String> {
    let name = if lang == Lang::Ar { &unit.name_ar } else { &unit.name_fr };
    vec![unit.id.to_string(), name.clone(), label(lang, "province", &unit.province.to_string())]
}

/// An instant in full local time, or a dash.
fn instant(lang: Lang, at: Option<UnixMillis>) -> String {
    let shown = at.and_then(|at| Some(When::new(lang, ServiceZone::morocco().ok()?, at).full(at)));
    shown.unwrap_or_else(|| "–".to_owned())
}

fn device_line(lang: Lang, line: &DeviceLine) -> Vec<String> {
    let state = if line.device.is_active() { "server-state-active" } else { "server-state-revoked" };
    vec![
        line.device.id.to_string(),
        line.device.name.clone(),
        line.device.unit.to_string(),
        tr(lang, state, &[]),
        instant(lang, line.last_contact),
        line.waiting.map_or_else(|| "–".to_owned(), |waiting| waiting.to_string()),
    ]
}

fn account_line(lang: Lang, account: &AccountLine) -> Vec<String> {
    let state = if account.disabled { "server-state-disabled" } else { "server-state-active" };
    let (name, territory) = (account.name.to_string(), account.territory.to_string());
    vec![name, territory, account.role.code().to_owned(), tr(lang, state, &[])]
}

/// How much of a hash is shown: enough to tell changes apart, and to type.
const HASH_DIGITS_SHOWN: usize = 12;

fn short(aside: &AsideLine) -> String {
    aside.hash.to_string().chars().take(HASH_DIGITS_SHOWN).collect()
}

fn aside_line(lang: Lang, aside: &AsideLine) -> Vec<String> {
    let reason = label(lang, "refusal", &aside.reason);
    let long = aside.waits_long.then(|| format!(" ({})", tr(lang, "aside-waits-long", &[])));
    vec![
        short(aside),
        instant(lang, Some(aside.received_at)),
        aside.scope.to_string(),
        aside.record.to_string(),
        aside.device.to_string(),
        format!("{reason}{}", long.unwrap_or_default()),
    ]
}

fn decided_line(lang: Lang, decided: &Decided) -> Vec<String> {
    let outcome = tr(lang, &format!("aside-told-{}", decided.outcome), &[]);
    let why = decided.reason.as_ref().map(|reason| format!(" ({})", label(lang, "refusal", reason)));
    vec![short(&decided.aside), decided.aside.record.to_string(), format!("{outcome}{}", why.unwrap_or_default())]
}

fn print_aside(lang: Lang, view: &AsideView) {
    let device = view.device_name.clone().unwrap_or_else(|| view.line.device.to_string());
    let fields = match &view.fields {
        Some(fields) => fields.iter().map(|field| label(lang, "field", field)).collect::<Vec<_>>().join(", "),
        None => tr(lang, "aside-fields-unknown", &[]),
    };
    let release = match &view.bar {
        Some(bar) => tr(lang, "aside-release-no", &[("reason", Arg::from(&label(lang, "refusal", bar)))]),
        None => tr(lang, "aside-release-yes", &[]),
    };
    let rows = [
        ("server-col-id", view.line.hash.to_string()),
        ("aside-received", instant(lang, Some(view.line.received_at))),
        ("aside-scope", view.line.scope.to_string()),
        ("server-col-record", view.line.record.to_string()),
        ("aside-device", device),
        ("aside-why", label(lang, "refusal", &view.line.reason)),
        ("aside-bytes", view.line.bytes.to_string()),
        ("aside-fields", fields),
        ("aside-release-now", release),
    ];
    for (key, value) in rows {
        say!("{}: {value}", tr(lang, key, &[]));
    }
}

fn shift_line(lang: Lang, shift: &PlannedShift) -> Vec<String> {
    vec![shift.unit.to_string(), instant(lang, Some(shift.start)), instant(lang, Some(shift.end))]
}

fn print_enrolment(lang: Lang, enrolment: &Enrolment) {
    say!("{}: {}", tr(lang, "server-code", &[]), enrolment.code);
    say!("{}: {}", tr(lang, "server-code-url", &[]), enrolment.url);
    if let Ok(code) = QRBuilder::new(enrolment.url.as_bytes()).build() {
        say!("{}", code.to_str());
    }
    say!("{}", tr(lang, "server-code-once", &[("hours", Arg::from(CODE_HOURS_VALID))]));
}

/// The day: its completeness first, as on the page.
fn print_day(lang: Lang, shown: &Shown) {
    let Ok(zone) = ServiceZone::morocco() else { return };
    let when = When::new(lang, zone, shown.activity.as_of);
    let names = names(&shown.units, lang);
    let line = CompletenessLine::of(&shown.activity, lang, &names, &when);
    let c = Chrome::new(lang, None, "");
    say!("{}", when.day(shown.activity.day));
    say!("{} · {}", line.as_of, line.summary);
    if let Some(waiting) = line.waiting {
        say!("{waiting} {}", line.not_saying.unwrap_or_default());
    }
    for missing in &line.missing {
        say!("  {}: {}", missing.unit, missing.why);
    }
    if let Some(differing) = differing(lang, &shown.activity.total) {
        say!("{differing}");
    }
    let mut figures = Table::new();
    figures.load_style(presets::UTF8_HORIZONTAL_ONLY);
    for tile in tiles(&shown.activity.total, lang) {
        figures.add_row(vec![tile.label, tile.value, tile.note.unwrap_or_default()]);
    }
    say!("{figures}");
    let mut units = Table::new();
    units.load_style(presets::UTF8_HORIZONTAL_ONLY);
    let heads = ["col-unit", "col-state", "col-last-contact", "col-waiting", "col-encounters", "col-minors"];
    units.set_header(heads.map(|key| c.t(key)));
    for row in unit_rows(&shown.activity, lang, &names, &when) {
        units.add_row(vec![row.name, row.state_label, row.last_contact, row.waiting, row.encounters, row.minors]);
    }
    say!("{units}");
}

/// That fields have two values which wait for a decision, as the page lists them; `None` when none does.
fn differing(lang: Lang, figures: &Figures) -> Option<String> {
    let records = figures.quality.conflicted;
    (records > 0).then(|| tr(lang, "server-day-differing", &[("n", Arg::from(records))]))
}

/// What a backup holds, under a sentence with its file.
pub(super) fn print_backup(lang: Lang, key: &str, line: &BackupLine) {
    say!("{}", tr(lang, key, &[("file", Arg::from(&line.file))]));
    let when = instant(lang, Some(line.made_at));
    let gaps = [
        ("when", Arg::from(&when)),
        ("records", Arg::from(line.records)),
        ("scopes", Arg::from(line.scopes)),
        ("aside", Arg::from(line.set_aside)),
        ("kib", Arg::from(line.bytes.div_ceil(1024))),
    ];
    say!("{}", tr(lang, "server-backup-holds", &gaps));
    for file in &line.removed {
        say!("{}", tr(lang, "server-backup-removed", &[("file", Arg::from(file))]));
    }
}

fn print_verification(lang: Lang, found: &Verification) {
    if found.findings.is_empty() {
        say!("{}", tr(lang, "server-verify-ok", &[]));
    } else {
        let all = (found.findings.len() as u64).saturating_add(found.more);
        say!("{}", tr(lang, "server-verify-damaged", &[("n", Arg::from(all))]));
        for fault in &found.findings {
            say!("  {}", finding(lang, fault));
        }
        if found.more > 0 {
            say!("  {}", tr(lang, "server-verify-more", &[("n", Arg::from(found.more))]));
        }
    }
}

fn finding(lang: Lang, fault: &Fault) -> String {
    let (key, gaps) = fault.key_and_gaps();
    let texts: Vec<String> = gaps.iter().map(|(_, gap)| part(lang, gap)).collect();
    let args = gaps.iter().zip(&texts).map(|((name, gap), text)| match gap {
        Gap::Number(n) => (*name, Arg::from(*n)),
        Gap::Id(_) | Gap::Part(_) => (*name, Arg::from(text)),
    });
    let args: Vec<(&str, Arg<'_>)> = args.collect();
    tr(lang, key, &args)
}

/// What stands in a gap, as a text.
fn part(lang: Lang, gap: &Gap) -> String {
    match gap {
        Gap::Id(id) => id.clone(),
        Gap::Number(n) => n.to_string(),
        Gap::Part(part) => tr(lang, part.key(), &[]),
    }
}

fn print_import(lang: Lang, came: &CarryOutcome) {
    let figure = |key: &str, n: u64| tr(lang, key, &[("n", Arg::from(n))]);
    say!("{}", figure("server-import-new", came.new));
    say!("{}", figure("server-import-known", came.known));
    if came.held_back > 0 {
        say!("{}", figure("server-import-held-back", came.held_back));
    }
    for (reason, n) in &came.set_aside {
        say!("{} {}", figure("server-import-aside", *n), label(lang, "refusal", reason));
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};

    use super::*;
    use crate::verify::Part;

    #[test]
    fn a_day_with_fields_that_have_two_values_says_so_and_another_does_not() {
        let mut figures = Figures::default();
        assert_eq!(Lang::ALL.map(|lang| differing(lang, &figures)), [None, None, None]);

        figures.quality.conflicted = 3;

        for (lang, word) in [(Lang::Ar, "قيمتان"), (Lang::Fr, "deux valeurs"), (Lang::En, "two values")] {
            let line = differing(lang, &figures).unwrap();
            assert!(line.contains(word) && line.contains('3'), "{line}");
        }
    }

    #[test]
    fn every_finding_is_told_in_every_language_with_what_it_is_about() {
        let (scope, document) = ("unit/azilal-1".parse::<ScopeId>().unwrap(), DocumentId::from_bytes([7; 16]));
        let of = || scope.clone();
        let faults = [
            Fault::LogUnreadable { scope: of(), after: 41 },
            Fault::Chain { scope: of(), number: 41 },
            Fault::Hash { scope: of(), number: 41 },
            Fault::Author { scope: of(), number: 41 },
            Fault::Head { scope: of() },
            Fault::Digest { scope: of() },
            Fault::NotIndexed { hash: ChangeHash::from_bytes([7; 32]), document },
            Fault::IndexCount { entries: 41, changes: 42 },
            Fault::History { document },
            Fault::Document { document },
            Fault::Row { document },
            Fault::WithoutLog { what: Part::Terms, found: 41, expected: 42 },
            Fault::Unreadable { what: Part::Index },
            Fault::SetAside { counted: 41, listed: 42 },
            Fault::SetAsideOf { device: DeviceId::from_bytes([7; 16]) },
        ];
        for lang in Lang::ALL {
            for fault in &faults {
                let told = finding(lang, fault);
                let (_, gaps) = fault.key_and_gaps();
                assert!(!told.starts_with('['), "{lang}: {told}");
                assert!(gaps.iter().all(|(_, gap)| told.contains(&part(lang, gap))), "{lang}: {fault:?}: {told}");
            }
            assert!(Part::ALL.iter().all(|part| !tr(lang, part.key(), &[]).starts_with('[')), "{lang}");
        }
        assert!(finding(Lang::Fr, &faults[1]).contains("ne suit pas"), "{}", finding(Lang::Fr, &faults[1]));
    }
}
