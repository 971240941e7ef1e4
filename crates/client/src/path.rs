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
