//! The feed of changes: in order, once per object, and only to those who may hear.

use crate::{acme, name, seed, template, vision, workspace};
use warpyard_model::kinds::{EnvironmentTemplate, Workspace};
use warpyard_model::permission::Role;
use warpyard_model::{Kind, ScopePath};
use warpyard_policy::{Binding, Principal};
use warpyard_store::{Change, ChangeFeed, Changed, Operation};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    changes_come_in_order_and_once,
    what_is_gone_leaves_its_name,
    only_what_one_may_see_is_told,
    a_waiting_feed_hears_of_every_commit,
);

async fn drain(feed: &mut ChangeFeed, db: &TestStore, who: &Principal, kinds: &[Kind]) -> Vec<Changed> {
    let mut out = Vec::new();
    loop {
        let before = feed.position();
        out.extend(feed.next(&db.policy.viewer(who), kinds).await.unwrap().expect("it reaches back far enough"));
        if feed.position() == before {
            return out;
        }
    }
}

fn told(changes: &[Changed]) -> Vec<(Operation, &str)> {
    changes.iter().map(|c| (c.operation, c.object["metadata"]["name"].as_str().unwrap())).collect()
}

async fn changes_come_in_order_and_once(db: TestStore) {
    seed(&db).await;
    let mut feed = db.store.changes(None);
    let a = db.make(&acme(), "a", template("1")).await;
    db.make(&acme(), "b", template("1")).await;
    for text in ["2", "3"] {
        db.update(&a, Change::to(template(text))).await.unwrap();
    }
    let changes = drain(&mut feed, &db, &TestStore::root(), &[]).await;
    // `a` was made and changed twice since: it is told once, where it last changed, as it is now.
    assert_eq!(told(&changes), [(Operation::Added, "b"), (Operation::Added, "a")]);
    assert_eq!(changes[1].object["spec"]["versions"][0]["changelog"], "3");
    assert!(changes[0].sequence < changes[1].sequence);
    assert!(drain(&mut feed, &db, &TestStore::root(), &[]).await.is_empty());
    db.update(&a, Change::to(template("4"))).await.unwrap();
    assert_eq!(told(&drain(&mut feed, &db, &TestStore::root(), &[]).await), [(Operation::Modified, "a")]);
    // From the beginning, one kind alone; and another server reads the same.
    let mut all = db.reopened().await.store.changes(Some(0));
    let kinds = [Kind::Project, Kind::Organization];
    let changes = drain(&mut all, &db, &TestStore::root(), &kinds).await;
    assert_eq!(told(&changes), [(Operation::Added, "acme"), (Operation::Added, "vision")]);
    let mut uids = db.store.changes(Some(0));
    let sequences: Vec<i64> = uids.next_uids(db.controller().proof()).await.unwrap().iter().map(|c| c.0).collect();
    assert_eq!(sequences, (1..=sequences.len() as i64).collect::<Vec<_>>(), "numbers without gaps");
}

async fn what_is_gone_leaves_its_name(db: TestStore) {
    seed(&db).await;
    let mut feed = db.store.changes(None);
    let short = workspace(&db, "short-lived").await;
    db.delete(&short, false).await.unwrap();
    let changes = drain(&mut feed, &db, &TestStore::root(), &[]).await;
    assert_eq!(told(&changes), [(Operation::Deleted, "short-lived")]);
    let object = &changes[0].object;
    assert_eq!(object["kind"], "Workspace");
    assert_eq!(object["metadata"]["uid"], short.metadata.uid.as_str());
    assert_eq!(object["metadata"]["project"], "vision");
    assert_eq!(object.get("spec"), None);
    // The name again is another object.
    let second = workspace(&db, "short-lived").await;
    let changes = drain(&mut feed, &db, &TestStore::root(), &[]).await;
    assert_eq!(changes[0].object["metadata"]["uid"], second.metadata.uid.as_str());
    assert_eq!(changes[0].operation, Operation::Added);
}

async fn only_what_one_may_see_is_told(db: TestStore) {
    seed(&db).await;
    let one = ScopePath::workspace(name("acme"), name("vision"), name("one"));
    let reader = Principal::new("ada", vec![Binding { role: Role::WorkspaceReader, scope: one }]);
    let mut feed = db.store.changes(None);
    let (first, second) = (workspace(&db, "one").await, workspace(&db, "two").await);
    db.make(&acme(), "secret-template", template("")).await;
    assert_eq!(told(&drain(&mut feed, &db, &reader, &[]).await), [(Operation::Added, "one")]);
    db.delete(&first, false).await.unwrap();
    db.delete(&second, false).await.unwrap();
    let changes = drain(&mut feed, &db, &reader, &[]).await;
    assert_eq!(told(&changes), [(Operation::Deleted, "one")], "a tombstone is for those who saw it");
    let stranger = Principal::new("eve", Vec::new());
    assert!(drain(&mut db.store.changes(Some(0)), &db, &stranger, &[]).await.is_empty());
}

async fn a_waiting_feed_hears_of_every_commit(db: TestStore) {
    seed(&db).await;
    let mut feed = db.store.changes(None);
    let listener = db.clone();
    let heard = tokio::task::spawn(async move {
        let mut names = Vec::new();
        while names.len() < 30 {
            feed.wait().await.unwrap();
            let changes = drain(&mut feed, &listener, &TestStore::root(), &[Kind::Workspace]).await;
            names.extend(changes.iter().map(|c| c.object["metadata"]["name"].as_str().unwrap().to_owned()));
        }
        names
    });
    let writers = (0..30).map(|i| {
        let db = db.clone();
        async move { workspace(&db, &format!("w{i}")).await }
    });
    futures::future::join_all(writers).await;
    let mut names = tokio::time::timeout(warpyard_testkit::PATIENCE, heard).await.expect("all are heard").unwrap();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 30);
    assert!(db.view::<Workspace>(&vision(), &name("w29")).await.is_ok());
    assert!(db.view::<EnvironmentTemplate>(&acme(), &name("w29")).await.is_err());
}
