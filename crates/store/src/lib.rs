//! The only SQL: objects, revisions, changes, the audit chain, accounts, sessions, allocations and leases.
//!
//! Methods that touch objects take a proof of permission from `warpyard-policy`, so that nothing gets past it. A write
//! is one transaction that changes the object, records its revision, the change that watchers hear of and the audit
//! entry. SQLite and PostgreSQL share the SQL; see `db.rs`.

mod access_request;
mod account;
mod activity;
mod allocation;
mod approval;
mod audit;
mod batch;
mod change;
mod clock;
mod controller;
mod db;
mod event;
mod factor;
mod grants;
mod idempotency;
mod identity;
mod lease;
mod master_key;
mod news;
mod notification;
mod overview;
mod password;
mod read;
mod removal;
mod rotation;
mod row;
mod scim;
mod seal;
mod session;
mod setup;
mod ticket;
mod token;
mod usage;
mod word;
mod writing;

pub use access_request::{AccessRequest, NewAccessRequest, RequestState};
pub use account::{ByProvider, SignIn};
pub use activity::Activity;
pub use allocation::{Free, Held, Want};
pub use approval::{About, Told};
pub use audit::{AuditFound, AuditNote, AuditQuery, AuditVerdict, Broken, ChainCheck, Checkpoint, Flaw};
pub use batch::{Batch, Change, Context, Mutates, NewObject};
pub use change::{ChangeFeed, Changed, Operation};
pub use clock::{Clock, SystemClock};
pub use controller::ControllerStore;
pub use event::{Event, Severity};
pub use factor::{Factor, FactorType, NewTotp, SecondFactors};
pub use grants::Granted;
pub use idempotency::Replay;
pub use identity::{DueSession, EndOf, Identity, ProviderSession};
pub use lease::Lease;
pub use master_key::{KeySource, MasterKey};
pub use notification::{Notification, NotificationKind, NotificationLink, NotificationQuery};
pub use overview::{
    FailureCount, LaunchCount, ProfileCounts, ProfileName, RecentChange, RunningCount, StudioFigures, WaitingDraft,
};
pub use password::PasswordStrength;
pub use read::{ListQuery, Located, Page, Revision, SortBy};
pub use removal::{Referrer, Removed};
pub use rotation::{Encryption, EncryptionKey};
pub use row::StoredObject;
pub use scim::{ScimCaller, ScimGroup, ScimPerson, ScimToken, ScimUser};
pub use session::{AppGrant, NewSession, Session};
pub use setup::FirstAdmin;
pub use ticket::TicketFor;
pub use token::{NewToken, Token, TokenUse, TokenWish};
pub use word::{Judged, Refusal, Word};

use db::Db;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock};
use tokio::sync::watch;
use warpyard_model::{Result, Timestamp};

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    key: MasterKey,
    text_key: tokio::sync::OnceCell<seal::TextKey>,
    /// The newest sequence this server knows of; watchers wait on it.
    newest: watch::Sender<i64>,
    /// People and their bindings by how they signed in, until a binding or person changes, or a binding ends.
    principals: RwLock<HashMap<String, grants::Known>>,
    /// Grows when anybody's rights or credentials may have changed.
    people: watch::Sender<u64>,
    /// Who a session or token belongs to, by the hash of its secret, until when that may be believed: a few seconds, and
    /// never past its end.
    credentials: RwLock<HashMap<String, (Timestamp, SignIn)>>,
}

/// How long another server's change of rights may go unnoticed on a shared database.
const SHARED_CACHE_SECONDS: i64 = 5;

impl Store {
    /// Opens or creates an SQLite store.
    pub async fn sqlite(path: &Path, key: MasterKey, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open(Db::sqlite(path).await?, key, clock).await
    }

    /// Connects to a PostgreSQL store.
    pub async fn postgres(url: &str, key: MasterKey, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open(Db::postgres(url).await?, key, clock).await
    }

    async fn open(db: Db, key: MasterKey, clock: Arc<dyn Clock>) -> Result<Self> {
        let newest = change::newest(&mut db.read().await?).await?;
        let inner = Inner {
            db,
            clock,
            key,
            text_key: tokio::sync::OnceCell::new(),
            newest: watch::Sender::new(newest),
            principals: RwLock::default(),
            people: watch::Sender::new(0),
            credentials: RwLock::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Now, by the store's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Whether the database answers, for readiness checks.
    pub async fn ping(&self) -> Result<()> {
        self.inner.db.read().await?.one("SELECT 1", &[]).await.map(drop)
    }
}

/// A fresh random secret as 43 URL-safe characters (256 bits).
pub(crate) fn random_secret() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a secret that only has to be recognised: its SHA-256 in hex. Enough for 256 random bits.
pub(crate) fn fingerprint(secret: &str) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(secret.as_bytes()))
}

/// A fresh random secret, for what is remembered by a browser.
pub fn new_secret() -> String {
    random_secret()
}

/// What is remembered of such a secret.
pub fn fingerprint_of(secret: &str) -> String {
    fingerprint(secret)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
