//! What is asked about.

use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::Subject;
use warpyard_model::{Kind, Name, ScopePath};

/// An object, or the place a new one would be made in, as far as policies look at it.
#[derive(Debug, Clone)]
pub struct Resource {
    pub(crate) subject: Subject,
    pub(crate) uid: String,
    pub(crate) name: String,
    pub(crate) scope: ScopePath,
    pub(crate) opens: Option<ScopePath>,
    pub(crate) owner: Option<String>,
    pub(crate) offered_in: Vec<ScopePath>,
    pub(crate) access: Option<EndpointAccess>,
    pub(crate) draft: bool,
    pub(crate) groups: Vec<String>,
    pub(crate) two_person: bool,
    pub(crate) edited_by: Vec<String>,
}

impl Resource {
    /// An object that is there.
    pub fn object(kind: Kind, uid: &str, name: &Name, scope: &ScopePath) -> Self {
        Self {
            subject: Subject::Kind(kind),
            uid: uid.to_owned(),
            name: name.to_string(),
            scope: scope.clone(),
            opens: scope.inside(kind, name),
            owner: None,
            offered_in: Vec::new(),
            access: None,
            draft: false,
            groups: Vec::new(),
            two_person: false,
            edited_by: Vec::new(),
        }
    }

    /// The place in which an object of `subject` would be made or listed.
    pub fn place(subject: Subject, scope: &ScopePath) -> Self {
        Self {
            subject,
            uid: String::new(),
            name: String::new(),
            scope: scope.clone(),
            opens: None,
            owner: None,
            offered_in: Vec::new(),
            access: None,
            draft: false,
            groups: Vec::new(),
            two_person: false,
            edited_by: Vec::new(),
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn owned_by(mut self, owner: Option<String>) -> Self {
        self.owner = owner;
        self
    }

    /// The scopes whose members may see it although it lives elsewhere: where a published profile is offered, or
    /// where a person works. The platform's scope stands for everybody with a matching role anywhere.
    #[must_use]
    pub fn offered_in(mut self, scopes: Vec<ScopePath>) -> Self {
        self.offered_in = scopes;
        self
    }

    /// Who may open the endpoint in question.
    #[must_use]
    pub fn with_access(mut self, access: EndpointAccess) -> Self {
        self.access = Some(access);
        self
    }

    /// Whether it was never published.
    #[must_use]
    pub fn draft(mut self, draft: bool) -> Self {
        self.draft = draft;
        self
    }

    /// The groups it is offered to, as [`group_key`] names them; everybody where empty.
    #[must_use]
    pub fn for_groups(mut self, groups: Vec<String>) -> Self {
        self.groups = groups;
        self
    }

    /// Whether a two-person rule holds for what is asked, and who wrote what it is about.
    #[must_use]
    pub fn two_person(mut self, on: bool, edited_by: impl IntoIterator<Item = String>) -> Self {
        self.two_person = on;
        self.edited_by = edited_by.into_iter().collect();
        self
    }

    /// The same thing, where what is asked lets nothing out that somebody wrote: taking a profile out of the catalogue,
    /// say, or asking for a second person.
    #[must_use]
    pub fn beside_two_person(&self) -> Self {
        Self { two_person: false, ..self.clone() }
    }

    /// The place it is, or else lives in: an organization is in itself.
    pub(crate) fn inner(&self) -> &ScopePath {
        self.opens.as_ref().unwrap_or(&self.scope)
    }

    /// Its uid; empty for a place.
    pub fn uid(&self) -> &str {
        &self.uid
    }

    /// Where it lives.
    pub fn scope(&self) -> &ScopePath {
        &self.scope
    }
}

/// What a group is called in policies: names are unique inside an organization only.
pub fn group_key(org: &Name, group: &Name) -> String {
    format!("/{org}/{group}")
}
