//! The kinds of object and the levels they live at.

use serde::{Deserialize, Serialize};

/// Where in the tree a kind may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The installation.
    Platform,
    /// An organization.
    Org,
    /// A project in an organization.
    Project,
    /// A workspace in a project.
    Workspace,
}

macro_rules! kinds {
    ($($variant:ident { snake: $snake:literal, plural: $plural:literal, levels: [$($level:ident),+] }),* $(,)?) => {
        /// A kind of object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Kind { $(#[doc = concat!("`", $snake, "`")] $variant),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$variant),*];

            /// The word in documents: `ComputeProfile`.
            pub fn as_str(self) -> &'static str { match self { $(Kind::$variant => stringify!($variant)),* } }

            /// The word in permissions and operation ids: `compute_profile`.
            pub fn snake(self) -> &'static str { match self { $(Kind::$variant => $snake),* } }

            /// The word in paths: `compute-profiles`.
            pub fn plural(self) -> &'static str { match self { $(Kind::$variant => $plural),* } }

            /// The levels it may live at.
            pub fn levels(self) -> &'static [Level] { match self { $(Kind::$variant => &[$(Level::$level),+]),* } }
        }
    };
}

kinds! {
    Organization { snake: "organization", plural: "orgs", levels: [Platform] },
    User { snake: "user", plural: "users", levels: [Platform] },
    Target { snake: "target", plural: "targets", levels: [Platform] },
    SystemProfile { snake: "system_profile", plural: "system-profiles", levels: [Platform] },
    RoleBinding { snake: "role_binding", plural: "role-bindings", levels: [Platform, Org, Project, Workspace] },
    Group { snake: "group", plural: "groups", levels: [Org] },
    ServiceAccount { snake: "service_account", plural: "service-accounts", levels: [Org] },
    CustomRole { snake: "custom_role", plural: "custom-roles", levels: [Org] },
    IdentityProvider { snake: "identity_provider", plural: "identity-providers", levels: [Org] },
    Icon { snake: "icon", plural: "icons", levels: [Org] },
    EnvironmentTemplate { snake: "environment_template", plural: "environment-templates", levels: [Platform, Org] },
    Project { snake: "project", plural: "projects", levels: [Org] },
    Secret { snake: "secret", plural: "secrets", levels: [Project] },
    ComputeProfile { snake: "compute_profile", plural: "compute-profiles", levels: [Project] },
    ServiceProfile { snake: "service_profile", plural: "service-profiles", levels: [Project] },
    Workspace { snake: "workspace", plural: "workspaces", levels: [Project] },
    ComputeInstance { snake: "compute_instance", plural: "compute-instances", levels: [Workspace] },
    ServiceInstance { snake: "service_instance", plural: "service-instances", levels: [Workspace] },
}

impl Kind {
    /// Finds a kind by any spelling people use: `ComputeProfile`, `compute_profile`, `compute-profiles`, `compute-profile`.
    pub fn find(word: &str) -> Option<Kind> {
        let key = word.to_ascii_lowercase().replace(['-', '_'], "");
        Kind::ALL.iter().copied().find(|kind| {
            let snake = kind.snake().replace('_', "");
            key == snake
                || key == format!("{snake}s")
                || key == kind.plural().replace('-', "")
                || (key == "org" && *kind == Kind::Organization)
        })
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_finds_its_kind() {
        for kind in Kind::ALL {
            for word in [kind.as_str(), kind.snake(), kind.plural()] {
                assert_eq!(Kind::find(word), Some(*kind), "{word}");
            }
        }
        assert_eq!(Kind::find("pods"), None);
    }
}
