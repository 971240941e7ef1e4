//! Where this process's control groups are mounted (cgroups(7), proc_pid_mountinfo(5)).

use std::path::{Path, PathBuf};

/// This process's own groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Own {
    /// Controller and directory, version 1.
    pub(super) v1: Vec<(String, PathBuf)>,
    /// The directory, version 2.
    pub(super) v2: Option<PathBuf>,
}

/// Controllers of version 1 that are of use here.
const WANTED: [&str; 4] = ["memory", "cpu", "cpuacct", "pids"];

/// Reads `/proc/self/mountinfo` and `/proc/self/cgroup`.
pub(super) fn hierarchies(mountinfo: &str, cgroup: &str) -> Own {
    let mut own = Own::default();
    for line in mountinfo.lines() {
        let Some((mount, system)) = line.split_once(" - ") else { continue };
        let mount: Vec<&str> = mount.split(' ').collect();
        let system: Vec<&str> = system.split(' ').collect();
        let (Some(root), Some(point), Some(kind)) = (mount.get(3), mount.get(4), system.first()) else { continue };
        match *kind {
            "cgroup2" => {
                if let Some(path) = path_of(cgroup, |controllers| controllers.is_empty()) {
                    own.v2 = own.v2.or_else(|| below(point, root, path));
                }
            }
            "cgroup" => {
                let options: Vec<&str> = system.last().unwrap_or(&"").split(',').collect();
                for controller in WANTED.into_iter().filter(|c| options.contains(c)) {
                    let path = path_of(cgroup, |controllers| controllers.split(',').any(|c| c == controller));
                    if let Some(directory) = path.and_then(|path| below(point, root, path))
                        && !own.v1.iter().any(|(known, _)| known == controller)
                    {
                        own.v1.push((controller.to_owned(), directory));
                    }
                }
            }
            _ => {}
        }
    }
    own
}

fn path_of(cgroup: &str, matches: impl Fn(&str) -> bool) -> Option<&str> {
    cgroup.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        matches(controllers).then_some(path)
    })
}

/// A group's directory below a mount point that shows the hierarchy from `root` on.
fn below(point: &str, root: &str, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path).strip_prefix(root).ok()?;
    Some(Path::new(point).join(relative))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hybrid_is_read() {
        let mountinfo = "30 25 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
                         31 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
                         32 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n\
                         33 25 0:30 / /proc rw - proc proc rw\n";
        let own = hierarchies(mountinfo, "4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/\n");
        assert_eq!(own.v2, Some("/sys/fs/cgroup/unified/".into()));
        let expected = [
            ("memory", "/sys/fs/cgroup/memory/a/b"),
            ("cpu", "/sys/fs/cgroup/cpu,cpuacct/c"),
            ("cpuacct", "/sys/fs/cgroup/cpu,cpuacct/c"),
        ];
        assert_eq!(own.v1, expected.map(|(c, p)| (c.to_owned(), PathBuf::from(p))));
    }

    #[test]
    fn a_container_sees_its_part() {
        let mountinfo = "30 25 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        let own = hierarchies(mountinfo, "0::/docker/abc/init\n");
        assert_eq!(own.v2, Some("/sys/fs/cgroup/init".into()));
        assert_eq!(hierarchies(mountinfo, "0::/elsewhere\n"), Own::default());
    }
}
