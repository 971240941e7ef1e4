//! Two-person rules: what one person wrote, another one lets out. Cedar decides (the policy `two_person`); here is who wrote
//! what, who else may decide, and how what waits is told.

use super::{Admission, Admitted};
use warpyard_model::kinds::{EnvironmentTemplate, Organization, SwitchingOff, TemplateState, TemplateVersion, TwoPerson, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::{Permission, Subject, Verb};
use warpyard_model::{Error, ErrorCode, FieldError, Kind, Metadata, Name, Object, Result, ScopePath};
use warpyard_policy::{Action, Resource, SubjectType, action};
use warpyard_store::{About, NotificationKind, Told};

/// How long somebody's wish to switch a rule off stands: seven days.
const STANDS_SECONDS: i64 = 7 * 24 * 3600;

impl Admission<'_> {
    /// The two-person rules that hold at a scope.
    pub(super) async fn two_person(&mut self, scope: &ScopePath) -> Result<TwoPerson> {
        match &scope.org {
            Some(org) => self.batch.two_person(self.proof, org).await,
            None => Ok(TwoPerson::default()),
        }
    }

    /// Everybody who may do `A` to a thing and look at it, as its rule has it: active people in or above `within`.
    pub(crate) async fn deciders<A: Action, S: SubjectType>(&self, ruled: &Resource, within: &ScopePath) -> Result<Vec<Name>> {
        let wanted = [A::VERB, Verb::View].map(|verb| Permission { subject: S::SUBJECT, verb });
        let mut out = Vec::new();
        for name in self.store.people_in(within).await? {
            let principal = self.store.store().person(&name).await?;
            if !wanted.iter().all(|permission| self.policy.decide(&principal, *permission, ruled)) {
                continue;
            }
            let user = self.store.find::<User>(&ScopePath::platform(), &name).await?;
            if user.is_some_and(|user| user.spec.active) {
                out.push(name);
            }
        }
        Ok(out)
    }

    /// Tells who decides that something waits for them.
    pub(super) async fn tell_deciders(
        &mut self,
        (kind, metadata): (Kind, &Metadata),
        deciders: &[Name],
        title: String,
        body: String,
        generation: i64,
    ) -> Result<()> {
        let told = Told { kind: NotificationKind::ApprovalNeeded, title, body, generation };
        self.batch.tell_people(self.proof, deciders, &About::object(kind, metadata), &told).await
    }
}

/// What somebody is told who may not let out what they wrote.
pub(super) fn needs_another(what: &str, permission: &str, deciders: &[Name]) -> Error {
    let who = match deciders {
        [] => format!("Nobody else has the permission {permission} here: an admin can give it to somebody."),
        [one] => format!("{one} may do it."),
        [first @ .., last] if first.len() < 4 => format!("{} or {last} may do it.", join(first)),
        many => format!("{} and {} more may do it.", join(&many[..3]), many.len() - 3),
    };
    let fields = deciders.iter().enumerate().map(|(i, name)| FieldError::new(format!("approvers.{i}"), name.to_string()));
    Error::approval_required(format!("{what} {who}")).with_fields(fields.collect())
}

fn join(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether two versions are the same apart from how ready they are and what is said about them.
fn same_content(a: &TemplateVersion, b: &TemplateVersion) -> bool {
    let plain = |v: &TemplateVersion| TemplateVersion { state: TemplateState::Draft, changelog: String::new(), ..v.clone() };
    plain(a) == plain(b)
}

/// The names of the versions that a change makes active.
fn made_active<'a>(new: &'a EnvironmentTemplate, old: Option<&EnvironmentTemplate>) -> Vec<&'a TemplateVersion> {
    let active = |version: &TemplateVersion| version.state == TemplateState::Active;
    let before = |version: &TemplateVersion| old.and_then(|o| o.version(&version.version)).is_some_and(active);
    new.versions.iter().filter(|version| active(version) && !before(version)).collect()
}

