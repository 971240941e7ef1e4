//! Actions and subjects as types, so that a proof of one thing cannot be used for another.

use warpyard_model::Spec;
use warpyard_model::permission::{Permission, Subject, Verb};

/// A verb as a type.
pub trait Action: Send + Sync + 'static {
    /// The verb.
    const VERB: Verb;
}

macro_rules! actions {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("`Verb::", stringify!($name), "` as a type.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Action for $name {
            const VERB: Verb = Verb::$name;
        }
    )*};
}

actions!(View, Create, Update, Delete, Publish, Operate, CreateOnBehalf, Connect, Exec, Logs, SetPassword, Transfer, Suspend);

/// A subject of permissions as a type.
pub trait SubjectType: Send + Sync + 'static {
    /// The subject.
    const SUBJECT: Subject;
}

impl<S: Spec> SubjectType for S {
    const SUBJECT: Subject = Subject::Kind(S::KIND);
}

/// The audit trail as a subject.
#[derive(Debug, Clone, Copy)]
pub struct AuditTrail;

impl SubjectType for AuditTrail {
    const SUBJECT: Subject = Subject::AuditEntry;
}

/// The installation's master keys as a subject.
#[derive(Debug, Clone, Copy)]
pub struct MasterKeys;

impl SubjectType for MasterKeys {
    const SUBJECT: Subject = Subject::Encryption;
}

/// The permission that action `A` on subject `S` needs.
pub(crate) fn permission<A: Action, S: SubjectType>() -> Permission {
    Permission { subject: S::SUBJECT, verb: A::VERB }
}
