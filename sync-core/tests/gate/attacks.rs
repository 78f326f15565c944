//! Every hand-made attack that hurt Automerge 0.12, and some on the gate itself.
//!
//! Each is sent in one batch with honest changes before and after it. It must be refused for the right reason, in less
//! than 50 ms and 16 MiB, and the honest ones must get in.

use std::io::Write;
use std::time::Duration;

use automerge::transaction::Transactable;
use automerge::{ActorId as AutomergeActor, AutoCommit, Change, ObjType, ROOT};
use jisr_sync_core::change::{RawChange, Refusal, limits};
use jisr_sync_core::document::Document;

use crate::forge::{self, Forged, chunk, prefixed, run, unsigned};
use crate::meter::{Cost, measure};
use crate::seeds::{self, actor};

const TIME_MAX: Duration = Duration::from_millis(50);
const MEMORY_MAX: usize = 16 * 1024 * 1024;

/// Sends the bytes amid honest changes and returns why they were refused.
fn attack(bytes: &[u8]) -> Refusal {
    let honest = seeds::flat();
    let (refusal, mut cost) = attack_once(bytes, &honest);
    // The best of three: other tests share the processor.
    for _ in 0..2 {
        let again = attack_once(bytes, &honest).1;
        cost = Cost { time: cost.time.min(again.time), memory: cost.memory.max(again.memory) };
    }
    assert!(cost.time < TIME_MAX && cost.memory < MEMORY_MAX, "{refusal:?} after {cost:?}");
    println!("{:<20} {:>8.3} ms {:>8} KiB", refusal.code(), cost.time.as_secs_f64() * 1e3, cost.memory / 1024);
    refusal
}

fn attack_once(bytes: &[u8], honest: &[RawChange]) -> (Refusal, Cost) {
    let mut document = Document::empty();
    let (first, rest) = honest.split_first().unwrap();
    let ((refusal, others), cost) = measure(|| match RawChange::inspect(bytes) {
        Err(refusal) => (refusal, document.admit(honest)),
        Ok(hostile) => {
            let mut batch = vec![first.clone(), hostile];
            batch.extend(rest.iter().cloned());
            let mut verdicts = document.admit(&batch);
            (verdicts.remove(1).expect_err("a hostile change was let in"), verdicts)
        }
    });
    assert!(others.iter().all(Result::is_ok), "honest changes were refused beside {refusal:?}: {others:?}");
    assert_eq!(document.changes().len(), honest.len());
    (refusal, cost)
}

fn sound(times: u64) -> Forged {
    Forged::sound(actor(0xee), times)
}

#[test]
fn a_forged_change_that_keeps_the_rules_is_let_in() {
    let changes = [1, 2, 500].map(|times| RawChange::inspect(&sound(times).bytes()).unwrap());

    for change in changes {
        assert_eq!(Document::empty().admit(&[change]), [Ok(())]);
    }
}

#[test]
fn ten_bytes_of_the_sync_protocol_that_divide_by_zero_are_no_change() {
    assert_eq!(attack(&[0x42, 0, 0, 1, 0, 3, 1, 0, 7, 0]), Refusal::NotAChange);
}

#[test]
fn fifteen_bytes_of_the_sync_protocol_that_ask_for_gigabytes_are_no_change() {
    let four_thousand_million_probes = [0x42, 0, 0, 1, 0, 8, 1, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0];

    assert_eq!(attack(&four_thousand_million_probes), Refusal::NotAChange);
}

#[test]
fn documents_and_bundles_are_no_changes() {
    let mut document = AutoCommit::new();
    document.put(ROOT, "k", 1).unwrap();

    assert_eq!(attack(&document.save()), Refusal::NotAChange);
    assert_eq!(attack(&chunk(3, &[0; 230])), Refusal::NotAChange);
    assert_eq!(attack(&[]), Refusal::NotAChange);
}

#[test]
fn a_deflate_bomb_is_refused_without_inflating_it() {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    (0..64).for_each(|_| deflate.write_all(&vec![0u8; 1024 * 1024]).unwrap());

    assert_eq!(attack(&chunk(forge::COMPRESSED, &deflate.finish().unwrap())), Refusal::Compressed);
}

