//! Who may do what: every operation, asked by nobody, by a stranger and by somebody in every role, over HTTP.
//!
//! What is expected stands in `golden/role_matrix.txt`; `UPDATE_GOLDEN=1 cargo test -p warpyard-server --test api roles`
//! writes it anew. Read the difference before you commit it: it is a change of what people may do.

use futures::future::join_all;
use hyper::Method;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use warpyard_model::Kind;
use warpyard_model::kinds::Phase;
use warpyard_model::permission::Role;
use warpyard_server::{Needs, Operation, operations};
use warpyard_testkit::{Http, RequestBuilder, TestServer, World, person_of};

/// Operations that anybody may call without credentials. This list may only shrink.
const PUBLIC: [&str; 14] = [
    "org_sign_in_begin",
    "org_sign_in_finish",
    "org_sign_in_logout",
    "org_sign_in_view",
    "organization_look",
    "password_strength",
    "session_create",
    "session_link",
    "session_passkey",
    "session_passkey_challenge",
    "session_second_factor",
    "setup_create",
    "setup_view",
    "shipped_icon_view",
];

/// Operations that everybody who is signed in may call, because they are about the caller alone or ask for each thing's
/// own permission (documents) or visibility (watches). This list may only shrink.
const SIGNED_IN: [&str; 31] = [
    "access_request_create",
    "access_request_list",
    "access_request_withdraw",
    "document_apply",
    "me_identity_create",
    "me_identity_delete",
    "me_identity_list",
    "me_notification_list",
    "me_notification_read",
    "me_passkey_challenge",
    "me_passkey_create",
    "me_password",
    "me_permissions",
    "me_preferences_update",
    "me_preferences_view",
    "me_recovery_codes",
    "me_second_factor_list",
    "me_second_factor_remove",
    "me_session_delete",
    "me_session_delete_all",
    "me_session_list",
    "me_token_create",
    "me_token_delete",
    "me_token_list",
    "me_token_rotate",
    "me_totp_confirm",
    "me_totp_create",
    "me_view",
    "session_delete",
    "watch_socket",
    "watch_stream",
];

pub(crate) const HELP: &str = "If you are here because you added an operation: declare its permission with `.permission(…)`, teach \
                    `request_for` in crates/server/tests/api/roles.rs to ask for it in the seeded world, run \
                    `UPDATE_GOLDEN=1 cargo test -p warpyard-server --test api roles`, and read the new line of \
                    crates/server/tests/golden/role_matrix.txt as a reviewer would.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// It was done, or failed for a reason that only somebody who may is told.
    Allowed,
    /// 403: it is there, and they may not.
    Denied,
    /// 404, or a list without it: as if it were not there.
    Missing,
}

impl Outcome {
    fn sign(self) -> char {
        match self {
            Outcome::Allowed => '+',
            Outcome::Denied => 'x',
            Outcome::Missing => '.',
        }
    }
}

/// One request that stands for an operation.
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) body: Json,
    /// For lists: the name that is in it for those who may see it.
    lists: Option<String>,
}

impl Ask {
    /// The same about something else.
    pub(crate) fn elsewhere(&self, from: &str, to: &str) -> Self {
        Self { path: self.path.replacen(from, to, 1), body: self.body.clone(), lists: None }
    }

    /// The request as somebody sends it; a text is a picture.
    pub(crate) fn request(&self, who: &Http, method: &Method) -> RequestBuilder {
        let request = who.request(method.clone(), &self.path);
        match &self.body {
            Json::Null => request,
            Json::String(picture) => request.header("content-type", "image/svg+xml").body(picture.clone()),
            body => request.json(body),
        }
    }
}

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/role_matrix.txt")
}

/// The kind whose collection the path is in.
fn kind_of(path: &str) -> Option<Kind> {
    path.rsplit('/').find_map(|part| Kind::ALL.iter().copied().find(|kind| kind.plural() == part))
}

