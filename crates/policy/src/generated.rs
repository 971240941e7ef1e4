//! The policies that follow from the role table, and the schema all policies are held against.

use crate::entity::entity_type;
use cedar_policy::Schema;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Error, Kind, Result};

/// What Warpyard's own controllers do.
pub(crate) const RECONCILE: &str = "controller.reconcile";

const ONLY_OFFERED: &str = " && !resource.draft && (resource.groups.isEmpty() || resource.groups.containsAny(principal.groups))";

/// Kinds that live at the platform but serve everybody with a role that looks at them.
const SHARED: [Kind; 3] = [Kind::Target, Kind::SystemProfile, Kind::EnvironmentTemplate];
/// Kinds that belong to the organization, and whoever works in one of its projects chooses among them.
const CHOSEN_AMONG: [Kind; 2] = [Kind::Group, Kind::CustomRole];
const OFFERED: &str = "(resource.offered_in.contains(\"/\") || resource.offered_in.containsAny(principal.places))";

/// One `permit` per role and kind, one for looking at shared kinds, the same for what custom roles give, and the one `forbid`
/// over suspended organizations.
pub fn generated_policies() -> String {
    format!("{}{}{}", role_policies(), custom_policies(), suspended_policy())
}

/// Whether somebody may do this in a suspended organization: look, and let it go on.
pub(crate) fn while_suspended(permission: Permission) -> bool {
    permission.verb.only_looks() || permission.verb == Verb::Suspend
}

/// Whatever anybody was permitted, nobody changes, starts or opens anything in a suspended organization.
fn suspended_policy() -> String {
    let silenced: Vec<String> = Permission::all().filter(|p| !while_suspended(*p)).map(|p| format!("Action::\"{p}\"")).collect();
    format!(
        "@id(\"suspended\")\nforbid (principal is User, action in [{}], resource)\nwhen {{ resource.scopes.containsAny(principal.suspended) }};\n",
        silenced.join(", ")
    )
}

/// One `permit` per permission that a custom role may give: the principal carries where it was given.
fn custom_policies() -> String {
    let mut out = String::new();
    for permission in Permission::all().filter(|permission| permission.fits_custom_roles()) {
        let kind = entity_type(permission.subject);
        let given = |verb: Verb| format!("principal.custom has \"{}.{}\"", permission.subject.as_str(), verb.as_str());
        let here = |verb: Verb| {
            let word = format!("{}.{}", permission.subject.as_str(), verb.as_str());
            format!("{} && resource.scopes.containsAny(principal.custom[\"{word}\"])", given(verb))
        };
        // Who may change profiles sees drafts.
        let drafts = if permission.subject.has_drafts() && permission.verb == Verb::View {
            format!(" && ((true{ONLY_OFFERED}) || ({}))", here(Verb::Update))
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "@id(\"custom:{permission}\")\npermit (principal is User, action == Action::\"{permission}\", resource is {kind})\nwhen {{ {}{drafts} }};",
            here(permission.verb)
        );
        let Subject::Kind(of) = permission.subject else { continue };
        if permission.verb != Verb::View {
            continue;
        }
        let offered = match of {
            kind if SHARED.contains(&kind) => OFFERED,
            kind if CHOSEN_AMONG.contains(&kind) => "resource.offered_in.containsAny(principal.places)",
            _ => "",
        };
        if !offered.is_empty() {
            let _ = writeln!(
                out,
                "@id(\"custom:{permission}:shared\")\npermit (principal is User, action == Action::\"{permission}\", resource is {kind})\nwhen {{ {offered} && {} }};",
                given(Verb::View)
            );
        }
        if of == Kind::ServiceInstance {
            let _ = writeln!(
                out,
                "@id(\"custom:{permission}:connect\")\npermit (principal is User, action == Action::\"service_instance.connect\", resource is ServiceInstance)\nwhen {{ [\"workspace\", \"project\"].contains(resource.access) && {} }};",
                here(Verb::View)
            );
        }
    }
    out
}

