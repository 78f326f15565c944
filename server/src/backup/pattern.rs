//! Where backups go: a file name in which `{now}` stands for the time, and which older files were made by it.

use std::fs;
use std::path::{Path, PathBuf};

use jisr_sync_core::sync::ServerId;
use jisr_sync_core::time::UnixMillis;

use super::file::server_of;

/// What stands for the time in a pattern.
const NOW: &str = "{now}";

/// A path whose file name may hold `{now}` once. Example: `/var/backups/jisr-{now}.jisr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    folder: PathBuf,
    before: String,
    /// What follows the time; `None` for a name without one.
    after: Option<String>,
}

/// A path that is no pattern: it names no file, or `{now}` stands in a folder or twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a file name in which {NOW} stands at most once")]
pub struct PatternError;

impl Pattern {
    /// The pattern a path is.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(path: &Path) -> Result<Self, PatternError> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or(PatternError)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        if folder.to_string_lossy().contains(NOW) {
            return Err(PatternError);
        }
        let (before, after) = match name.split_once(NOW) {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (name.to_owned(), None),
        };
        if after.as_deref().is_some_and(|after| after.contains(NOW)) {
            return Err(PatternError);
        }
        Ok(Self { folder, before, after })
    }

    /// Whether each time gives a file of its own.
    pub const fn has_time(&self) -> bool {
        self.after.is_some()
    }

    /// The folder the files are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of an instant.
    pub fn at(&self, time: UnixMillis) -> PathBuf {
        let name = match &self.after {
            Some(after) => format!("{}{}{after}", self.before, stamp(time)),
            None => self.before.clone(),
        };
        self.folder.join(name)
    }

    /// The files this pattern gave in the past, oldest first.
    fn past(&self) -> Vec<PathBuf> {
        let Some(after) = &self.after else { return Vec::new() };
        let given = |name: &str| {
            let time = name.strip_prefix(self.before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
            time.is_some_and(is_stamp)
        };
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let mut past: Vec<_> =
            entries.filter(|entry| entry.file_name().to_str().is_some_and(given)).map(|entry| entry.path()).collect();
        // The stamp sorts as time does, and nothing else in the names differs.
        past.sort();
        past
    }

    /// Removes the oldest files of this pattern beyond the newest `keep`, and tells which. Only backups of this server
    /// are removed, and never `newest`, whatever the clock said.
    pub(super) fn remove_old(&self, keep: usize, newest: &Path, server: ServerId) -> Vec<PathBuf> {
        let mut past = self.past();
        past.retain(|file| server_of(file) == Some(server));
        past.truncate(past.len().saturating_sub(keep.max(1)));
        past.retain(|file| file != newest);
        past.retain(|file| match fs::remove_file(file) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, file = %file.display(), "an old backup could not be removed");
                false
            }
        });
        past
    }
}

/// `20261125T071435Z`: sorts as time does, and every file system takes it.
pub(super) fn stamp(time: UnixMillis) -> String {
    let instant = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn is_stamp(text: &str) -> bool {
    let form = b"00000000T000000Z";
    text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, form)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixMillis = UnixMillis(1_795_590_875_000);

    #[test]
    fn the_time_stands_where_it_was_asked_for() {
        let pattern = |text: &str| Pattern::of(Path::new(text));

        assert_eq!(pattern("/b/jisr-{now}.jisr").unwrap().at(AT), Path::new("/b/jisr-20261125T071435Z.jisr"));
        assert_eq!(pattern("jisr.jisr").unwrap().at(AT), Path::new("./jisr.jisr"));
        assert!(is_stamp(&stamp(AT)) && !is_stamp("2026-11-25"));
        for bad in ["/b/{now}/x", "{now}{now}", "/", ".."] {
            assert_eq!(pattern(bad), Err(PatternError), "{bad}");
        }
    }
}
