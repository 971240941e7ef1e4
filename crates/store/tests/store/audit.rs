//! The chain: complete, in order, and broken for good once somebody edits the database by hand.

use crate::{acme, name, seed, template, workspace};
use sqlx::Connection as _;
use warpyard_model::ScopePath;
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::permission::Subject;
use warpyard_policy::{Allowed, AuditTrail, Resource, action};
use warpyard_store::{AuditQuery, AuditVerdict, Change};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(every_change_is_told, tampering_shows, chains_hold_under_load);

fn trail(db: &TestStore, scope: ScopePath) -> Allowed<action::View, AuditTrail> {
    db.policy.allow(&TestStore::root(), &Resource::place(Subject::AuditEntry, &scope)).unwrap()
}

async fn every_change_is_told(db: TestStore) {
    seed(&db).await;
    let made = db.make(&acme(), "cell", template("first")).await;
    db.clock.advance(5);
    db.update(&made, Change::to(template("second"))).await.unwrap();
    db.delete(&made, false).await.unwrap();
    db.store.audit_note(&TestStore::context("eve"), "acme", "request.refused", AuditOutcome::Denied, "GET /x").await.unwrap();
    let proof = trail(&db, acme());
    let all = db.store.audit(&proof, &AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    let told: Vec<(i64, &str, &str)> = all.iter().map(|e| (e.sequence, e.action.as_str(), e.object.as_str())).collect();
    assert_eq!(
        told,
        [
            (6, "request.refused", "GET /x"),
            (5, "environment_template.delete", "/acme/cell"),
            (4, "environment_template.update", "/acme/cell"),
            (3, "environment_template.create", "/acme/cell"),
            (2, "project.create", "/acme/vision"),
            (1, "organization.create", "/acme"),
        ]
    );
    let change = &all[2];
    assert_eq!(change.before.as_ref().unwrap()["versions"][0]["changelog"], "first");
    assert_eq!(change.after.as_ref().unwrap()["versions"][0]["changelog"], "second");
    assert_eq!((change.actor.as_str(), change.request_id.as_str(), change.address.as_str()), ("root", "r1", "127.0.0.1"));
    assert_eq!(db.store.audit_verify(&proof).await.unwrap(), AuditVerdict::Intact(6));
    // Filters, and pages by sequence.
    let find = async |query: AuditQuery| {
        let found = db.store.audit(&proof, &AuditQuery { limit: 2, ..query }).await.unwrap();
        found.iter().map(|e| e.sequence).collect::<Vec<_>>()
    };
    assert_eq!(find(AuditQuery { actor: Some("eve".into()), ..AuditQuery::default() }).await, [6]);
    assert_eq!(find(AuditQuery { action: Some("environment_template.".into()), ..AuditQuery::default() }).await, [5, 4]);
    assert_eq!(find(AuditQuery { search: Some("VISION".into()), ..AuditQuery::default() }).await, [2]);
    assert_eq!(find(AuditQuery { before: Some(3), ..AuditQuery::default() }).await, [2, 1]);
    // The platform's chain is another one.
    let platform = trail(&db, ScopePath::platform());
    assert_eq!(db.store.audit_verify(&platform).await.unwrap(), AuditVerdict::Intact(0));
}

/// Edits the database from outside, as somebody with its file or password can.
async fn by_hand(db: &TestStore, sql: &'static str) {
    if db.file().is_some() {
        let connection = rusqlite::Connection::open(db.file().unwrap()).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    } else {
        let mut conn = sqlx::PgConnection::connect(&db.address()).await.unwrap();
        assert_eq!(sqlx::query(sql).execute(&mut conn).await.unwrap().rows_affected(), 1, "{sql}");
    }
}

async fn tampering_shows(db: TestStore) {
    seed(&db).await;
    for i in 0..6 {
        workspace(&db, &format!("w{i}")).await;
    }
    let proof = trail(&db, acme());
    let verdict = async || db.store.audit_verify(&proof).await.unwrap();
    assert_eq!(verdict().await, AuditVerdict::Intact(8));
    // Each edit is undone before the next, so that every one is found on its own.
    let edits = [
        (
            "UPDATE audit SET actor = 'mallory' WHERE org = 'acme' AND sequence = 4",
            4,
            "UPDATE audit SET actor = 'root' WHERE org = 'acme' AND sequence = 4",
        ),
        (
            "UPDATE audit SET object = '/acme/vision/w9' WHERE org = 'acme' AND sequence = 3",
            3,
            "UPDATE audit SET object = '/acme/vision/w0' WHERE org = 'acme' AND sequence = 3",
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE org = 'acme' AND sequence = 8",
            8,
            "UPDATE audit SET at = at - 1 WHERE org = 'acme' AND sequence = 8",
        ),
        (
            "UPDATE audit SET outcome = 'denied' WHERE org = 'acme' AND sequence = 1",
            1,
            "UPDATE audit SET outcome = 'allowed' WHERE org = 'acme' AND sequence = 1",
        ),
        ("UPDATE audit SET after_spec = NULL WHERE org = 'acme' AND sequence = 5", 5, ""),
    ];
    for (edit, broken, undo) in edits {
        by_hand(&db, edit).await;
        assert_eq!(verdict().await, AuditVerdict::Broken(broken), "{edit}");
        if !undo.is_empty() {
            by_hand(&db, undo).await;
            assert_eq!(verdict().await, AuditVerdict::Intact(8), "{undo}");
        }
    }
    by_hand(&db, "DELETE FROM audit WHERE org = 'acme' AND sequence = 2").await;
    assert_eq!(verdict().await, AuditVerdict::Broken(3), "what was taken out is missed at the next");
}

async fn chains_hold_under_load(db: TestStore) {
    seed(&db).await;
    let writers = (0..40).map(|i| {
        let db = db.clone();
        async move {
            if i % 2 == 0 {
                workspace(&db, &format!("w{i}")).await;
            } else {
                let context = TestStore::context("eve");
                db.store.audit_note(&context, "acme", "request.refused", AuditOutcome::Denied, "GET /x").await.unwrap();
            }
        }
    });
    futures::future::join_all(writers).await;
    assert_eq!(db.store.audit_verify(&trail(&db, acme())).await.unwrap(), AuditVerdict::Intact(42));
    assert_eq!(db.view::<warpyard_model::kinds::Workspace>(&crate::vision(), &name("w38")).await.unwrap().metadata.generation, 1);
}
