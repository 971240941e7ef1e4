//! A store on a database of its own.

use crate::{FakeClock, Postgres};
use std::path::PathBuf;
use std::sync::Arc;
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Name, Object, Result, ScopePath, Spec};
use warpyard_policy::{Action, Allowed, Binding, Policy, Principal, Resource, SubjectType, action};
use warpyard_store::{Change, Context, ControllerStore, MasterKey, NewObject, Removed, Store};

/// The key that test stores seal with.
const KEY: [u8; 32] = [7; 32];

/// Which database a store stands on.
#[derive(Debug, Clone)]
enum Place {
    Sqlite(Arc<tempfile::TempDir>),
    Postgres(String),
}

/// A store with a clock that tests move.
#[derive(Clone)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its clock.
    pub clock: FakeClock,
    /// The built-in policies.
    pub policy: Arc<Policy>,
    place: Place,
}

impl TestStore {
    /// A store on an SQLite database in a directory that goes with it.
    pub async fn sqlite() -> Self {
        let directory = tempfile::Builder::new().prefix("warpyard-store-").tempdir().expect("a temporary directory");
        Self::at(Place::Sqlite(Arc::new(directory)), FakeClock::default()).await
    }

    /// A store on a new PostgreSQL database; see [`Postgres::start`] for when there is none.
    pub async fn postgres() -> Option<Self> {
        let database = Postgres::start()?.database();
        Some(Self::at(Place::Postgres(database), FakeClock::default()).await)
    }

    async fn at(place: Place, clock: FakeClock) -> Self {
        let (key, shared) = (MasterKey::from_bytes(KEY), Arc::new(clock.clone()));
        let store = match &place {
            Place::Sqlite(directory) => Store::sqlite(&directory.path().join("warpyard.db"), key, shared).await,
            Place::Postgres(address) => Store::postgres(address, key, shared).await,
        };
        Self { store: store.expect("the store opens"), clock, policy: Arc::new(Policy::new()), place }
    }

    /// Another store over the same database, as a second server or one that was restarted has it.
    pub async fn reopened(&self) -> Self {
        Self::at(self.place.clone(), self.clock.clone()).await
    }

    /// The database's address, for looking at it from outside: the file's path, or PostgreSQL's.
    pub fn address(&self) -> String {
        match &self.place {
            Place::Sqlite(_) => format!("sqlite://{}", self.file().expect("an SQLite file").display()),
            Place::Postgres(address) => address.clone(),
        }
    }

    /// The database file, where there is one.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Sqlite(directory) => Some(directory.path().join("warpyard.db")),
            Place::Postgres(_) => None,
        }
    }

    /// The store as the reconcilers see it.
    pub fn controller(&self) -> ControllerStore {
        self.store.controller(self.policy.controller("reconciler").expect("a known controller"))
    }

    /// Somebody who may do everything.
    pub fn root() -> Principal {
        Principal::new("root", vec![Binding { role: Role::PlatformAdmin, scope: ScopePath::platform() }])
    }

    /// Proof that `who` may do `A` to an object that is there.
    pub async fn allow<A: Action, S: Spec>(&self, who: &Principal, scope: &ScopePath, name: &Name) -> Result<Allowed<A, S>> {
        let located = self.store.locate::<S>(scope, name).await?;
        self.policy.allow(who, located.resource())
    }

    /// Proof that `who` may do `A` in a place.
    pub fn allow_in<A: Action, S: SubjectType>(&self, who: &Principal, scope: &ScopePath) -> Result<Allowed<A, S>> {
        self.policy.allow(who, &Resource::place(S::SUBJECT, scope))
    }

    /// Audit context of somebody.
    pub fn context(who: &str) -> Context {
        Context { actor: who.to_owned(), request_id: "r1".to_owned(), address: "127.0.0.1".to_owned(), ..Context::default() }
    }

    /// Metadata with nothing but a name.
    pub fn named(name: &str) -> NewMetadata {
        NewMetadata {
            name: Name::parse(name).expect("a name"),
            display_name: String::new(),
            description: String::new(),
            labels: std::collections::BTreeMap::default(),
        }
    }

    /// Makes an object as root.
    pub async fn create<S: Spec>(&self, new: NewObject<S>) -> Result<Object<S>> {
        let proof = self.allow_in::<action::Create, S>(&Self::root(), &new.scope)?;
        let mut batch = self.store.begin(Self::context("root")).await?;
        let object = batch.create(&proof, new).await?;
        batch.commit().await?;
        Ok(object)
    }

    /// Makes an object of nothing but a name and a spec, as root.
    pub async fn make<S: Spec>(&self, scope: &ScopePath, name: &str, spec: S) -> Object<S> {
        self.create(NewObject::new(scope.clone(), Self::named(name), spec)).await.expect("it is made")
    }

    /// Changes an object as root.
    pub async fn update<S: Spec>(&self, object: &Object<S>, change: Change<S>) -> Result<Object<S>> {
        let m = &object.metadata;
        let proof = self.allow::<action::Update, S>(&Self::root(), &m.scope, &m.name).await?;
        let mut batch = self.store.begin(Self::context("root")).await?;
        let object = batch.update(&proof, change).await?;
        batch.commit().await?;
        Ok(object)
    }

    /// Removes an object as root, or asks for its cleanup.
    pub async fn delete<S: Spec>(&self, object: &Object<S>, cleanup: bool) -> Result<Removed<S>> {
        let m = &object.metadata;
        let proof = self.allow::<action::Delete, S>(&Self::root(), &m.scope, &m.name).await?;
        let mut batch = self.store.begin(Self::context("root")).await?;
        let removed = batch.delete(&proof, cleanup).await?;
        batch.commit().await?;
        Ok(removed)
    }

    /// An object as it is now, as root sees it.
    pub async fn view<S: Spec>(&self, scope: &ScopePath, name: &Name) -> Result<Object<S>> {
        let located = self.store.locate::<S>(scope, name).await?;
        let proof = self.policy.allow(&Self::root(), located.resource())?;
        located.reveal(&proof)
    }
}
