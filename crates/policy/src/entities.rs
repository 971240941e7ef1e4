//! What the proofs in `tests/proofs` take for granted of the entities this crate builds, held with arbitrary names.

use crate::{Binding, CustomGrant, Principal, Resource};
use proptest::prelude::*;
use std::collections::BTreeSet;
use warpyard_model::permission::{Permission, Role, Subject};
use warpyard_model::{Kind, Level, Name, ScopePath};

fn name() -> impl Strategy<Value = Name> {
    // Short, so that names of organizations, projects and workspaces are often the same.
    "[a-c]{1,2}".prop_map(|text| Name::parse(&text).unwrap())
}

fn at(level: Level) -> impl Strategy<Value = ScopePath> {
    (name(), name(), name()).prop_map(move |(org, project, workspace)| match level {
        Level::Platform => ScopePath::platform(),
        Level::Org => ScopePath::org(org),
        Level::Project => ScopePath::project(org, project),
        Level::Workspace => ScopePath::workspace(org, project, workspace),
    })
}

/// A role at one of its levels below the platform and up to `deepest`.
fn binding(deepest: Level) -> impl Strategy<Value = Binding> {
    let possible: Vec<(Role, Level)> = Role::ALL
        .iter()
        .flat_map(|role| role.levels().iter().map(|level| (*role, *level)))
        .filter(|(_, level)| (Level::Org..=deepest).contains(level))
        .collect();
    prop::sample::select(possible).prop_flat_map(|(role, level)| at(level).prop_map(move |scope| Binding { role, scope }))
}

/// The same place in an organization of another name, where it was in this one.
fn outside(org: &Name, scope: ScopePath) -> ScopePath {
    let other = Name::parse(&format!("{org}x")).unwrap();
    if scope.org.as_ref() == Some(org) { ScopePath { org: Some(other), ..scope } } else { scope }
}

fn scope() -> impl Strategy<Value = ScopePath> {
    prop_oneof![at(Level::Org), at(Level::Project), at(Level::Workspace)]
}

fn set(entity: &cedar_policy::Entity, attribute: &str) -> BTreeSet<String> {
    match entity.attr(attribute) {
        Some(Ok(set)) => texts(attribute, &set),
        other => panic!("{attribute} is {other:?}"),
    }
}

fn texts(attribute: &str, set: &cedar_policy::EvalResult) -> BTreeSet<String> {
    let cedar_policy::EvalResult::Set(set) = set else { panic!("{attribute} is {set}") };
    let text = |item: &cedar_policy::EvalResult| match item {
        cedar_policy::EvalResult::String(text) => text.clone(),
        other => panic!("{attribute} holds {other}"),
    };
    set.iter().map(text).collect()
}

/// Everything a person's entity says about places.
fn ours(person: &Principal) -> BTreeSet<String> {
    let sets = Role::ALL.iter().map(|role| role.as_str()).chain(["places"]);
    let given = match person.entity().attr("custom") {
        Some(Ok(cedar_policy::EvalResult::Record(record))) => {
            record.iter().flat_map(|(_, scopes)| texts("custom", scopes)).collect::<Vec<_>>()
        }
        other => panic!("custom is {other:?}"),
    };
    sets.flat_map(|attribute| set(person.entity(), attribute)).chain(given).collect()
}

/// Everything a thing's entity says about places.
fn theirs(thing: &Resource) -> BTreeSet<String> {
    let entity = crate::entity::resource_entity(thing);
    ["scopes", "project", "offered_in", "opens"].into_iter().flat_map(|attribute| set(&entity, attribute)).collect()
}

proptest! {
    #[test]
    fn two_organizations_have_no_scope_in_common(
        mine in name(),
        mut bindings in prop::collection::vec(binding(Level::Workspace), 0..4),
        home in scope(),
        offered in prop::collection::vec(scope(), 0..3),
        thing in name(),
        kind in prop::sample::select(Kind::ALL),
    ) {
        for binding in &mut bindings {
            binding.scope.org = Some(mine.clone());
        }
        let given = bindings.iter().map(|binding| CustomGrant {
            scope: binding.scope.clone(),
            permissions: Permission::all().filter(|permission| permission.fits_custom_roles()).take(3).collect(),
        });
        let person = Principal::new("p", Vec::new()).with_custom(given.collect());
        let custom = ours(&person);
        let person = Principal::new("p", bindings);
        let home = outside(&mine, home);
        let offered = offered.into_iter().map(|scope| outside(&mine, scope)).collect();
        let object = Resource::object(kind, "u", &thing, &home).offered_in(offered);
        // Only at home in the wrong place would an organization open the person's own.
        prop_assume!(object.opens.as_ref().is_none_or(|inner| inner.org.as_ref() != Some(&mine)));
        prop_assert!(ours(&person).is_disjoint(&theirs(&object)) && custom.is_disjoint(&theirs(&object)));
        let place = Resource::place(Subject::Kind(kind), &home);
        prop_assert!(ours(&person).is_disjoint(&theirs(&place)));
    }

    #[test]
    fn roles_of_organizations_give_no_foot_in_a_project(
        bindings in prop::collection::vec(binding(Level::Org), 0..4),
        home in scope(),
        kind in prop::sample::select(Kind::ALL),
    ) {
        let person = Principal::new("p", bindings);
        let object = Resource::object(kind, "u", &Name::parse("thing").unwrap(), &home);
        let project = set(&crate::entity::resource_entity(&object), "project");
        prop_assert!(set(person.entity(), "places").is_disjoint(&project));
    }
}

#[test]
fn the_proofs_know_every_attribute_of_a_person() {
    let person = Principal::new("p", Vec::new());
    let known: BTreeSet<&str> =
        Role::ALL.iter().map(|role| role.as_str()).chain(["name", "places", "groups", "suspended", "custom"]).collect();
    let schema = crate::schema_text();
    let user = schema.lines().find(|line| line.starts_with("entity User = ")).unwrap();
    // What custom roles give is a record of its own, the last of all.
    let (attributes, _) = user.split_once('{').unwrap().1.split_once("custom: {").unwrap();
    let names = attributes.split(',').map(|part| part.split(':').next().unwrap().trim()).filter(|name| !name.is_empty());
    let declared: BTreeSet<&str> = names.chain(["custom"]).collect();
    assert_eq!(declared, known, "tests/proofs/assumed.rs must speak of every way a person gets a right");
    assert!(known.iter().all(|attribute| person.entity().attr(attribute).is_some()));
}

#[test]
fn auditors_and_template_authors_are_bound_above_projects() {
    for role in [Role::Auditor, Role::TemplateAuthor] {
        assert!(role.levels().iter().all(|level| *level <= Level::Org), "{role}");
    }
}
