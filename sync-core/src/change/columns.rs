//! The columns of a change, counted without being written out.
//!
//! A change keeps its operations as columns, one for each property, and a column as runs: "this value, a thousand
//! million times" takes six bytes. Here every run is read once and only counted, so that the work and the memory are
//! bounded by the bytes that are there, never by the number they claim.
//!
//! | runs of | written as |
//! |---|---|
//! | numbers, texts | *n* > 0 and the value *n* times; *n* < 0 and −*n* values; 0, *n*: nothing, *n* times |
//! | differences | the same, each value being what is added to the one before |
//! | truth values | how often false, how often true, and so on in turn |
//!
//! Never decides whether the runs are the shortest possible: Automerge's own writer is asked that, see
//! [`Document::admit`](crate::document::Document::admit).

use super::leb::Reader;
use super::limits::{COLUMNS_MAX, OPS_MAX, REPEATED_TEXT_BYTES_MAX, START_OP_MAX};
use super::refusal::Refusal;

/// The number of an operation can be at most this.
const OP_MAX: u64 = START_OP_MAX + OPS_MAX;

/// Automerge 0.12 knows actions 0 to 7.
const ACTION_MAX: u64 = 7;

/// The bit of a column's specification that says its bytes are compressed.
const COMPRESSED: u32 = 0b1000;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Content {
    /// Numbers up to a largest one.
    Numbers(u64),
    /// Indexes into the actors of the change.
    Actors,
    /// Sizes and types of values; the size is in the upper bits.
    ValueSizes,
    /// Numbers of operations, as differences.
    Differences,
    /// Texts, each with its length before it.
    Texts,
    /// Truth values.
    Truths,
    /// The values themselves, one after the other.
    Values,
}

/// How many rows a column must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// One for each operation.
    Each,
    /// One for each operation, or the column is left out.
    EachOrNone,
    /// One for each operation that an operation replaces.
    Replaced,
    /// Its length in bytes is the sum of the sizes of the values.
    Sized,
}

/// Every column that Automerge 0.12 writes: specification (number · 16 + type), content, rows.
const KNOWN: [(u32, Content, Rows); 14] = [
    (OBJECT_ACTOR, Content::Actors, Rows::EachOrNone),
    (OBJECT_COUNTER, Content::Numbers(OP_MAX), Rows::EachOrNone),
    (0x11, Content::Actors, Rows::EachOrNone),
    (0x13, Content::Differences, Rows::EachOrNone),
    (0x15, Content::Texts, Rows::EachOrNone),
    (0x34, Content::Truths, Rows::Each),
    (ACTION, Content::Numbers(ACTION_MAX), Rows::Each),
    (VALUE_SIZE, Content::ValueSizes, Rows::Each),
    (0x57, Content::Values, Rows::Sized),
    (REPLACED_COUNT, Content::Numbers(OPS_MAX), Rows::Each),
    (0x71, Content::Actors, Rows::Replaced),
    (0x73, Content::Differences, Rows::Replaced),
    (0x94, Content::Truths, Rows::EachOrNone),
    (0xa5, Content::Texts, Rows::EachOrNone),
];
const OBJECT_ACTOR: u32 = 0x01;
const OBJECT_COUNTER: u32 = 0x02;
const ACTION: u32 = 0x42;
const VALUE_SIZE: u32 = 0x56;
const REPLACED_COUNT: u32 = 0x70;

/// What was counted in one column. A column that is left out has none of anything.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    rows: u64,
    /// The sum of its numbers, sizes or text lengths.
    sum: u64,
}

/// Reads the list of columns and the columns, to the end, and returns the number of operations.
///
/// `actors` is how many actors the change names, its own among them.
pub fn count_operations(reader: &mut Reader<'_>, actors: u64) -> Result<u64, Refusal> {
    let list = read_list(reader)?;
    let mut tallies = [Tally::default(); KNOWN.len()];
    for (index, length) in list {
        let column = reader.take(length).ok_or(Refusal::malformed("column length"))?;
        tallies[index] = tally(KNOWN[index].1, column, actors)?;
    }
    if !reader.is_done() {
        return Err(Refusal::malformed("bytes after the columns"));
    }
    check_rows(&tallies)
}

