//! Making, changing, removing, and what stands in the way.

use crate::{acme, name, seed, template, user, vision, workspace};
use warpyard_model::kinds::{EnvironmentTemplate, Organization, Project, User, Workspace};
use warpyard_model::{ErrorCode, Object, ScopePath};
use warpyard_policy::action;
use warpyard_store::{Change, NewObject, Removed};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    objects_are_made_and_changed,
    a_change_has_a_version,
    revisions_are_kept,
    names_are_taken_once_per_place,
    what_is_used_stays,
    a_transaction_is_all_or_nothing,
    proofs_are_about_one_object,
    documents_stay_as_they_were_written,
);

async fn objects_are_made_and_changed(db: TestStore) {
    seed(&db).await;
    let made = db.make(&acme(), "cell", template("first")).await;
    assert_eq!((made.metadata.generation, made.metadata.created_by.as_str()), (1, "root"));
    assert_eq!(db.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap(), made);
    db.clock.advance(60);
    let changed = db.update(&made, Change::to(template("second"))).await.unwrap();
    assert_eq!(changed.metadata.generation, 2);
    assert_eq!(changed.metadata.uid, made.metadata.uid);
    assert!(changed.metadata.resource_version > made.metadata.resource_version);
    assert!(changed.metadata.updated_at > made.metadata.updated_at && changed.metadata.created_at == made.metadata.created_at);
    // Metadata alone makes a new version and no new generation.
    let metadata = warpyard_model::meta::NewMetadata { display_name: "Cell".to_owned(), ..TestStore::named("cell") };
    let titled = db.update(&made, Change { metadata: Some(metadata), ..Change::to(template("second")) }).await.unwrap();
    assert_eq!((titled.metadata.generation, titled.metadata.display_name.as_str()), (2, "Cell"));
    // What is there already is no change at all.
    let same = db.update(&made, Change::to(template("second"))).await.unwrap();
    assert_eq!(same, titled);
    let renamed = Change { metadata: Some(TestStore::named("other")), ..Change::to(template("second")) };
    assert_eq!(db.update(&made, renamed).await.unwrap_err().fields[0].path, "metadata.name");
    // It is all there after a restart.
    assert_eq!(db.reopened().await.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap(), titled);
    assert!(matches!(db.delete(&made, false).await.unwrap(), Removed::Gone));
    let gone = db.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
}

async fn a_change_has_a_version(db: TestStore) {
    seed(&db).await;
    let made = db.make(&acme(), "cell", template("first")).await;
    let at = |version, text| Change { if_match: Some(version), ..Change::to(template(text)) };
    let changed = db.update(&made, at(made.metadata.resource_version, "second")).await.unwrap();
    let late = db.update(&made, at(made.metadata.resource_version, "third")).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::PreconditionFailed);
    assert!(late.message.contains(&changed.metadata.resource_version.to_string()), "{late}");
    assert_eq!(db.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap(), changed);
    // What a controller wrote meanwhile is in nobody's way.
    let seen = changed.metadata.resource_version;
    db.controller().write_status::<EnvironmentTemplate>(None, &made.metadata.uid, &[], |_| true).await.unwrap();
    let changed = db.update(&made, at(seen, "third")).await.unwrap();
    assert!(changed.metadata.resource_version > seen + 1);
    let never = db.update(&made, at(changed.metadata.resource_version + 1, "fourth")).await.unwrap_err();
    assert_eq!(never.code, ErrorCode::PreconditionFailed);
}

async fn revisions_are_kept(db: TestStore) {
    seed(&db).await;
    let made = db.make(&acme(), "cell", template("1")).await;
    for text in ["2", "3"] {
        db.update(&made, Change::to(template(text))).await.unwrap();
    }
    let proof = db.allow::<action::View, EnvironmentTemplate>(&TestStore::root(), &acme(), &name("cell")).await.unwrap();
    let revisions = db.store.revisions(&proof).await.unwrap();
    let told: Vec<(i64, &str)> = revisions.iter().map(|r| (r.generation, r.spec.versions[0].changelog.as_str())).collect();
    assert_eq!(told, [(3, "3"), (2, "2"), (1, "1")]);
    assert_eq!(db.store.revision(&proof, 2).await.unwrap(), template("2"));
    assert_eq!(db.store.revision(&proof, 4).await.unwrap_err().code, ErrorCode::NotFound);
    // They go with the object; a new one of the name begins anew.
    db.delete(&made, false).await.unwrap();
    assert!(db.store.revisions(&proof).await.unwrap().is_empty());
}

async fn names_are_taken_once_per_place(db: TestStore) {
    seed(&db).await;
    db.make(&acme(), "speech", Project::default()).await;
    workspace(&db, "research").await;
    let again = db.create(NewObject::new(vision(), TestStore::named("research"), Workspace::default())).await.unwrap_err();
    assert_eq!((again.code, again.fields[0].path.as_str()), (ErrorCode::AlreadyExists, "metadata.name"));
    db.make(&ScopePath::project(name("acme"), name("speech")), "research", Workspace::default()).await;
    // A place that is not there holds nothing.
    let nowhere = ScopePath::project(name("acme"), name("nowhere"));
    let lost = db.create(NewObject::new(nowhere, TestStore::named("research"), Workspace::default())).await.unwrap_err();
    assert_eq!(lost.code, ErrorCode::NotFound);
    // People have one mail address each, whatever its case.
    user(&db, "ada").await;
    let twin = User { email: "ADA@example.com".to_owned(), active: true };
    let twin = db.create(NewObject::new(ScopePath::platform(), TestStore::named("ada-2"), twin)).await.unwrap_err();
    assert_eq!((twin.code, twin.fields[0].path.as_str()), (ErrorCode::AlreadyExists, "spec.email"));
}

