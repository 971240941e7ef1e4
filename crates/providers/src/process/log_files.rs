//! A service's log on disk: `current.log`, and before it `1.log` and `2.log`.
//!
//! The shim writes, the server reads; they meet only in these names and in the rule that a file moves to the next older
//! name when it is full.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file is full at this size.
pub(super) const FULL_BYTES: u64 = 5 << 20;
/// Files that are kept, the current one included.
pub(super) const KEPT_FILES: usize = 3;
/// How much of a run's end is remembered for messages.
const REMEMBERED_BYTES: usize = 4 << 10;

/// The file that is `age` rotations old.
pub(super) fn path(directory: &Path, age: usize) -> PathBuf {
    if age == 0 { directory.join("current.log") } else { directory.join(format!("{age}.log")) }
}

/// Appends and rotates. A disk that is full loses lines and never stops the service.
pub(super) struct LogWriter {
    directory: PathBuf,
    file: Option<File>,
    size: u64,
    full_bytes: u64,
    remembered: VecDeque<u8>,
}

impl LogWriter {
    pub(super) fn open(directory: &Path) -> Self {
        Self::with_size(directory, FULL_BYTES)
    }

    fn with_size(directory: &Path, full_bytes: u64) -> Self {
        let mut writer = Self { directory: directory.to_owned(), file: None, size: 0, full_bytes, remembered: VecDeque::new() };
        writer.open_current();
        writer
    }

    fn open_current(&mut self) {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path(&self.directory, 0));
        self.file = file.ok();
        self.size = self.file.as_ref().and_then(|f| f.metadata().ok()).map_or(0, |m| m.len());
    }

    /// Forgets the lines of the run before.
    pub(super) fn begin_run(&mut self) {
        self.remembered.clear();
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.remembered.extend(&bytes[bytes.len().saturating_sub(REMEMBERED_BYTES)..]);
        let excess = self.remembered.len().saturating_sub(REMEMBERED_BYTES);
        self.remembered.drain(..excess);
        if self.size >= self.full_bytes {
            self.rotate();
        }
        if let Some(file) = &mut self.file
            && file.write_all(bytes).is_ok()
        {
            self.size += bytes.len() as u64;
        }
    }

    fn rotate(&mut self) {
        for age in (1..KEPT_FILES).rev() {
            let _ = std::fs::rename(path(&self.directory, age - 1), path(&self.directory, age));
        }
        self.open_current();
    }

    /// The last lines of this run, for a message.
    pub(super) fn last_lines(&self, count: usize) -> String {
        let bytes: Vec<u8> = self.remembered.iter().copied().collect();
        last_lines(&String::from_utf8_lossy(&bytes), count)
    }
}

/// The last non-empty lines of a text, cleaned of what a terminal would interpret.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let clean: Vec<String> = text.lines().map(plain).filter(|line| !line.trim().is_empty()).collect();
    clean[clean.len().saturating_sub(count)..].join("\n")
}

/// A line without escape sequences and control characters; of what was overwritten by carriage returns, only the last.
pub(super) fn plain(line: &str) -> String {
    let visible = line.trim_end().rsplit('\r').next().unwrap_or_default();
    let mut characters = visible.chars().peekable();
    let mut out = String::with_capacity(visible.len());
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            if characters.next_if_eq(&'[').is_some() {
                while characters.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
            }
        } else if !c.is_control() || c == '\t' {
            out.push(c);
        }
    }
    out
}

/// Makes the directory of a log.
pub(super) fn make_directory(directory: &Path) -> io::Result<()> {
    super::files::make_directory(directory, 0o700)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotates_and_keeps_three() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = LogWriter::with_size(directory.path(), 10);
        for n in 0..9 {
            writer.write(format!("line {n}\n").as_bytes());
        }
        let read = |age| std::fs::read_to_string(path(directory.path(), age)).unwrap_or_default();
        assert_eq!([read(0), read(1), read(2)].map(|t| t.lines().count()), [1, 2, 2]);
        assert_eq!(read(2), "line 4\nline 5\n");
        assert!(!path(directory.path(), 3).exists());
        assert_eq!(writer.last_lines(2), "line 7\nline 8");
        writer.begin_run();
        assert_eq!(writer.last_lines(2), "");
    }

    #[test]
    fn messages_are_plain_text() {
        assert_eq!(plain("10 %\r 50 %\r100 %\n"), "100 %");
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m\u{7}"), "red");
        assert_eq!(last_lines("a\n\n b\nc\n", 2), " b\nc");
    }
}
