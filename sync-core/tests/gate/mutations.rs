//! A campaign of mutated changes: none is let in that does not save, load and read back, and no panic escapes.
//!
//! A quarter are damaged as a network damages. Half are damaged and given the right length and checksum, as an attacker
//! would. A quarter are taken apart, made to say something else, and written again by Automerge itself, so that they
//! reach the last steps. What is let in is used afterwards as an honest document would be.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, Change, ObjType, ROOT, ReadDoc, ScalarValue};
use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::document::Document;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::forge::repaired;
use crate::meter::measure;
use crate::seeds;

/// A change, and the document it was written for.
struct Target {
    before: Document,
    change: RawChange,
    next: Option<RawChange>,
}

#[derive(Default)]
struct Figures {
    cases: u64,
    inspect: BTreeMap<&'static str, u64>,
    admit: BTreeMap<&'static str, u64>,
    unchanged: u64,
    accepted: u64,
    escapes: Vec<u64>,
    spoilt: Vec<(u64, String)>,
    milliseconds: f64,
    slowest_ms: f64,
    peak_bytes: usize,
}

#[test]
fn no_mutated_change_gets_in_that_does_not_read_back() {
    let setting = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().expect(name));
    let cases = setting("JISR_GATE_CASES", 20_000);
    let seed = setting("JISR_GATE_SEED", 1);
    let targets = targets();
    let mut figures = Figures::default();

    for case in 0..cases {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(1_000_000_007).wrapping_add(case));
        let target = &targets[rng.random_range(0..targets.len())];
        let other = &targets[rng.random_range(0..targets.len())];
        let Ok(bytes) = catch_unwind(AssertUnwindSafe(|| mutate(target, other, &mut rng))) else { continue };
        play(case, target, &bytes, &mut figures);
    }

    figures.print(seed);
    assert!(figures.cases >= cases * 9 / 10);
    assert!(figures.accepted > 0 && !figures.admit.is_empty(), "the campaign does not reach the last steps");
    assert!(figures.escapes.is_empty(), "of seed {seed}, a panic escaped in cases {:?}", figures.escapes);
    assert!(figures.spoilt.is_empty(), "of seed {seed}, documents are in disorder after cases {:?}", figures.spoilt);
}

/// Every change of the seed histories, each on the document of those before it.
fn targets() -> Vec<Target> {
    let mut targets = Vec::new();
    for history in seeds::all() {
        let mut before = Document::empty();
        for (index, change) in history.iter().enumerate() {
            targets.push(Target {
                before: before.clone(),
                change: change.clone(),
                next: history.get(index + 1).cloned(),
            });
            assert_eq!(before.admit(std::slice::from_ref(change)), [Ok(())]);
        }
    }
    targets
}

fn play(case: u64, target: &Target, bytes: &[u8], figures: &mut Figures) {
    figures.cases += 1;
    let mut document = target.before.clone();
    let (played, cost) = measure(|| {
        catch_unwind(AssertUnwindSafe(|| {
            RawChange::inspect(bytes).map(|hostile| {
                let verdict = document.admit(std::slice::from_ref(&hostile))[0];
                (hostile, verdict)
            })
        }))
    });
    figures.count_cost(cost.time.as_secs_f64() * 1e3, cost.memory);
    let spoilt = match played {
        Err(_) => return figures.escapes.push(case),
        Ok(Err(refusal)) => return *figures.inspect.entry(refusal.code()).or_default() += 1,
        Ok(Ok((hostile, Ok(())))) if hostile == target.change => {
            figures.unchanged += 1;
            None
        }
        Ok(Ok((_, Ok(())))) => {
            figures.accepted += 1;
            catch_unwind(AssertUnwindSafe(|| check_accepted(&document))).unwrap_or(Some("use panics".into()))
        }
        Ok(Ok((hostile, Err(refusal)))) => {
            *figures.admit.entry(refusal.code()).or_default() += 1;
            check_refused(target, &document, &hostile, case)
        }
    };
    figures.spoilt.extend(spoilt.map(|what| (case, what)));
}

/// Uses a document that took a hostile change in, without the gate: it must be as good as any.
fn check_accepted(document: &Document) -> Option<String> {
    let restored = Document::restore(&document.save()).ok().filter(|restored| restored.heads() == document.heads());
    let Some(restored) = restored else { return Some("saved, it does not load".into()) };
    let mut replayed = Document::empty();
    let changes = restored.changes();
    if replayed.admit(&changes).iter().any(Result::is_err) || replayed.heads() != document.heads() {
        return Some("its changes do not pass the gate again".into());
    }
    let mut used = AutoCommit::load(&document.save()).ok()?;
    let shown = used.hydrate(ROOT, None).unwrap();
    used.put(ROOT, "later", "بعد").unwrap();
    used.merge(&mut AutoCommit::load(&replayed.save()).unwrap()).unwrap();
    let again = AutoCommit::load(&used.save()).unwrap();
    if AutoCommit::load(&replayed.save()).unwrap().hydrate(ROOT, None).unwrap() != shown {
        return Some("replayed, it shows something else".into());
    }
    (again.get(ROOT, "later").unwrap().is_none()).then(|| "an edit after it is lost".into())
}

