//! Notifications: kept for a while and up to a number, and gone with their person.

use crate::{name, seed, user, vision};
use warpyard_model::kinds::RoleBinding;
use warpyard_model::permission::Role;
use warpyard_store::{NotificationKind, NotificationQuery, SignIn};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(old_ones_go, they_come_in_order_and_are_marked,);

fn who(called: &str) -> SignIn {
    SignIn::of(name(called))
}

fn all(limit: u32) -> NotificationQuery {
    NotificationQuery { limit, ..NotificationQuery::default() }
}

/// Invites somebody to so many projects, each an invitation of its own.
async fn invite(db: &TestStore, called: &str, times: usize) {
    for i in 0..times {
        let binding = RoleBinding::of(name(called), Role::Developer);
        db.make(&vision(), &format!("{called}-{i}"), binding).await;
    }
}

async fn old_ones_go(db: TestStore) {
    seed(&db).await;
    user(&db, "ada").await;
    invite(&db, "ada", 503).await;
    let kept = db.store.notifications(&who("ada"), &all(1_000)).await.unwrap();
    assert_eq!(kept.len(), 500);
    db.clock.advance(90 * 24 * 3600 + 1);
    assert!(db.store.notifications(&who("ada"), &all(1_000)).await.unwrap().is_empty());
    assert_eq!(db.store.unread_notifications(&who("ada")).await.unwrap(), 0);
}

async fn they_come_in_order_and_are_marked(db: TestStore) {
    seed(&db).await;
    user(&db, "ada").await;
    user(&db, "eve").await;
    let begin = db.store.newest_sequence();
    invite(&db, "ada", 3).await;
    invite(&db, "eve", 1).await;
    let heard = db.store.notifications_after(&who("ada"), begin).await.unwrap();
    assert_eq!(heard.len(), 3);
    assert!(heard.windows(2).all(|pair| pair[0].sequence() < pair[1].sequence()));
    assert!(heard.iter().all(|n| n.kind == NotificationKind::Invited && !n.read));
    assert!(heard.iter().all(|n| n.sequence() <= db.store.newest_sequence()), "watchers were rung for each");
    let mut newest_first = db.store.notifications(&who("ada"), &all(2)).await.unwrap();
    assert_eq!(newest_first.len(), 2);
    newest_first.reverse();
    assert_eq!(newest_first, heard[1..]);
    db.store.read_notifications(&who("eve"), Some(&[heard[0].sequence()])).await.unwrap();
    assert_eq!(db.store.unread_notifications(&who("ada")).await.unwrap(), 3, "they are another person's");
    db.store.read_notifications(&who("ada"), Some(&[heard[0].sequence()])).await.unwrap();
    assert_eq!(db.store.unread_notifications(&who("ada")).await.unwrap(), 2);
    db.store.read_notifications(&who("ada"), None).await.unwrap();
    assert_eq!(db.store.unread_notifications(&who("ada")).await.unwrap(), 0);
    assert_eq!(db.store.unread_notifications(&who("eve")).await.unwrap(), 1);
}
