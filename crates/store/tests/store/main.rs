//! The store, every test on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "tasks of a test end with its runtime")]

mod allocation;
mod answers;
mod audit;
mod feed;
mod leases;
mod lists;
mod notifications;
mod objects;
mod people;
mod races;
mod sealed;

use std::collections::BTreeMap;
use warpyard_model::kinds::{EnvironmentTemplate, Organization, Project, TargetType, TemplateVersion, User, Workload, Workspace};
use warpyard_model::{Name, Object, ScopePath};
use warpyard_testkit::TestStore;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn acme() -> ScopePath {
    ScopePath::org(name("acme"))
}

fn vision() -> ScopePath {
    ScopePath::project(name("acme"), name("vision"))
}

/// An organization and a project.
async fn seed(db: &TestStore) {
    db.make(&ScopePath::platform(), "acme", Organization { currency: "EUR".to_owned(), ..Organization::default() }).await;
    db.make(&acme(), "vision", Project::default()).await;
}

async fn user(db: &TestStore, who: &str) -> Object<User> {
    db.make(&ScopePath::platform(), who, User { email: format!("{who}@example.com"), active: true }).await
}

async fn workspace(db: &TestStore, called: &str) -> Object<Workspace> {
    db.make(&vision(), called, Workspace::default()).await
}

/// A template whose only version says this, for specs that can differ.
fn template(changelog: &str) -> EnvironmentTemplate {
    let version = TemplateVersion {
        version: "1.0.0".to_owned(),
        state: warpyard_model::kinds::TemplateState::Draft,
        changelog: changelog.to_owned(),
        inputs: Vec::new(),
        process: warpyard_model::kinds::ProcessBody::default(),
        endpoints: Vec::new(),
        outputs: Vec::new(),
        readiness: None,
        activity: Vec::new(),
    };
    EnvironmentTemplate { target_type: TargetType::Process, workload: Workload::Compute, versions: vec![version] }
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
