//! People and things as Cedar's entities.

use crate::Resource;
use crate::principal::About;
use cedar_policy::{Entity, EntityId, EntityUid, RestrictedExpression};
use std::collections::{HashMap, HashSet};
use warpyard_model::kinds::EndpointAccess;
use warpyard_model::permission::{Role, Subject};
use warpyard_model::{Kind, ScopePath};

pub(crate) fn type_name(name: &str) -> cedar_policy::EntityTypeName {
    name.parse().expect("a constant type name")
}

pub(crate) fn action_uid(id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(type_name("Action"), EntityId::new(id))
}

fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(items.into_iter().map(|s| RestrictedExpression::new_string(s.to_owned())))
}

pub(crate) fn principal_entity(about: &About<'_>) -> Entity {
    let About { name, roles, custom, places, groups, suspended } = about;
    let mut attributes = HashMap::from([
        ("name".to_owned(), RestrictedExpression::new_string((*name).to_owned())),
        ("places".to_owned(), strings(places.iter().map(String::as_str))),
        ("groups".to_owned(), strings(groups.iter().map(String::as_str))),
        ("suspended".to_owned(), strings(suspended.iter().map(String::as_str))),
    ]);
    for role in Role::ALL {
        let scopes = roles.get(role).into_iter().flatten().map(String::as_str);
        attributes.insert(role.as_str().to_owned(), strings(scopes));
    }
    let given = custom.iter().map(|(permission, scopes)| (permission.to_string(), strings(scopes.iter().map(String::as_str))));
    // Permissions are different from each other, so no field is there twice.
    if let Ok(given) = RestrictedExpression::new_record(given) {
        attributes.insert("custom".to_owned(), given);
    }
    let uid = EntityUid::from_type_name_and_id(type_name("User"), EntityId::new(name));
    Entity::new(uid.clone(), attributes, HashSet::new()).unwrap_or_else(|_| Entity::with_uid(uid))
}

pub(crate) fn resource_entity(resource: &Resource) -> Entity {
    let scopes: Vec<String> = resource.inner().lineage().iter().map(ScopePath::key).collect();
    let project: Vec<String> = match (&resource.scope.org, &resource.scope.project) {
        (Some(org), Some(project)) => vec![ScopePath::project(org.clone(), project.clone()).key()],
        _ => Vec::new(),
    };
    let offered: Vec<String> = resource.offered_in.iter().map(ScopePath::key).collect();
    let opens: Vec<String> = resource.opens.iter().map(ScopePath::key).collect();
    let access = match resource.access {
        Some(EndpointAccess::Owner) | None => "owner",
        Some(EndpointAccess::Workspace) => "workspace",
        Some(EndpointAccess::Project) => "project",
    };
    let text = |s: &str| RestrictedExpression::new_string(s.to_owned());
    let attributes = HashMap::from([
        ("name".to_owned(), text(&resource.name)),
        ("owner".to_owned(), text(resource.owner.as_deref().unwrap_or(""))),
        ("access".to_owned(), text(access)),
        ("scopes".to_owned(), strings(scopes.iter().map(String::as_str))),
        ("project".to_owned(), strings(project.iter().map(String::as_str))),
        ("offered_in".to_owned(), strings(offered.iter().map(String::as_str))),
        ("opens".to_owned(), strings(opens.iter().map(String::as_str))),
        ("groups".to_owned(), strings(resource.groups.iter().map(String::as_str))),
        ("draft".to_owned(), RestrictedExpression::new_bool(resource.draft)),
        ("two_person".to_owned(), RestrictedExpression::new_bool(resource.two_person)),
        ("edited_by".to_owned(), strings(resource.edited_by.iter().map(String::as_str))),
    ]);
    let type_name = type_name(entity_type(resource.subject));
    let uid = EntityUid::from_type_name_and_id(type_name, EntityId::new(&resource.uid));
    Entity::new(uid.clone(), attributes, HashSet::new()).unwrap_or_else(|_| Entity::with_uid(uid))
}

pub(crate) fn entity_type(subject: Subject) -> &'static str {
    match subject {
        // A person as a thing asked about, apart from a person who asks.
        Subject::Kind(Kind::User) => "Account",
        Subject::Kind(kind) => kind.as_str(),
        Subject::AuditEntry => "AuditEntry",
        Subject::Encryption => "Encryption",
    }
}