/// The object of a kind that is asked about at a place.
fn name_at(kind: Kind, path: &str) -> &'static str {
    match kind {
        Kind::Organization => "acme",
        Kind::Project => "vision",
        Kind::Workspace => "research",
        Kind::User => "colleague",
        Kind::Target => "local",
        Kind::SystemProfile => "cpu-small",
        Kind::EnvironmentTemplate if path.contains("{org}") => "app",
        Kind::EnvironmentTemplate => "allocation",
        Kind::Group => "imaging",
        Kind::CustomRole => "release",
        Kind::ServiceAccount => "ci",
        Kind::Icon => "lab",
        Kind::IdentityProvider => "company",
        Kind::Secret => "vault",
        Kind::ComputeProfile => "cpu",
        Kind::ServiceProfile => "app",
        Kind::ComputeInstance | Kind::ServiceInstance => "asked",
        Kind::RoleBinding if path.contains("{workspace}") => "workspace-reader",
        Kind::RoleBinding if path.contains("{project}") => "developer",
        Kind::RoleBinding if path.contains("{org}") => "finops",
        Kind::RoleBinding => "infrastructure-admin",
    }
}

/// A spec of a new object at a place.
fn spec_at(kind: Kind, path: &str) -> Json {
    let from = |name: &str| json!({ "name": name, "version": "1.0.0" });
    let binding = |role: Role| json!({ "user": "stranger", "role": role });
    match kind {
        Kind::Organization => json!({ "currency": "EUR" }),
        Kind::User => json!({ "email": "zebra@example.com" }),
        Kind::Target => json!({ "type": "process" }),
        Kind::EnvironmentTemplate => {
            json!({ "target_type": "process", "workload": "compute", "versions": [{ "version": "1.0.0", "process": {} }] })
        }
        Kind::Group => json!({ "members": ["developer"] }),
        Kind::ServiceAccount => json!({ "active": true }),
        Kind::CustomRole => json!({ "permissions": ["compute_profile.view"], "levels": ["project"] }),
        Kind::IdentityProvider => json!({ "issuer": "https://127.0.0.1:1", "client_id": "warpyard" }),
        Kind::Icon => json!({ "svg": "<svg viewBox='0 0 1 1'/>" }),
        Kind::Secret => json!({ "data": { "a": "b" } }),
        Kind::ComputeProfile => json!({ "template": from("cell"), "size": { "cpu_millis": 500, "memory_bytes": "1GiB" } }),
        Kind::ServiceProfile => json!({ "template": from("app"), "compute": { "auto_create": "cpu" } }),
        Kind::ComputeInstance => json!({ "profile": { "name": "cpu" } }),
        Kind::ServiceInstance => json!({ "profile": { "name": "app" } }),
        Kind::RoleBinding if path.contains("{workspace}") => binding(Role::WorkspaceReader),
        Kind::RoleBinding if path.contains("{project}") => binding(Role::Developer),
        Kind::RoleBinding if path.contains("{org}") => binding(Role::Finops),
        Kind::RoleBinding => binding(Role::InfrastructureAdmin),
        Kind::Project | Kind::Workspace | Kind::SystemProfile => json!({}),
    }
}

fn fill(path: &str, name: &str) -> String {
    let filled = path.replace("{org}", "acme").replace("{project}", "vision").replace("{workspace}", "research");
    filled.replace("{name}", name).replace("{endpoint}", "web")
}