/// The columns as indexes into [`KNOWN`], and their lengths in bytes.
fn read_list(reader: &mut Reader<'_>) -> Result<Vec<(usize, usize)>, Refusal> {
    const BROKEN: Refusal = Refusal::malformed("list of columns");
    let count = reader.unsigned().and_then(|count| usize::try_from(count).ok()).ok_or(BROKEN)?;
    if count > COLUMNS_MAX {
        return Err(Refusal::TooManyColumns);
    }
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        let specification = reader.unsigned().and_then(|number| u32::try_from(number).ok()).ok_or(BROKEN)?;
        let length = reader.unsigned().and_then(|length| usize::try_from(length).ok()).ok_or(BROKEN)?;
        if specification & COMPRESSED != 0 {
            return Err(Refusal::Compressed);
        }
        let known = KNOWN.iter().position(|column| column.0 == specification);
        let index = known.ok_or(Refusal::malformed("unknown column"))?;
        if length == 0 || list.last().is_some_and(|&(before, _)| before >= index) {
            return Err(BROKEN);
        }
        list.push((index, length));
    }
    Ok(list)
}

/// Checks that the columns fit together, and returns how many operations they describe.
fn check_rows(tallies: &[Tally; KNOWN.len()]) -> Result<u64, Refusal> {
    let of = |specification| {
        let found = KNOWN.iter().zip(tallies).find(|(column, _)| column.0 == specification);
        found.map_or(Tally::default(), |(_, tally)| *tally)
    };
    let operations = of(ACTION).rows;
    let replaced = of(REPLACED_COUNT).sum;
    if replaced > OPS_MAX {
        return Err(Refusal::TooManyOps);
    }
    for ((_, _, rows), tally) in KNOWN.iter().zip(tallies) {
        let fits = match rows {
            Rows::Each => tally.rows == operations,
            Rows::EachOrNone => tally.rows == operations || tally.rows == 0,
            Rows::Replaced => tally.rows == replaced,
            Rows::Sized => tally.rows == of(VALUE_SIZE).sum,
        };
        if !fits {
            return Err(Refusal::malformed("columns of unequal length"));
        }
    }
    if of(OBJECT_ACTOR).rows != of(OBJECT_COUNTER).rows {
        return Err(Refusal::malformed("columns of unequal length"));
    }
    Ok(operations)
}

fn tally(content: Content, column: &[u8], actors: u64) -> Result<Tally, Refusal> {
    match content {
        Content::Numbers(max) => tally_runs(column, |reader| reader.unsigned().filter(|number| *number <= max)),
        Content::Actors => tally_runs(column, |reader| reader.unsigned().filter(|index| *index < actors)),
        // The lower four bits are the type of the value.
        Content::ValueSizes => tally_runs(column, |reader| Some(reader.unsigned()? >> 4)),
        Content::Differences => tally_differences(column),
        Content::Texts => tally_texts(column),
        Content::Truths => tally_truths(column),
        Content::Values => Ok(Tally { rows: u64::try_from(column.len()).unwrap_or(u64::MAX), sum: 0 }),
    }
}

/// Walks the runs of a column and calls `run` for each value with how often it stands there.
fn for_each_run<'a>(
    column: &'a [u8],
    mut run: impl FnMut(&mut Reader<'a>, u64) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
    const BROKEN: Refusal = Refusal::malformed("runs of a column");
    let mut reader = Reader::new(column);
    let mut rows = 0u64;
    while !reader.is_done() {
        let length = reader.signed().ok_or(BROKEN)?;
        let added = if length == 0 {
            reader.unsigned().filter(|nothing| *nothing > 0).ok_or(BROKEN)?
        } else {
            length.unsigned_abs()
        };
        // Before the values are read, so that a claim costs nothing.
        rows = rows.checked_add(added).filter(|rows| *rows <= OPS_MAX).ok_or(Refusal::TooManyOps)?;
        match length {
            1.. => run(&mut reader, added)?,
            0 => {}
            _ => (0..added).try_for_each(|_| run(&mut reader, 1))?,
        }
    }
    Ok(rows)
}

