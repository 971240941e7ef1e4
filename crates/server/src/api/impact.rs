//! What a change of a role binding, group or custom role would give to whom and take from whom. The change is made in a
//! transaction that is never committed, and everybody's rights are compared before and after.

use super::kinds::{item, located_at};
use super::{POST, Shared, Writing};
use crate::caller::Caller;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::{BodyOf, Place};
use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use warpyard_controller::admission::{self, Admission, Admit};
use warpyard_model::kinds::{CustomRole, Group, RoleBinding, ServiceAccount};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Permission;
use warpyard_model::{Error, Name, Object, Result, ScopePath};
use warpyard_policy::{Principal, action};

/// A change to look at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ProposedChange {
    /// It goes.
    Delete,
    /// It gets this spec.
    Spec(Value),
}

/// What would be done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ImpactRequest {
    /// `"delete"`, or `{"spec": …}`.
    change: ProposedChange,
}

/// How many permissions somebody would lose or gain at a scope.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
struct ImpactOn {
    user: Name,
    /// How many permissions.
    permissions: usize,
    /// Where, and below.
    scope: ScopePath,
}

/// What a change would give and take.
#[derive(Debug, Serialize, JsonSchema)]
struct Impact {
    loses: Vec<ImpactOn>,
    gains: Vec<ImpactOn>,
}

/// Kinds that give people rights.
trait Grants: Admit {
    /// Whom an object of this kind concerns, as the transaction sees it.
    fn concerned(object: &Object<Self>, admission: &mut Admission<'_>) -> impl Future<Output = Result<BTreeSet<Name>>> + Send;
}

async fn people_of(binding: &Object<RoleBinding>, admission: &mut Admission<'_>) -> Result<BTreeSet<Name>> {
    let mut people: BTreeSet<Name> = binding.spec.user.iter().cloned().collect();
    if let (Some(group), Some(org)) = (&binding.spec.group, &binding.metadata.scope.org) {
        people.extend(admission.batch.members(admission.proof, org, group).await?);
    }
    if let (Some(account), Some(org)) = (&binding.spec.service_account, &binding.metadata.scope.org) {
        let found = admission.batch.look::<ServiceAccount>(admission.proof, &ScopePath::org(org.clone()), account).await?;
        let identity = found.map(|found| ServiceAccount::identity(&found.metadata.name, &found.metadata.uid)).transpose();
        people.extend(identity.map_err(Error::internal)?);
    }
    Ok(people)
}

impl Grants for RoleBinding {
    async fn concerned(object: &Object<Self>, admission: &mut Admission<'_>) -> Result<BTreeSet<Name>> {
        people_of(object, admission).await
    }
}

impl Grants for Group {
    async fn concerned(object: &Object<Self>, _: &mut Admission<'_>) -> Result<BTreeSet<Name>> {
        Ok(object.spec.members.iter().cloned().collect())
    }
}

impl Grants for CustomRole {
    async fn concerned(object: &Object<Self>, admission: &mut Admission<'_>) -> Result<BTreeSet<Name>> {
        let mut people = BTreeSet::new();
        for binding in admission.batch.bindings_to(admission.proof, &object.metadata.uid).await? {
            people.extend(people_of(&binding, admission).await?);
        }
        Ok(people)
    }
}

pub(super) fn declare(routes: &mut Routes) {
    weighed::<RoleBinding>(routes);
    weighed::<Group>(routes);
    weighed::<CustomRole>(routes);
}

fn weighed<S: Grants>(routes: &mut Routes) {
    let (snake, one) = (S::KIND.snake(), S::KIND.snake().replace('_', " "));
    for level in S::KIND.levels() {
        let suffix = match S::KIND.levels().len() {
            1 => String::new(),
            _ => format!("_in_{}", format!("{level:?}").to_lowercase()),
        };
        routes
            .declare(
                POST,
                &format!("{}/impact", item(S::KIND, *level)),
                &format!("{snake}_impact{suffix}"),
                S::KIND.plural(),
                &format!("Who would lose or gain what by deleting or changing a {one}"),
            )
            .permission(format!("{snake}.update"))
            .body::<ImpactRequest>()
            .answers::<Impact>(200, "What it would give and take; nothing is changed.")
            .problems(&[409])
            .to(impact::<S>);
    }
}

async fn impact<S: Grants>(
    state: Shared,
    caller: Caller,
    place: Place,
    BodyOf(body): BodyOf<Value>,
) -> Result<Json<Impact>, ApiError> {
    let (scope, name) = located_at(S::KIND, &place)?;
    let mut writing = Writing::begin(&state, caller.context()).await?;
    let mut admission = writing.admission(&state, &caller);
    let located = admission.batch.locate::<S>(&scope, &name).await?.ok_or_else(Error::not_visible)?;
    state.policy.allow::<action::Update, S>(&caller.principal, located.resource())?;
    let ImpactRequest { change } = super::versions::parsed(body)?;
    let view = state.policy.allow::<action::View, S>(&caller.principal, located.resource())?;
    let old = located.clone().reveal(&view)?;
    let mut people = S::concerned(&old, &mut admission).await?;
    let before = rights(&mut admission, &people).await?;
    match change {
        // Whether it may go is for the deletion to say; here only what it would mean.
        ProposedChange::Delete => {
            let removed = state.policy.allow::<action::Delete, S>(&caller.principal, located.resource())?;
            admission.batch.forget(&removed).await?;
        }
        ProposedChange::Spec(spec) => {
            let spec: S = admission::parse_spec(spec)?;
            let metadata = NewMetadata {
                name: old.metadata.name.clone(),
                display_name: old.metadata.display_name.clone(),
                description: old.metadata.description.clone(),
                labels: old.metadata.labels.clone(),
            };
            let new = admission::update(&mut admission, located, metadata, spec, None).await?;
            people.extend(S::concerned(&new, &mut admission).await?);
        }
    }
    let after = rights(&mut admission, &people).await?;
    // Who came in by the change had their rights before as well.
    drop(writing);
    let mut before = before;
    for user in people.iter().filter(|user| !before.contains_key(*user)).cloned().collect::<Vec<_>>() {
        let principal = state.store.person(&user).await?;
        before.insert(user, (*principal).clone());
    }
    Ok(Json(Impact { loses: compare(&before, &after), gains: compare(&after, &before) }))
}

async fn rights(admission: &mut Admission<'_>, people: &BTreeSet<Name>) -> Result<BTreeMap<Name, Principal>> {
    let mut out = BTreeMap::new();
    for user in people {
        out.insert(user.clone(), admission.batch.principal(admission.proof, user).await?);
    }
    Ok(out)
}

/// What people hold in `here` at the scopes of their bindings and do not hold there in `there`.
fn compare(here: &BTreeMap<Name, Principal>, there: &BTreeMap<Name, Principal>) -> Vec<ImpactOn> {
    let mut out = Vec::new();
    for (user, principal) in here {
        let scopes: BTreeSet<&ScopePath> = principal.scopes().collect();
        for scope in scopes {
            let lacks = |permission: &Permission| {
                principal.holds(*permission, scope) && !there.get(user).is_some_and(|other| other.holds(*permission, scope))
            };
            let permissions = Permission::all().filter(lacks).count();
            if permissions > 0 {
                out.push(ImpactOn { user: user.clone(), permissions, scope: scope.clone() });
            }
        }
    }
    out
}
