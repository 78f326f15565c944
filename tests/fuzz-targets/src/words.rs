//! Codes, ids, days and other words: what parses is written back, and reads as the same again.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use jisr_server::registry::{AccountName, CodeHash, DeviceKey, Role, Territory};
use jisr_sync_core::activity::Stamp;
use jisr_sync_core::codes::*;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, EntryId, ProvinceId, ScopeId, StaffId, UnitId};
use jisr_sync_core::record::{AgeRange, Position, RecordKind, ServiceKey, ShortCode, normalise_digits};
use jisr_sync_core::search::{fold, matches, name_key};
use jisr_sync_core::sync::{Chain, Epoch, Fingerprint, Incarnation, Nonce, ReasonCode, ServerId, Voucher};
use jisr_sync_core::time::OperationalDay;

use crate::input::Draw;
use crate::meter::within;

/// What reading a word may hold, for each of its bytes.
const BYTES_PER_BYTE_MAX: usize = 256;

/// One word, or two: the first is searched for in the second.
pub fn codes(input: &[u8]) {
    let mut draw = Draw::new(input);
    let query = String::from_utf8_lossy(draw.piece());
    let text = String::from_utf8_lossy(draw.rest());
    within(4096 + BYTES_PER_BYTE_MAX * (text.len() + query.len()), || {
        values(&text);
        lists(&text);
        search(&query, &text);
    });
}

fn values(text: &str) {
    strict::<ActorId>(text);
    strict::<ChangeHash>(text);
    strict::<DeviceId>(text);
    strict::<EntryId>(text);
    strict::<Chain>(text);
    strict::<Epoch>(text);
    strict::<Fingerprint>(text);
    strict::<Incarnation>(text);
    strict::<Nonce>(text);
    strict::<ServerId>(text);
    strict::<Voucher>(text);
    strict::<Stamp>(text);
    strict::<DeviceKey>(text);
    strict::<DocumentId>(text);
    strict::<UnitId>(text);
    strict::<ProvinceId>(text);
    strict::<StaffId>(text);
    strict::<ScopeId>(text);
    strict::<OperationalDay>(text);
    strict::<RecordKind>(text);
    strict::<Territory>(text);
    strict::<AccountName>(text);
    strict::<ServiceKey>(text);
    lenient::<AgeRange>(text);
    lenient::<ShortCode>(text);
    if let Ok(role) = text.parse::<Role>() {
        assert_eq!(role.code(), text);
    }
    if let Ok(position) = text.parse::<Position>() {
        let json = serde_json::to_string(&position).expect("a position is JSON");
        assert_eq!(serde_json::from_str::<Position>(&json).ok(), Some(position));
    }
    if let Some(reason) = ReasonCode::new(text) {
        assert_eq!(reason.to_string(), text);
    }
    let _ = CodeHash::of_typed(text);
    let digits = normalise_digits(text);
    assert_eq!(normalise_digits(&digits), digits);
    if let Ok(day) = text.parse::<OperationalDay>() {
        assert!(day.previous() <= day && day <= day.next());
    }
}

/// One spelling only: what parses is written as it was.
fn strict<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text, "more than one spelling parses");
    }
}

/// Several spellings, of which one is written: that one reads as the same.
fn lenient<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse::<T>().ok(), Some(value));
    }
}

macro_rules! each_list {
    ($text:ident: $($list:ident)*) => { $( one_list::<$list>($text); )* };
}

fn lists(text: &str) {
    each_list!(text: Accompaniment AgeBasis CancelReason ConcernCertainty ContactMode ContactOrigin ContactOutcome
        CrewAlert CrewRole ExitReason FollowUpKind FunctionalDifficulty InfoCategory Language LegalBasis LinkCertainty
        ObservedGroup Partner PersonStatus PlaceType Priority ProtectionConcern Public ReferralDestination
        ReferralStatus Relation Risk ServiceResult ServiceType Sex ShelterRefusalReason ShiftType SleepingSituation
        StreetConnection Urgency Visibility VoidReason Weather);
}

fn one_list<C>(text: &str)
where
    C: CodeList + for<'a> From<&'a str> + PartialEq + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let code = C::from(text);
    assert_eq!(code.code(), text, "a code comes back unchanged");
    let json = serde_json::to_string(&code).expect("a code is JSON");
    assert_eq!(serde_json::from_str::<C>(&json).ok(), Some(code));
}

fn search(query: &str, name: &str) {
    let folded = fold(name);
    assert_eq!(fold(&folded), folded, "folding twice changes something");
    let _ = name_key(name);
    if !folded.is_empty() {
        assert!(matches(name, name).is_some(), "a name is found by itself");
    }
    let _ = matches(query, name);
}
