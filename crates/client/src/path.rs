//! Where objects live in the API: from a kind and a place in the tree to path segments.

use crate::error::{ClientError, Result};
use warpyard_model::{ErrorCode, Kind, Level, ScopePath};

/// The level at which an object of `kind` in `scope` lives, or what is missing of the scope.
///
/// A kind that may live at several levels lives at the scope's own level where it may, else at the nearest one above.
pub fn collection_level(kind: Kind, scope: &ScopePath) -> Result<Level> {
    let here = scope.level();
    let lowest_possible = kind.levels().iter().copied().filter(|level| *level <= here).max();
    lowest_possible.ok_or_else(|| {
        let needed = kind.levels().iter().copied().min().unwrap_or(Level::Platform);
        let missing = match needed {
            Level::Platform => "nothing",
            Level::Org => "an organization",
            Level::Project if scope.org.is_none() => "an organization and a project",
            Level::Project => "a project",
            Level::Workspace if scope.org.is_none() => "an organization, a project and a workspace",
            Level::Workspace if scope.project.is_none() => "a project and a workspace",
            Level::Workspace => "a workspace",
        };
        ClientError::local(ErrorCode::Invalid, format!("{} needs {missing}", kind.as_str()))
    })
}

/// `scope` cut down to the level at which objects of `kind` live.
pub fn scope_for(kind: Kind, scope: &ScopePath) -> Result<ScopePath> {
    let level = collection_level(kind, scope)?;
    let mut cut = scope.clone();
    if level < Level::Workspace {
        cut.workspace = None;
    }
    if level < Level::Project {
        cut.project = None;
    }
    if level < Level::Org {
        cut.org = None;
    }
    // A project's name alone is no path: it stands in its organization, and a workspace in its project.
    if (cut.project.is_some() && cut.org.is_none()) || (cut.workspace.is_some() && cut.project.is_none()) {
        let what = if cut.org.is_none() { "its organization" } else { "its project" };
        return Err(ClientError::local(ErrorCode::Invalid, format!("{} is not a place without {what}", cut.key())));
    }
    Ok(cut)
}

/// Path segments of a scope: `orgs/acme/projects/vision`.
pub(crate) fn scope_segments(scope: &ScopePath) -> Vec<String> {
    let mut segments = Vec::new();
    for (plural, name) in [("orgs", &scope.org), ("projects", &scope.project), ("workspaces", &scope.workspace)] {
        if let Some(name) = name {
            segments.push(plural.to_owned());
            segments.push(name.to_string());
        }
    }
    segments
}

/// Path segments of the collection of `kind` in `scope`.
pub(crate) fn collection_segments(kind: Kind, scope: &ScopePath) -> Result<Vec<String>> {
    let mut segments = scope_segments(&scope_for(kind, scope)?);
    segments.push(kind.plural().to_owned());
    Ok(segments)
}

/// Path segments of one object.
pub(crate) fn item_segments(kind: Kind, scope: &ScopePath, name: &str) -> Result<Vec<String>> {
    let mut segments = collection_segments(kind, scope)?;
    segments.push(name.to_owned());
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use warpyard_model::Name;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn a_place_with_a_gap_is_no_path() {
        let gap = ScopePath { org: None, ..ScopePath::project(name("acme"), name("vision")) };
        let error = scope_for(Kind::ServiceProfile, &gap).unwrap_err();
        assert!(error.to_string().contains("its organization"), "{error}");
        assert_eq!(scope_for(Kind::Organization, &gap).unwrap(), ScopePath::platform(), "what lives above it is found");
    }

    #[test]
    fn kinds_find_their_place() {
        let workspace = ScopePath::workspace(name("acme"), name("vision"), name("research"));
        let project = ScopePath::project(name("acme"), name("vision"));
        let path = |kind, scope: &ScopePath| collection_segments(kind, scope).map(|s| s.join("/"));
        assert_eq!(path(Kind::User, &workspace).unwrap(), "users");
        assert_eq!(path(Kind::Project, &workspace).unwrap(), "orgs/acme/projects");
        assert_eq!(
            path(Kind::ServiceInstance, &workspace).unwrap(),
            "orgs/acme/projects/vision/workspaces/research/service-instances"
        );
        assert_eq!(path(Kind::RoleBinding, &project).unwrap(), "orgs/acme/projects/vision/role-bindings");
        assert_eq!(path(Kind::EnvironmentTemplate, &project).unwrap(), "orgs/acme/environment-templates");
        assert_eq!(path(Kind::EnvironmentTemplate, &ScopePath::platform()).unwrap(), "environment-templates");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = collection_segments(Kind::ServiceInstance, &ScopePath::org(name("acme"))).unwrap_err();
        assert_eq!(error.message, "ServiceInstance needs a project and a workspace");
    }
}
