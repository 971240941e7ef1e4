//! Requests for access: somebody asks for a role in a place for themselves, whoever may give it decides, and an approval
//! is a role binding like any other. That nobody decides about their own request is Cedar's (the policy `two_person`).

use super::bindings::{Given, given, level_error};
use super::{Admission, create};
use serde::Deserialize;
use std::collections::BTreeMap;
use warpyard_model::kinds::{Organization, Project, RoleBinding, User, Workspace};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Error, FieldError, Kind, Name, Result, ScopePath, Spec};
use warpyard_policy::{Resource, action};
use warpyard_store::{About, AccessRequest, NewAccessRequest, NotificationKind, RequestState, Told};

/// The most characters of a reason or a note.
const LONGEST_TEXT: usize = 500;
/// The shortest and longest a role is asked for: a minute, a year.
const SECONDS: std::ops::RangeInclusive<i64> = 60..=366 * 24 * 3600;
/// How many requests of one person may wait in an organization.
const MOST_WAITING: usize = 20;

/// What somebody asks for, in the place of the request.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The project; the organization where absent.
    #[serde(default)]
    pub project: Option<Name>,
    /// The workspace in that project.
    #[serde(default)]
    pub workspace: Option<Name>,
    /// A built-in role.
    #[serde(default)]
    pub role: Option<Role>,
    /// Or a role the organization made itself.
    #[serde(default)]
    pub custom_role: Option<Name>,
    /// What for; whoever decides reads it, and the role binding keeps it.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
    /// For how long from the approval on; for good where absent.
    #[serde(default)]
    #[schemars(range(min = 60, max = 31_622_400))]
    pub duration_seconds: Option<i64>,
}

fn check_text(path: &str, text: &str, errors: &mut Vec<FieldError>) {
    if text.chars().count() > LONGEST_TEXT || text.chars().any(|c| c.is_control() && c != '\n') {
        errors.push(FieldError::new(path, format!("plain text of at most {LONGEST_TEXT} characters")));
    }
}

impl Wanted {
    fn check(&self) -> Result<()> {
        let mut errors = Vec::new();
        match (self.role, &self.custom_role) {
            (None, None) => errors.push(FieldError::new("role", "say which role, or which custom_role")),
            (Some(_), Some(_)) => errors.push(FieldError::new("custom_role", "a role or a custom_role, not both")),
            _ => {}
        }
        if self.reason.trim().is_empty() {
            errors.push(FieldError::new("reason", "say what for: whoever decides reads it"));
        }
        check_text("reason", &self.reason, &mut errors);
        if self.duration_seconds.is_some_and(|seconds| !SECONDS.contains(&seconds)) {
            errors.push(FieldError::new("duration_seconds", "between a minute and 366 days; leave it out for good"));
        }
        if self.workspace.is_some() && self.project.is_none() {
            errors.push(FieldError::new("workspace", "a workspace is in a project: give that too"));
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::invalid(errors)) }
    }

    fn binding(&self, user: &Name) -> RoleBinding {
        RoleBinding { user: Some(user.clone()), role: self.role, custom_role: self.custom_role.clone(), ..RoleBinding::default() }
    }
}

fn binding_of(request: &AccessRequest) -> RoleBinding {
    RoleBinding {
        user: Some(request.user.clone()),
        role: request.role,
        custom_role: request.custom_role.clone(),
        reason: request.reason.clone(),
        ..RoleBinding::default()
    }
}

/// A role binding in a place, asked for by somebody.
fn asked_for(scope: &ScopePath, by: &Name) -> Resource {
    Resource::place(Subject::Kind(Kind::RoleBinding), scope).two_person(true, [by.to_string()])
}

/// Who may give what is asked for: active people who may bind there and have every right themselves.
async fn givers(admission: &Admission<'_>, scope: &ScopePath, by: &Name, what: &Given) -> Result<Vec<Name>> {
    let bind = Permission { subject: Subject::Kind(Kind::RoleBinding), verb: Verb::Create };
    let place = asked_for(scope, by);
    let mut out = Vec::new();
    for name in admission.store.people_in(scope).await? {
        let principal = admission.store.store().person(&name).await?;
        let may = admission.policy.decide(&principal, bind, &place)
            && admission.policy.covers_all(&principal, &what.permissions, scope);
        if may && admission.store.find::<User>(&ScopePath::platform(), &name).await?.is_some_and(|user| user.spec.active) {
            out.push(name);
        }
    }
    Ok(out)
}