/// A refused change leaves nothing behind and does not block what is sent with it.
fn check_refused(target: &Target, document: &Document, hostile: &RawChange, case: u64) -> Option<String> {
    if document.heads() != target.before.heads() {
        return Some("refused, it left a trace".into());
    }
    // Dearer, so now and then.
    if !case.is_multiple_of(8) {
        return None;
    }
    if document.save() != target.before.save() {
        return Some("refused, it left a trace".into());
    }
    let mut batch = vec![hostile.clone(), target.change.clone()];
    batch.extend(target.next.clone());
    let verdicts = document.clone().admit(&batch);
    (verdicts[1..].iter().any(Result::is_err)).then(|| format!("refused, it blocked others: {verdicts:?}"))
}

impl Figures {
    fn count_cost(&mut self, milliseconds: f64, memory: usize) {
        self.milliseconds += milliseconds;
        self.slowest_ms = self.slowest_ms.max(milliseconds);
        self.peak_bytes = self.peak_bytes.max(memory);
    }

    fn print(&self, seed: u64) {
        let sum = |refusals: &BTreeMap<_, u64>| refusals.values().sum::<u64>();
        println!("seed {seed}, {} cases", self.cases);
        println!("refused at inspection {}: {:?}", sum(&self.inspect), self.inspect);
        println!("refused at admission {}: {:?}", sum(&self.admit), self.admit);
        println!("accepted {}, and {} that the mutation left as they were", self.accepted, self.unchanged);
        let contained = self.admit.get(Refusal::Panicked.code()).unwrap_or(&0);
        println!("panics contained {contained}, escaped {}; spoilt {}", self.escapes.len(), self.spoilt.len());
        let mean = self.milliseconds / self.cases as f64;
        println!("{mean:.4} ms mean, {:.2} ms slowest, {} KiB peak", self.slowest_ms, self.peak_bytes / 1024);
    }
}

fn mutate(target: &Target, other: &Target, rng: &mut StdRng) -> Vec<u8> {
    match rng.random_range(0..4) {
        0 => damaged(target.change.bytes(), other.change.bytes(), 0, rng),
        // Behind the chunk's header, since that is made anew.
        1 | 2 => repaired(&damaged(target.change.bytes(), other.change.bytes(), 10, rng)),
        _ => rewritten(target.change.bytes(), rng),
    }
}

/// One to four faults at or after `from`.
fn damaged(bytes: &[u8], other: &[u8], from: usize, rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if bytes.len() <= from + 1 {
            break;
        }
        let at = rng.random_range(from..bytes.len());
        let end = (at + rng.random_range(1..12)).min(bytes.len());
        match rng.random_range(0..8) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8),
            1 => bytes[at] = rng.random(),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][rng.random_range(0..5)],
            3 => bytes[at] = bytes[at].wrapping_add(1),
            4 => bytes.insert(at, rng.random()),
            5 => drop(bytes.drain(at..end)),
            6 => {
                let copied = bytes[at..end].to_vec();
                bytes.splice(at..at, copied);
            }
            _ => {
                let start = rng.random_range(0..other.len());
                let taken = other[start..(start + end - at).min(other.len())].to_vec();
                bytes.splice(at..end, taken);
            }
        }
    }
    bytes
}

/// A change that says something else, in Automerge's own spelling.
fn rewritten(bytes: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).expect("honest").decode();
    for _ in 0..rng.random_range(1..=3) {
        let own = OpId::new(change.start_op.get() + rng.random_range(0..3), &change.actor_id);
        let count = change.operations.len();
        match rng.random_range(0..6) {
            0 => change.time = rng.random(),
            1 if count > 1 => drop(change.operations.remove(rng.random_range(0..count))),
            2 if count > 1 => change.operations.swap(0, count - 1),
            3 if count > 0 => {
                let copied = change.operations[rng.random_range(0..count)].clone();
                change.operations.push(copied);
            }
            4 => change.seq += rng.random_range(0..2),
            _ if count > 0 => {
                let at = rng.random_range(0..count);
                alter(&mut change.operations[at], &own, rng);
            }
            _ => {}
        }
    }
    Change::from(change).raw_bytes().to_vec()
}

fn alter(operation: &mut automerge::legacy::Op, own: &OpId, rng: &mut StdRng) {
    let referred = operation.pred.get(0).cloned().unwrap_or_else(|| own.clone());
    match rng.random_range(0..8) {
        0 => operation.action = OpType::Delete,
        1 => operation.action = OpType::Increment(rng.random()),
        2 => operation.action = OpType::Make([ObjType::Map, ObjType::List, ObjType::Text][rng.random_range(0..3)]),
        3 => operation.action = OpType::Put(ScalarValue::counter(rng.random())),
        4 => operation.obj = ObjectId::Id(referred),
        5 => {
            let element = ElementId::Id(referred).into_key();
            operation.key = [Key::Map("field/1".into()), Key::head(), element][rng.random_range(0..3)].clone();
        }
        6 => operation.pred = vec![referred.increment_by(rng.random_range(0..3))].into(),
        _ => operation.insert = !operation.insert,
    }
}
