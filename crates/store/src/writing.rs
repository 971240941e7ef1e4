//! The rows a transaction writes for an object: itself, its revisions, what it refers to.

use crate::batch::Batch;
use crate::db::args;
use crate::row::{StoredObject, columns_of, phase_of};
use serde_json::Value as Json;
use warpyard_model::{Error, Metadata, Result, Timestamp};

impl Batch {
    pub(crate) async fn insert(&mut self, object: &StoredObject, short_id: &str) -> Result<()> {
        let m = &object.metadata;
        let [org, project, workspace] = columns_of(&m.scope);
        self.conn
            .run(
                "INSERT INTO object (uid, kind, org, project, workspace, name, display_name, description, labels, generation,
                 resource_version, written_version, created_at, updated_at, created_by, modified_by, owner, phase, short_id, spec,
                 status)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                args![
                    &m.uid,
                    object.kind.as_str(),
                    org,
                    project,
                    workspace,
                    m.name.as_str(),
                    &m.display_name,
                    &m.description,
                    labels(m)?,
                    m.generation,
                    m.resource_version,
                    m.created_at.as_millis(),
                    m.updated_at.as_millis(),
                    &m.created_by,
                    &m.modified_by,
                    &object.owner,
                    phase_of(object.kind, &object.status),
                    short_id,
                    object.spec.clone(),
                    object.status.clone()
                ],
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn overwrite(&mut self, object: &StoredObject) -> Result<()> {
        self.note_in_charge(object.kind).await?;
        let m = &object.metadata;
        self.conn
            .run(
                "UPDATE object SET display_name = $2, description = $3, labels = $4, generation = $5, resource_version = $6,
                 written_version = $6, updated_at = $7, modified_by = $8, deletion_requested_at = $9, owner = $10, phase = $11, spec = $12, status = $13
                 WHERE uid = $1",
                args![
                    &m.uid,
                    &m.display_name,
                    &m.description,
                    labels(m)?,
                    m.generation,
                    m.resource_version,
                    m.updated_at.as_millis(),
                    &m.modified_by,
                    m.deletion_requested_at.map(Timestamp::as_millis),
                    &object.owner,
                    phase_of(object.kind, &object.status),
                    object.spec.clone(),
                    object.status.clone()
                ],
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn write_revision(&mut self, object: &StoredObject) -> Result<()> {
        let m = &object.metadata;
        self.conn
            .run(
                "INSERT INTO revision (uid, generation, at, actor, spec) VALUES ($1, $2, $3, $4, $5)",
                args![&m.uid, m.generation, m.updated_at.as_millis(), &m.modified_by, object.spec.clone()],
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn write_references(&mut self, uid: &str, references: &[(String, String)]) -> Result<()> {
        for (target, field) in references {
            self.conn
                .run(
                    "INSERT INTO reference (uid, target_uid, field) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    args![uid, target, field],
                )
                .await?;
        }
        Ok(())
    }
}

fn labels(metadata: &Metadata) -> Result<Json> {
    serde_json::to_value(&metadata.labels).map_err(Error::internal)
}
