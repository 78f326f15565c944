//! The shape of the code in figures: how long files and functions are, how much is documented.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::run::root;

/// Prints a table of the figures for everything that is not test code.
pub fn print() -> Result<()> {
    let mut sources = Vec::new();
    collect(&root(), &mut sources)?;
    let mut totals = Totals::default();
    for path in &sources {
        totals.add(&fs::read_to_string(path)?);
    }
    println!(
        "files {} | lines/file {} | lines/function {}",
        totals.files.len(),
        spread(&totals.files),
        spread(&totals.functions)
    );
    println!(
        "with //! {} of {} | public items documented {} of {}",
        totals.headed,
        totals.files.len(),
        totals.documented,
        totals.public
    );
    println!("unwrap outside tests {} | lines {}", totals.unwraps, totals.files.iter().sum::<usize>());
    Ok(())
}

#[derive(Default)]
struct Totals {
    files: Vec<usize>,
    functions: Vec<usize>,
    headed: usize,
    public: usize,
    documented: usize,
    unwraps: usize,
}

impl Totals {
    fn add(&mut self, source: &str) {
        let product = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
        let lines: Vec<&str> = product.lines().collect();
        self.files.push(lines.len());
        self.headed += usize::from(product.trim_start().starts_with("//!"));
        self.unwraps += lines.iter().filter(|line| !is_comment(line) && line.contains(".unwrap()")).count();
        for (at, line) in lines.iter().enumerate() {
            if is_public_item(line) {
                self.public += 1;
                self.documented += usize::from(is_documented(&lines[..at]));
            }
            if is_function(line)
                && let Some(length) = function_length(&lines[at..])
            {
                self.functions.push(length);
            }
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn is_public_item(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("pub ") else { return false };
    ["fn ", "const fn ", "async fn ", "struct ", "enum ", "trait ", "const ", "type "]
        .iter()
        .any(|kind| rest.starts_with(kind))
}

/// Whether the last line above that is no attribute is a doc comment.
fn is_documented(above: &[&str]) -> bool {
    let is_attribute = |line: &str| line.starts_with("#[") || line.starts_with(')') || line.ends_with(")]");
    above
        .iter()
        .rev()
        .map(|line| line.trim())
        .find(|line| !is_attribute(line))
        .is_some_and(|line| line.starts_with("///") || line.starts_with("#[doc"))
}

fn is_function(line: &str) -> bool {
    let trimmed = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
    let trimmed = trimmed.strip_prefix("pub ").unwrap_or(trimmed);
    let trimmed = trimmed.strip_prefix("const ").unwrap_or(trimmed);
    trimmed.strip_prefix("async ").unwrap_or(trimmed).starts_with("fn ")
}

/// From its first line to the closing brace at the same indentation; `None` for a declaration without a body.
fn function_length(lines: &[&str]) -> Option<usize> {
    let indent = lines[0].len() - lines[0].trim_start().len();
    if lines[0].trim_end().ends_with('}') {
        return Some(1);
    }
    for (at, line) in lines.iter().enumerate().skip(usize::from(!lines[0].trim_end().ends_with(';'))) {
        let at_indent = line.len() - line.trim_start().len() == indent;
        if at_indent && line.trim_start().starts_with('}') {
            return Some(at + 1);
        }
        if at_indent && line.trim_end().ends_with(';') {
            return None;
        }
    }
    None
}

fn spread(values: &[usize]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = |percent: usize| sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied().unwrap_or(0);
    format!("median {} p90 {} max {}", at(50), at(90), at(100))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !["target", "tests", "examples", "fuzz"].contains(&name.as_str()) && !name.starts_with('.')
        {
            collect(&path, into)?;
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "conformance.rs" {
            into.push(path);
        }
    }
    Ok(())
}
