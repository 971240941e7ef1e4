//! The typed client of the Warpyard API, for the CLI, tests and programs.
//!
//! [`Client`] speaks the HTTP contract with any kind of object: dynamically as [`AnyObject`] or typed as
//! `warpyard_model::Object`. Every failure is a [`ClientError`] with the class, the field errors and the request id that
//! the server told. It never prints, never reads the environment and never decides what a person may do.

mod access;
mod account;
mod action;
mod any_object;
mod catalogue;
mod error;
mod files;
mod http;
mod inbox;
mod path;
mod requests;
mod resource;
mod sse;
mod tenant;
mod terminal;
mod version;
mod watch;

pub use access::{AccessAnswer, AccessEntry, BuiltInRole, Source, WhoAnswer, WhoPerson, WhoQuery};
pub use account::{
    BindingView, Encryption, EncryptionKey, Me, MeUser, NewToken, SecondFactorAsked, ServerFacts, SessionCookie, Setup,
    SignInLink, SignedIn, TokenLimits, TokenView, TokenWish, TokensOf,
};
pub use action::{LaunchIntoProjects, Launched, LaunchedItem};
pub use any_object::AnyObject;
pub use catalogue::{
    AccessView, Availability, Capacity, CatalogueCard, ComputeOption, FormAnswer, FormRequest, ProfileView, Summary,
};
pub use error::{ClientError, Result};
pub use files::{Applied, AppliedItem, ItemScope};
pub use http::{Client, Credentials};
pub use inbox::{InboxPage, InboxQuery, NotificationLinkView, NotificationView};
pub use path::{collection_level, scope_for};
pub use requests::{AccessRequest, AccessReview, AccessWish, RequestedAccess, ReviewRow, SecretUsage, UsedBy};
pub use resource::{AuditCheck, AuditPage, AuditQuery, Download, EventView, ListQuery, Page, RevisionView};
pub use terminal::{Terminal, TerminalMessage, TerminalReader, TerminalRequest, TerminalWriter};
pub use version::{
    ChangePlan, ChangeRequest, FleetInstance, FleetPlan, FleetTotals, ProfileDiff, Publication, RenderedDocument,
    RenderedDocuments, VersionChange, VersionCount, VersionRef,
};
pub use watch::{Watch, WatchEvent, WatchRequest};
