//! The whole product as people meet it: the real binary serves, the real command line and real HTTP clients use it.
//!
//! Every test has a server, a data directory and a configuration of its own. They take turns, because most of them start
//! programs that keep both cores of a small machine busy.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the program and stop at the first surprise")]

mod apply_files;
mod attacks;
mod bad_days;
mod bad_files;
mod catalogue;
mod crash;
mod http;
mod kernel;
mod ledger;
mod main_job;
mod offer;
mod processes;
mod queue;
mod reset_sign_in;
mod shutdown;
mod versions;
mod world;