#[test]
fn a_compressed_column_is_refused() {
    let forged = sound(2).with_column(forge::ACTION | 0b1000, vec![3, 0, 0]);

    assert_eq!(attack(&forged.bytes()), Refusal::Compressed);
}

#[test]
fn run_length_bombs_are_refused_from_their_claim() {
    for times in [limits::OPS_MAX + 1, 1_000_000, 10_000_000, 1_000_000_000, u64::MAX >> 2] {
        assert_eq!(attack(&sound(times).bytes()), Refusal::TooManyOps, "{times}");
    }
}

#[test]
fn a_bomb_in_a_single_column_is_refused() {
    let kinds = [forge::KEY_TEXT, forge::ACTION, forge::VALUE_SIZE, forge::REPLACED_COUNT];
    for kind in kinds {
        let nothings = [vec![0], unsigned(1_000_000_000)].concat();
        assert_eq!(attack(&sound(2).with_column(kind, nothings).bytes()), Refusal::TooManyOps);
    }
    assert_eq!(attack(&sound(2).with_column(forge::INSERT, unsigned(u64::MAX)).bytes()), Refusal::TooManyOps);
    let replaces_too_many = sound(2).with_column(forge::REPLACED_COUNT, run(2, &unsigned(1_500)));
    assert_eq!(attack(&replaces_too_many.bytes()), Refusal::TooManyOps);
}

#[test]
fn columns_that_do_not_fit_together_are_refused() {
    let unequal = Refusal::Malformed { what: "columns of unequal length" };
    let wrong_number = Refusal::Malformed { what: "number in a column" };
    let replacing = |actor: u8, counter: u8| {
        sound(1)
            .with_column(forge::REPLACED_COUNT, run(1, &[1]))
            .with_column(forge::REPLACED_ACTOR, run(1, &[actor]))
            .with_column(forge::REPLACED_COUNTER, run(1, &[counter]))
            .bytes()
    };

    for kind in [forge::KEY_TEXT, forge::VALUE_SIZE, forge::REPLACED_COUNT] {
        let longer = if kind == forge::KEY_TEXT { run(3, b"\x01k") } else { run(3, &[0]) };
        assert_eq!(attack(&sound(2).with_column(kind, longer).bytes()), unequal);
    }
    assert_eq!(attack(&sound(2).with_column(forge::INSERT, vec![3]).bytes()), unequal);
    assert_eq!(attack(&sound(2).with_column(forge::REPLACED_COUNT, run(2, &[1])).bytes()), unequal);
    // A text of nine bytes that are not there.
    assert_eq!(attack(&sound(1).with_column(forge::VALUE_SIZE, run(1, &[0x96, 1])).bytes()), unequal);
    assert_eq!(attack(&replacing(1, 1)), wrong_number);
    assert_eq!(attack(&replacing(0, 0x7f)), wrong_number);
    assert_eq!(attack(&sound(1).with_column(forge::ACTION, run(1, &[8])).bytes()), wrong_number);
}

#[test]
fn a_long_key_repeated_often_is_refused_before_it_is_written_out() {
    let most = limits::OPS_MAX;
    let forged = sound(most).with_column(forge::KEY_TEXT, run(most, &prefixed(&[b'k'; 100 * 1024])));

    assert_eq!(attack(&forged.bytes()), Refusal::TooManyOps);
}

#[test]
fn a_run_of_one_is_refused_since_nobody_else_writes_it_so() {
    let forged = sound(1).with_column(forge::ACTION, vec![1, 1]);

    assert_eq!(attack(&forged.bytes()), Refusal::NotCanonical);
}

#[test]
fn operation_numbers_near_the_end_of_their_range_are_refused() {
    for start_op in [0, 1 << 30, (1 << 30) + 1, u64::from(u32::MAX), 1 << 32, u64::MAX] {
        assert_eq!(attack(&Forged { start_op, ..sound(1) }.bytes()), Refusal::StartOp, "{start_op}");
    }
}

