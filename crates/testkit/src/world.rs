//! A seeded world: two organizations, projects, workspaces, somebody in every role, templates and published profiles.

use crate::{Http, TestServer};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use warpyard_model::kinds::{ComputeInstance, Phase, ServiceInstance};
use warpyard_model::permission::Role;
use warpyard_model::{Level, Name, Object, ScopePath};

/// Where the world's instances are launched.
const RESEARCH: &str = "/api/v1/orgs/acme/projects/vision/workspaces/research";
const VISION: &str = "/api/v1/orgs/acme/projects/vision";

/// A server with people and things on it.
///
/// Organization `acme` has projects `vision` (workspaces `research` and `private`) and `speech` (workspace `lab`);
/// `globex` has `fusion`. [`person_of`] tells who holds a role; `stranger` holds none and `foreigner` administers
/// `globex`. `vision` publishes the compute profiles `cpu` and `gpu` and the service profiles `app`, `trainer` (which
/// brings a `gpu`) and `job` (a batch job on a `gpu`).
pub struct World {
    /// The server.
    pub server: TestServer,
    people: BTreeMap<String, Http>,
}

/// The name of the person who holds a role, in the place [`World`] binds it at.
pub fn person_of(role: Role) -> String {
    role.as_str().replace('_', "-")
}

/// Where a role is bound in the world.
fn scope_of(role: Role) -> ScopePath {
    let name = |text| Name::parse(text).expect("a name");
    let (acme, vision) = (name("acme"), name("vision"));
    match role {
        Role::PaasAdmin => ScopePath::project(acme, vision),
        Role::InfrastructureAdmin => ScopePath::platform(),
        _ => match role.levels()[role.levels().len() - 1] {
            Level::Platform => ScopePath::platform(),
            Level::Org => ScopePath::org(acme),
            Level::Project => ScopePath::project(acme, vision),
            Level::Workspace => ScopePath::workspace(acme, vision, name("research")),
        },
    }
}

/// Everybody in the world beside root.
fn everybody() -> Vec<String> {
    let others = ["stranger", "foreigner", "colleague", "speech-paas-admin"];
    Role::ALL.iter().map(|role| person_of(*role)).chain(others.map(str::to_owned)).collect()
}

fn document(kind: &str, metadata: Json, spec: Json) -> Json {
    json!({ "apiVersion": "warpyard.io/v1", "kind": kind, "metadata": metadata, "spec": spec })
}

fn binding(user: &str, role: Role, scope: &ScopePath) -> Json {
    let mut metadata = json!({ "name": user });
    for (key, part) in [("org", &scope.org), ("project", &scope.project), ("workspace", &scope.workspace)] {
        if let Some(part) = part {
            metadata[key] = json!(part);
        }
    }
    document("RoleBinding", metadata, json!({ "user": user, "role": role }))
}

fn places() -> Vec<Json> {
    let acme = |name: &str| json!({ "org": "acme", "name": name });
    let within = |project: &str, name: &str| json!({ "org": "acme", "project": project, "name": name });
    vec![
        document("Organization", json!({ "name": "acme", "display_name": "Acme" }), json!({ "currency": "EUR" })),
        document("Organization", json!({ "name": "globex" }), json!({ "currency": "USD" })),
        document("Project", acme("vision"), json!({})),
        document("Project", acme("speech"), json!({})),
        document("Project", json!({ "org": "globex", "name": "fusion" }), json!({})),
        document("Workspace", within("vision", "research"), json!({})),
        document("Workspace", within("vision", "private"), json!({})),
        document("Workspace", within("speech", "lab"), json!({})),
    ]
}

fn people() -> Vec<Json> {
    let name = |text| Name::parse(text).expect("a name");
    let user = |who: &String| {
        document("User", json!({ "name": who, "display_name": who }), json!({ "email": format!("{who}@example.com") }))
    };
    let mut out: Vec<Json> = everybody().iter().map(user).collect();
    out.extend(Role::ALL.iter().map(|role| binding(&person_of(*role), *role, &scope_of(*role))));
    out.push(binding("foreigner", Role::OrgAdmin, &ScopePath::org(name("globex"))));
    out.push(binding("colleague", Role::Developer, &ScopePath::project(name("acme"), name("vision"))));
    out.push(binding("speech-paas-admin", Role::PaasAdmin, &ScopePath::project(name("acme"), name("speech"))));
    out
}

fn templates() -> Vec<Json> {
    let template = |name: &str, workload: &str, version: Json| {
        let spec = json!({ "target_type": "process", "workload": workload, "versions": [version] });
        document("EnvironmentTemplate", json!({ "org": "acme", "name": name }), spec)
    };
    let cell = json!({
        "version": "1.0.0", "state": "active", "process": {},
        "inputs": [{ "name": "gpus", "type": "integer", "min": 1, "max": 8, "default": 1 }]
    });
    let app = json!({
        "version": "1.0.0", "state": "active",
        "inputs": [
            { "name": "title", "type": "text", "max_length": 20, "default": "Untitled", "mutable": true },
            { "name": "password", "type": "text", "sensitive": true, "mutable": true },
            { "name": "credentials", "type": "secret" }
        ],
        "process": {
            "command": ["app", "{{ inputs.title }}"],
            "environment": { "PASSWORD": "{{ inputs.password | default('') }}" }
        },
        "endpoints": [{ "name": "web", "title": "the app", "port": 8000, "share": "workspace" }],
        "activity": [{ "type": "cpu", "above_millis": 100 }]
    });
    let job = json!({
        "version": "1.0.0", "state": "active",
        "process": { "command": ["work"], "batch": true, "restart": "never" }
    });
    vec![template("cell", "compute", cell), template("app", "service", app), template("job", "service", job)]
}

