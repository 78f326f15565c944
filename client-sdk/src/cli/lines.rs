//! `record --json`: one record, or many one after another, each kept as it comes.
//!
//! They are kept one by one so that a program can go on writing lines for hours and lose none. When one is refused,
//! its line is told, and the ids of those before it: nobody needs to give them twice.

use std::cell::Cell;
use std::io::{BufReader, Read};
use std::rc::Rc;

use serde_json::{Value, json};

use super::Desk;
use super::failure::{EXIT_INVALID, Failure, Own};
use super::write::{keep_json, may_keep};

/// Records what comes in `file`. Each id is printed when its record is durable.
pub(super) async fn record(desk: &Desk<'_>, file: &str, draft: bool) -> Result<(), Failure> {
    may_keep(desk, draft)?;
    let ends = Rc::new(Cell::new(0));
    let reader = CountingLines { inner: input(file)?, ends: Rc::clone(&ends) };
    let mut kept = Vec::new();
    for value in serde_json::Deserializer::from_reader(reader).into_iter::<Value>() {
        let line = ends.get() + 1;
        let ended = match value.map_err(|error| not_json(&error)) {
            Ok(value) => keep_json(desk, value, draft).await,
            Err(failure) => Err(failure),
        };
        let id = match ended {
            Ok(id) => id,
            Err(failure) => return Err(Failure::Line { line, kept, failure: Box::new(failure) }),
        };
        say!("{}", json!({ "id": id }));
        kept.push(id);
    }
    Ok(())
}

/// Reads a file, or the input for `-`.
pub(super) fn input(file: &str) -> Result<Box<dyn Read>, Failure> {
    if file == "-" {
        return Ok(Box::new(std::io::stdin()));
    }
    Ok(Box::new(BufReader::new(std::fs::File::open(file).map_err(Failure::io(file))?)))
}

/// One JSON value out of a file, or out of the input for `-`.
pub(super) fn value(file: &str) -> Result<Value, Failure> {
    serde_json::from_reader(input(file)?).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> Failure {
    let place = format!("{}:{}", error.line(), error.column());
    Own::new("not-json", EXIT_INVALID).what(place).into()
}

/// Counts the ends of lines that were read. The parser reads no further than the end of a record.
struct CountingLines<R> {
    inner: R,
    ends: Rc<Cell<usize>>,
}

impl<R: Read> Read for CountingLines<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(bytes)?;
        let ends = bytes[..count].iter().filter(|byte| **byte == b'\n').count();
        self.ends.set(self.ends.get() + ends);
        Ok(count)
    }
}
