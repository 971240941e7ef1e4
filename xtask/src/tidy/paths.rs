//! Nothing of the machine somebody worked on: no paths of it, no names of package registries' hosts.

use super::Finding;

/// Written in halves, so that this file does not name them itself.
const FOLDERS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm/")];
const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("pypi", ".org/simple"),
    concat!("files.", "pythonhosted.org"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("deb.", "debian.org"),
    concat!("proxy.", "golang.org"),
    concat!("repo1.", "maven.org"),
    concat!("repo.maven.", "apache.org"),
];

/// Looks at every text file.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
            findings.push(Finding::Error(format!("{path}:{}: a path of one machine ({folder}…)", at + 1)));
        }
        if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
            findings.push(Finding::Error(format!("{path}:{}: the host of a package registry ({host})", at + 1)));
        }
    }
    findings
}

/// Whether an absolute path below the folder stands in the line; a part of a longer path or URL does not count.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let starts = before.is_none_or(|c| !(c.is_alphanumeric() || "/._-}~$".contains(c)));
        starts && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found_and_parts_of_others_are_not() {
        let folder = FOLDERS[0];
        assert!(names_folder(&format!("open(\"{folder}main\")"), folder));
        assert!(names_folder(&format!("{folder}main"), folder));
        assert!(!names_folder(&format!("https://example.org{folder}main"), folder));
        assert!(!names_folder(&format!("data{folder}main"), folder));
        assert!(!names_folder(&format!("tmpfs {folder} "), folder));
    }

    #[test]
    fn hosts_are_found_with_their_line() {
        let found = check("a.md", &format!("one\nfrom https://{}/x", HOSTS[0]));
        assert_eq!(found, [Finding::Error(format!("a.md:2: the host of a package registry ({})", HOSTS[0]))]);
    }
}
