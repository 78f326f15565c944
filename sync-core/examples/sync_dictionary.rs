//! Makes `src/sync/dictionary-1.bin`: bytes that streams of changes often contain, so that even a lone change
//! compresses well.
//!
//! `cargo run -p jisr-sync-core --example sync_dictionary > sync-core/src/sync/dictionary-1.bin`
//!
//! The dictionary is part of the protocol: once devices are out, another one needs another codec number.

use std::io::Write as _;

use jisr_sync_core::codes::*;
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, Referral, Shift};

/// Codes of a list, one after another, as the values of a change stand.
fn codes<L: CodeList>(out: &mut Vec<u8>) {
    L::known().iter().for_each(|code| out.extend_from_slice(code.code().as_bytes()));
}

/// Names of fields, each after its length, as the keys of a change stand.
fn keys<R: Record>(out: &mut Vec<u8>) {
    let names = ["_kind", "_schema"].into_iter().chain(R::FIELDS.iter().map(|field| field.name));
    for name in names {
        out.extend(u8::try_from(name.len()));
        out.extend_from_slice(name.as_bytes());
    }
    out.extend_from_slice(R::KIND.code().as_bytes());
}

fn main() -> std::io::Result<()> {
    let mut out = Vec::new();
    codes::<ReferralStatus>(&mut out);
    codes::<ReferralDestination>(&mut out);
    codes::<FollowUpKind>(&mut out);
    codes::<ServiceResult>(&mut out);
    codes::<ServiceType>(&mut out);
    codes::<FunctionalDifficulty>(&mut out);
    codes::<LegalBasis>(&mut out);
    codes::<ProtectionConcern>(&mut out);
    codes::<ConcernCertainty>(&mut out);
    codes::<Accompaniment>(&mut out);
    codes::<StreetConnection>(&mut out);
    codes::<SleepingSituation>(&mut out);
    codes::<ObservedGroup>(&mut out);
    codes::<ContactMode>(&mut out);
    codes::<ContactOrigin>(&mut out);
    codes::<ContactOutcome>(&mut out);
    codes::<Public>(&mut out);
    codes::<Sex>(&mut out);
    codes::<Risk>(&mut out);
    keys::<Place>(&mut out);
    keys::<FollowUp>(&mut out);
    keys::<Referral>(&mut out);
    keys::<Shift>(&mut out);
    keys::<Person>(&mut out);
    keys::<Encounter>(&mut out);
    for entry in ["persons/", "/person", "/sex", "/age", "/public", "given/meal/", "notes/", "/at", "/by", "/text"] {
        out.extend_from_slice(entry.as_bytes());
    }
    out.extend_from_slice(b"\x85\x6f\x4a\x83province/unit/");
    std::io::stdout().write_all(&out)
}