fn role_policies() -> String {
    let mut out = String::new();
    for role in Role::ALL {
        let mut by_kind: BTreeMap<&str, (Subject, Vec<String>)> = BTreeMap::new();
        for permission in role.permissions() {
            let entry = by_kind.entry(entity_type(permission.subject)).or_insert((permission.subject, Vec::new()));
            entry.1.push(format!("Action::\"{permission}\""));
        }
        for (kind, (subject, actions)) in by_kind {
            // A role that only looks sees a profile once it was published, and where it is offered to them.
            let drafts = if subject.has_drafts() && !role.sees_drafts(subject) { ONLY_OFFERED } else { "" };
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}\")\npermit (principal is User, action in [{}], resource is {kind})\nwhen {{ resource.scopes.containsAny(principal.{role}){drafts} }};",
                actions.join(", ")
            );
        }
        for kind in SHARED.into_iter().filter(|kind| role.has(Permission { subject: Subject::Kind(*kind), verb: Verb::View })) {
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}:shared\")\npermit (principal is User, action == Action::\"{}.view\", resource is {kind})\nwhen {{ {OFFERED} && !principal.{role}.isEmpty() }};",
                kind.snake()
            );
        }
        for kind in
            CHOSEN_AMONG.into_iter().filter(|kind| role.has(Permission { subject: Subject::Kind(*kind), verb: Verb::View }))
        {
            let _ = writeln!(
                out,
                "@id(\"{role}:{kind}:shared\")\npermit (principal is User, action == Action::\"{}.view\", resource is {kind})\nwhen {{ resource.offered_in.containsAny(principal.places) && !principal.{role}.isEmpty() }};",
                kind.snake()
            );
        }
        // Whoever works with services by a role may open what is opened to the workspace.
        if role.opens_services() {
            let _ = writeln!(
                out,
                "@id(\"{role}:connect\")\npermit (principal is User, action == Action::\"service_instance.connect\", resource is ServiceInstance)\nwhen {{ [\"workspace\", \"project\"].contains(resource.access) && resource.scopes.containsAny(principal.{role}) }};"
            );
        }
    }
    out
}

/// The Cedar schema the policies are validated against.
pub fn schema() -> Result<Schema> {
    Schema::from_cedarschema_str(&schema_text()).map(|(schema, _)| schema).map_err(Error::internal)
}

/// The schema as text, for proofs that add to it.
pub fn schema_text() -> String {
    let mut text = String::from(
        "entity Controller;\nentity User = { name: String, places: Set<String>, groups: Set<String>, suspended: Set<String>",
    );
    for role in Role::ALL {
        let _ = write!(text, ", {role}: Set<String>");
    }
    // What custom roles give: the scopes of each permission that any gives.
    text.push_str(", custom: {");
    for (i, permission) in Permission::all().filter(|permission| permission.fits_custom_roles()).enumerate() {
        let _ = write!(text, "{}\"{permission}\"?: Set<String>", if i == 0 { "" } else { ", " });
    }
    text.push_str("} };\n");
    for subject in Subject::all() {
        let kind = entity_type(subject);
        let attributes = "name: String, owner: String, access: String, scopes: Set<String>, project: Set<String>, offered_in: Set<String>, opens: Set<String>, groups: Set<String>, draft: Bool, two_person: Bool, edited_by: Set<String>";
        let _ = writeln!(text, "entity {kind} = {{ {attributes} }};");
    }
    for permission in Permission::all() {
        let _ = writeln!(
            text,
            "action \"{permission}\" appliesTo {{ principal: User, resource: {} }};",
            entity_type(permission.subject)
        );
    }
    let _ = writeln!(text, "action \"{RECONCILE}\" appliesTo {{ principal: Controller, resource: AuditEntry }};");
    text
}
