//! Leases: one holder, and writes of whoever lost it come to nothing.

use crate::{name, seed, vision, workspace};
use warpyard_model::ErrorCode;
use warpyard_model::kinds::Workspace;
use warpyard_store::{Event, Severity};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(a_lease_has_one_holder, writes_are_fenced_by_the_epoch, one_of_many_gets_it);

async fn a_lease_has_one_holder(db: TestStore) {
    let store = db.controller();
    let first = store.lease("work", "one", 15).await.unwrap().unwrap();
    assert_eq!(store.lease("work", "two", 15).await.unwrap(), None);
    assert_eq!(store.lease("other", "two", 15).await.unwrap().map(|l| l.epoch), Some(1), "another share");
    db.clock.advance(10);
    assert_eq!(store.lease("work", "one", 15).await.unwrap(), Some(first.clone()), "renewing keeps the epoch");
    db.clock.advance(15);
    assert_eq!(store.lease("work", "two", 15).await.unwrap(), None, "until then it holds");
    db.clock.advance(1);
    let second = store.lease("work", "two", 15).await.unwrap().unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
    // Who lost it gives up nothing.
    store.give_up(&first).await.unwrap();
    assert_eq!(store.lease("work", "one", 15).await.unwrap(), None);
    store.give_up(&second).await.unwrap();
    assert_eq!(store.lease("work", "one", 15).await.unwrap().map(|l| l.epoch), Some(second.epoch + 1));
}

async fn writes_are_fenced_by_the_epoch(db: TestStore) {
    seed(&db).await;
    let store = db.controller();
    let object = workspace(&db, "research").await;
    let event = Event { at: db.store.now(), severity: Severity::Normal, reason: "Test".into(), message: "It was.".into() };
    let lost = store.lease("work", "one", 15).await.unwrap().unwrap();
    store.write_status::<Workspace>(Some(&lost), &object.metadata.uid, std::slice::from_ref(&event), |_| true).await.unwrap();
    db.clock.advance(16);
    // It ran out and nobody took it: still the newest epoch, so no harm can come of it.
    store.write_status::<Workspace>(Some(&lost), &object.metadata.uid, &[], |_| true).await.unwrap();
    store.lease("work", "two", 15).await.unwrap().unwrap();
    let before = db.view::<Workspace>(&vision(), &name("research")).await.unwrap();
    let late = store.write_status::<Workspace>(Some(&lost), &object.metadata.uid, &[event], |_| true).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::Conflict);
    assert_eq!(store.finish_delete(Some(&lost), &object.metadata.uid).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(db.view::<Workspace>(&vision(), &name("research")).await.unwrap(), before);
    assert!(store.write_status::<Workspace>(None, "no-such-uid", &[], |_| true).await.unwrap().is_none());
}

async fn one_of_many_gets_it(db: TestStore) {
    let store = db.controller();
    let asked = (0..20).map(|i| {
        let store = store.clone();
        async move { store.lease("work", &format!("server-{i}"), 15).await.unwrap() }
    });
    let got: Vec<_> = futures::future::join_all(asked).await.into_iter().flatten().collect();
    assert_eq!(got.len(), 1);
}
