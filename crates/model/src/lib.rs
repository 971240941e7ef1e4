//! The vocabulary of Warpyard: kinds, names, the input language, sizes, prices and errors.
//!
//! Pure by rule: no I/O, no async, no clock. Every other crate speaks in these types, so a rule written here
//! (a name, a constraint, what an active template may change) holds for the console, the API, the CLI and files alike.

pub mod colour;
pub mod difference;
pub mod document;
pub mod error;
pub mod icon;
pub mod inputs;
pub mod kind;
pub mod kinds;
pub mod merge;
pub mod meta;
pub mod name;
pub mod object;
pub mod permission;
pub mod render;
pub mod time;
pub mod units;
pub mod yaml;

pub use error::{Error, ErrorCode, FieldError, Result};
pub use kind::{Kind, Level};
pub use meta::{Metadata, ScopePath};
pub use name::Name;
pub use object::{Condition, Object, Spec};
pub use time::Timestamp;

/// The value of `apiVersion` in every document.
pub const API_VERSION: &str = "warpyard.io/v1";