#[test]
fn a_seventh_change_without_a_history_is_refused() {
    assert_eq!(attack(&Forged { seq: 7, ..sound(1) }.bytes()), Refusal::Sequence);
    assert_eq!(attack(&Forged { seq: u64::MAX, ..sound(1) }.bytes()), Refusal::Sequence);
}

fn nested(depth: usize) -> Vec<u8> {
    let mut document = AutoCommit::new().with_actor(AutomergeActor::from([0xee; 16]));
    let mut object = ROOT;
    for _ in 0..depth {
        object = document.put_object(&object, "k", ObjType::Map).unwrap();
    }
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

#[test]
fn deep_nesting_is_refused_before_anything_reads_it() {
    for depth in [33, 1_000, 2_000] {
        assert_eq!(attack(&nested(depth)), Refusal::TooDeep, "{depth}");
    }
}

#[test]
fn nesting_up_to_the_limit_is_let_in() {
    let change = RawChange::inspect(&nested(32)).unwrap();

    assert_eq!(Document::empty().admit(&[change]), [Ok(())]);
}

#[test]
fn nesting_cannot_be_built_up_over_several_changes() {
    let mut deep = AutoCommit::new().with_actor(AutomergeActor::from([0xee; 16]));
    let mut object = ROOT;
    for _ in 0..40 {
        object = deep.put_object(&object, "k", ObjType::Map).unwrap();
        deep.commit();
    }
    let changes = seeds::history(&mut deep);
    let expected: Vec<_> = (1..=40)
        .map(|depth| match depth {
            ..=32 => Ok(()),
            33 => Err(Refusal::TooDeep),
            _ => Err(Refusal::MissingDependency),
        })
        .collect();

    let at_once = Document::empty().admit(&changes);
    let mut document = Document::empty();
    let one_by_one: Vec<_> = changes.iter().flat_map(|change| document.admit(std::slice::from_ref(change))).collect();

    assert_eq!(at_once, expected);
    assert_eq!(one_by_one, expected);
}

#[test]
fn changes_on_top_of_unknown_ones_are_not_kept() {
    let mut document = Document::empty();
    document.admit(&seeds::flat());
    let before = document.save();
    let orphans: Vec<_> = (0..20_000u64)
        .map(|number| {
            let mut dep = [0xab; 32];
            dep[..8].copy_from_slice(&number.to_be_bytes());
            RawChange::inspect(&Forged { deps: vec![dep], ..sound(1) }.bytes()).unwrap()
        })
        .collect();

    let (verdicts, cost) = measure(|| document.admit(&orphans));

    assert!(verdicts.iter().all(|verdict| *verdict == Err(Refusal::MissingDependency)));
    assert_eq!(document.save(), before);
    println!("20,000 orphans       {:>8.3} ms {:>8} KiB", cost.time.as_secs_f64() * 1e3, cost.memory / 1024);
    assert!(cost.memory < MEMORY_MAX, "{cost:?}");
    assert!(cost.time < 20_000 * Duration::from_millis(1), "{cost:?}");
}

/// Binding an actor to a device is the server's register's work; here a forgery costs its victim nothing else.
#[test]
fn a_taken_sequence_number_blocks_only_the_change_that_claims_it() {
    let honest = seeds::flat();
    let victim = honest.iter().find(|change| change.seq() == 1 && !change.deps().is_empty()).unwrap();
    let first = honest[0].clone();
    let forged = Forged {
        deps: vec![*first.hash().as_bytes()],
        start_op: first.start_op() + first.op_count(),
        ..Forged::sound(victim.actor(), 1)
    };
    let forged = RawChange::inspect(&forged.bytes()).unwrap();
    let mut document = Document::empty();

    let verdicts = document.admit(&[first, forged, victim.clone()]);
    let is_other = |change: &&RawChange| change.deps().len() == 1 && change.actor() != victim.actor();
    let later = document.admit(&honest.iter().filter(is_other).cloned().collect::<Vec<_>>());

    assert_eq!(verdicts, [Ok(()), Ok(()), Err(Refusal::Sequence)]);
    assert_eq!(later, [Ok(()), Ok(())]);
}

#[test]
fn a_change_that_skips_its_actors_last_one_is_refused() {
    let first = sound(1);
    let second = Forged { seq: 2, ..sound(1) };
    let [first, second] = [first, second].map(|forged| RawChange::inspect(&forged.bytes()).unwrap());

    // The second does not build on the first, so that both have an operation of number 1.
    assert_eq!(Document::empty().admit(&[first, second]), [Ok(()), Err(Refusal::Sequence)]);
}

#[test]
fn a_delete_of_nothing_is_refused_since_it_would_not_come_back_from_the_disk() {
    assert_eq!(attack(&sound(1).with_column(forge::ACTION, run(1, &[3])).bytes()), Refusal::DoesNotReload);
}

/// Found by the campaign: it applies, saves and loads, and a later edit fails.
#[test]
fn an_insertion_into_a_map_is_refused() {
    let forged = sound(1).with_column(forge::INSERT, vec![0, 1]);

    assert_eq!(attack(&forged.bytes()), Refusal::Malformed { what: "operation" });
}

#[test]
fn operations_that_refer_outside_their_history_are_refused() {
    let replaces_a_later_one = sound(1)
        .with_column(forge::REPLACED_COUNT, run(1, &[1]))
        .with_column(forge::REPLACED_ACTOR, run(1, &[0]))
        .with_column(forge::REPLACED_COUNTER, run(1, &[9]));

    assert_eq!(attack(&replaces_a_later_one.bytes()), Refusal::OutsideHistory);
}

#[test]
fn a_change_that_replaces_what_a_sibling_wrote_is_refused() {
    let sibling = RawChange::inspect(&sound(1).bytes()).unwrap();
    let forged = Forged { others: vec![vec![0xee; 16]], ..Forged::sound(actor(0x07), 1) }
        .with_column(forge::REPLACED_COUNT, run(1, &[1]))
        .with_column(forge::REPLACED_ACTOR, run(1, &[1]))
        .with_column(forge::REPLACED_COUNTER, run(1, &[1]));
    let child = Forged { deps: vec![*sibling.hash().as_bytes()], start_op: 2, ..forged.clone() };
    let [apart, child] = [forged, child].map(|forged| RawChange::inspect(&forged.bytes()).unwrap());

    let verdicts = Document::empty().admit(&[sibling, apart, child]);

    assert_eq!(verdicts, [Ok(()), Err(Refusal::OutsideHistory), Ok(())]);
}

#[test]
fn every_flipped_bit_of_a_change_is_noticed() {
    for change in [seeds::flat().remove(0), seeds::nested().remove(0)] {
        for bit in 0..change.bytes().len() * 8 {
            let mut bytes = change.bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(RawChange::inspect(&bytes).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn a_cut_or_lengthened_change_is_refused() {
    let bytes = sound(2).bytes();

    for length in 0..bytes.len() {
        assert!(RawChange::inspect(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(attack(&[&bytes[..], &[0]].concat()), Refusal::Malformed { what: "length" });
    let extra = Forged { extra: vec![1, 1, 7], ..sound(1) };
    assert_eq!(attack(&extra.bytes()), Refusal::Malformed { what: "bytes after the columns" });
}

#[test]
fn a_header_beyond_its_limits_is_refused() {
    let deps = |count: u16| (0..count).map(|number| [number.to_be_bytes(); 16].concat().try_into().unwrap()).collect();
    let others = |count: u16| (0..count).map(|number| number.to_be_bytes().repeat(8)).collect();
    let unknown = Refusal::Malformed { what: "unknown column" };

    assert_eq!(attack(&Forged { deps: deps(257), ..sound(1) }.bytes()), Refusal::TooManyDeps);
    assert_eq!(attack(&Forged { deps: deps(256), ..sound(1) }.bytes()), Refusal::MissingDependency);
    assert_eq!(attack(&Forged { others: others(257), ..sound(1) }.bytes()), Refusal::TooManyActors);
    assert_eq!(attack(&Forged { message: vec![b'm'; 4097], ..sound(1) }.bytes()), Refusal::MessageTooLong);
    assert_eq!(attack(&Forged { columns: vec![(1, vec![0]); 33], ..sound(1) }.bytes()), Refusal::TooManyColumns);
    assert_eq!(attack(&sound(1).with_column(0xb2, vec![0x7f, 1]).bytes()), unknown);
    assert_eq!(attack(&Forged { extra: vec![0; limits::CHANGE_BYTES_MAX], ..sound(1) }.bytes()), Refusal::TooLarge);
}

#[test]
fn a_header_that_is_not_written_the_one_way_is_refused() {
    let refused = |what, forged: Forged| assert_eq!(attack(&forged.bytes()), Refusal::Malformed { what });

    refused("actor", Forged { actor: vec![1; 15], ..sound(1) });
    refused("actor", Forged { actor: vec![1; 17], ..sound(1) });
    refused("dependencies", Forged { deps: vec![[2; 32], [1; 32]], ..sound(1) });
    refused("dependencies", Forged { deps: vec![[1; 32], [1; 32]], ..sound(1) });
    refused("other actors", Forged { others: vec![vec![2; 16], vec![1; 16]], ..sound(1) });
    refused("other actors", Forged { others: vec![vec![0xee; 16]], ..sound(1) });
    refused("message", Forged { message: vec![0xff], ..sound(1) });
    refused("sequence number", Forged { seq: 0, ..sound(1) });
}

#[test]
fn a_document_does_not_outgrow_its_limits() {
    let mut document = AutoCommit::new().with_actor(AutomergeActor::from([0xee; 16]));
    for number in 0..=limits::DOCUMENT_CHANGES_MAX {
        document.put(ROOT, "k", u64::try_from(number).unwrap()).unwrap();
        document.commit();
    }
    let many = Document::empty().admit(&seeds::history(&mut document));
    let of = |number: u8, operations| RawChange::inspect(&Forged::sound(actor(number), operations).bytes()).unwrap();
    // Nine of the most operations, one with one less, then two more, of which one operation's room is left for.
    let mut changes: Vec<_> = (1..10).map(|number| of(number, limits::OPS_MAX)).collect();
    changes.extend([of(10, limits::OPS_MAX - 1), of(11, 2), of(12, 1)]);

    let large = Document::empty().admit(&changes);

    assert!(many[..limits::DOCUMENT_CHANGES_MAX].iter().all(Result::is_ok));
    assert_eq!(many[limits::DOCUMENT_CHANGES_MAX], Err(Refusal::DocumentTooLarge));
    assert!(large[..10].iter().all(Result::is_ok));
    assert_eq!(large[10..], [Err(Refusal::DocumentTooLarge), Ok(())]);
}

#[test]
fn after_a_change_of_the_most_operations_a_document_still_takes_others() {
    let large = RawChange::inspect(&sound(limits::OPS_MAX).bytes()).unwrap();
    let honest = RawChange::inspect(&Forged::sound(actor(0x07), 50).bytes()).unwrap();
    let mut document = Document::empty();

    assert_eq!(document.admit(&[large]), [Ok(())]);
    assert_eq!(document.admit(&[honest]), [Ok(())]);
}

/// The largest change the limits allow: dear, yet bounded.
#[test]
fn a_change_of_the_most_operations_is_bounded_in_time_and_memory() {
    let change = RawChange::inspect(&sound(limits::OPS_MAX).bytes()).unwrap();
    let mut document = Document::empty();

    let (verdicts, cost) = measure(|| document.admit(&[change]));

    println!("most operations      {:>8.3} ms {:>8} KiB", cost.time.as_secs_f64() * 1e3, cost.memory / 1024);
    assert_eq!(verdicts, [Ok(())]);
    assert!(cost.time < Duration::from_secs(5) && cost.memory < 4 * MEMORY_MAX, "{cost:?}");
}

#[test]
fn an_honest_change_comes_out_of_the_forge_as_automerge_writes_it() {
    let forged = sound(2).bytes();
    let rewritten = Change::from(Change::from_bytes(forged.clone()).unwrap().decode());

    assert_eq!(rewritten.raw_bytes(), forged);
}
