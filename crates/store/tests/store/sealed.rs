//! Sealed values: there for controllers, and in no byte of the database.

use crate::{name, seed, vision};
use std::collections::BTreeMap;
use warpyard_model::kinds::Secret;
use warpyard_store::{Change, MasterKey, NewObject, Store};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(sealed_values_open_with_the_key_alone);

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
        assert!(failed.unwrap_err().log_context().is_some_and(|c| !c.contains(CANARY)));
        for end in ["", "-wal"] {
            let bytes = std::fs::read(format!("{}{end}", file.display())).unwrap();
            assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "the value is in the file{end}");
        }
    }
    db.delete(&made, false).await.unwrap();
    assert!(unsealed(&db).await.is_empty(), "it goes with its object");
    assert!(db.view::<Secret>(&vision(), &name("vault")).await.is_err());
}
