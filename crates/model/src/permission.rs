//! Permissions, and the built-in roles as named sets of them.
//!
//! A permission is `<kind>.<verb>`. A role is bound to a person at a scope; a person's rights are the union of their
//! bindings. The policies that `warpyard-policy` gives to Cedar are generated from [`Role::permissions`], so this table
//! is the one place that says what a role may do.

use crate::{Kind, Level};
use serde::{Deserialize, Serialize};

/// What may be done to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Read, list and watch.
    View,
    /// Make.
    Create,
    /// Change the spec.
    Update,
    /// Remove.
    Delete,
    /// Publish, withdraw and share a profile.
    Publish,
    /// Stop, start and retry an instance.
    Operate,
    /// Launch for somebody else.
    CreateOnBehalf,
    /// Open an endpoint through the gateway.
    Connect,
    /// Open a terminal.
    Exec,
    /// Read logs.
    Logs,
    /// Set somebody's password or make a sign-in link.
    SetPassword,
    /// Give an instance another owner.
    Transfer,
    /// Suspend an organization and let it go on.
    Suspend,
}

impl Verb {
    /// Every verb.
    pub const ALL: &[Verb] = &[
        Verb::View,
        Verb::Create,
        Verb::Update,
        Verb::Delete,
        Verb::Publish,
        Verb::Operate,
        Verb::CreateOnBehalf,
        Verb::Connect,
        Verb::Exec,
        Verb::Logs,
        Verb::SetPassword,
        Verb::Transfer,
        Verb::Suspend,
    ];

    /// Whether it changes nothing and runs nothing.
    pub fn only_looks(self) -> bool {
        matches!(self, Verb::View | Verb::Logs)
    }

    /// The word in permissions.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::View => "view",
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Delete => "delete",
            Verb::Publish => "publish",
            Verb::Operate => "operate",
            Verb::CreateOnBehalf => "create_on_behalf",
            Verb::Connect => "connect",
            Verb::Exec => "exec",
            Verb::Logs => "logs",
            Verb::SetPassword => "set_password",
            Verb::Transfer => "transfer",
            Verb::Suspend => "suspend",
        }
    }
}

/// What a permission is about: a kind, the audit trail, or how the installation seals values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Objects of a kind.
    Kind(Kind),
    /// The audit trail.
    AuditEntry,
    /// The installation's master keys.
    Encryption,
}

impl Subject {
    /// The word in permissions.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Kind(kind) => kind.snake(),
            Subject::AuditEntry => "audit_entry",
            Subject::Encryption => "encryption",
        }
    }

    /// The verbs that make sense for it.
    pub fn verbs(self) -> &'static [Verb] {
        use Verb::{
            Connect, Create, CreateOnBehalf, Delete, Exec, Logs, Operate, Publish, SetPassword, Suspend, Transfer, Update, View,
        };
        match self {
            Subject::AuditEntry => &[View],
            Subject::Encryption => &[View, Update],
            Subject::Kind(Kind::Organization) => &[View, Create, Update, Delete, Suspend],
            Subject::Kind(Kind::SystemProfile) => &[View, Publish],
            Subject::Kind(Kind::ComputeProfile | Kind::ServiceProfile) => &[View, Create, Update, Delete, Publish],
            Subject::Kind(Kind::ComputeInstance) => &[View, Create, Update, Delete, Operate, CreateOnBehalf, Logs, Transfer],
            Subject::Kind(Kind::ServiceInstance) => {
                &[View, Create, Update, Delete, Operate, CreateOnBehalf, Connect, Exec, Logs, Transfer]
            }
            Subject::Kind(Kind::User) => &[View, Create, Update, Delete, SetPassword],
            Subject::Kind(_) => &[View, Create, Update, Delete],
        }
    }

    /// Whether it is made in drafts that only their makers see.
    pub fn has_drafts(self) -> bool {
        matches!(self, Subject::Kind(Kind::ComputeProfile | Kind::ServiceProfile))
    }

    /// Every subject.
    pub fn all() -> impl Iterator<Item = Subject> {
        Kind::ALL.iter().map(|kind| Subject::Kind(*kind)).chain([Subject::AuditEntry, Subject::Encryption])
    }
}

/// `<kind>.<verb>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// About what.
    pub subject: Subject,
    /// To do what.
    pub verb: Verb,
}