/// What people call the place.
async fn place_words(admission: &mut Admission<'_>, scope: &ScopePath) -> Result<String> {
    async fn title<S: Spec>(admission: &mut Admission<'_>, at: ScopePath, name: &Name) -> Result<String> {
        let found = admission.batch.look::<S>(admission.proof, &at, name).await?;
        Ok(found.map_or_else(|| name.to_string(), |object| object.metadata.title().to_owned()))
    }
    let ScopePath { org, project, workspace } = scope.clone();
    let org = org.ok_or_else(Error::not_visible)?;
    match (project, workspace) {
        (Some(project), Some(workspace)) => title::<Workspace>(admission, ScopePath::project(org, project), &workspace).await,
        (Some(project), None) => title::<Project>(admission, ScopePath::org(org), &project).await,
        _ => title::<Organization>(admission, ScopePath::platform(), &org).await,
    }
}

fn role_words(word: &str) -> String {
    word.replace('_', " ")
}

/// Asks for a role for oneself; tells who may decide. The caller has a foot in the organization.
pub async fn request_access(
    admission: &mut Admission<'_>,
    org: &Name,
    user: &Name,
    wanted: Wanted,
) -> Result<(AccessRequest, Vec<Name>)> {
    wanted.check()?;
    let scope = ScopePath { org: Some(org.clone()), project: wanted.project.clone(), workspace: wanted.workspace.clone() };
    admission.batch.check_scope(&scope).await?;
    let spec = wanted.binding(user);
    let what = given(admission, &spec, &scope).await.map_err(at_the_top)?;
    level_error(&what, &spec, &scope).map_or(Ok(()), Err).map_err(at_the_top)?;
    // Everything they would get they have: nobody should have to decide about that.
    if what.permissions.iter().all(|permission| admission.principal.holds(*permission, &scope)) {
        return Err(Error::conflict("You have everything there already that this role gives."));
    }
    let waiting: Vec<AccessRequest> = admission
        .batch
        .access_requests(admission.proof, org)
        .await?
        .into_iter()
        .filter(|request| request.user == *user && request.state == RequestState::Pending)
        .collect();
    if waiting.iter().any(|r| r.scope == scope && r.role == wanted.role && r.custom_role == wanted.custom_role) {
        return Err(Error::conflict("You asked for this already, and nobody has decided yet."));
    }
    if waiting.len() >= MOST_WAITING {
        return Err(Error::conflict(format!("{MOST_WAITING} requests of yours wait already: withdraw one first.")));
    }
    let new = NewAccessRequest {
        user: user.clone(),
        scope: scope.clone(),
        role: wanted.role,
        custom_role: wanted.custom_role,
        reason: wanted.reason,
        duration_seconds: wanted.duration_seconds,
    };
    let request = admission.batch.add_access_request(admission.proof, new).await?;
    let givers = givers(admission, &scope, user, &what).await?;
    let place = place_words(admission, &scope).await?;
    let title = format!("{{actor}} asks for the role {} in {place}", role_words(request.role_word()));
    let told = Told { kind: NotificationKind::ApprovalNeeded, title, body: request.reason.clone(), generation: 1 };
    let about = About::new("AccessRequest", &scope, request.name.as_str(), request.name.as_str());
    admission.batch.tell_people(admission.proof, &givers, &about, &told).await?;
    Ok((request, givers))
}

/// Errors of a binding's spec, where the request has no spec.
fn at_the_top(mut error: Error) -> Error {
    for field in &mut error.fields {
        field.path = field.path.trim_start_matches("spec.").to_owned();
    }
    error
}

