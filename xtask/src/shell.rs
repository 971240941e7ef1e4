//! Starting other programs: with inherited output, captured, or watched line by line.
//!
//! Children stay in this process group, so Ctrl-C reaches them all. Every caller in this crate starts programs here.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;

/// The repository's root: the parent of this crate.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().expect("xtask/ lies in the repository").to_owned()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A command in the repository's root.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo, as it was called.
pub(crate) fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}

/// `npm` in a folder of the repository.
pub(crate) fn npm(folder: &str) -> Command {
    let mut npm = command("npm");
    npm.current_dir(root().join(folder));
    npm
}

/// A heading that is found again in a long log.
pub(crate) fn heading(text: &str) {
    println!("\n==> {text}");
    let _ = std::io::stdout().flush();
}

/// Runs a command with its output shown; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    succeeded(command, status)
}

/// Runs a command and gives back what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    succeeded(command, output.status)?;
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote something that is not text", shown(command)))
}

/// Whether a command can be started and succeeds; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a command, shows both its outputs and hands every line, without colours, to `on_line`.
pub(crate) fn watch(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    } else {
        command.env("NO_COLOR", "1");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let (sender, lines) = mpsc::channel();
    let outputs: [Box<dyn std::io::Read + Send>; 2] = [
        Box::new(child.stdout.take().expect("standard output was piped just above")),
        Box::new(child.stderr.take().expect("standard error was piped just above")),
    ];
    for output in outputs {
        let sender = sender.clone();
        std::thread::spawn(move || forward(output, &sender));
    }
    drop(sender);
    for line in lines {
        println!("{line}");
        on_line(&without_colours(&line));
    }
    child.wait().with_context(|| format!("cannot wait for {}", shown(command)))
}

fn forward(output: impl std::io::Read, lines: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
        if lines.send(text).is_err() {
            return;
        }
        line.clear();
    }
}

/// Drops terminal escape sequences of the form `ESC [ … letter`.
pub(crate) fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(character);
        }
    }
    plain
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// The command as a person would type it, with the program's name alone.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dropped_and_text_is_kept() {
        assert_eq!(without_colours("\u{1b}[1m\u{1b}[32mok\u{1b}[0m 3 passed"), "ok 3 passed");
        assert_eq!(without_colours("plain [text]"), "plain [text]");
    }

    #[test]
    fn a_watched_command_gives_every_line_of_both_outputs_and_its_status() {
        let mut seen = Vec::new();
        let status = watch(command("sh").args(["-c", "echo one; echo two >&2; exit 3"]), |line| seen.push(line.to_owned()))
            .expect("sh is on every machine");
        seen.sort();
        assert_eq!(seen, ["one", "two"]);
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_failed_command_is_named_in_the_error() {
        let error = run(command("sh").args(["-c", "exit 4"])).expect_err("exit 4 is a failure");
        assert!(error.to_string().starts_with("sh -c exit 4 ended with"), "{error}");
    }
}