/// The request that asks for an operation in the seeded world, without changing what later requests ask about.
pub(crate) async fn request_for(operation: &Operation, root: &Http) -> Option<Ask> {
    let (id, path) = (operation.id.as_str(), operation.path.as_str());
    let ask = |query: &str, body: Json, name: &str| Ask { path: format!("{}{query}", fill(path, name)), body, lists: None };
    match id {
        "access_view" | "access_view_in_org" => return Some(ask("?user=colleague", Json::Null, "")),
        "access_who" | "access_who_in_org" => return Some(ask("?permission=project.view", Json::Null, "")),
        "audit_entry_list" | "audit_entry_verify" | "audit_entry_checkpoints" | "audit_entry_export" => {
            return Some(ask("?org=acme", Json::Null, ""));
        }
        "access_request_approve" | "access_request_deny" => {
            // It was decided already, which only somebody who may decide is told.
            let all = root.get("/api/v1/orgs/acme/access-requests").await.expect(200).json();
            return Some(ask("", json!({}), all["items"][0]["name"].as_str().unwrap()));
        }
        "access_review_view" => return Some(ask("", Json::Null, "")),
        "encryption_view" | "encryption_rotate" | "built_in_role_list" | "catalogue_list" | "studio_overview" => {
            return Some(ask("", Json::Null, ""));
        }
        "compute_profile_preview"
        | "service_profile_preview"
        | "compute_profile_render_draft"
        | "service_profile_render_draft" => {
            let kind = if id.starts_with("compute") { Kind::ComputeProfile } else { Kind::ServiceProfile };
            return Some(ask("", json!({ "draft": { "spec": spec_at(kind, path) } }), ""));
        }
        "environment_template_import" => {
            return Some(ask("", json!({ "files": [{ "path": "main.tf", "content": "variable \"x\" {}" }] }), ""));
        }
        "compute_profile_import" => {
            let profile =
                json!({ "apiVersion": "paas.envmgmt.io/v1", "kind": "ComputeProfile", "metadata": { "name": "x" }, "spec": {} });
            return Some(ask("", profile, ""));
        }
        "system_profile_launch" => {
            return Some(ask("?dry_run=true", json!({ "org": "acme", "projects": ["vision"] }), "cpu-small"));
        }
        "system_profile_customise" => {
            return Some(ask("?dry_run=true", json!({ "org": "acme", "project": "vision", "name": "zebra" }), "cpu-small"));
        }
        "system_profile_offer" => return Some(ask("?dry_run=true", json!({ "all_orgs": true }), "cpu-small")),
        "compute_profile_rollback" | "service_profile_rollback" => {
            let kind = if id.starts_with("compute") { Kind::ComputeProfile } else { Kind::ServiceProfile };
            return Some(ask("", json!({ "generation": 1 }), name_at(kind, path)));
        }
        "compute_profile_version_update" | "service_profile_version_update" => {
            let kind = if id.starts_with("compute") { Kind::ComputeProfile } else { Kind::ServiceProfile };
            let path = fill(path, name_at(kind, path)).replace("{generation}", "1");
            return Some(Ask { path, body: json!({ "state": "published" }), lists: None });
        }
        "compute_instance_change" | "service_instance_change" => return Some(ask("", json!({ "plan_action": "none" }), "asked")),
        "compute_instance_transfer" | "service_instance_transfer" => {
            // To whom it belongs already: everybody asks about the same state.
            let kind = if id.starts_with("compute") { Kind::ComputeInstance } else { Kind::ServiceInstance };
            return Some(ask("", json!({ "owner": "workspace-collaborator" }), name_at(kind, path)));
        }
        "identity_provider_scim_view" | "identity_provider_scim_create" | "identity_provider_scim_delete" => {
            return Some(ask("", Json::Null, "company"));
        }
        "organization_look_preview" => return Some(ask("", json!({ "accent": "#5548c8" }), "")),
        "organization_suspend" => return Some(ask("?dry_run=true", json!({ "reason": "The contract ended." }), "")),
        "organization_resume" => return Some(ask("?dry_run=true", json!({}), "")),
        "icon_image_view" => return Some(ask("", Json::Null, "lab")),
        "icon_image_update" => {
            return Some(ask("?dry_run=true", json!("<svg viewBox='0 0 1 1'/>"), "lab"));
        }
        "service_account_token_create" => {
            return Some(ask("", json!({ "name": "asked", "expires_in_seconds": 3600 }), "ci"));
        }
        "service_account_token_rotate" | "service_account_token_delete" => {
            let tokens = "/api/v1/orgs/acme/service-accounts/ci/tokens";
            let made = root.post(tokens, &json!({ "name": "asked", "expires_in_seconds": 3600 })).await.expect(201).json();
            let path = fill(path, "ci").replace("{id}", made["id"].as_str()?);
            return Some(match id {
                "service_account_token_rotate" => Ask { path, body: json!({}), lists: None },
                _ => Ask { path: format!("{path}?dry_run=true"), body: Json::Null, lists: None },
            });
        }
        "user_password" => return Some(ask("", json!({ "password": "a good long password" }), "colleague")),
        _ => {}
    }
    let kind = kind_of(path)?;
    let name = name_at(kind, path);
    let last = path.rsplit('/').next()?;
    let item = last.starts_with('{');
    Some(match (&operation.method, item) {
        (&Method::GET, false) if last == kind.plural() => {
            Ask { path: format!("{}?search={name}&limit=500", fill(path, name)), body: Json::Null, lists: Some(name.to_owned()) }
        }
        (&Method::GET, _)
            if item
                || matches!(
                    last,
                    "revisions"
                        | "usage"
                        | "diff"
                        | "events"
                        | "activity"
                        | "parent-update"
                        | "metrics"
                        | "logs"
                        | "terminal"
                        | "tokens"
                ) =>
        {
            ask("", Json::Null, name)
        }
        (&Method::POST, false) if last == kind.plural() => {
            ask("?dry_run=true", json!({ "metadata": { "name": "zebra" }, "spec": spec_at(kind, path) }), "")
        }
        (&Method::PUT, true) => {
            let mut object = root.get(&fill(path, name)).await.expect(200).json();
            object["metadata"]["display_name"] = json!("Changed");
            ask("?dry_run=true", object, name)
        }
        (&Method::POST, false) if last == "impact" => ask("", json!({ "change": "delete" }), name),
        (&Method::DELETE, true) => ask("?dry_run=true", Json::Null, name),
        (&Method::POST, false)
            if matches!(
                last,
                "form"
                    | "parent-update"
                    | "publish"
                    | "withdraw"
                    | "fleet-plan"
                    | "render"
                    | "change-plan"
                    | "start"
                    | "stop"
                    | "retry"
                    | "open"
                    | "sign-in-link"
                    | "test"
                    | "reset-second-factors"
            ) =>
        {
            ask("", json!({}), name)
        }
        _ => return None,
    })
}

