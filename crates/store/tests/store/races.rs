//! Many at once: what a transaction saw must still hold when it commits.

use crate::{acme, name, seed, template, vision, workspace};
use warpyard_model::kinds::{EnvironmentTemplate, Project, Workspace};
use warpyard_model::{ErrorCode, ScopePath};
use warpyard_store::{Change, NewObject};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    one_change_per_version,
    no_two_of_a_name,
    nothing_is_made_in_a_place_that_goes,
    status_and_spec_do_not_undo_each_other
);

async fn one_change_per_version(db: TestStore) {
    seed(&db).await;
    let made = db.make(&acme(), "cell", template("0")).await;
    let version = made.metadata.resource_version;
    let changes = (1..=20).map(|i| {
        let (db, made) = (db.clone(), made.clone());
        async move { db.update(&made, Change { if_match: Some(version), ..Change::to(template(&i.to_string())) }).await }
    });
    let results = futures::future::join_all(changes).await;
    let won: Vec<_> = results.iter().flatten().collect();
    assert_eq!(won.len(), 1, "one of those who read version {version} changes it");
    assert!(results.iter().all(|r| r.as_ref().map_or_else(|e| e.code == ErrorCode::PreconditionFailed, |_| true)));
    assert_eq!(db.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap(), *won[0]);
}

async fn no_two_of_a_name(db: TestStore) {
    seed(&db).await;
    let made = (0..20).map(|_| {
        let db = db.clone();
        async move { db.create(NewObject::new(vision(), TestStore::named("twin"), Workspace::default())).await }
    });
    let results = futures::future::join_all(made).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    assert!(results.iter().all(|r| r.as_ref().map_or_else(|e| e.code == ErrorCode::AlreadyExists, |_| true)));
}

async fn nothing_is_made_in_a_place_that_goes(db: TestStore) {
    seed(&db).await;
    for round in 0..10 {
        let called = format!("p{round}");
        let project = db.make(&acme(), &called, Project::default()).await;
        let scope = ScopePath::project(name("acme"), name(&called));
        let (gone, made) = tokio::join!(db.delete(&project, false), async {
            db.create(NewObject::new(scope.clone(), TestStore::named("w"), Workspace::default())).await
        });
        let orphan = db.view::<Workspace>(&scope, &name("w")).await.is_ok();
        assert_eq!(orphan, made.is_ok());
        assert_ne!(gone.is_ok(), made.is_ok(), "either the project goes or something is made in it: {gone:?} {made:?}");
    }
}

async fn status_and_spec_do_not_undo_each_other(db: TestStore) {
    use warpyard_model::kinds::{Target, TargetType};
    let spec = |cordoned| Target {
        target_type: TargetType::Process,
        cordoned,
        cpu_millis: None,
        memory_bytes: None,
        simulated_gpus: vec![],
    };
    let target = db.make(&ScopePath::platform(), "local", spec(false)).await;
    let uid = target.metadata.uid.clone();
    let statuses = (0..20).map(|i| {
        let (store, uid) = (db.controller(), uid.clone());
        async move {
            store
                .write_status::<Target>(None, &uid, &[], |o| {
                    o.status.commands.push(format!("c{i}"));
                    true
                })
                .await
        }
    });
    let specs = (0..20).map(|i| db.update(&target, Change::to(spec(i % 2 == 0))));
    let (statuses, specs) = tokio::join!(futures::future::join_all(statuses), futures::future::join_all(specs));
    assert!(statuses.iter().all(Result::is_ok) && specs.iter().all(Result::is_ok));
    let now = db.view::<Target>(&ScopePath::platform(), &name("local")).await.unwrap();
    assert_eq!(now.status.commands.len(), 20, "no status write was lost");
    let workspace_is_unrelated = {
        seed(&db).await;
        workspace(&db, "w").await
    };
    assert!(workspace_is_unrelated.metadata.resource_version > now.metadata.resource_version);
}