fn profiles() -> Vec<Json> {
    let profile =
        |kind: &str, name: &str, spec: Json| document(kind, json!({ "org": "acme", "project": "vision", "name": name }), spec);
    let from = |name: &str| json!({ "name": name, "version": "1.0.0" });
    let service = |template: &str, compute: &str| json!({ "template": from(template), "compute": { "auto_create": compute } });
    let size = |gpu: Json| json!({ "cpu_millis": 1000, "memory_bytes": "1GiB", "gpu": gpu });
    vec![
        profile("ComputeProfile", "cpu", json!({ "template": from("cell"), "size": size(Json::Null) })),
        profile(
            "ComputeProfile",
            "gpu",
            json!({ "template": from("cell"), "size": size(json!({ "count": "{{ inputs.gpus }}" })) }),
        ),
        profile("ServiceProfile", "app", service("app", "cpu")),
        profile("ServiceProfile", "trainer", service("app", "gpu")),
        profile("ServiceProfile", "job", service("job", "gpu")),
    ]
}

impl World {
    /// The world on a server with eight GPUs.
    pub async fn start() -> Self {
        Self::on(TestServer::start().await).await
    }

    /// The world on a server that runs.
    pub async fn on(server: TestServer) -> Self {
        let root = server.person("root").await;
        let documents = [places(), people(), templates(), profiles()].concat();
        let text: String = documents.iter().map(|d| format!("---\n{d}\n")).collect();
        root.apply("", &text).await.expect(200);
        let profiles = ["compute-profiles/cpu", "compute-profiles/gpu", "service-profiles/app", "service-profiles/trainer"];
        for profile in profiles.into_iter().chain(["service-profiles/job"]) {
            root.post(&format!("{VISION}/{profile}/publish"), &json!({})).await.expect(200);
        }
        let mut people = BTreeMap::from([("root".to_owned(), root)]);
        for who in everybody() {
            let person = server.person(&who).await;
            people.insert(who, person);
        }
        Self { server, people }
    }

    /// Requests of somebody in the world.
    #[track_caller]
    pub fn of(&self, name: &str) -> &Http {
        self.people.get(name).unwrap_or_else(|| panic!("there is no {name} in the world"))
    }

    /// Requests of whoever holds a role.
    #[track_caller]
    pub fn role(&self, role: Role) -> &Http {
        self.of(&person_of(role))
    }

    /// Launches a service in `research` as a workspace collaborator.
    pub async fn launch(&self, profile: &str, name: &str) -> Json {
        let body = json!({ "metadata": { "name": name }, "spec": { "profile": { "name": profile } } });
        let who = self.role(Role::WorkspaceCollaborator);
        who.post(&format!("{RESEARCH}/service-instances"), &body).await.expect(201).json()
    }

    /// Starts, stops or retries a service in `research`.
    pub async fn operate(&self, name: &str, verb: &str) -> Json {
        let path = format!("{RESEARCH}/service-instances/{name}/{verb}");
        self.role(Role::WorkspaceCollaborator).post(&path, &json!({})).await.expect(200).json()
    }

    /// Asks for the deletion of a service in `research`.
    pub async fn delete(&self, name: &str) {
        let path = format!("{RESEARCH}/service-instances/{name}");
        self.role(Role::WorkspaceCollaborator).delete(&path).await.expect(202);
    }

    /// A service in `research`, if it is there.
    pub async fn service(&self, name: &str) -> Option<Object<ServiceInstance>> {
        self.server.controller.find(&research(), &Name::parse(name).expect("a name")).await.expect("the store answers")
    }

    /// A compute instance in `research`, if it is there.
    pub async fn compute(&self, name: &str) -> Option<Object<ComputeInstance>> {
        self.server.controller.find(&research(), &Name::parse(name).expect("a name")).await.expect("the store answers")
    }

    /// Waits until a service is in a phase and answers to its newest generation.
    pub async fn until_phase(&self, name: &str, phase: Phase) -> Object<ServiceInstance> {
        self.server
            .until_some(&format!("{name} is {phase:?}"), || async {
                self.service(name).await.filter(|s| {
                    let queued = phase == Phase::Queued || phase == Phase::Pending;
                    s.status.phase == phase && (queued || s.status.observed_generation == s.metadata.generation)
                })
            })
            .await
    }

    /// Waits until a service and the compute instance it came with are gone.
    pub async fn until_gone(&self, name: &str) {
        self.server
            .until(&format!("{name} is gone"), || async {
                self.service(name).await.is_none() && self.compute(name).await.is_none()
            })
            .await;
    }

    /// Ends everything; see [`TestServer::finish`].
    pub async fn finish(self) {
        self.server.finish().await;
    }
}

/// The workspace that instances of the world live in.
fn research() -> ScopePath {
    let name = |text| Name::parse(text).expect("a name");
    ScopePath::workspace(name("acme"), name("vision"), name("research"))
}

impl Deref for World {
    type Target = TestServer;
    fn deref(&self) -> &TestServer {
        &self.server
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut TestServer {
        &mut self.server
    }
}