async fn outcome(who: &Http, method: &Method, ask: &Ask) -> Outcome {
    let reply = ask.request(who, method).send().await;
    let status = reply.status.as_u16();
    assert_ne!(status, 401, "{method} {}: {}", ask.path, reply.text());
    assert_ne!(status, 500, "{method} {}: {}", ask.path, reply.text());
    match (status, &ask.lists) {
        (403, _) => Outcome::Denied,
        (404, _) => Outcome::Missing,
        (200, Some(name)) => {
            let items = reply.json()["items"].as_array().cloned().unwrap_or_default();
            if items.iter().any(|o| o["metadata"]["name"] == name.as_str()) { Outcome::Allowed } else { Outcome::Missing }
        }
        (422, _) => panic!("the request for {method} {} is wrong itself: {}", ask.path, reply.text()),
        _ => Outcome::Allowed,
    }
}

/// What an operation changed is put back for whoever asks next.
async fn restore(operation: &Operation, root: &Http) {
    if operation.id.ends_with("_withdraw") {
        let path = fill(&operation.path, if operation.id.starts_with("compute") { "cpu" } else { "app" });
        root.post(&path.replace("/withdraw", "/publish"), &json!({})).await.expect(200);
    }
}

fn people() -> Vec<String> {
    Role::ALL.iter().map(|role| person_of(*role)).chain(["stranger".to_owned()]).collect()
}

type Matrix = BTreeMap<String, Vec<Outcome>>;

async fn ask_everybody(world: &World, operations: &[Operation]) -> Matrix {
    let root = world.of("root");
    let mut matrix = Matrix::new();
    for operation in operations {
        if !matches!(operation.needs, Needs::Permission(_)) {
            continue;
        }
        let ask = request_for(operation, root).await;
        let ask = ask.unwrap_or_else(|| panic!("{} {} has no request. {HELP}", operation.method, operation.path));
        ask.request(&world.nobody(), &operation.method).send().await.problem(401, "unauthenticated");
        let people = people();
        let outcomes = if operation.id.ends_with("_withdraw") {
            let mut outcomes = Vec::new();
            for who in &people {
                outcomes.push(outcome(world.of(who), &operation.method, &ask).await);
                restore(operation, root).await;
            }
            outcomes
        } else {
            join_all(people.iter().map(|who| async {
                // Only a console session opens an app in a browser.
                let session = if operation.id.ends_with("_open") { Some(world.session(who).await) } else { None };
                outcome(session.as_ref().unwrap_or(world.of(who)), &operation.method, &ask).await
            }))
            .await
        };
        matrix.insert(operation.id.clone(), outcomes);
    }
    matrix
}

