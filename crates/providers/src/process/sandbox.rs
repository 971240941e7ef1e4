//! What a sandbox sees, as arguments of bubblewrap. Arguments are visible to the whole machine: nothing secret goes here.

use super::machine::{Machine, Sandboxing};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The home inside sandboxes.
pub(super) const HOME: &str = "/home/warpyard";
/// The user's name inside sandboxes.
pub(super) const USER: &str = "warpyard";
/// Where prepared things are mounted.
pub(super) const PREPARED: &str = "/opt/warpyard";
/// Where the init's executable is mounted.
const EXECUTABLE: &str = "/run/warpyard/init";
/// The user's number inside sandboxes when the server is not root.
pub(super) const PLAIN_USER: u32 = 1000;

/// A part of the machine that a sandbox sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mount {
    ReadOnly(PathBuf, PathBuf),
    Writable(PathBuf, PathBuf),
    Device(PathBuf),
    /// Target, then where.
    Link(PathBuf, PathBuf),
}

/// One sandbox.
#[derive(Debug, Clone, Default)]
pub(super) struct Sandbox {
    pub(super) private_network: bool,
    pub(super) hostname: String,
    pub(super) home: Option<PathBuf>,
    /// A directory with `passwd` and `group`.
    pub(super) etc: Option<PathBuf>,
    /// The init's executable on the machine.
    pub(super) executable: Option<PathBuf>,
    pub(super) mounts: Vec<Mount>,
    /// Real GPUs want to see `/sys`.
    pub(super) hardware: bool,
}

impl Sandbox {
    /// Enough to try whether sandboxes work.
    pub(super) fn bare() -> Self {
        Self { private_network: true, hostname: "warpyard".to_owned(), ..Self::default() }
    }
}

/// The command that makes the sandbox; the command to run in it follows.
pub(super) fn bubblewrap(program: &Path, machine: &Machine, sandbox: &Sandbox) -> Vec<String> {
    let mut words = Words(vec![program.display().to_string()]);
    words.add(["--die-with-parent", "--as-pid-1", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]);
    if sandbox.private_network {
        words.add(["--unshare-net"]);
    }
    if machine.users.is_some() {
        // The init becomes the instance's user by itself and keeps nothing.
        words.add(["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
    } else {
        let user = PLAIN_USER.to_string();
        words.add(["--unshare-user", "--uid", &user, "--gid", &user]);
    }
    words.add(["--hostname", &hostname(&sandbox.hostname)]);
    // Directories that bubblewrap makes by the way would be closed to everybody but their owner.
    for directory in
        ["/etc", "/home", "/opt", PREPARED, "/run", "/run/warpyard", "/sys", "/sys/devices", "/sys/devices/system", "/var"]
    {
        words.add(["--dir", directory]);
    }
    for mount in &machine.system {
        words.mount(mount);
    }
    words.add([
        "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm", "--perms", "1777", "--tmpfs", "/tmp",
    ]);
    words.add(["--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run"]);
    if sandbox.hardware {
        words.add(["--ro-bind-try", "/sys", "/sys"]);
    }
    if let Some(etc) = &sandbox.etc {
        for name in ["passwd", "group"] {
            words.mount(&Mount::ReadOnly(etc.join(name), Path::new("/etc").join(name)));
        }
    }
    if let Some(home) = &sandbox.home {
        words.mount(&Mount::Writable(home.clone(), HOME.into()));
    }
    if let Some(executable) = &sandbox.executable {
        words.mount(&Mount::ReadOnly(executable.clone(), EXECUTABLE.into()));
    }
    for mount in &sandbox.mounts {
        words.mount(mount);
    }
    words.add(["--remount-ro", "/", "--chdir", "/", "--"]);
    words.0
}

/// The command that makes the sandbox and starts the init in it.
pub(super) fn with_init(machine: &Machine, executable: &Path, sandbox: Sandbox) -> Vec<String> {
    match &machine.sandboxing {
        Sandboxing::Bubblewrap { program, .. } => {
            let sandbox = Sandbox { executable: Some(executable.to_owned()), ..sandbox };
            let mut words = bubblewrap(program, machine, &sandbox);
            words.extend([EXECUTABLE.to_owned(), "internal-init".to_owned()]);
            words
        }
        Sandboxing::Plain { .. } => vec![executable.display().to_string(), "internal-init".to_owned()],
    }
}

struct Words(Vec<String>);

impl Words {
    fn add<const N: usize>(&mut self, words: [&str; N]) {
        self.0.extend(words.map(str::to_owned));
    }

    fn mount(&mut self, mount: &Mount) {
        let text = |path: &Path| path.display().to_string();
        match mount {
            Mount::ReadOnly(from, to) => self.add(["--ro-bind", &text(from), &text(to)]),
            Mount::Writable(from, to) => self.add(["--bind", &text(from), &text(to)]),
            Mount::Device(path) => self.add(["--dev-bind-try", &text(path), &text(path)]),
            Mount::Link(target, at) => self.add(["--symlink", &text(target), &text(at)]),
        }
    }
}

/// The read-only parts of the system below `root` without its `/etc`, as they are on this machine; never a directory that holds `hidden`, the
/// server's data.
pub(super) fn system_mounts(root: &Path, hidden: &Path) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for name in ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        let path = root.join(name);
        if let Ok(target) = std::fs::read_link(&path) {
            mounts.push(Mount::Link(target, path));
        } else if path.is_dir() {
            mounts.push(Mount::ReadOnly(path.clone(), path));
        }
    }
    // One by one, because `/opt/warpyard` is ours; only what everybody may read anyway.
    let mut optional: Vec<PathBuf> =
        std::fs::read_dir(root.join("opt")).into_iter().flatten().flatten().map(|e| e.path()).collect();
    optional.sort();
    for path in optional.into_iter().filter(|p| is_public_directory(p) && !p.ends_with("warpyard") && !hidden.starts_with(p)) {
        mounts.push(Mount::ReadOnly(path.clone(), path));
    }
    for name in ["sys/devices/system/cpu", "sys/devices/system/node"] {
        let path = root.join(name);
        if path.exists() {
            mounts.push(Mount::ReadOnly(path.clone(), path));
        }
    }
    mounts
}

