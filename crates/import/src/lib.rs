//! Reads what other systems wrote: OpenTofu and Terraform modules, Rafay profile documents.
//!
//! Pure: text and bytes in, drafts and a report out; nothing is stored, fetched or run. Whatever cannot be carried over
//! is named in the report and never dropped silently. The server and the command line call the same functions.

pub mod archive;
mod draft;
pub mod rafay;
pub mod report;
mod stack;
pub mod tofu;

pub use draft::TemplateDraft;
pub use report::{ReportItem, Severity};
