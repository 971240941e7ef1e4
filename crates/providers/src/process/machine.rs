//! What this machine allows: bubblewrap, users, search path, commands.
//!
//! Found out once, when the provider is made, by trying: a program that is installed may still be forbidden to do its work
//! (containers without user namespaces, hardened kernels).

use super::etc;
use super::sandbox::{self, Sandbox};
use super::spawn::{self, SYSTEM_PATH};
use std::path::{Path, PathBuf};

/// Users that instances get when the server is root: far above people, services and container ranges.
const USERS: std::ops::Range<u32> = 1_900_000_000..1_900_065_536;
/// The same where a container maps only the usual 65536 users.
const FEW_USERS: std::ops::Range<u32> = 40_000..60_000;

/// How sandboxes are made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sandboxing {
    /// With bubblewrap.
    Bubblewrap {
        program: PathBuf,
        /// Sandboxes can have a network of their own.
        private_network: bool,
    },
    /// Plain processes, for the reason given.
    Plain { reason: String },
}

/// The machine.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) sandboxing: Sandboxing,
    /// The server is root, so every instance can have a user of its own out of this range.
    pub(super) users: Option<std::ops::Range<u32>>,
    /// `PATH` inside sandboxes.
    pub(super) search_path: String,
    /// Read-only parts of the system that sandboxes see.
    pub(super) system: Vec<sandbox::Mount>,
}

impl Machine {
    /// Looks around. `server_path` is the server's own `PATH`; `data` is kept out of sight, and
    /// `etc_copies` is where copies of `/etc` are kept.
    pub(super) fn detect(server_path: &str, data: &Path, etc_copies: &Path, allow_bubblewrap: bool) -> std::io::Result<Self> {
        let mut system = sandbox::system_mounts(Path::new("/"), data);
        system.extend(etc::mounts(Path::new("/etc"), etc_copies)?);
        let users = nix::unistd::geteuid().is_root().then(usable_users);
        let mut machine = Self {
            sandboxing: Sandboxing::Plain { reason: "it is switched off in the configuration".to_owned() },
            users,
            search_path: visible_path(server_path),
            system,
        };
        if allow_bubblewrap {
            machine.sandboxing = machine.try_bubblewrap(server_path);
        }
        Ok(machine)
    }

    fn try_bubblewrap(&self, server_path: &str) -> Sandboxing {
        let Some(program) = spawn::find_program("bwrap", server_path).or_else(|| spawn::find_program("bwrap", SYSTEM_PATH))
        else {
            return Sandboxing::Plain { reason: "bubblewrap is not installed".to_owned() };
        };
        let mut reason = String::new();
        for private_network in [true, false] {
            let sandbox = Sandbox { private_network, ..Sandbox::bare() };
            let mut words = sandbox::bubblewrap(&program, self, &sandbox);
            words.push("true".to_owned());
            match spawn::command(&words[0]).args(&words[1..]).output() {
                Ok(output) if output.status.success() => return Sandboxing::Bubblewrap { program, private_network },
                Ok(output) => reason = super::log_files::last_lines(&String::from_utf8_lossy(&output.stderr), 1),
                Err(error) => reason = error.to_string(),
            }
        }
        Sandboxing::Plain { reason: format!("bubblewrap does not work here ({reason})") }
    }

    pub(super) fn has_bubblewrap(&self) -> bool {
        matches!(self.sandboxing, Sandboxing::Bubblewrap { .. })
    }

    pub(super) fn private_network(&self) -> bool {
        matches!(self.sandboxing, Sandboxing::Bubblewrap { private_network: true, .. })
    }

    /// Whether sandboxes find a command.
    pub(super) fn has_command(&self, name: &str) -> bool {
        spawn::find_program(name, &self.search_path).is_some()
    }

    /// The isolation of instances in a sentence or two. `limits` says what enforces limits, or why nothing does.
    pub(super) fn isolation(&self, own_network: Option<bool>, limits: &str) -> String {
        let user = if self.users.is_some() {
            "a user of its own for every compute instance"
        } else {
            "the server's own user, so instances are kept apart by the sandbox alone"
        };
        match &self.sandboxing {
            Sandboxing::Bubblewrap { private_network, .. } => {
                let network = match own_network {
                    Some(true) if *private_network => "a network of its own with nothing but loopback",
                    Some(true) => "the machine's network (this machine allows no network of its own)",
                    Some(false) => "the machine's network",
                    None if *private_network => "a network of its own unless the template asks for the machine's",
                    None => "the machine's network (this machine allows no network of its own)",
                };
                format!(
                    "Bubblewrap sandbox: own processes, read-only system, private home, {network}, {user}. \
                     One kernel is shared with the machine. {limits}"
                )
            }
            Sandboxing::Plain { reason } => {
                let user = if self.users.is_some() { user } else { "the server's own user" };
                format!(
                    "No sandbox, because {reason}: plain processes with a home of their own, the machine's files, processes \
                     and network in sight, {user}. {limits}"
                )
            }
        }
    }
}

/// The server's search path as far as sandboxes see it, after the system's.
fn visible_path(server_path: &str) -> String {
    let mut directories: Vec<&str> = SYSTEM_PATH.split(':').collect();
    for directory in server_path.split(':') {
        let visible = ["/usr/", "/opt/"].iter().any(|root| directory.starts_with(root)) && !directory.contains("..");
        if visible && !directories.contains(&directory) {
            directories.push(directory);
        }
    }
    directories.join(":")
}

fn usable_users() -> std::ops::Range<u32> {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    if is_mapped(&map, USERS.end) { USERS } else { FEW_USERS }
}

/// Whether the user namespace with this map (user_namespaces(7)) has a user.
fn is_mapped(map: &str, user: u32) -> bool {
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        matches!(numbers[..], [inside, _, count] if (inside..inside + count).contains(&u64::from(user)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_directories_join_the_path() {
        let path = visible_path("/home/ana/.cargo/bin:/usr/local/go/bin:/opt/tools/bin:/usr/bin:/opt/../home/bin");
        assert_eq!(path, format!("{SYSTEM_PATH}:/usr/local/go/bin:/opt/tools/bin"));
    }

    #[test]
    fn user_maps_are_read() {
        assert!(is_mapped("         0          0 4294967295\n", USERS.end));
        assert!(!is_mapped("0 100000 65536\n", USERS.end));
    }

    #[test]
    fn the_statement_says_what_is_missing() {
        let machine = Machine {
            sandboxing: Sandboxing::Plain { reason: "bubblewrap is not installed".to_owned() },
            users: None,
            search_path: String::new(),
            system: Vec::new(),
        };
        let text = machine.isolation(Some(true), "No limits.");
        assert!(text.starts_with("No sandbox, because bubblewrap is not installed"), "{text}");
        assert!(text.contains("the server's own user") && text.ends_with("No limits."), "{text}");
    }
}
