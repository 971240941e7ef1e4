//! Archives of modules, unpacked in memory within limits: links are not followed, no path leaves the archive.
//!
//! Sizes are counted while unpacking and never believed, so an archive that unpacks to more than the limit stops there.

use crate::report::{Report, ReportItem};
use flate2::read::GzDecoder;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use warpyard_model::FieldError;

/// Largest archive, in bytes.
pub const MAX_PACKED_BYTES: usize = 10 << 20;
/// Most that an archive may unpack to, in bytes.
pub const MAX_UNPACKED_BYTES: u64 = 50 << 20;
/// Most entries of an archive.
pub const MAX_FILES: usize = 2_000;

/// What was in an archive: text files that OpenTofu would read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unpacked {
    /// Paths with slashes, and contents.
    pub files: Vec<(String, String)>,
    /// What was left out, and why.
    pub report: Vec<ReportItem>,
}

/// Unpacks a ZIP archive or a gzipped tar archive, told apart by how they begin.
pub fn unpack(bytes: &[u8]) -> Result<Unpacked, FieldError> {
    if bytes.len() > MAX_PACKED_BYTES {
        return Err(refused(format!("it has more than {MAX_PACKED_BYTES} bytes")));
    }
    let mut unpacking = Unpacking::default();
    match bytes {
        [0x1f, 0x8b, ..] => unpacking.tar(bytes)?,
        [b'P', b'K', ..] => unpacking.zip(bytes)?,
        _ => return Err(refused("it is neither a ZIP archive nor a tar archive packed with gzip")),
    }
    Ok(Unpacked { files: unpacking.files, report: unpacking.report.into_items() })
}

/// Takes files as they are, within the limits of an archive.
pub fn collect(files: Vec<(String, String)>) -> Result<Unpacked, FieldError> {
    let mut unpacking = Unpacking::default();
    for (path, text) in files {
        let path = unpacking.admit(&path)?;
        unpacking.keep(path, &mut text.as_bytes())?;
    }
    Ok(Unpacked { files: unpacking.files, report: unpacking.report.into_items() })
}

/// Whether a file matters to the import.
pub fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json"].iter().any(|end| name.ends_with(end))
}

fn refused(why: impl Into<String>) -> FieldError {
    FieldError::new("", format!("It is refused: {}.", why.into()))
}

#[derive(Default)]
struct Unpacking {
    files: Vec<(String, String)>,
    seen: HashSet<String>,
    entries: usize,
    unpacked: u64,
    report: Report,
}

impl Unpacking {
    fn tar(&mut self, bytes: &[u8]) -> Result<(), FieldError> {
        let broken = |error: std::io::Error| refused(format!("it is damaged: {error}"));
        let limited = GzDecoder::new(bytes).take(MAX_UNPACKED_BYTES + 1);
        let mut archive = tar::Archive::new(limited);
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let kind = entry.header().entry_type();
            if kind.is_pax_global_extensions() {
                continue;
            }
            let path = String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| refused("a path in it is not UTF-8"))?;
            let path = self.admit(&path)?;
            if kind.is_file() {
                self.keep(path, &mut entry)?;
            } else if !kind.is_dir() {
                self.leave_out(&path);
            }
        }
        // What is left behind the last entry counts too, and so does what an entry that nobody wanted had inside.
        let mut rest = archive.into_inner();
        std::io::copy(&mut rest, &mut std::io::sink()).map_err(broken)?;
        if rest.limit() == 0 {
            return Err(too_much());
        }
        Ok(())
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<(), FieldError> {
        let broken = |error: zip::result::ZipError| refused(format!("it is damaged: {error}"));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        if archive.len() > MAX_FILES {
            return Err(too_many());
        }
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(broken)?;
            let name = entry.name().map_err(broken)?.into_owned();
            let path = self.admit(&name)?;
            if entry.is_symlink() {
                self.leave_out(&path);
            } else if entry.is_file() {
                self.keep(path, &mut entry)?;
            }
        }
        Ok(())
    }

    /// Counts an entry and checks its path.
    fn admit(&mut self, path: &str) -> Result<String, FieldError> {
        self.entries += 1;
        if self.entries > MAX_FILES {
            return Err(too_many());
        }
        let drive = path.as_bytes().get(1) == Some(&b':');
        if path.starts_with('/') || drive || path.contains(['\\', '\0']) || path.split('/').any(|part| part == "..") {
            return Err(refused(format!("the path {path:?} in it leads out")));
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        Ok(parts.join("/"))
    }

    fn keep(&mut self, path: String, content: &mut dyn Read) -> Result<(), FieldError> {
        if !is_wanted(&path) {
            return Ok(());
        }
        let left = MAX_UNPACKED_BYTES - self.unpacked;
        let mut bytes = Vec::new();
        let read =
            content.take(left + 1).read_to_end(&mut bytes).map_err(|error| refused(format!("{path} is damaged: {error}")))?;
        if read as u64 > left {
            return Err(too_much());
        }
        self.unpacked += read as u64;
        if !self.seen.insert(path.clone()) {
            self.report.lost(format!("file {path}"), "it is in the archive twice; the first one counts");
            return Ok(());
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.files.push((path, text)),
            Err(_) => self.report.lost(format!("file {path}"), "it is not UTF-8 text"),
        }
        Ok(())
    }

    /// Links, devices and the like.
    fn leave_out(&mut self, path: &str) {
        if is_wanted(path) {
            self.report.lost(format!("file {path}"), "it is a link or no ordinary file, and links are not followed");
        }
    }
}

fn too_much() -> FieldError {
    refused(format!("it unpacks to more than {MAX_UNPACKED_BYTES} bytes"))
}

fn too_many() -> FieldError {
    refused(format!("it has more than {MAX_FILES} entries"))
}