/// A template as it may be written where the rule for templates is on: what its author makes active waits for somebody else.
pub(super) async fn activation(
    admission: &mut Admission<'_>,
    scope: &ScopePath,
    metadata: &NewMetadata,
    new: EnvironmentTemplate,
    old: Option<&Object<EnvironmentTemplate>>,
) -> Result<Admitted<EnvironmentTemplate>> {
    let activated = made_active(&new, old.map(|o| &o.spec));
    if activated.is_empty() || !admission.two_person(scope).await?.template {
        return Ok(Admitted::plain(new));
    }
    let me = admission.principal.name().to_owned();
    let what = "You wrote this version, and a two-person rule keeps authors from making their own versions active.";
    let Some(old) = old else {
        let place = Resource::place(Subject::Kind(Kind::EnvironmentTemplate), scope).two_person(true, [me]);
        admission.policy.allow::<action::Create, EnvironmentTemplate>(&admission.principal, &place).map_err(|error| {
            if error.code != ErrorCode::ApprovalRequired {
                return error;
            }
            Error::approval_required(format!("{what} Write it as a draft; somebody else makes it active then."))
        })?;
        return Ok(Admitted::plain(new));
    };
    let mut authors = Vec::new();
    let revisions = admission.batch.look_revisions::<EnvironmentTemplate>(admission.proof, &old.metadata.uid).await?;
    for version in &activated {
        let is_it = |spec: &EnvironmentTemplate| spec.version(&version.version).is_some_and(|v| same_content(v, version));
        let wrote = revisions.iter().take_while(|revision| is_it(&revision.spec)).last();
        authors.push(wrote.map_or_else(|| me.clone(), |revision| revision.by.clone()));
    }
    let ruled = Resource::object(Kind::EnvironmentTemplate, &old.metadata.uid, &metadata.name, scope).two_person(true, authors);
    match admission.policy.allow::<action::Update, EnvironmentTemplate>(&admission.principal, &ruled) {
        Ok(_) => Ok(Admitted::plain(new)),
        Err(error) if error.code == ErrorCode::ApprovalRequired => {
            let deciders = admission.deciders::<action::Update, EnvironmentTemplate>(&ruled, scope).await?;
            let words: Vec<&str> = activated.iter().map(|v| v.version.as_str()).collect();
            let title = format!("{{actor}} wants version {} of {} made active", words.join(", "), old.metadata.title());
            let about = (Kind::EnvironmentTemplate, &old.metadata);
            admission.tell_deciders(about, &deciders, title, String::new(), old.metadata.generation).await?;
            admission.batch.note_kept_back(admission.proof, Kind::EnvironmentTemplate, &old.metadata, "activate").await?;
            admission.waits = Some(needs_another(what, "environment_template.update", &deciders));
            Ok(Admitted::plain(old.spec.clone()))
        }
        Err(error) => Err(error),
    }
}

/// An organization as it may be written: a rule is switched off when a second person wants it too.
pub(super) async fn rules_of(
    admission: &mut Admission<'_>,
    new: Organization,
    old: Option<&Object<Organization>>,
) -> Result<Admitted<Organization>> {
    let Some(old) = old else { return Ok(Admitted::plain(new)) };
    let now = admission.store.store().now();
    let standing = old.status.switching_off.as_ref().filter(|wish| now.seconds_since(wish.at) < STANDS_SECONDS);
    if !new.two_person.switches_off(old.spec.two_person) {
        return Ok(Admitted::plain(new));
    }
    let me = admission.principal.name().to_owned();
    let agreed = standing.filter(|wish| wish.two_person == new.two_person);
    let asked = agreed.map_or_else(|| me.clone(), |wish| wish.by.clone());
    let ruled = Resource::object(Kind::Organization, &old.metadata.uid, &old.metadata.name, &ScopePath::platform())
        .two_person(true, [asked]);
    let mut status = old.status.clone();
    match admission.policy.allow::<action::Update, Organization>(&admission.principal, &ruled) {
        Ok(_) => {
            status.switching_off = None;
            Ok(Admitted { status_now: Some(status), ..Admitted::plain(new) })
        }
        Err(error) if error.code == ErrorCode::ApprovalRequired => {
            let within = ScopePath::org(old.metadata.name.clone());
            let deciders = admission.deciders::<action::Update, Organization>(&ruled, &within).await?;
            if agreed.is_none() {
                status.switching_off = Some(SwitchingOff { two_person: new.two_person, by: me, at: now });
                let title = format!("{{actor}} wants a two-person rule of {} switched off", old.metadata.title());
                let about = (Kind::Organization, &old.metadata);
                admission.tell_deciders(about, &deciders, title, String::new(), now.as_millis()).await?;
            }
            let what = "A two-person rule is switched off by two: within seven days somebody else has to switch it off too.";
            admission.waits = Some(needs_another(what, "organization.update", &deciders));
            Ok(Admitted { status_now: Some(status), ..Admitted::plain(old.spec.clone()) })
        }
        Err(error) => Err(error),
    }
}
