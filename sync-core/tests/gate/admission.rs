//! What the gate lets in, and what it leaves behind.

use jisr_sync_core::change::{RawChange, Refusal};
use jisr_sync_core::document::Document;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::forge::{self, Forged, run};
use crate::meter::measure;
use crate::seeds::{self, actor};

/// A change that passes every check but the last one: it deletes what is not there.
fn poison(number: u8) -> RawChange {
    let forged = Forged::sound(actor(number), 1).with_column(forge::ACTION, run(1, &[3]));
    RawChange::inspect(&forged.bytes()).unwrap()
}

#[test]
fn honest_histories_pass_whole_and_one_by_one() {
    let mut histories = seeds::all();
    histories.extend((10..30).map(|seed| seeds::busy(seed, 40)));

    for history in histories {
        let mut whole = Document::empty();
        let mut single = Document::empty();
        let verdicts = whole.admit(&history);
        assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
        for change in &history {
            assert_eq!(single.admit(std::slice::from_ref(change)), [Ok(())]);
        }
        assert_eq!(whole.heads(), single.heads());
        assert_eq!(whole.changes().len(), history.len());
    }
}

#[test]
fn a_change_of_a_document_is_as_inspected() {
    let history = seeds::busy(3, 20);
    let mut document = Document::empty();
    document.admit(&history);

    for change in document.changes() {
        assert_eq!(RawChange::inspect(change.bytes()), Ok(change.clone()));
    }
}

#[test]
fn a_change_that_is_already_there_is_let_in_again_without_work() {
    let history = seeds::flat();
    let mut document = Document::empty();
    document.admit(&history);
    let before = document.save();

    let verdicts = document.admit(&history);

    assert!(verdicts.iter().all(Result::is_ok));
    assert_eq!(document.save(), before);
    assert_eq!(document.admit(&[]), []);
}

#[test]
fn bad_changes_anywhere_in_a_batch_do_not_block_the_good_ones() {
    let history = seeds::busy(4, 30);
    for position in [0, 7, history.len()] {
        let mut batch = history.clone();
        batch.insert(position, poison(0xe1));
        batch.insert(position, poison(0xe2));
        batch.push(poison(0xe3));
        let mut document = Document::empty();

        let verdicts = document.admit(&batch);

        let refused: Vec<_> = verdicts.iter().filter_map(|verdict| verdict.err()).collect();
        assert_eq!(refused, [Refusal::DoesNotReload; 3]);
        assert_eq!(document.changes().len(), history.len());
    }
}

#[test]
fn what_depends_on_a_refused_change_is_refused_and_the_rest_is_not() {
    let bad = poison(0xe1);
    let child = Forged { deps: vec![*bad.hash().as_bytes()], start_op: 2, ..Forged::sound(actor(0xe2), 1) };
    let child = RawChange::inspect(&child.bytes()).unwrap();
    let good = RawChange::inspect(&Forged::sound(actor(0xe3), 1).bytes()).unwrap();

    let verdicts = Document::empty().admit(&[bad, child, good]);

    assert_eq!(verdicts, [Err(Refusal::DoesNotReload), Err(Refusal::MissingDependency), Ok(())]);
}

#[test]
fn a_good_change_takes_the_number_that_a_refused_one_claimed() {
    let bad = poison(0xe1);
    let good = RawChange::inspect(&Forged::sound(actor(0xe1), 1).bytes()).unwrap();

    assert_eq!(Document::empty().admit(&[bad, good]), [Err(Refusal::DoesNotReload), Ok(())]);
}

#[test]
fn a_document_that_refused_is_unchanged() {
    let mut document = Document::empty();
    document.admit(&seeds::nested());
    let before = (document.heads(), document.save());

    let verdicts = document.admit(&[poison(0xe1), poison(0xe2)]);

    assert!(verdicts.iter().all(Result::is_err));
    assert_eq!((document.heads(), document.save()), before);
}

#[test]
fn every_order_that_keeps_dependencies_leads_to_the_same_document() {
    let history = seeds::busy(5, 25);
    let mut rng = StdRng::seed_from_u64(9);
    let mut expected = Document::empty();
    expected.admit(&history);

    for _ in 0..10 {
        let mut document = Document::empty();
        let mut left = history.clone();
        while !left.is_empty() {
            left.shuffle(&mut rng);
            let verdicts = document.admit(&left);
            assert!(verdicts.iter().flat_map(|verdict| verdict.err()).all(is_order));
            left.retain(|change| !document.contains(&change.hash()));
        }
        assert_eq!(document.heads(), expected.heads());
    }
}

/// The refusals that sending a change again, after those it builds on, heals.
fn is_order(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::MissingDependency)
}

#[test]
fn an_honest_batch_costs_little() {
    let history = seeds::busy(6, 60);
    let (last, before) = history.split_last().unwrap();
    let mut document = Document::empty();
    document.admit(before);
    let small = seeds::flat();

    let best = |work: &dyn Fn()| (0..20).map(|_| measure(work).1.time).min().unwrap().as_secs_f64() * 1e3;
    let inspected = best(&|| drop(RawChange::inspect(last.bytes())));
    let fresh = best(&|| drop(Document::empty().admit(&small)));
    let onto_sixty = best(&|| drop(document.clone().admit(std::slice::from_ref(last))));

    println!("inspect {inspected:.4} ms; {} changes into a new document {fresh:.3} ms; ", small.len());
    println!("one change onto {} {onto_sixty:.3} ms", before.len());
    assert!(inspected < 5.0 && fresh < 50.0 && onto_sixty < 50.0);
}

/// Found by the fuzz target `document`: restored with such a change behind it, a document came up that could be saved and
/// never restored again.
#[test]
fn a_change_behind_a_saved_document_passes_the_gate_or_nothing_is_restored() {
    let mut document = Document::empty();
    document.admit(&seeds::flat());
    let saved = document.save();

    let poisoned = [&saved, poison(0xe1).bytes()].concat();
    let honest = RawChange::inspect(&Forged::sound(actor(0xe3), 1).bytes()).unwrap();
    let extended = [&saved, honest.bytes()].concat();
    let bundle = [&saved[..], &forge::chunk(3, &[0; 230])].concat();

    assert!(Document::restore(&poisoned).is_err());
    assert!(Document::restore(&bundle).is_err());
    assert!(Document::restore(&extended).unwrap().contains(&honest.hash()));
}
