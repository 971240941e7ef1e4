//! Processes under measurement: starting and ending them, and how much memory a tree of them holds.

use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::process::Child;

/// A process that is ended, together with what it started, when it is no longer needed.
pub(crate) struct Process {
    child: Child,
    id: u32,
}

impl Process {
    /// Starts a command whose output goes to a log file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let what = command.get_program().to_string_lossy().into_owned();
        let output = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stderr(output.try_clone()?).stdout(output);
        let mut command = tokio::process::Command::from(std::mem::replace(command, Command::new("true")));
        let child = command.kill_on_drop(true).spawn().with_context(|| format!("cannot start {what}"))?;
        let id = child.id().context("a process that was just started has an id")?;
        Ok(Self { child, id })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Fails where the process has ended by itself.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended with {status}; its log is beside its data");
        }
        Ok(())
    }

    /// Asks it to end and waits for it.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let asked = tokio::process::Command::new("kill").arg(self.id.to_string()).status().await?;
        if asked.success() && tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await.is_ok() {
            return Ok(());
        }
        self.child.kill().await.context("the server could not be ended")
    }
}

/// Calls `ready` until it succeeds, for a server that has no other way to say so.
pub(crate) async fn until<T, F>(process: &mut Process, patience: Duration, ready: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let started = Instant::now();
    loop {
        process.check()?;
        match ready().await {
            Ok(value) => return Ok(value),
            Err(error) if started.elapsed() > patience => return Err(error.context("the server did not get ready")),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// A port that nothing listens on now.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Resident memory in bytes of a process and everything below it, pages that several of them share counted once, without the processes whose program has one of the
/// names in `without` (the applications) and what is below them.
pub(crate) fn resident_bytes(root: u32, without: &[&str]) -> Result<u64> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        if let Some((id, parent)) = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(parent) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut total = 0;
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if program(id).is_some_and(|name| without.contains(&name.as_str())) {
            continue;
        }
        total += resident(id).unwrap_or(0);
        open.extend(children.get(&id).into_iter().flatten());
    }
    if total == 0 {
        bail!("process {root} is not there");
    }
    Ok(total)
}

/// The process and its parent. The second field of /proc/…/stat is a name in brackets that may itself hold brackets.
fn parent(id: u32) -> Option<(u32, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let parent = text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    Some((id, parent))
}

/// The file name of what a process runs, from the first word of its command line.
fn program(id: u32) -> Option<String> {
    let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let first = String::from_utf8_lossy(line.split(|byte| *byte == 0).next()?).into_owned();
    first.rsplit('/').next().map(str::to_owned)
}

/// The proportional share: a page that several processes map counts for each of them in part.
fn resident(id: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_counts_the_tree_without_applications() {
        let log = std::env::temp_dir().join(format!("warpyard-bench-memory-{}", std::process::id()));
        let mut shell = Command::new("sh");
        shell.args(["-c", "tail -f /dev/null & trap \"kill $!\" TERM; wait"]);
        let mut process = Process::start(&mut shell, &log).unwrap();
        let id = process.id();
        let tree = || resident_bytes(id, &[]);
        let whole = until(&mut process, Duration::from_secs(10), || async {
            let whole = tree()?;
            if whole <= resident_bytes(id, &["tail"])? {
                bail!("tail has not started");
            }
            Ok(whole)
        });
        let whole = whole.await.unwrap();
        assert!(whole > 100_000, "{whole}");
        let own = resident_bytes(id, &["tail"]).unwrap();
        assert!(own < whole);
        process.stop().await.unwrap();
        std::fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert!(resident_bytes(u32::MAX, &[]).is_err());
    }
}