impl Permission {
    /// Every permission there is.
    pub fn all() -> impl Iterator<Item = Permission> {
        Subject::all().flat_map(|subject| subject.verbs().iter().map(move |verb| Permission { subject, verb: *verb }))
    }
}

impl Permission {
    /// The permission of this spelling.
    pub fn parse(text: &str) -> Option<Permission> {
        Permission::all().find(|permission| permission.to_string() == text)
    }

    /// Whether a role that an organization makes itself can give it: what only the installation has to give cannot be given,
    /// nor opening an app, which follows the endpoint's access.
    pub fn fits_custom_roles(self) -> bool {
        let kind = match self.subject {
            Subject::Kind(kind) => kind,
            Subject::AuditEntry => return true,
            Subject::Encryption => return false,
        };
        let of_platform = kind.levels() == [Level::Platform];
        let changes_org = kind == Kind::Organization && self.verb == Verb::Update;
        // Whoever says who people are can be anybody in the organization: that is its admins' alone.
        let signs_in = kind == Kind::IdentityProvider && self.verb != Verb::View;
        self.verb != Verb::Connect && !signs_in && (!of_platform || self.verb == Verb::View || changes_org)
    }
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown =
            || serde::de::Error::custom(format!("{text:?} is not a permission; one is written like compute_profile.view"));
        Permission::parse(&text).ok_or_else(unknown)
    }
}

