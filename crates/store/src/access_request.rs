//! Requests for access: somebody asks for a role in a place, and whoever may give it decides.

use crate::audit::Record;
use crate::batch::Batch;
use crate::db::{Conn, Row, Value, args};
use crate::row::{columns_of, name_of, scope_of};
use crate::{ControllerStore, change};
use serde::{Deserialize, Serialize};
use serde_json::json;
use warpyard_model::kinds::AuditOutcome;
use warpyard_model::permission::Role;
use warpyard_model::{Error, Name, Result, ScopePath, Timestamp};
use warpyard_policy::ControllerProof;

/// How long a request waits before it lapses: 30 days.
const STANDS_SECONDS: i64 = 30 * 24 * 3600;
/// How long what became of a request is kept: a year.
const KEPT_SECONDS: i64 = 366 * 24 * 3600;
/// Most requests of one answer.
const SHOWN: i64 = 500;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Nobody has decided yet.
    Pending,
    /// Somebody gave the role.
    Approved,
    /// Somebody refused.
    Denied,
    /// Nobody decided within 30 days.
    Lapsed,
}

impl RequestState {
    fn as_str(self) -> &'static str {
        match self {
            RequestState::Pending => "pending",
            RequestState::Approved => "approved",
            RequestState::Denied => "denied",
            RequestState::Lapsed => "lapsed",
        }
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccessRequest {
    /// Who asks, for themselves.
    pub user: Name,
    /// Where.
    pub scope: ScopePath,
    /// The built-in role.
    pub role: Option<Role>,
    /// The organization's own role.
    pub custom_role: Option<Name>,
    /// Why.
    pub reason: String,
    /// For how long; for good where absent.
    pub duration_seconds: Option<i64>,
}

/// A request for access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AccessRequest {
    /// Its name in addresses.
    pub name: Name,
    /// Who asks.
    pub user: Name,
    /// Where.
    pub scope: ScopePath,
    /// The built-in role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The organization's own role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<Name>,
    /// Why.
    pub reason: String,
    /// For how long from the approval on; for good where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<i64>,
    /// Since when.
    pub created_at: Timestamp,
    /// What became of it.
    pub state: RequestState,
    /// Who decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decided_by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// What they said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The role binding that was made; it may be gone since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<Name>,
}

impl AccessRequest {
    fn from_row(row: &Row, now: Timestamp) -> Result<Self> {
        let some = |column: &str| -> Result<Option<String>> { Ok(Some(row.text(column)?).filter(|text| !text.is_empty())) };
        let created_at = Timestamp::from_millis(row.int("created_at")?);
        let state = match row.text("state")?.as_str() {
            "approved" => RequestState::Approved,
            "denied" => RequestState::Denied,
            _ if now.seconds_since(created_at) >= STANDS_SECONDS => RequestState::Lapsed,
            _ => RequestState::Pending,
        };
        let role = some("role")?;
        Ok(Self {
            name: name_of(&row.text("id")?)?,
            user: name_of(&row.text("user_name")?)?,
            scope: scope_of(row)?,
            role: role.map(|word| serde_json::from_value(word.into()).map_err(Error::internal)).transpose()?,
            custom_role: some("custom_role")?.map(|name| name_of(&name)).transpose()?,
            reason: row.text("reason")?,
            duration_seconds: row.opt_int("duration_seconds")?,
            created_at,
            state,
            decided_by: row.text("decided_by")?,
            decided_at: row.opt_int("decided_at")?.map(Timestamp::from_millis),
            note: row.text("note")?,
            binding: some("binding")?.map(|name| name_of(&name)).transpose()?,
        })
    }

    /// What it is called that they ask for.
    pub fn role_word(&self) -> &str {
        self.role.map(Role::as_str).or(self.custom_role.as_ref().map(Name::as_str)).unwrap_or_default()
    }
}

async fn of_org(conn: &mut Conn, org: &Name, name: Option<&Name>, now: Timestamp) -> Result<Vec<AccessRequest>> {
    let mut sql = String::from("SELECT * FROM access_request WHERE org = $1");
    let mut values = vec![Value::from(org.as_str())];
    if let Some(name) = name {
        sql.push_str(" AND id = $2");
        values.push(Value::from(name.as_str()));
    }
    // What waits comes first, then what was decided last.
    sql.push_str(&format!(" ORDER BY CASE state WHEN 'pending' THEN 0 ELSE 1 END, created_at DESC, id LIMIT {SHOWN}"));
    conn.all(&sql, &values).await?.iter().map(|row| AccessRequest::from_row(row, now)).collect()
}