/// Finds a request that the caller may decide about.
async fn to_decide(admission: &mut Admission<'_>, org: &Name, name: &Name, note: &str) -> Result<AccessRequest> {
    let found = admission.batch.access_request(admission.proof, org, name).await?;
    let request = found.ok_or_else(Error::not_visible)?;
    let own = request.user.as_str() == admission.principal.name();
    admission
        .policy
        .allow::<action::Create, RoleBinding>(&admission.principal, &asked_for(&request.scope, &request.user))
        .map_err(|error| match error.code {
            // Whoever may not bind there is told of others' requests only what they may see.
            warpyard_model::ErrorCode::ApprovalRequired => {
                Error::approval_required("This is your own request: somebody else decides about it.")
            }
            _ if own => Error::forbidden("This is your own request: whoever may give the role decides about it."),
            _ => error,
        })?;
    // Nobody decides about more than they have; a role that is gone is anybody's to refuse.
    if let Ok(what) = given(admission, &binding_of(&request), &request.scope).await
        && !admission.policy.covers_all(&admission.principal, &what.permissions, &request.scope)
    {
        return Err(Error::forbidden("The role has rights that you lack there; only somebody who has them may decide."));
    }
    let mut errors = Vec::new();
    check_text("note", note, &mut errors);
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    match request.state {
        RequestState::Pending => Ok(request),
        RequestState::Lapsed => Err(Error::conflict("Nobody decided about this request in time; it has to be made again.")),
        RequestState::Approved => Err(Error::conflict(format!("{} approved this request already.", request.decided_by))),
        RequestState::Denied => Err(Error::conflict(format!("{} denied this request already.", request.decided_by))),
    }
}

/// Gives what was asked for, as a role binding with an end and the reason.
pub async fn approve_access(admission: &mut Admission<'_>, org: &Name, name: &Name, note: &str) -> Result<AccessRequest> {
    let request = to_decide(admission, org, name, note).await?;
    let now = admission.store.store().now();
    let expires_at = request.duration_seconds.map(|seconds| now.plus_seconds(seconds));
    let metadata = NewMetadata {
        // What comes of a request is named after it, and so is found from either side.
        name: request.name.clone(),
        display_name: String::new(),
        description: String::new(),
        labels: BTreeMap::new(),
    };
    let spec = RoleBinding { expires_at, ..binding_of(&request) };
    let binding = create(admission, &request.scope, metadata, spec).await?;
    let binding = Some(binding.metadata.name);
    let decided = admission.batch.decide_access_request(admission.proof, request, RequestState::Approved, note, binding).await?;
    tell_asker(admission, &decided, NotificationKind::ApprovalGiven, "approved").await?;
    Ok(decided)
}

/// Refuses what was asked for.
pub async fn deny_access(admission: &mut Admission<'_>, org: &Name, name: &Name, note: &str) -> Result<AccessRequest> {
    let request = to_decide(admission, org, name, note).await?;
    let decided = admission.batch.decide_access_request(admission.proof, request, RequestState::Denied, note, None).await?;
    tell_asker(admission, &decided, NotificationKind::ApprovalRefused, "denied").await?;
    Ok(decided)
}

async fn tell_asker(admission: &mut Admission<'_>, request: &AccessRequest, kind: NotificationKind, word: &str) -> Result<()> {
    let place = place_words(admission, &request.scope).await?;
    let title = format!("{{actor}} {word} your request for {} in {place}", role_words(request.role_word()));
    let told = Told { kind, title, body: request.note.clone(), generation: 2 };
    let about = About::new("OwnAccessRequest", &request.scope, request.name.as_str(), request.name.as_str());
    admission.batch.tell_people(admission.proof, std::slice::from_ref(&request.user), &about, &told).await
}

/// Takes one's own request back, as long as nobody has decided.
pub async fn withdraw_access(admission: &mut Admission<'_>, org: &Name, name: &Name) -> Result<()> {
    let found = admission.batch.access_request(admission.proof, org, name).await?;
    let request = found.filter(|request| request.user.as_str() == admission.principal.name()).ok_or_else(Error::not_visible)?;
    if !matches!(request.state, RequestState::Pending | RequestState::Lapsed) {
        return Err(Error::conflict("Somebody has decided about it already."));
    }
    admission.batch.withdraw_access_request(admission.proof, &request).await
}
