//! What tests of the store, the controllers and the API stand on: a real server with a fake provider and a clock that
//! tests set, a seeded world, and real databases.
//!
//! Never shipped. Nothing here is mocked where a user would have the real thing: the store is the real one, requests go
//! over a socket, and PostgreSQL is a server of its own.

#![expect(clippy::disallowed_methods, reason = "tests may look at their surroundings and start programs")]

mod clock;
mod database;
mod http;
mod postgres;
mod server;
mod world;

pub use clock::FakeClock;
pub use database::TestStore;
pub use http::{Http, Reply, RequestBuilder};
pub use postgres::Postgres;
pub use server::{Builder, PATIENCE, TestServer};
pub use world::{World, person_of};

/// Runs each of these `async fn(TestStore)` as a test on SQLite and as a test on PostgreSQL.
#[macro_export]
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::TestStore::sqlite().await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(store) = $crate::TestStore::postgres().await {
                    super::$test(store).await;
                }
            })*
        }
    };
}
