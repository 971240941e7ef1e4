//! The local terminal: whether there is one, its size, raw mode and reading without echo.

use nix::sys::termios::{LocalFlags, SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{IsTerminal, Read, Write};

/// Columns and rows of the terminal at standard output, input or error, where there is one.
pub(crate) fn size() -> Option<(u16, u16)> {
    let sizes = [
        rustix::termios::tcgetwinsize(std::io::stdout()),
        rustix::termios::tcgetwinsize(std::io::stdin()),
        rustix::termios::tcgetwinsize(std::io::stderr()),
    ];
    sizes.into_iter().flatten().map(|size| (size.ws_col, size.ws_row)).find(|(columns, _)| *columns > 0)
}

/// Whether a person sits at standard input and sees standard error, so that asking makes sense.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Puts a terminal into another mode until it is dropped.
pub(crate) struct ModeGuard {
    device: File,
    before: Termios,
}

impl ModeGuard {
    fn new(change: impl FnOnce(&mut Termios)) -> std::io::Result<Self> {
        let device = File::options().read(true).write(true).open("/dev/tty")?;
        let before = tcgetattr(&device)?;
        let mut mode = before.clone();
        change(&mut mode);
        tcsetattr(&device, SetArg::TCSADRAIN, &mode)?;
        Ok(Self { device, before })
    }

    /// Every key goes to the other side, Ctrl-C too.
    pub(crate) fn raw() -> std::io::Result<Self> {
        Self::new(cfmakeraw)
    }
}

impl Drop for ModeGuard {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to restore.
        let _ = tcsetattr(&self.device, SetArg::TCSADRAIN, &self.before);
    }
}

/// Asks for a line on the terminal, shown while it is typed.
pub(crate) fn ask(question: &str) -> std::io::Result<String> {
    let mut error = std::io::stderr();
    write!(error, "{question}")?;
    error.flush()?;
    let mut line = String::new();
    if std::io::stdin().read_line(&mut line)? == 0 {
        writeln!(error)?;
    }
    Ok(line.trim().to_owned())
}

/// Asks for a secret on the terminal without showing it. `Interrupted` when the person pressed Ctrl-C.
///
/// Signals are off while it reads, so that no key can leave the terminal without echo.
pub(crate) fn ask_secret(question: &str) -> std::io::Result<String> {
    let guard = ModeGuard::new(|mode| mode.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG))?;
    let mut device = &guard.device;
    write!(device, "{question}")?;
    let mut typed: Vec<u8> = Vec::new();
    let outcome = loop {
        let mut byte = [0];
        if device.read(&mut byte)? == 0 {
            break Ok(());
        }
        match byte[0] {
            b'\r' | b'\n' | 4 => break Ok(()),
            3 => break Err(std::io::Error::from(std::io::ErrorKind::Interrupted)),
            21 => typed.clear(),
            8 | 127 => {
                // Takes a whole character away, not one byte of it.
                while typed.pop().is_some_and(|b| b & 0b1100_0000 == 0b1000_0000) {}
            }
            other => typed.push(other),
        }
    };
    writeln!(device)?;
    outcome?;
    String::from_utf8(typed).map_err(|_| std::io::Error::other("what was typed is not UTF-8"))
}
