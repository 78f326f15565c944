//! Values about a person, which must never reach a log line.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that says something about a person: a name, a note, a position.
///
/// It has no `Display`, and its `Debug` prints `Personal(..)`, so that neither `{}` nor `{:?}` in a log line, an
/// error or a panic message can show it. [`Personal::reveal`] is for document code and for rendering to somebody
/// who may see it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks `value` as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for document code and for rendering only.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Unwraps the value, for document code and for rendering only.
    pub fn into_revealed(self) -> T {
        self.0
    }
}

impl From<&str> for Personal<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_the_value() {
        let alias = Personal::from("Red Jacket");

        let shown = format!("{alias:?} {:?}", Some(&alias));

        assert_eq!(shown, "Personal(..) Some(Personal(..))");
    }
}
