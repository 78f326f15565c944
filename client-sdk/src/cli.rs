//! The field command line `jisr`: what a crew does on a phone, on a laptop in the van.
//!
//! A record's id is printed only when the record would survive a power cut. Exit codes: 0 done · 1 failed · 2 wrong
//! usage · 3 a value that cannot be · 4 no such record · 5 the store cannot be used · 6 the server was not reached,
//! all is kept here · 7 not enrolled · 8 refused, since unsent work would be lost.

/// Prints a line on standard output. Whoever closes it early (`| head`) has seen enough: that is no failure.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod args;
mod ask;
mod asking;
mod check;
mod edit;
mod enrol;
mod failure;
mod fields;
mod figures;
mod flags;
mod give;
mod help;
mod home;
mod keep;
mod lines;
mod look;
mod misfit;
mod others;
mod say;
mod shift;
mod strict;
mod van;
mod when;
mod which;
mod write;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches};
use jisr_locales::{Lang, asked_language, misuse};
use jisr_sync_core::time::UnixMillis;

use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use args::{Args, Command};
use failure::Failure;
use say::Voice;
use strict::Writer;

/// How long a command waits for another that has the store open, before it says so.
const IN_USE_PATIENCE: Duration = Duration::from_secs(3);

/// Runs the command line with the arguments of this process.
pub fn main() -> ExitCode {
    home::keep_to_the_user();
    let matches = help::with_codes(Args::command()).try_get_matches();
    let args = match matches.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => args,
        Err(error) => return misused(&error),
    };
    let mut voice = Voice { lang: lang(args.lang.as_deref()), store: home::ONCE_DEFAULT.to_owned() };
    let store = match home::store(args.store.clone()) {
        Ok(store) => store,
        Err(failure) => return voice.fail(&failure),
    };
    voice.store = store.display().to_string();
    log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return voice.fail(&Failure::io("runtime")(error)),
    };
    match runtime.block_on(run(args, &store, &voice)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => voice.fail(&failure),
    }
}

/// Tells what is wrong with the arguments; or what was asked for, help or the version.
fn misused(error: &clap::Error) -> ExitCode {
    let environment = std::env::var("JISR_LANG").ok();
    let asked = asked_language(std::env::args_os(), environment.as_deref());
    let Some(lines) = misuse(lang(asked.map(Lang::tag)), error) else { error.exit() };
    lines.iter().for_each(|line| eprintln!("{line}"));
    ExitCode::from(2)
}

/// What a command works with.
struct Desk<'v> {
    client: Client,
    voice: &'v Voice,
    now: UnixMillis,
    /// Where the store is, for a command that gives it free while it waits.
    store: &'v Path,
    plain_http: bool,
}

impl Desk<'_> {
    /// Opens the store once more, after it was given free.
    async fn open_again(&self) -> Result<Client, Failure> {
        open(self.store, self.plain_http).await
    }

    fn writer(&self) -> Result<Writer, Failure> {
        Ok(Writer { staff: self.client.staff()?, now: self.now })
    }
}

async fn run(mut args: Args, store: &Path, voice: &Voice) -> Result<(), Failure> {
    asking::fill(&mut args, store, voice).await?;
    let client = open(store, args.plain_http).await?;
    let desk = Desk { client, voice, now: SystemClock.now(), store, plain_http: args.plain_http };
    let done = dispatch(&desk, args).await;
    let closed = desk.client.close().await;
    done?;
    Ok(closed?)
}

async fn dispatch(desk: &Desk<'_>, args: Args) -> Result<(), Failure> {
    if let Some(staff) = args.staff.as_deref() {
        let staff = staff.parse().map_err(|_| Failure::argument("--staff", staff, "staff"))?;
        if desk.client.staff()?.as_ref() != Some(&staff) {
            desk.client.set_staff(Some(staff)).await?;
        }
    }
    match args.command {
        Command::Enrol { link, code } => enrol::enrol(desk, &link, &code).await,
        Command::Shift(command) => shift::run(desk, command).await,
        Command::Record(record) => match &record.flags.json {
            Some(file) => lines::record(desk, file, record.draft).await,
            None => write::record(desk, &record.flags, record.draft).await,
        },
        Command::Edit { id, flags } => edit::edit(desk, &id, &flags).await,
        Command::Finish { id } => edit::finish(desk, &id).await,
        Command::Discard { id, yes } => edit::discard(desk, &id, yes).await,
        Command::List(filter) => look::list(desk, &filter).await,
        Command::Show { id, json } => look::show(desk, &id, json).await,
        Command::Find { text, json } => look::find(desk, &text.join(" "), json).await,
        Command::Person(command) => give::person(desk, command).await,
        Command::Refer(flags) => give::refer(desk, *flags).await,
        Command::FollowUps(command) => give::follow_ups(desk, command).await,
        Command::Conflicts(command) => others::conflicts(desk, command).await,
        Command::Sync { json } => others::sync(desk, json).await,
        Command::Status { json } => others::status(desk, json),
        Command::Day { day, json } => figures::day(desk, day, json).await,
        Command::Van(command) => van::van(desk, command).await,
        Command::Carry(command) => van::carry(desk, command).await,
        Command::Keep(args) => keep::keep(desk, &args).await,
        Command::Recall { id } => keep::recall(desk, &id).await,
        Command::Logout { yes } => others::log_out(desk, yes).await,
    }
}

/// Opens the store. Another command may have it open for a moment: that is waited for, not for ever.
async fn open(store: &Path, plain_http: bool) -> Result<Client, Failure> {
    home::close_to_others(store);
    let started = tokio::time::Instant::now();
    loop {
        let mut builder = Client::at(store).clock(Arc::new(SystemClock));
        if plain_http {
            builder = builder.allow_plain_http();
        }
        match builder.open().await {
            Err(crate::Error::Store(crate::store::StoreError::InUse)) if started.elapsed() < IN_USE_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            opened => return Ok(opened?),
        }
    }
}

/// The language asked for, or else the first known one of the environment's, or else Arabic.
fn lang(asked: Option<&str>) -> Lang {
    let environment = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let of_locale = |locale: String| locale.split(['_', '.']).next().and_then(|tag| tag.parse().ok());
    asked.and_then(|tag| tag.parse().ok()).or_else(|| environment.filter_map(of_locale).next()).unwrap_or(Lang::Ar)
}

fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("JISR_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    std::panic::set_hook(Box::new(tell_where));
}

/// Tells where a panic was and never what it said: the store's engine puts bytes of records into its messages.
fn tell_where(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
    eprintln!("jisr: defect at {place}; what was kept before is safe");
}