fn written(matrix: &Matrix) -> String {
    let mut out = String::from(
        "# Who may do what, asked over HTTP in the seeded world of warpyard-testkit.\n\
         # + allowed   x denied (403: they see it)   . missing (404, or not in the list)\n\
         # Regenerated by UPDATE_GOLDEN=1; read the difference as a change of what people may do.\n\
         # Columns, left to right:\n",
    );
    for who in people() {
        let _ = writeln!(out, "#   {who}");
    }
    for (id, outcomes) in matrix {
        let signs: String = outcomes.iter().map(|o| o.sign()).collect();
        let _ = writeln!(out, "{signs} {id}");
    }
    out
}

/// The seeded world with something of every kind in it, and nothing that moves by itself: everybody asks about the same
/// state.
pub(crate) async fn seeded() -> World {
    let mut world = World::on(TestServer::builder().catalogue().start().await).await;
    let imaging = json!({ "metadata": { "name": "imaging" }, "spec": { "members": ["developer"] } });
    world.of("root").post("/api/v1/orgs/acme/groups", &imaging).await.expect(201);
    let release = json!({ "metadata": { "name": "release" }, "spec": spec_at(Kind::CustomRole, "") });
    world.of("root").post("/api/v1/orgs/acme/custom-roles", &release).await.expect(201);
    let ci = json!({ "metadata": { "name": "ci" }, "spec": spec_at(Kind::ServiceAccount, "") });
    world.of("root").post("/api/v1/orgs/acme/service-accounts", &ci).await.expect(201);
    let lab = json!({ "metadata": { "name": "lab" }, "spec": { "svg": "<svg viewBox='0 0 1 1'/>" } });
    world.of("root").post("/api/v1/orgs/acme/icons", &lab).await.expect(201);
    let company = json!({ "metadata": { "name": "company" }, "spec": spec_at(Kind::IdentityProvider, "") });
    world.of("root").post("/api/v1/orgs/acme/identity-providers", &company).await.expect(201);
    let vault = json!({ "metadata": { "name": "vault" }, "spec": { "data": { "a": "b" } } });
    world.of("root").post(&format!("{}/secrets", crate::VISION), &vault).await.expect(201);
    let wanted = json!({ "project": "vision", "role": "project_admin", "reason": "on duty" });
    let asked = world.of("colleague").post("/api/v1/orgs/acme/access-requests", &wanted).await.expect(201).json();
    let deny = format!("/api/v1/orgs/acme/access-requests/{}/deny", asked["request"]["name"].as_str().unwrap());
    world.of("root").post(&deny, &json!({})).await.expect(200);
    world.launch("app", "asked").await;
    world.until_phase("asked", Phase::Running).await;
    world.server.stop_controllers().await;
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_every_role_as_expected() {
    let world = seeded().await;
    let (operations, _) = operations();
    let matrix = ask_everybody(&world, &operations).await;
    world.finish().await;

    let text = written(&matrix);
    if std::env::var("UPDATE_GOLDEN").is_ok() {
        std::fs::write(golden(), &text).unwrap();
    }
    let expected = std::fs::read_to_string(golden()).unwrap_or_default();
    let known: BTreeSet<&str> = expected.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').nth(1)).collect();
    for id in matrix.keys() {
        assert!(known.contains(id.as_str()), "the operation {id} has no expectation. {HELP}");
    }
    for (got, want) in text.lines().zip(expected.lines()) {
        assert_eq!(got, want, "what people may do has changed (left: now, right: expected). If that is meant: {HELP}");
    }
    assert_eq!(text, expected, "{HELP}");
    check_rules(&operations, &matrix);
}

/// What must hold whatever the golden file says.
fn check_rules(operations: &[Operation], matrix: &Matrix) {
    let people = people();
    let column = |who: &str| people.iter().position(|p| p == who).unwrap();
    for operation in operations {
        let (Needs::Permission(permission), Some(outcomes)) = (&operation.needs, matrix.get(&operation.id)) else { continue };
        let (id, subject) = (operation.id.as_str(), permission.split('.').next().unwrap());
        let of = |role: Role| outcomes[column(&person_of(role))];
        let reads = operation.method == Method::GET || id.ends_with("_form");

        // PaaS admins make, change, publish and share profiles (from the catalogue too), and nothing more.
        let about_profiles = matches!(subject, "compute_profile" | "service_profile")
            || matches!(id, "system_profile_launch" | "system_profile_customise");
        let paas = of(Role::PaasAdmin);
        if about_profiles {
            assert_eq!(paas, Outcome::Allowed, "a PaaS admin needs {id} for their work");
        } else if !reads {
            assert_ne!(paas, Outcome::Allowed, "a PaaS admin may change profiles and nothing more, but {id} is allowed");
        }
        let readable = ["environment_template", "target", "project", "organization", "system_profile", "group", "icon"];
        if reads && !about_profiles && paas == Outcome::Allowed {
            // People they work with, and themselves, are seen by everybody.
            assert!(readable.contains(&subject) || subject == "user", "a PaaS admin reads {id}");
        }

        // Readers read, strangers get nothing but what everybody gets.
        for role in [Role::Auditor, Role::Finops, Role::WorkspaceReader] {
            assert!(reads || of(role) != Outcome::Allowed, "a {role} changes something with {id}");
        }
        assert_eq!(outcomes[column("stranger")], Outcome::Missing, "a stranger must not learn that {id} has something to say");
        assert_ne!(of(Role::PlatformAdmin), Outcome::Missing, "a platform admin sees everything, {id} too");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_without_a_permission_are_few_and_known() {
    let world = World::start().await;
    let (operations, document) = operations();
    let ids =
        |needs: &Needs| -> BTreeSet<String> { operations.iter().filter(|o| o.needs == *needs).map(|o| o.id.clone()).collect() };
    let (public, signed_in) = (ids(&Needs::Nothing), ids(&Needs::SignIn));
    let unexpected: Vec<&String> = public.iter().filter(|id| !PUBLIC.contains(&id.as_str())).collect();
    assert!(unexpected.is_empty(), "{unexpected:?} would be open to everybody: this list may only shrink. {HELP}");
    let unexpected: Vec<&String> = signed_in.iter().filter(|id| !SIGNED_IN.contains(&id.as_str())).collect();
    assert!(
        unexpected.is_empty(),
        "{unexpected:?} would be open to everybody who is signed in: this list may only shrink. {HELP}"
    );
    for id in PUBLIC {
        assert!(public.contains(id), "{id} is not public any more: take it off PUBLIC");
    }
    for id in SIGNED_IN {
        assert!(signed_in.contains(id), "{id} is gone or needs a permission now: take it off SIGNED_IN");
    }
    // Nothing is described that has no declaration, and no two share an id.
    let unique: BTreeSet<&String> = operations.iter().map(|o| &o.id).collect();
    assert_eq!(unique.len(), operations.len());
    let described: usize = document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
    assert_eq!(described, operations.len());

    for operation in operations.iter().filter(|o| o.needs == Needs::SignIn) {
        let path = operation.path.replace("{id}", "x");
        let reply = world.nobody().request(operation.method.clone(), &path).send().await;
        reply.problem(401, "unauthenticated");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paas_admin_applies_profiles_and_nothing_else() {
    let world = World::start().await;
    let paas = world.role(Role::PaasAdmin);
    for kind in Kind::ALL {
        let levels: Vec<&str> = match kind.levels().iter().max().unwrap() {
            warpyard_model::Level::Platform => vec![],
            warpyard_model::Level::Org => vec!["org"],
            warpyard_model::Level::Project => vec!["org", "project"],
            warpyard_model::Level::Workspace => vec!["org", "project", "workspace"],
        };
        let mut metadata = json!({ "name": "zebra" });
        for level in &levels {
            metadata[*level] = json!(match *level {
                "org" => "acme",
                "project" => "vision",
                _ => "research",
            });
        }
        let place: String = levels.iter().map(|l| format!("{{{l}}}")).collect();
        let document = json!({
            "apiVersion": "warpyard.io/v1", "kind": kind, "metadata": metadata, "spec": spec_at(*kind, &place)
        });
        let reply = paas.apply("dry_run=true", &document.to_string()).await;
        let allowed = matches!(kind, Kind::ComputeProfile | Kind::ServiceProfile);
        match (allowed, kind) {
            (true, _) => _ = reply.expect(200),
            (false, Kind::SystemProfile) => _ = reply.problem(422, "invalid"),
            (false, _) => assert!([403, 404].contains(&reply.status.as_u16()), "{kind}: {}", reply.text()),
        }
    }
    world.finish().await;
}
