//! The chain: complete, in order, and broken for good once somebody edits the database by hand.

use crate::{acme, name, seed, template, workspace};
use sqlx::Connection as _;
use warpyard_model::ScopePath;
use warpyard_model::Timestamp;
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::permission::Subject;
use warpyard_policy::{Allowed, AuditTrail, Resource, action};
use warpyard_store::{AuditQuery, AuditVerdict, Broken, Change, Flaw};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    every_change_is_told,
    filters_find,
    tampering_shows,
    chains_hold_under_load,
    retention_leaves_a_chain_that_holds
);

fn intact(entries: i64) -> AuditVerdict {
    AuditVerdict { first: entries.min(1), last: entries, checkpoints: 0, broken: None }
}

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
    let all = db.store.audit_entries(&proof, &AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
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
    assert_eq!(db.store.audit_verify(&proof).await.unwrap(), intact(6));
    // Filters, and pages by sequence.
    let find = async |query: AuditQuery| {
        let found = db.store.audit_entries(&proof, &AuditQuery { limit: 2, ..query }).await.unwrap();
        found.iter().map(|e| e.sequence).collect::<Vec<_>>()
    };
    assert_eq!(find(AuditQuery { actor: Some("eve".into()), ..AuditQuery::default() }).await, [6]);
    assert_eq!(find(AuditQuery { action: Some("environment_template.".into()), ..AuditQuery::default() }).await, [5, 4]);
    assert_eq!(find(AuditQuery { search: Some("VISION".into()), ..AuditQuery::default() }).await, [2]);
    assert_eq!(find(AuditQuery { before: Some(3), ..AuditQuery::default() }).await, [2, 1]);
    // A text is looked for in a part of the chain at once, and every part is reached.
    let look = async |before: Option<i64>| {
        let query = AuditQuery { search: Some("vision".into()), window: Some(2), limit: 2, before, ..AuditQuery::default() };
        let found = db.store.audit_search(&proof, &query).await.unwrap();
        (found.entries.iter().map(|e| e.sequence).collect::<Vec<_>>(), found.searched.map(|(before, _)| before))
    };
    assert_eq!(look(None).await, (vec![], Some(5)));
    assert_eq!(look(Some(5)).await, (vec![], Some(3)));
    assert_eq!(look(Some(3)).await, (vec![2], None));
    // The platform's chain is another one.
    let platform = trail(&db, ScopePath::platform());
    assert_eq!(db.store.audit_verify(&platform).await.unwrap(), intact(0));
}

async fn filters_find(db: TestStore) {
    seed(&db).await;
    let research = workspace(&db, "research").await;
    db.clock.advance(100);
    let noon = db.store.now();
    workspace(&db, "other").await;
    let eve = TestStore::context("eve");
    db.store.audit_note(&eve, "acme", "workspace.delete", AuditOutcome::Denied, "/acme/vision/research").await.unwrap();
    db.store.audit_note(&eve, "nowhere", "workspace.delete", AuditOutcome::Denied, "/nowhere/x").await.unwrap();
    db.clock.advance(-1_000);
    db.delete(&research, false).await.unwrap();
    let proof = trail(&db, acme());
    let find = async |query: AuditQuery| {
        let found = db.store.audit_entries(&proof, &AuditQuery { limit: 50, ..query }).await.unwrap();
        found.iter().map(|e| e.sequence).collect::<Vec<_>>()
    };
    let by = AuditQuery::default;
    let text = |text: &str| Some(text.to_owned());
    // 1 organization, 2 project, 3 research, 4 other, 5 refused, 6 deleted.
    assert_eq!(find(AuditQuery { kind: text("Workspace"), ..by() }).await, [6, 4, 3]);
    assert_eq!(find(AuditQuery { outcome: Some(AuditOutcome::Denied), ..by() }).await, [5]);
    assert_eq!(find(AuditQuery { outcome: Some(AuditOutcome::Allowed), actor: text("root"), ..by() }).await, [6, 4, 3, 2, 1]);
    assert_eq!(find(AuditQuery { object: text("/acme/vision/research"), ..by() }).await, [6, 5, 3]);
    assert_eq!(find(AuditQuery { object: text("/acme/vision"), ..by() }).await, [6, 5, 4, 3, 2]);
    assert_eq!(find(AuditQuery { object: text("/acme/vis"), ..by() }).await, Vec::<i64>::new());
    assert_eq!(find(AuditQuery { action: text("workspace.delete"), ..by() }).await, [6, 5]);
    assert_eq!(find(AuditQuery { action: text("workspace"), actor: text("eve"), ..by() }).await, [5]);
    assert_eq!(find(AuditQuery { action: text("workspace.delete"), actor: text("eve"), kind: None, ..by() }).await, [5]);
    // The clock went back; the chain's times did not.
    assert_eq!(find(AuditQuery { from: Some(noon), ..by() }).await, [6, 5, 4]);
    assert_eq!(find(AuditQuery { to: Some(noon), ..by() }).await, [3, 2, 1]);
    assert_eq!(
        find(AuditQuery { from: Some(Timestamp::from_millis(0)), to: Some(noon), search: text("VISION"), ..by() }).await,
        [3, 2]
    );
    assert_eq!(find(AuditQuery { after: Some(4), ..by() }).await, [6, 5]);
    let platform = db.store.audit_entries(&trail(&db, ScopePath::platform()), &AuditQuery { limit: 5, ..by() }).await.unwrap();
    assert_eq!(platform.iter().map(|e| e.object.as_str()).collect::<Vec<_>>(), ["/nowhere/x"], "nobody begins chains by asking");
}

