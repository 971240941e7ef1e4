//! Answers kept for an `Idempotency-Key`.

use warpyard_model::ErrorCode;
use warpyard_store::Replay;
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(answers_are_kept_for_a_day);

async fn answers_are_kept_for_a_day(db: TestStore) {
    let answer = Replay { status: 201, body: "{\"token\":\"wyd_told-once\"}".to_owned() };
    assert_eq!(db.store.replay("ada", "k", "POST /x").await.unwrap(), None);
    db.store.keep_answer("ada", "k", "POST /x", &answer).await.unwrap();
    assert_eq!(db.store.replay("ada", "k", "POST /x").await.unwrap(), Some(answer.clone()));
    assert_eq!(db.store.replay("eve", "k", "POST /x").await.unwrap(), None, "a key belongs to somebody");
    assert_eq!(db.store.replay("ada", "k", "POST /y").await.unwrap_err().code, ErrorCode::Conflict);
    // The first answer stands.
    let other = Replay { status: 409, body: String::new() };
    db.store.keep_answer("ada", "k", "POST /x", &other).await.unwrap();
    assert_eq!(db.reopened().await.store.replay("ada", "k", "POST /x").await.unwrap(), Some(answer));
    if let Some(file) = db.file() {
        for end in ["", "-wal"] {
            let bytes = std::fs::read(format!("{}{end}", file.display())).unwrap();
            assert!(!bytes.windows(12).any(|w| w == b"wyd_told-once"), "what is told once is in the file{end}");
        }
    }
    db.clock.advance(24 * 3600 + 1);
    assert_eq!(db.store.replay("ada", "k", "POST /y").await.unwrap(), None);
    db.store.keep_answer("ada", "k", "POST /y", &other).await.unwrap();
    assert_eq!(db.store.replay("ada", "k", "POST /y").await.unwrap(), Some(other));
}
