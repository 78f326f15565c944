//! `cargo xtask demo`: plays nights of six crews through real clients and a real server, and keeps serving.

use std::process::ExitCode;

use anyhow::{Context, Result};
use jisr_tests::demo::{self, Options, Shown};
use jisr_tests::service::{SUPERVISOR, Service};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: cargo xtask demo [--listen ADDRESS] [--seed N] [--nights N]";

/// More nights than this take too long to watch.
const NIGHTS_MAX: u32 = 30;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    listen: String,
    options: Options,
}

fn arguments() -> Result<Arguments> {
    let mut arguments = Arguments { listen: "127.0.0.1:8080".to_owned(), options: Options { seed: 1, nights: 1 } };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value; {USAGE}"))?;
        match word.as_str() {
            "--listen" => arguments.listen = value,
            "--seed" => arguments.options.seed = value.parse().context(USAGE)?,
            "--nights" => arguments.options.nights = value.parse::<u32>().context(USAGE)?.clamp(1, NIGHTS_MAX),
            _ => anyhow::bail!("{word} is not known; {USAGE}"),
        }
    }
    Ok(arguments)
}

async fn run() -> Result<()> {
    let Arguments { listen, options } = arguments()?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    eprintln!("demo: starting a server in a temporary folder (seed {})", options.seed);
    free(&listen)?;
    let mut service = Service::start_on(&listen).context("the server does not start")?;
    let say = |line: String| eprintln!("demo: {line}");
    let played = tokio::select! {
        played = demo::play(&service, options, &say) => Some(played?),
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    if let Some(shown) = played {
        tell(&service, &shown);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    eprintln!("demo: stopping the server and removing its folder");
    // A terminal sends the interrupt to the server too; then it is ending already.
    service.stop()
}

/// Looks whether the address can be listened on, before anything is set up.
fn free(listen: &str) -> Result<()> {
    match std::net::TcpListener::bind(listen) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => anyhow::bail!(
            "another program listens on {listen}. Nothing was started. Choose another port: \
             cargo xtask demo --listen 127.0.0.1:8090"
        ),
        Err(error) => {
            Err(error).with_context(|| format!("cannot listen on {listen}. Choose an address with --listen; {USAGE}"))
        }
    }
}

fn tell(service: &Service, shown: &Shown) {
    let (url, day) = (service.url(), shown.tour.day);
    println!();
    println!("  {url}");
    println!("  account   {SUPERVISOR}");
    println!("  password  {}", service.password());
    println!();
    println!("  {url}/activity/{day}");
    println!(
        "      last night: {} records of encounters are in. The page says that the day is not complete, and why:",
        shown.encounters
    );
    println!(
        "      nothing has come from khouribga-1, {} encounters wait on a phone of fquih-ben-salah-1,",
        shown.waiting
    );
    println!("      and azilal-2, which had no tour planned, is not missing.");
    println!("  {url}/records/{}", shown.disagreed);
    println!("      a child of whom two crews gave different ages, offline: both are shown");
    println!("  {url}/records/{}", shown.meals);
    println!("      thirty meals, counted on three phones without a network");
    println!();
    println!("  {} connections were cut on the way. العربية, Français, English: at the top of each page.", shown.cuts);
    println!("  Ctrl-C ends the demo and removes what it wrote.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_told_with_the_way_to_another() {
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = other.local_addr().unwrap().to_string();

        let told = free(&taken).unwrap_err().to_string();
        assert!(told.contains(&taken) && told.contains("--listen"), "{told}");

        drop(other);
        free(&taken).unwrap();
    }
}