async fn retention_leaves_a_chain_that_holds(db: TestStore) {
    seed(&db).await;
    let keeper = db.controller();
    workspace(&db, "old").await;
    assert_eq!(keeper.sign_checkpoints().await.unwrap(), 1);
    assert_eq!(keeper.sign_checkpoints().await.unwrap(), 0, "what has not grown is signed already");
    let waiting = keeper.undelivered_checkpoints(10).await.unwrap();
    assert_eq!(waiting.iter().map(|c| (c.org.as_str(), c.sequence, c.is_signed())).collect::<Vec<_>>(), [("acme", 3, true)]);
    keeper.checkpoint_delivered(&waiting[0]).await.unwrap();
    assert!(keeper.undelivered_checkpoints(10).await.unwrap().is_empty());
    db.clock.advance(1_000);
    workspace(&db, "new").await;
    let proof = trail(&db, acme());
    let verdict = async || db.store.audit_verify(&proof).await.unwrap();
    assert_eq!(verdict().await, AuditVerdict { first: 1, last: 4, checkpoints: 1, broken: None });

    let then = db.store.now();
    assert_eq!(keeper.prune_audit(then).await.unwrap(), 3);
    assert_eq!(keeper.prune_audit(then).await.unwrap(), 0);
    assert_eq!(verdict().await, AuditVerdict { first: 4, last: 5, checkpoints: 1, broken: None });
    let kept = db.store.audit_entries(&proof, &AuditQuery { limit: 9, ..AuditQuery::default() }).await.unwrap();
    assert_eq!((kept[0].action.as_str(), kept[0].sequence, kept.len()), ("audit_entry.prune", 5, 2));
    // Taking more away by hand shows, however it is done.
    by_hand(&db, "DELETE FROM audit WHERE org = 'acme' AND sequence = 4").await;
    assert_eq!(verdict().await.broken.unwrap().flaw, Flaw::Unexplained);
    by_hand(&db, "UPDATE audit_checkpoint SET sequence = 4 WHERE org = 'acme'").await;
    assert!(verdict().await.broken.is_some());
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
    assert_eq!(verdict().await, intact(8));
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
        (
            "UPDATE audit SET on_behalf_of = 'mallory' WHERE org = 'acme' AND sequence = 6",
            6,
            "UPDATE audit SET on_behalf_of = '' WHERE org = 'acme' AND sequence = 6",
        ),
        (
            "UPDATE audit SET place = '/elsewhere' WHERE org = 'acme' AND sequence = 7",
            7,
            "UPDATE audit SET place = '/acme/vision' WHERE org = 'acme' AND sequence = 7",
        ),
        ("UPDATE audit SET after_spec = NULL WHERE org = 'acme' AND sequence = 5", 5, ""),
    ];
    for (edit, broken, undo) in edits {
        by_hand(&db, edit).await;
        assert_eq!(verdict().await.broken, Some(Broken { at: broken, flaw: Flaw::Edited }), "{edit}");
        if !undo.is_empty() {
            by_hand(&db, undo).await;
            assert_eq!(verdict().await, intact(8), "{undo}");
        }
    }
    by_hand(&db, "DELETE FROM audit WHERE org = 'acme' AND sequence = 2").await;
    assert_eq!(verdict().await.broken, Some(Broken { at: 2, flaw: Flaw::Missing }));
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
    assert_eq!(db.store.audit_verify(&trail(&db, acme())).await.unwrap(), intact(42));
    assert_eq!(db.view::<warpyard_model::kinds::Workspace>(&crate::vision(), &name("w38")).await.unwrap().metadata.generation, 1);
}