async fn what_is_used_stays(db: TestStore) {
    seed(&db).await;
    let used = db.make(&acme(), "cell", template("")).await;
    let uses: Object<Workspace> = db
        .create(NewObject {
            references: vec![(used.metadata.uid.clone(), "spec.template".to_owned())],
            ..NewObject::new(vision(), TestStore::named("user-of-it"), Workspace::default())
        })
        .await
        .unwrap();
    let refused = db.delete(&used, false).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.fields.len(), 1);
    assert_eq!(refused.fields[0].path, "Workspace /acme/vision/user-of-it");
    assert!(refused.fields[0].message.contains("spec.template"), "{refused:?}");
    // A place is used by what lives in it, however deep.
    let organization = db.view::<Organization>(&ScopePath::platform(), &name("acme")).await.unwrap();
    let refused = db.delete(&organization, false).await.unwrap_err();
    let users: Vec<&str> = refused.fields.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(users, ["EnvironmentTemplate /acme/cell", "Project /acme/vision", "Workspace /acme/vision/user-of-it"]);
    // What is on its way out uses nothing any more, and cannot be changed.
    let Removed::Requested(going) = db.delete(&uses, true).await.unwrap() else { panic!("its cleanup follows") };
    assert!(going.metadata.deletion_requested_at.is_some());
    let metadata = warpyard_model::meta::NewMetadata { display_name: "x".to_owned(), ..TestStore::named("user-of-it") };
    let late = db.update(&uses, Change { metadata: Some(metadata), ..Change::to(Workspace::default()) }).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::Conflict);
    db.delete(&used, false).await.unwrap();
    db.controller().finish_delete(None, &uses.metadata.uid).await.unwrap();
    db.controller().finish_delete(None, &uses.metadata.uid).await.unwrap();
    assert!(db.view::<Workspace>(&vision(), &name("user-of-it")).await.is_err());
}

async fn a_transaction_is_all_or_nothing(db: TestStore) {
    seed(&db).await;
    let proof = || db.allow_in::<action::Create, Workspace>(&TestStore::root(), &vision()).unwrap();
    let new = |text: &str| NewObject::new(vision(), TestStore::named(text), Workspace::default());
    let before = db.store.newest_sequence();
    let mut batch = db.store.begin(TestStore::context("root")).await.unwrap();
    batch.create(&proof(), new("one")).await.unwrap();
    assert!(batch.locate::<Workspace>(&vision(), &name("one")).await.unwrap().is_some());
    assert!(db.view::<Workspace>(&vision(), &name("one")).await.is_err(), "nobody sees it before it is committed");
    drop(batch);
    let mut batch = db.store.begin(TestStore::context("root")).await.unwrap();
    batch.create(&proof(), new("one")).await.unwrap();
    batch.create(&proof(), new("two")).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(db.store.newest_sequence(), before + 2, "what was dropped left no gap");
    db.view::<Workspace>(&vision(), &name("two")).await.unwrap();
}

async fn proofs_are_about_one_object(db: TestStore) {
    seed(&db).await;
    let (one, two) = (workspace(&db, "one").await, workspace(&db, "two").await);
    let about_one = db.allow::<action::View, Workspace>(&TestStore::root(), &vision(), &name("one")).await.unwrap();
    let located = db.store.locate::<Workspace>(&vision(), &name("two")).await.unwrap();
    assert!(located.reveal(&about_one).is_err());
    // A proof outlives its object and opens nothing then.
    let proof = db.allow::<action::Update, Workspace>(&TestStore::root(), &vision(), &name("one")).await.unwrap();
    db.delete(&one, false).await.unwrap();
    workspace(&db, "one").await;
    let mut batch = db.store.begin(TestStore::context("root")).await.unwrap();
    let late = batch.update(&proof, Change::to(Workspace::default())).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::NotFound);
    drop(batch);
    let elsewhere = db.allow_in::<action::Create, Workspace>(&TestStore::root(), &acme()).unwrap();
    let mut batch = db.store.begin(TestStore::context("root")).await.unwrap();
    let new = NewObject::new(vision(), TestStore::named("three"), Workspace::default());
    assert!(batch.create(&elsewhere, new).await.is_err());
    drop(batch);
    assert_eq!(db.store.locate_uid::<Workspace>(&two.metadata.uid).await.unwrap().resource().uid(), two.metadata.uid);
    assert!(db.store.locate_uid::<Project>(&two.metadata.uid).await.is_err(), "a uid of another kind");
}

async fn documents_stay_as_they_were_written(db: TestStore) {
    seed(&db).await;
    // Neither sorted nor by length: the order of inputs and variables is somebody's choice.
    let mut spec = template("order");
    for (key, value) in [("ZEBRA", "1"), ("A", "2"), ("MIDDLE", "3"), ("B", "4")] {
        spec.versions[0].process.environment.insert(key.to_owned(), value.to_owned());
    }
    let made = db.make(&acme(), "cell", spec.clone()).await;
    let keys = |spec: &EnvironmentTemplate| spec.versions[0].process.environment.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&made.spec), ["ZEBRA", "A", "MIDDLE", "B"]);
    assert_eq!(keys(&db.view::<EnvironmentTemplate>(&acme(), &name("cell")).await.unwrap().spec), keys(&spec));
    let proof = db.allow::<action::View, EnvironmentTemplate>(&TestStore::root(), &acme(), &name("cell")).await.unwrap();
    assert_eq!(keys(&db.store.revision(&proof, 1).await.unwrap()), keys(&spec));
}
