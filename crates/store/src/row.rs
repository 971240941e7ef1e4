//! Rows of the object table, as resources for policies and as typed objects.

use crate::db::Row;
use serde_json::Value as Json;
use warpyard_model::kinds::{Sharing, SystemOffer};
use warpyard_model::{API_VERSION, Error, Kind, Metadata, Name, Object, Result, ScopePath, Spec, Timestamp};
use warpyard_policy::Resource;

/// Every column of the object table, in the order [`StoredObject::read`] wants.
pub(crate) const COLUMNS: &str = "uid, kind, org, project, workspace, name, display_name, description, labels, generation, \
     resource_version, written_version, created_at, updated_at, created_by, modified_by, deletion_requested_at, owner, spec, status";

/// An object as stored, its spec and status still JSON.
#[derive(Debug, Clone)]
pub struct StoredObject {
    pub(crate) kind: Kind,
    pub(crate) metadata: Metadata,
    /// The version of the last change that was no mere status.
    pub(crate) written_version: i64,
    pub(crate) owner: String,
    pub(crate) spec: Json,
    pub(crate) status: Json,
}

impl StoredObject {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let kind = kind_of(&row.text("kind")?)?;
        let scope = scope_of(row)?;
        let metadata = Metadata {
            name: name_of(&row.text("name")?)?,
            scope,
            display_name: row.text("display_name")?,
            description: row.text("description")?,
            labels: serde_json::from_value(row.json("labels")?).map_err(Error::internal)?,
            uid: row.text("uid")?,
            generation: row.int("generation")?,
            resource_version: row.int("resource_version")?,
            created_at: Timestamp::from_millis(row.int("created_at")?),
            updated_at: Timestamp::from_millis(row.int("updated_at")?),
            created_by: row.text("created_by")?,
            modified_by: row.text("modified_by")?,
            deletion_requested_at: row.opt_int("deletion_requested_at")?.map(Timestamp::from_millis),
        };
        Ok(Self {
            kind,
            metadata,
            written_version: row.int("written_version")?,
            owner: row.text("owner")?,
            spec: row.json("spec")?,
            status: row.json("status")?,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How policies look at it. For people, who may be seen depends on where they work: see `people`.
    pub(crate) fn resource(&self) -> Resource {
        let resource = Resource::object(self.kind, &self.metadata.uid, &self.metadata.name, &self.metadata.scope);
        match self.kind {
            Kind::ComputeInstance | Kind::ServiceInstance => resource.owned_by(Some(self.owner.clone())),
            Kind::ComputeProfile | Kind::ServiceProfile => {
                resource.offered_in(self.offered_in()).for_groups(self.groups()).draft(self.is_draft())
            }
            Kind::Group | Kind::CustomRole | Kind::Icon => {
                resource.offered_in(self.metadata.scope.org.iter().cloned().map(ScopePath::org).collect())
            }
            Kind::Target => resource.offered_in(vec![ScopePath::platform()]),
            Kind::SystemProfile => resource.offered_in(self.offered_to_orgs()),
            Kind::EnvironmentTemplate if self.metadata.scope.org.is_none() => resource.offered_in(vec![ScopePath::platform()]),
            _ => resource,
        }
    }

    /// A profile that was never published: work in progress of those who make profiles.
    pub(crate) fn is_draft(&self) -> bool {
        matches!(self.kind, Kind::ComputeProfile | Kind::ServiceProfile)
            && self.status.get("published").is_none_or(Json::is_null)
            && self.status.get("versions").and_then(Json::as_array).is_none_or(Vec::is_empty)
    }

    /// The platform's scope stands for every organization.
    fn offered_to_orgs(&self) -> Vec<ScopePath> {
        let offer = self.status.get("offer").and_then(|o| serde_json::from_value(o.clone()).ok());
        let SystemOffer { all_orgs, orgs } = offer.unwrap_or_default();
        if all_orgs { vec![ScopePath::platform()] } else { orgs.into_iter().map(ScopePath::org).collect() }
    }

    /// Whom it is offered to: what a second person agreed to, where that is written down, or what the spec says.
    fn sharing(&self) -> Sharing {
        let agreed = self.status.get("offered").filter(|offered| !offered.is_null());
        agreed.or_else(|| self.spec.get("sharing")).and_then(|s| serde_json::from_value(s.clone()).ok()).unwrap_or_default()
    }

    fn groups(&self) -> Vec<String> {
        let Some(org) = &self.metadata.scope.org else { return Vec::new() };
        self.sharing().groups.iter().map(|group| warpyard_policy::group_key(org, group)).collect()
    }

    fn offered_in(&self) -> Vec<ScopePath> {
        let Some(org) = &self.metadata.scope.org else { return Vec::new() };
        if self.status.get("published").is_none_or(Json::is_null) {
            return Vec::new();
        }
        let sharing = self.sharing();
        if sharing.all_projects {
            return vec![ScopePath::org(org.clone())];
        }
        let home = self.metadata.scope.project.iter();
        home.chain(&sharing.projects).map(|p| ScopePath::project(org.clone(), p.clone())).collect()
    }

    /// The object, typed.
    pub(crate) fn typed<S: Spec>(self) -> Result<Object<S>> {
        let what = || format!("stored {} {}", self.kind, self.metadata.uid);
        let spec = serde_json::from_value(self.spec.clone()).map_err(|e| Error::internal(e).with_context(what()))?;
        let status = serde_json::from_value(self.status.clone()).map_err(|e| Error::internal(e).with_context(what()))?;
        Ok(Object { api_version: API_VERSION.to_owned(), kind: self.kind, metadata: self.metadata, spec, status })
    }

    /// The object as JSON, for watchers.
    pub(crate) fn json(self) -> Result<Json> {
        let metadata = serde_json::to_value(&self.metadata).map_err(Error::internal)?;
        Ok(serde_json::json!({
            "apiVersion": API_VERSION, "kind": self.kind, "metadata": metadata, "spec": self.spec, "status": self.status
        }))
    }
}

pub(crate) fn kind_of(word: &str) -> Result<Kind> {
    Kind::ALL.iter().copied().find(|k| k.as_str() == word).ok_or_else(|| Error::internal(format!("stored kind {word:?}")))
}

pub(crate) fn name_of(text: &str) -> Result<Name> {
    Name::parse(text).map_err(|e| Error::internal(format!("stored name {text:?}: {e}")))
}

pub(crate) fn scope_of(row: &Row) -> Result<ScopePath> {
    let part = |column: &str| -> Result<Option<Name>> {
        let text = row.text(column)?;
        if text.is_empty() { Ok(None) } else { name_of(&text).map(Some) }
    };
    Ok(ScopePath { org: part("org")?, project: part("project")?, workspace: part("workspace")? })
}

/// The scope as the three columns hold it.
pub(crate) fn columns_of(scope: &ScopePath) -> [String; 3] {
    [&scope.org, &scope.project, &scope.workspace].map(|p| p.as_ref().map(Name::to_string).unwrap_or_default())
}

/// Whose it is, for the `owner` column: an instance's owner, a binding's person.
pub(crate) fn owner_of(kind: Kind, spec: &Json) -> String {
    let field = match kind {
        Kind::ComputeInstance | Kind::ServiceInstance => "owner",
        Kind::RoleBinding => "user",
        _ => return String::new(),
    };
    spec.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// What the `phase` column holds: an instance's phase, whether a profile is published.
pub(crate) fn phase_of(kind: Kind, status: &Json) -> String {
    match kind {
        Kind::ComputeInstance | Kind::ServiceInstance => {
            status.get("phase").and_then(Json::as_str).unwrap_or("pending").to_owned()
        }
        Kind::ComputeProfile | Kind::ServiceProfile => {
            let published = status.get("published").is_some_and(|p| !p.is_null());
            if published { "published" } else { "draft" }.to_owned()
        }
        _ => String::new(),
    }
}
