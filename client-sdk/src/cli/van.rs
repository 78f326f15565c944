//! `van` and `carry`: without a server.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;

use fast_qr::QRBuilder;
use jisr_sync_core::sync::limits::{CARRY_FILE_BYTES_MAX, VAN_SHARE_TIME_MAX_MS};
use serde_json::json;

use super::Desk;
use super::args::{CarryCommand, VanCommand};
use super::failure::Failure;
use super::say::Voice;
use crate::clock::{Clock as _, SystemClock};
use crate::error::Error;
use crate::store::StoreError;
use crate::van::{Sharing, VanCode, VanReport};

/// What stands before address and code in a QR.
const QR_PREFIX: &str = "jisr-van:";

/// Meets another device.
pub(super) async fn van(desk: &Desk<'_>, command: VanCommand) -> Result<(), Failure> {
    match command {
        VanCommand::Share { listen, times, json } => share(desk, listen, times, json).await,
        VanCommand::Join { address, code, json } => {
            let (address, code) = parsed(&address, code.as_deref())?;
            let report = desk.client.join(address, &code).await?;
            tell(desk.voice, &report, json);
            Ok(())
        }
    }
}

/// Waits for one device after another. The store is open only while a code is drawn and while a meeting is held, so that
/// other commands can be used meanwhile.
async fn share(desk: &Desk<'_>, listen: SocketAddr, times: usize, as_json: bool) -> Result<(), Failure> {
    desk.client.clone().close().await?;
    for _ in 0..times.max(1) {
        // A code for each: it is good for one meeting.
        let client = desk.open_again().await?;
        let sharing = client.share(listen).await;
        client.close().await?;
        let sharing = sharing?;
        show(desk.voice, &sharing, as_json)?;
        let report = meet(desk, &sharing).await?;
        tell(desk.voice, &report, as_json);
    }
    Ok(())
}

fn show(voice: &Voice, sharing: &Sharing, as_json: bool) -> Result<(), Failure> {
    let (address, code) = (reachable(sharing.address()?), sharing.code().to_string());
    if as_json {
        say!("{}", json!({ "address": address, "code": code, "seconds": VAN_SHARE_TIME_MAX_MS / 1_000 }));
    } else {
        let shown = address.to_string();
        say!("{}", voice.say("van-listening", &[("address", (&shown).into()), ("code", (&code).into())]));
        if let Ok(qr) = QRBuilder::new(format!("{QR_PREFIX}{address}#{code}").as_bytes()).build() {
            say!("{}", qr.to_str());
        }
        say!("{}", voice.say("van-waits", &[("minutes", (VAN_SHARE_TIME_MAX_MS / 60_000).into())]));
    }
    std::io::stdout().flush().map_err(Failure::io("stdout"))
}

async fn meet(desk: &Desk<'_>, sharing: &Sharing) -> Result<VanReport, Failure> {
    loop {
        let joined = sharing.joined().await?;
        let client = match desk.open_again().await {
            Ok(client) => client,
            // Another command is at work: that is said, and whoever has come may come again.
            Err(failure @ Failure::Sdk(Error::Store(StoreError::InUse))) => {
                let _ = desk.voice.fail(&failure);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let met = client.meet_joined(joined).await;
        client.close().await?;
        match met {
            Err(error) if error.ends_one_meeting() => _ = desk.voice.fail(&error.into()),
            met => return Ok(met?),
        }
    }
}

/// The address others reach this machine under. Asking which way a packet would go sends none.
fn reachable(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    let outward = || -> std::io::Result<IpAddr> {
        let socket = UdpSocket::bind(("0.0.0.0", 0))?;
        socket.connect(("192.0.2.1", 9))?;
        Ok(socket.local_addr()?.ip())
    };
    SocketAddr::new(outward().unwrap_or(IpAddr::from([127, 0, 0, 1])), bound.port())
}

/// Address and code, typed apart or as the QR holds them.
fn parsed(address: &str, code: Option<&str>) -> Result<(SocketAddr, VanCode), Failure> {
    let expected = || Failure::argument("address", address, "address");
    let scanned = address.trim_start_matches(QR_PREFIX);
    let (at, within) = scanned.split_once('#').map_or((scanned, None), |(at, code)| (at, Some(code)));
    let code: VanCode = code.or(within).ok_or_else(expected)?.parse()?;
    Ok((at.parse().map_err(|_| expected())?, code))
}

fn tell(voice: &Voice, report: &VanReport, as_json: bool) {
    if as_json {
        let told = json!({
            "device": report.peer, "unit": report.unit, "given": report.given, "received": report.received,
            "not_shown": report.not_shown, "full": report.full, "share_full": report.share_full,
            "too_old": report.too_old,
            "bytes_sent": report.bytes_sent, "bytes_received": report.bytes_received,
        });
        say!("{told}");
        return;
    }
    let unit = report.unit.to_string();
    let args = [("unit", (&unit).into()), ("given", report.given.into()), ("received", report.received.into())];
    say!("{}", voice.say("van-met", &args));
    if report.full {
        say!("{}", voice.say("van-full", &[]));
    }
    if report.share_full {
        say!("{}", voice.say("van-share-full", &[]));
    }
    if report.too_old > 0 {
        let now = voice.time(SystemClock.now());
        say!("{}", voice.say("van-too-old", &[("n", report.too_old.into()), ("now", (&now).into())]));
    }
    say!("{}", voice.say("van-still-waits", &[]));
}

/// Writes a carry file, or takes one along.
pub(super) async fn carry(desk: &Desk<'_>, command: CarryCommand) -> Result<(), Failure> {
    match command {
        CarryCommand::Export { file } => {
            let Some(made) = desk.client.export().await? else {
                say!("{}", desk.voice.say("carry-nothing", &[]));
                return Ok(());
            };
            write_new(&file, &made.bytes).map_err(Failure::io(file.display().to_string()))?;
            let shown = file.display().to_string();
            say!("{}", desk.voice.say("carry-exported", &[("n", made.changes.into()), ("file", (&shown).into())]));
            if made.left > 0 {
                say!("{}", desk.voice.say("carry-left", &[("n", made.left.into())]));
            }
            say!("{}", desk.voice.say("van-still-waits", &[]));
        }
        CarryCommand::Import { file } => {
            let mut bytes = Vec::new();
            let reading = std::fs::File::open(&file);
            let reading = reading.and_then(|file| file.take(CARRY_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
            reading.map_err(Failure::io(file.display().to_string()))?;
            let header = desk.client.take_along(bytes).await?;
            say!("{}", desk.voice.say("carry-taken", &[("n", header.changes.into())]));
        }
    }
    Ok(())
}

/// Writes a file that is whole or absent: beside its place first, then there.
fn write_new(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = file.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_default();
    name.push(".part");
    let beside = file.with_file_name(name);
    let mut part = std::fs::File::create(&beside)?;
    part.write_all(bytes)?;
    part.sync_all()?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_and_code_read_apart_or_as_the_qr_holds_them() {
        let apart = parsed("192.168.1.20:7646", Some("7kq2-m9xd")).unwrap();
        let scanned = parsed("jisr-van:192.168.1.20:7646#7KQ2-M9XD", None).unwrap();

        assert!(apart == scanned);
        assert!(parsed("192.168.1.20:7646", None).is_err() && parsed("van", Some("7KQ2-M9XD")).is_err());
        assert!(matches!(parsed("192.168.1.20:7646", Some("7KQ2")), Err(Failure::Sdk(Error::VanCode))));
    }
}
