//! Sealed values: there for controllers, and in no byte of the database.

use crate::{name, seed, vision};
use std::collections::BTreeMap;
use warpyard_model::kinds::Secret;
use warpyard_store::{Change, MasterKey, NewObject, Store};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(sealed_values_open_with_the_key_alone, a_rotation_that_is_cut_off_goes_on);

const CANARY: &str = "canary-that-must-stay-sealed";

async fn sealed_values_open_with_the_key_alone(db: TestStore) {
    seed(&db).await;
    let masked = |keys: &[&str]| Secret { data: keys.iter().map(|k| ((*k).to_owned(), String::new())).collect() };
    let value = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let made = db
        .create(NewObject {
            sealed: vec![value("a", CANARY), value("b", "second")],
            ..NewObject::new(vision(), TestStore::named("vault"), masked(&["a", "b"]))
        })
        .await
        .unwrap();
    let unsealed = async |db: &TestStore| -> BTreeMap<String, String> {
        db.controller().unseal(&made.metadata.uid).await.unwrap().into_iter().collect()
    };
    assert_eq!(unsealed(&db).await, BTreeMap::from([value("a", CANARY), value("b", "second")]));
    let change = Change { sealed: vec![value("b", "changed")], ..Change::to(masked(&["a", "b"])) };
    let changed = db.update(&made, change).await.unwrap();
    assert_eq!(changed.metadata.generation, 2, "a new value is a new generation although the spec looks the same");
    assert_eq!(unsealed(&db.reopened().await).await, BTreeMap::from([value("a", CANARY), value("b", "changed")]));
    let change = Change { unsealed: vec!["b".to_owned()], ..Change::to(masked(&["a"])) };
    db.update(&made, change).await.unwrap();
    assert_eq!(unsealed(&db).await, BTreeMap::from([value("a", CANARY)]));

    if let Some(file) = db.file() {
        let other = Store::sqlite(&file, MasterKey::from_bytes([8; 32]), std::sync::Arc::new(db.clock.clone())).await.unwrap();
        let failed = other.controller(db.policy.controller("reconciler").unwrap()).unseal(&made.metadata.uid).await;
        let told = failed.unwrap_err();
        assert!(told.to_string().contains("not among the keys of this server"), "{told}");
        assert!(!format!("{told} {:?}", told.log_context()).contains(CANARY));
        for end in ["", "-wal"] {
            let bytes = std::fs::read(format!("{}{end}", file.display())).unwrap();
            assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "the value is in the file{end}");
        }
    }
    db.delete(&made, false).await.unwrap();
    assert!(unsealed(&db).await.is_empty(), "it goes with its object");
    assert!(db.view::<Secret>(&vision(), &name("vault")).await.is_err());
}

async fn a_rotation_that_is_cut_off_goes_on(db: TestStore) {
    use warpyard_model::ScopePath;
    use warpyard_policy::{MasterKeys, action};
    seed(&db).await;
    let proof = db.allow_in::<action::View, MasterKeys>(&TestStore::root(), &ScopePath::platform()).unwrap();
    let change = db.allow_in::<action::Update, MasterKeys>(&TestStore::root(), &ScopePath::platform()).unwrap();
    let mut uids = Vec::new();
    for i in 0..150 {
        let masked = Secret { data: BTreeMap::from([("a".to_owned(), String::new())]) };
        let sealed = vec![("a".to_owned(), format!("value {i}"))];
        let new = NewObject { sealed, ..NewObject::new(vision(), TestStore::named(&format!("s{i}")), masked) };
        uids.push(db.create(new).await.unwrap().metadata.uid);
    }
    let first = db.store.encryption(&proof).await.unwrap();
    assert_eq!((first.values, first.waiting, first.keys.len()), (150, 0, 1));
    let rotated = db.store.rotate_key(&proof, &change, &TestStore::context("root")).await.unwrap();
    assert_eq!((rotated.waiting, rotated.keys[0].values, rotated.keys[1].id.clone()), (150, 0, first.keys[0].id.clone()));
    // Some are wrapped again; then the server is gone, and another one with the same keys goes on.
    assert_eq!(db.controller().rewrap().await.unwrap(), 100);
    let all_open = async |controller: &warpyard_store::ControllerStore| {
        for (i, uid) in uids.iter().enumerate() {
            assert_eq!(controller.unseal(uid).await.unwrap(), [("a".to_owned(), format!("value {i}"))]);
        }
    };
    all_open(&db.controller()).await;
    assert_eq!(db.store.encryption(&proof).await.unwrap().waiting, 50);
    let controller = db.controller();
    assert_eq!(controller.rewrap().await.unwrap(), 50);
    assert_eq!(controller.rewrap().await.unwrap(), 0);
    all_open(&controller).await;
    let done = db.store.encryption(&proof).await.unwrap();
    assert_eq!((done.values, done.waiting, done.keys[0].values), (150, 0, 150));
    // Who has only the old key opens nothing any more, and is told which key is missing.
    let without = db.reopened().await;
    let error = without.controller().unseal(&uids[0]).await.unwrap_err().to_string();
    assert!(error.contains(&done.keys[0].id), "{error}");
}