fn is_public_directory(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir() && m.permissions().mode() & 0o005 == 0o005)
}

/// A host name made of an instance's path: its last part, as a DNS label.
fn hostname(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let label: String = last.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "warpyard".to_owned() } else { label.chars().take(63).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(users: Option<std::ops::Range<u32>>) -> Machine {
        Machine {
            sandboxing: Sandboxing::Bubblewrap { program: "/usr/bin/bwrap".into(), private_network: true },
            users,
            search_path: String::new(),
            system: Vec::new(),
        }
    }

    #[test]
    fn host_names_are_labels() {
        assert_eq!(hostname("/acme/vision/research/nb-1"), "nb-1");
        assert_eq!(hostname("/a/Mein Häuschen"), "mein-h-uschen");
        assert_eq!(hostname(""), "warpyard");
    }

    #[test]
    fn root_keeps_only_what_becoming_a_user_needs() {
        let words = with_init(&machine(Some(1..2)), Path::new("/srv/warpyard"), Sandbox::bare());
        let text = words.join(" ");
        assert!(
            text.contains("--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID") && !text.contains("--unshare-user"),
            "{text}"
        );
        assert!(text.ends_with("-- /run/warpyard/init internal-init"), "{text}");
        let text = with_init(&machine(None), Path::new("/srv/warpyard"), Sandbox::bare()).join(" ");
        assert!(text.contains("--unshare-user --uid 1000 --gid 1000") && !text.contains("--cap-add"), "{text}");
    }

    #[test]
    fn the_system_shows_no_secrets() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for path in ["usr/bin", "etc", "opt/tool", "opt/warpyard", "opt/private", "opt/server/data", "root"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::set_permissions(root.join("opt/private"), std::fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink("usr/bin", root.join("bin")).unwrap();
        let same = |path: &str| Mount::ReadOnly(root.join(path), root.join(path));
        let link = Mount::Link("usr/bin".into(), root.join("bin"));
        assert_eq!(system_mounts(root, &root.join("opt/server/data")), [same("usr"), link, same("opt/tool")]);
    }
}
