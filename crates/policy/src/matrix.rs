//! The role × action × kind matrix as a page of the documentation.

use std::fmt::Write as _;
use warpyard_model::permission::{Permission, Role, Subject};

/// `docs/security/role-matrix.md`, as the test below holds it. That the policies say the same for everybody is proved.
pub fn role_matrix() -> String {
    let mut out = String::from(
        "# Role matrix\n\n\
         Made from `crates/model/src/permission.rs` by a test of `crates/policy`; [roles.md](../roles.md) says it in words, and\n\
         [proofs.md](proofs.md) what is proved of it. In the console: Administration, Roles, Built-in roles. A dot: whoever has the role has the permission, at the place of the role and\n\
         below. What people may do by owning or being offered something is no matter of roles and stands in roles.md; that is why\n\
         nobody has `service_instance.connect`.\n",
    );
    let _ = writeln!(out, "\n| Role | Bound at |\n| --- | --- |");
    for role in Role::ALL {
        let levels: Vec<String> = role.levels().iter().map(|level| format!("{level:?}").to_lowercase()).collect();
        let _ = writeln!(out, "| `{role}` | {} |", levels.join(", "));
    }
    let heads: String = Role::ALL.iter().map(|role| format!(" {} |", role.as_str().replace('_', " "))).collect();
    let rule: String = Role::ALL.iter().map(|_| " :-: |").collect();
    for subject in Subject::all() {
        let _ = writeln!(out, "\n## {}\n\n| |{heads}\n| --- |{rule}", subject.as_str());
        for verb in subject.verbs() {
            let permission = Permission { subject, verb: *verb };
            let dots: String = Role::ALL.iter().map(|role| if role.has(permission) { " ● |" } else { " |" }).collect();
            let _ = writeln!(out, "| {} |{dots}", verb.as_str());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, Policy, Principal, Resource};
    use std::path::Path;
    use warpyard_model::{Level, Name, ScopePath};

    fn at(level: Level) -> ScopePath {
        let name = |text: &str| Name::parse(text).unwrap();
        match level {
            Level::Platform => ScopePath::platform(),
            Level::Org => ScopePath::org(name("acme")),
            Level::Project => ScopePath::project(name("acme"), name("vision")),
            Level::Workspace => ScopePath::workspace(name("acme"), name("vision"), name("research")),
        }
    }

    #[test]
    fn the_page_says_what_the_policies_decide() {
        let policy = Policy::new();
        let page = role_matrix();
        for subject in Subject::all() {
            let section = page.split(&format!("\n## {}\n", subject.as_str())).nth(1).unwrap();
            let section = section.split("\n## ").next().unwrap();
            for verb in subject.verbs() {
                let permission = Permission { subject, verb: *verb };
                let row = section.lines().find(|line| line.starts_with(&format!("| {} |", verb.as_str()))).unwrap();
                let cells: Vec<&str> = row.trim_matches('|').split('|').skip(1).map(str::trim).collect();
                assert_eq!(cells.len(), Role::ALL.len());
                for (role, cell) in Role::ALL.iter().zip(cells) {
                    for level in role.levels() {
                        let person = Principal::new("p", vec![Binding { role: *role, scope: at(*level) }]);
                        let there = Resource::place(subject, &at(*level));
                        assert_eq!(cell == "●", policy.decide(&person, permission, &there), "{role} at {level:?}: {row}");
                        let below = Resource::place(subject, &at(Level::Workspace));
                        assert_eq!(cell == "●", policy.decide(&person, permission, &below), "{role} below {level:?}: {row}");
                    }
                }
            }
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a golden file is written anew when somebody asks for it")]
    fn the_documentation_has_the_page() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/security/role-matrix.md");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, role_matrix()).unwrap();
        }
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        let how = "docs/security/role-matrix.md is out of date: run `UPDATE_GOLDEN=1 cargo test --workspace --lib matrix`, and \
                   read the difference as a change of what people may do";
        assert!(written == role_matrix(), "{how}");
    }
}
