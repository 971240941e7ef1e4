//! Reads a service's log, and goes on reading while the shim writes.

use super::launch::ControlRequest;
use super::layout::ServiceDir;
use super::log_files::{self, KEPT_FILES};
use super::provider::Core;
use super::{control, failure};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use warpyard_model::Result;
use warpyard_provider::LogQuery;

const CHUNK_BYTES: usize = 64 << 10;

/// The log's content, and with `follow` what comes until the service's shim ends. Empty where nothing was ever written.
pub(super) async fn read(core: &Arc<Core>, uid: &str, query: &LogQuery) -> Result<BoxStream<'static, io::Result<Bytes>>> {
    let service = core.layout.service(uid);
    // Before reading, so that nothing is written unheard in between. Where no shim runs nothing will come.
    let ticks = if query.follow { follow(&service).await } else { None };
    let (directory, tail) = (service.logs(), query.tail);
    let kept = tokio::task::spawn_blocking(move || Kept::open(&directory, tail)).await.map_err(|error| failure::join(&error))?;
    let kept = kept.map_err(|error| failure::io("The log could not be read", &service.logs(), &error))?;
    let reader = Reader { directory: service.logs(), kept, ticks };
    let stream = futures::stream::unfold(reader, |mut reader| async move {
        let next = reader.next().await.transpose()?;
        Some((next, reader))
    });
    Ok(stream.boxed())
}

async fn follow(service: &ServiceDir) -> Option<UnixStream> {
    let mut stream = control::ask(service, &ControlRequest::FollowLog).await.ok()?;
    // The first byte says that the shim listens.
    stream.read_u8().await.ok()?;
    Some(stream)
}

/// Files that are read, the newest last, which stays open because more may be written to it.
struct Kept {
    older: std::collections::VecDeque<File>,
    current: Option<File>,
    /// What of the oldest file is left out.
    skip: u64,
}

impl Kept {
    fn open(directory: &Path, tail: Option<u32>) -> io::Result<Self> {
        let mut files: Vec<File> = Vec::new();
        let mut skip = 0;
        let mut wanted = tail.map(u64::from);
        for age in 0..KEPT_FILES {
            if wanted == Some(0) && age > 0 {
                break;
            }
            let mut file = match File::open(log_files::path(directory, age)) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if let Some(left) = &mut wanted {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                io::Seek::rewind(&mut file)?;
                let (from, lines) = tail_start(&bytes, *left);
                *left -= lines;
                skip = from as u64;
            }
            files.push(file);
        }
        let has_current = log_files::path(directory, 0).exists();
        let mut older: std::collections::VecDeque<File> = files.into_iter().rev().collect();
        let current = if has_current { older.pop_back() } else { None };
        let mut kept = Self { older, current, skip };
        kept.seek()?;
        Ok(kept)
    }

    fn seek(&mut self) -> io::Result<()> {
        let skip = io::SeekFrom::Start(self.skip);
        if let Some(oldest) = self.older.front_mut().or(self.current.as_mut()) {
            io::Seek::seek(oldest, skip)?;
        }
        Ok(())
    }
}

/// Where the last `lines` lines of a file begin, and how many there are.
fn tail_start(bytes: &[u8], lines: u64) -> (usize, u64) {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if lines == 0 || body.is_empty() {
        return (bytes.len(), 0);
    }
    let mut found = 0;
    for (at, byte) in body.iter().enumerate().rev() {
        if *byte == b'\n' {
            found += 1;
            if found == lines {
                return (at + 1, lines);
            }
        }
    }
    (0, found + 1)
}

struct Reader {
    directory: PathBuf,
    kept: Kept,
    ticks: Option<UnixStream>,
}

impl Reader {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            while let Some(file) = self.kept.older.front_mut() {
                if let Some(chunk) = read_chunk(file, &mut buffer)? {
                    return Ok(Some(chunk));
                }
                self.kept.older.pop_front();
            }
            if self.kept.current.is_none() {
                self.kept.current = File::open(log_files::path(&self.directory, 0)).ok();
            }
            if let Some(file) = &mut self.kept.current {
                if let Some(chunk) = read_chunk(file, &mut buffer)? {
                    return Ok(Some(chunk));
                }
                if self.was_rotated() {
                    self.kept.current = None;
                    continue;
                }
            }
            let Some(ticks) = &mut self.ticks else { return Ok(None) };
            // After the shim's end there is one more look: it wrote before it ended.
            if !matches!(ticks.read(&mut buffer[..256]).await, Ok(count) if count > 0) {
                self.ticks = None;
            }
        }
    }

    fn was_rotated(&self) -> bool {
        let inode = |meta: io::Result<std::fs::Metadata>| meta.map(|m| m.ino()).ok();
        let open = self.kept.current.as_ref().and_then(|file| inode(file.metadata()));
        let there = inode(std::fs::metadata(log_files::path(&self.directory, 0)));
        there.is_some() && open != there
    }
}

/// What is there to read, up to the last line end where there is one.
fn read_chunk(file: &mut File, buffer: &mut [u8]) -> io::Result<Option<Bytes>> {
    let count = file.read(buffer)?;
    if count == 0 {
        return Ok(None);
    }
    let full = count == buffer.len();
    let end = if full { buffer[..count].iter().rposition(|b| *b == b'\n').map_or(count, |at| at + 1) } else { count };
    if end < count {
        io::Seek::seek(file, io::SeekFrom::Current(-((count - end) as i64)))?;
    }
    Ok(Some(Bytes::copy_from_slice(&buffer[..end])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_kept(directory: &Path, tail: Option<u32>) -> String {
        let kept = Kept::open(directory, tail).unwrap();
        let mut text = String::new();
        for mut file in kept.older.into_iter().chain(kept.current) {
            file.read_to_string(&mut text).unwrap();
        }
        text
    }

    #[test]
    fn tails_reach_over_files() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read_kept(directory.path(), None), "");
        std::fs::write(log_files::path(directory.path(), 1), "a\nb\nc\n").unwrap();
        std::fs::write(log_files::path(directory.path(), 0), "d\ne").unwrap();
        assert_eq!(read_kept(directory.path(), None), "a\nb\nc\nd\ne");
        assert_eq!(read_kept(directory.path(), Some(0)), "");
        assert_eq!(read_kept(directory.path(), Some(1)), "e");
        assert_eq!(read_kept(directory.path(), Some(3)), "c\nd\ne");
        assert_eq!(read_kept(directory.path(), Some(99)), "a\nb\nc\nd\ne");
    }

    #[test]
    fn chunks_end_at_line_ends() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"12345\n789\nabc").unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let mut buffer = [0; 8];
        let mut chunks = Vec::new();
        while let Some(chunk) = read_chunk(&mut file, &mut buffer).unwrap() {
            chunks.push(chunk);
        }
        assert_eq!(chunks, [&b"12345\n"[..], b"789\nabc"]);
    }
}
