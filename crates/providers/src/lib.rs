//! The places where Warpyard can run things, one module and one cargo feature each.
//!
//! A provider implements [`warpyard_provider::Provider`] and passes its conformance suite. It never touches the store.

#[cfg(feature = "process")]
pub mod process;