impl schemars::JsonSchema for Permission {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Permission".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<String> = Permission::all().map(|permission| permission.to_string()).collect();
        schemars::json_schema!({ "type": "string", "enum": words })
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.subject.as_str(), self.verb.as_str())
    }
}

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, tenants and targets included.
    PlatformAdmin,
    /// Everything inside an organization.
    OrgAdmin,
    /// Compute and service profiles with their icons, and nothing more.
    PaasAdmin,
    /// Launches and operates instances on behalf of people.
    ManagedInstancesOperator,
    /// Writes and tests templates.
    TemplateAuthor,
    /// Targets and their inventory.
    InfrastructureAdmin,
    /// Members, workspaces and instances of a project.
    ProjectAdmin,
    /// Makes workspaces and launches in them.
    Developer,
    /// One workspace and its collaborators.
    WorkspaceAdmin,
    /// Launches and operates in one workspace.
    WorkspaceCollaborator,
    /// Looks at one workspace.
    WorkspaceReader,
    /// Usage and cost.
    Finops,
    /// Reads everything, the audit trail included.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: &[Role] = &[
        Role::PlatformAdmin,
        Role::OrgAdmin,
        Role::PaasAdmin,
        Role::ManagedInstancesOperator,
        Role::TemplateAuthor,
        Role::InfrastructureAdmin,
        Role::ProjectAdmin,
        Role::Developer,
        Role::WorkspaceAdmin,
        Role::WorkspaceCollaborator,
        Role::WorkspaceReader,
        Role::Finops,
        Role::Auditor,
    ];

    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::PlatformAdmin => "platform_admin",
            Role::OrgAdmin => "org_admin",
            Role::PaasAdmin => "paas_admin",
            Role::ManagedInstancesOperator => "managed_instances_operator",
            Role::TemplateAuthor => "template_author",
            Role::InfrastructureAdmin => "infrastructure_admin",
            Role::ProjectAdmin => "project_admin",
            Role::Developer => "developer",
            Role::WorkspaceAdmin => "workspace_admin",
            Role::WorkspaceCollaborator => "workspace_collaborator",
            Role::WorkspaceReader => "workspace_reader",
            Role::Finops => "finops",
            Role::Auditor => "auditor",
        }
    }

    /// The levels it may be bound at.
    pub fn levels(self) -> &'static [Level] {
        match self {
            Role::PlatformAdmin => &[Level::Platform],
            Role::InfrastructureAdmin => &[Level::Platform, Level::Org],
            Role::OrgAdmin | Role::TemplateAuthor | Role::Finops => &[Level::Org],
            Role::Auditor => &[Level::Platform, Level::Org],
            Role::PaasAdmin => &[Level::Org, Level::Project],
            Role::ManagedInstancesOperator | Role::ProjectAdmin | Role::Developer => &[Level::Project],
            Role::WorkspaceAdmin | Role::WorkspaceCollaborator | Role::WorkspaceReader => &[Level::Workspace],
        }
    }

    /// What it may do, at its scope and below.
    pub fn permissions(self) -> Vec<Permission> {
        Permission::all().filter(|p| self.has(*p)).collect()
    }

    /// Whether it looks at drafts too: those who may change them do, and auditors.
    pub fn sees_drafts(self, subject: Subject) -> bool {
        self == Role::Auditor || self.has(Permission { subject, verb: Verb::Update })
    }

    /// Whether it opens what is opened to a workspace: everybody who looks at services, but those who look at all of an
    /// organization to check on it. In a notebook, opening is running code.
    pub fn opens_services(self) -> bool {
        let view = Permission { subject: Subject::Kind(Kind::ServiceInstance), verb: Verb::View };
        self.has(view) && !matches!(self, Role::Auditor | Role::Finops)
    }

    /// Whether it may do this, at its scope and below.
    pub fn has(self, permission: Permission) -> bool {
        use Kind as K;
        use Verb as V;
        let Permission { subject, verb } = permission;
        let kind = match subject {
            Subject::AuditEntry => return matches!(self, Role::PlatformAdmin | Role::OrgAdmin | Role::Auditor),
            Subject::Encryption => return self == Role::PlatformAdmin || (self == Role::Auditor && verb == V::View),
            Subject::Kind(kind) => kind,
        };
        let profile = matches!(kind, K::ComputeProfile | K::ServiceProfile);
        let instance = matches!(kind, K::ComputeInstance | K::ServiceInstance);
        // Opening somebody's notebook is decided by the endpoint's access, never by a role alone.
        if verb == V::Connect {
            return false;
        }
        match self {
            Role::PlatformAdmin => true,
            Role::OrgAdmin => match kind {
                K::Organization => matches!(verb, V::View | V::Update),
                K::Target | K::SystemProfile | K::User => verb == V::View,
                _ => true,
            },
            Role::PaasAdmin => {
                profile
                    || kind == K::Icon
                    || (verb == V::View
                        && matches!(
                            kind,
                            K::EnvironmentTemplate | K::Target | K::Project | K::Organization | K::SystemProfile | K::Group
                        ))
            }
            Role::ManagedInstancesOperator => match kind {
                K::Workspace => matches!(verb, V::View | V::Create),
                K::Project | K::Organization | K::User | K::Target | K::EnvironmentTemplate => verb == V::View,
                _ if profile => verb == V::View,
                _ => instance && !matches!(verb, V::Exec | V::Transfer),
            },
            Role::TemplateAuthor => {
                kind == K::EnvironmentTemplate
                    || (verb == V::View && matches!(kind, K::Target | K::Organization | K::Project | K::SystemProfile))
            }
            Role::InfrastructureAdmin => kind == K::Target || (verb == V::View && kind == K::Organization),
            Role::ProjectAdmin => match kind {
                K::Project => matches!(verb, V::View | V::Update),
                K::Organization | K::User | K::Group | K::CustomRole | K::Target | K::EnvironmentTemplate => verb == V::View,
                _ if profile => verb == V::View,
                K::Workspace | K::RoleBinding | K::Secret => true,
                _ => instance && !matches!(verb, V::CreateOnBehalf | V::Exec),
            },
            Role::Developer => match kind {
                K::Workspace => verb == V::Create,
                K::Project | K::Organization | K::Secret | K::User => verb == V::View,
                _ => profile && verb == V::View,
            },
            Role::WorkspaceAdmin => match kind {
                K::Workspace => verb != V::Create,
                K::RoleBinding => true,
                _ => instance && verb != V::CreateOnBehalf,
            },
            Role::WorkspaceCollaborator => match kind {
                K::Workspace | K::RoleBinding => verb == V::View,
                _ => instance && !matches!(verb, V::CreateOnBehalf | V::Transfer),
            },
            Role::WorkspaceReader => verb == V::View && (instance || matches!(kind, K::Workspace | K::RoleBinding)),
            Role::Finops => {
                verb == V::View && (instance || profile || matches!(kind, K::Organization | K::Project | K::Workspace | K::User))
            }
            Role::Auditor => matches!(verb, V::View),
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paas_admin_changes_profiles_and_nothing_more() {
        for permission in Role::PaasAdmin.permissions() {
            let about_profiles =
                matches!(permission.subject, Subject::Kind(Kind::ComputeProfile | Kind::ServiceProfile | Kind::Icon));
            assert!(about_profiles || permission.verb == Verb::View, "{permission}");
        }
    }

    #[test]
    fn auditor_changes_nothing() {
        assert!(Role::Auditor.permissions().iter().all(|p| p.verb == Verb::View));
    }
}