impl ControllerStore {
    /// The requests in an organization, what waits first; who may see which is the caller's to ask.
    pub async fn access_requests(&self, org: &Name) -> Result<Vec<AccessRequest>> {
        let now = self.store().now();
        of_org(&mut self.store().inner.db.read().await?, org, None, now).await
    }

    /// One of them.
    pub async fn access_request(&self, org: &Name, name: &Name) -> Result<Option<AccessRequest>> {
        let now = self.store().now();
        Ok(of_org(&mut self.store().inner.db.read().await?, org, Some(name), now).await?.pop())
    }
}

impl Batch {
    /// The requests in an organization as this transaction sees them.
    pub async fn access_requests(&mut self, _proof: &ControllerProof, org: &Name) -> Result<Vec<AccessRequest>> {
        let now = self.inner.clock.now();
        of_org(&mut self.conn, org, None, now).await
    }

    /// One of them.
    pub async fn access_request(&mut self, _proof: &ControllerProof, org: &Name, name: &Name) -> Result<Option<AccessRequest>> {
        let now = self.inner.clock.now();
        Ok(of_org(&mut self.conn, org, Some(name), now).await?.pop())
    }

    /// Writes down what somebody asks for, and forgets what was decided long ago.
    pub async fn add_access_request(&mut self, _proof: &ControllerProof, new: NewAccessRequest) -> Result<AccessRequest> {
        let now = self.inner.clock.now();
        let random = uuid::Uuid::new_v4().simple().to_string();
        let name = name_of(&format!("request-{}", &random[..12]))?;
        let [org, project, workspace] = columns_of(&new.scope);
        self.conn
            .run(
                "INSERT INTO access_request (id, org, project, workspace, user_name, role, custom_role, reason, duration_seconds,
                   created_at, state, decided_by, decided_at, note, binding)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', '', NULL, '', '')",
                args![
                    name.as_str(),
                    org,
                    project,
                    workspace,
                    new.user.as_str(),
                    new.role.map(Role::as_str).unwrap_or_default(),
                    new.custom_role.as_ref().map(Name::as_str).unwrap_or_default(),
                    &new.reason,
                    new.duration_seconds,
                    now.as_millis()
                ],
            )
            .await?;
        let oldest = now.plus_seconds(-KEPT_SECONDS).as_millis();
        self.conn.run("DELETE FROM access_request WHERE created_at < $1", args![oldest]).await?;
        let request = AccessRequest {
            name,
            user: new.user,
            scope: new.scope,
            role: new.role,
            custom_role: new.custom_role,
            reason: new.reason,
            duration_seconds: new.duration_seconds,
            created_at: now,
            state: RequestState::Pending,
            decided_by: String::new(),
            decided_at: None,
            note: String::new(),
            binding: None,
        };
        self.record_request(&request, "create").await?;
        Ok(request)
    }

    /// Writes down what became of a request.
    pub async fn decide_access_request(
        &mut self,
        _proof: &ControllerProof,
        mut request: AccessRequest,
        state: RequestState,
        note: &str,
        binding: Option<Name>,
    ) -> Result<AccessRequest> {
        let now = self.inner.clock.now();
        request.state = state;
        request.decided_by.clone_from(&self.context.actor);
        request.decided_at = Some(now);
        note.clone_into(&mut request.note);
        request.binding = binding;
        self.conn
            .run(
                "UPDATE access_request SET state = $2, decided_by = $3, decided_at = $4, note = $5, binding = $6 WHERE id = $1",
                args![
                    request.name.as_str(),
                    state.as_str(),
                    &request.decided_by,
                    now.as_millis(),
                    note,
                    request.binding.as_ref().map(Name::as_str).unwrap_or_default()
                ],
            )
            .await?;
        self.record_request(&request, if state == RequestState::Approved { "approve" } else { "deny" }).await?;
        Ok(request)
    }

    /// Takes a request back.
    pub async fn withdraw_access_request(&mut self, _proof: &ControllerProof, request: &AccessRequest) -> Result<()> {
        self.conn.run("DELETE FROM access_request WHERE id = $1", args![request.name.as_str()]).await?;
        self.record_request(request, "withdraw").await
    }

    async fn record_request(&mut self, request: &AccessRequest, verb: &str) -> Result<()> {
        // Chains grow under the sequence's lock, like every write.
        let sequence = change::next(&mut self.conn).await?;
        self.reached(sequence);
        let org = request.scope.org.as_ref().map(Name::as_str).unwrap_or_default().to_owned();
        let (action, object) = (format!("access_request.{verb}"), format!("{}/{}", request.scope.key(), request.name));
        let record = Record {
            org: &org,
            action: &action,
            outcome: AuditOutcome::Allowed,
            kind: None,
            object: &object,
            before: None,
            after: Some(json!(request)),
        };
        self.inner.record(&mut self.conn, &self.context, record).await
    }
}