fn tally_runs(column: &[u8], read: impl Fn(&mut Reader<'_>) -> Option<u64>) -> Result<Tally, Refusal> {
    let mut sum = 0u64;
    let rows = for_each_run(column, |reader, times| {
        let number = read(reader).ok_or(Refusal::malformed("number in a column"))?;
        let added = number.checked_mul(times).and_then(|added| sum.checked_add(added));
        sum = added.ok_or(Refusal::malformed("number in a column"))?;
        Ok(())
    })?;
    Ok(Tally { rows, sum })
}

fn tally_differences(column: &[u8]) -> Result<Tally, Refusal> {
    let highest = i64::try_from(OP_MAX).unwrap_or(i64::MAX);
    let mut value = 0i64;
    let rows = for_each_run(column, |reader, times| {
        // Within a run the values rise or fall steadily, so that the last one bounds them all.
        let last = reader.signed().and_then(|step| {
            let moved = step.checked_mul(i64::try_from(times).ok()?)?;
            value.checked_add(moved)
        });
        value = last.filter(|last| (0..=highest).contains(last)).ok_or(Refusal::malformed("number in a column"))?;
        Ok(())
    })?;
    Ok(Tally { rows, sum: 0 })
}

fn tally_texts(column: &[u8]) -> Result<Tally, Refusal> {
    let mut written_out = 0u64;
    let rows = for_each_run(column, |reader, times| {
        let text = reader.prefixed().filter(|text| std::str::from_utf8(text).is_ok());
        let text = text.ok_or(Refusal::malformed("text in a column"))?;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_mul(times);
        written_out = written_out.saturating_add(bytes);
        if written_out > REPEATED_TEXT_BYTES_MAX { Err(Refusal::TooManyOps) } else { Ok(()) }
    })?;
    Ok(Tally { rows, sum: written_out })
}

fn tally_truths(column: &[u8]) -> Result<Tally, Refusal> {
    let mut reader = Reader::new(column);
    let mut rows = 0u64;
    let mut first = true;
    while !reader.is_done() {
        // Only the first may be zero: a column that begins with true.
        let count = reader.unsigned().filter(|count| *count > 0 || first);
        let count = count.ok_or(Refusal::malformed("runs of a column"))?;
        rows = rows.checked_add(count).filter(|rows| *rows <= OPS_MAX).ok_or(Refusal::TooManyOps)?;
        first = false;
    }
    Ok(Tally { rows, sum: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: Content = Content::Numbers(u64::MAX);

    #[test]
    fn runs_are_counted_as_what_they_stand_for() {
        // Three times 2; two nothings; 5 and 6.
        let column = [3, 2, 0, 2, 0x7e, 5, 6];

        let tally = tally(NUMBERS, &column, 1).unwrap();

        assert_eq!((tally.rows, tally.sum), (7, 17));
    }

    #[test]
    fn a_run_beyond_the_limit_is_refused_from_its_length_alone() {
        let thousand_million = [0x80, 0x94, 0xeb, 0xdc, 0x03, 1];
        let as_single_values = [0x80, 0xec, 0x94, 0xa3, 0x7c];
        let nothings = [0, 0x80, 0x94, 0xeb, 0xdc, 0x03];

        assert_eq!(tally(NUMBERS, &thousand_million, 1).unwrap_err(), Refusal::TooManyOps);
        assert_eq!(tally(NUMBERS, &as_single_values, 1).unwrap_err(), Refusal::TooManyOps);
        assert_eq!(tally(NUMBERS, &nothings, 1).unwrap_err(), Refusal::TooManyOps);
        assert_eq!(tally_truths(&thousand_million[..5]).unwrap_err(), Refusal::TooManyOps);
    }

    #[test]
    fn a_long_text_repeated_often_is_refused() {
        let mut column = vec![0xd0, 0x0f, 0x80, 0x08]; // 2,000 times 1,024 bytes
        column.extend([b'k'; 1024]);

        assert_eq!(tally_texts(&column).unwrap_err(), Refusal::TooManyOps);
    }

    #[test]
    fn differences_that_leave_the_numbers_of_operations_are_refused() {
        assert!(tally_differences(&[2, 5, 2, 0x7b]).is_ok()); // 5, 10, 5, 0
        assert!(tally_differences(&[2, 5, 3, 0x7b]).is_err()); // … −5
    }
}
