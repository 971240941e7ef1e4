//! What exists in Studio and how it does, for whoever makes profiles: counts, never names of instances or of owners.

use crate::Store;
use crate::db::{Conn, args};
use crate::row::{StoredObject, kind_of, name_of};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use warpyard_model::kinds::ComputeProfile;
use warpyard_model::{Kind, Name, Result, ScopePath, Timestamp};
use warpyard_policy::{Allowed, Resource, Viewer, action};

/// Over how many days launches and failures are counted.
const DAYS: i64 = 30;
/// Most entries of each list.
const LISTED: usize = 20;
/// How far back the audit trail is read for recent changes.
const LOOKED_AT: i64 = 400;

/// How many profiles of a kind there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ProfileCounts {
    /// That people can launch, those in `changed` too.
    pub published: u32,
    /// That people cannot launch.
    pub draft: u32,
    /// Published, with changes that were not published yet.
    pub changed: u32,
}

/// A profile that figures are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ProfileName {
    /// Compute or service profile.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// Its home project.
    pub project: Name,
    /// What people call it.
    pub title: String,
}

/// Something that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct WaitingDraft {
    /// Which profile.
    #[serde(flatten)]
    pub profile: ProfileName,
    /// `draft` where people cannot launch it, `changed` where they launch an older generation.
    pub state: &'static str,
    /// When it last changed.
    pub modified_at: Timestamp,
    /// By whom.
    pub modified_by: String,
}

/// How many instances of a profile there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RunningCount {
    /// Which profile.
    #[serde(flatten)]
    pub profile: ProfileName,
    /// Being made, starting or running.
    pub running: u32,
    /// Waiting.
    pub queued: u32,
    /// Failed.
    pub failed: u32,
}

/// How often a profile was launched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LaunchCount {
    /// Which profile.
    #[serde(flatten)]
    pub profile: ProfileName,
    /// Launches in 30 days.
    pub launches_30d: i64,
}

/// How often instances of a profile failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FailureCount {
    /// Which profile.
    #[serde(flatten)]
    pub profile: ProfileName,
    /// Failures in 30 days.
    pub failures_30d: i64,
    /// Launches in 30 days, to compare with.
    pub launches_30d: i64,
    /// Why it failed last.
    pub reason: String,
}

/// A change of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct RecentChange {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Compute or service profile.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// Its home project.
    pub project: Name,
    /// The generation it had then; 0 where it is gone.
    pub generation: i64,
    /// `created`, `changed`, `published`, `withdrawn` or `deleted`.
    pub what: &'static str,
}

/// What exists and how it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StudioFigures {
    /// Compute profiles.
    pub compute_profiles: ProfileCounts,
    /// Service profiles.
    pub service_profiles: ProfileCounts,
    /// What waits to be published, the newest first.
    pub drafts: Vec<WaitingDraft>,
    /// Instances by profile, the most first.
    pub running: Vec<RunningCount>,
    /// What people launch most.
    pub most_launched: Vec<LaunchCount>,
    /// What fails most.
    pub most_failed: Vec<FailureCount>,
    /// What was changed, the newest first.
    pub recent_changes: Vec<RecentChange>,
}

#[derive(Default, Clone)]
struct Usage {
    launches: i64,
    failures: i64,
    reason: String,
}

fn published(object: &StoredObject) -> Option<i64> {
    object.status.pointer("/published/generation").and_then(serde_json::Value::as_i64)
}

fn named(object: &StoredObject) -> Option<ProfileName> {
    let metadata = &object.metadata;
    let project = metadata.scope.project.clone()?;
    Some(ProfileName { kind: object.kind, name: metadata.name.clone(), project, title: metadata.title().to_owned() })
}

impl Store {
    /// The figures of the profiles in the places of the proofs, all in one organization, as far as `viewer` sees them.
    pub async fn studio_figures(
        &self,
        proofs: &[Allowed<action::View, ComputeProfile>],
        viewer: &Viewer<'_>,
    ) -> Result<StudioFigures> {
        let mut conn = self.inner.db.read().await?;
        let Some(org) = proofs.iter().find_map(|p| p.scope().org.clone()) else { return Ok(StudioFigures::default()) };
        let places: Vec<&ScopePath> = proofs.iter().map(Allowed::scope).collect();
        let profiles = profiles(&mut conn, &org, &places, viewer).await?;
        let mut out = StudioFigures::default();
        count_profiles(&mut out, &profiles);
        out.running = running(&mut conn, &org, &profiles).await?;
        count_use(&mut conn, &mut out, &profiles, crate::usage::day(self.now())).await?;
        out.recent_changes = recent_changes(&mut conn, &org, &places, &profiles, viewer).await?;
        Ok(out)
    }

    /// How many compute instances of the proof's organization hold something, by target.
    pub async fn held_by_target(&self, proof: &Allowed<action::View, ComputeProfile>) -> Result<BTreeMap<String, u32>> {
        let Some(org) = &proof.scope().org else { return Ok(BTreeMap::new()) };
        let sql = "SELECT a.target, COUNT(*) AS n FROM allocation a JOIN object o ON o.uid = a.instance_uid
                   WHERE o.org = $1 GROUP BY a.target";
        let rows = self.inner.db.read().await?.all(sql, args![org.as_str()]).await?;
        rows.iter().map(|row| Ok((row.text("target")?, u32::try_from(row.int("n")?).unwrap_or(u32::MAX)))).collect()
    }
}

async fn profiles(conn: &mut Conn, org: &Name, places: &[&ScopePath], viewer: &Viewer<'_>) -> Result<Vec<StoredObject>> {
    let sql = format!(
        "SELECT {} FROM object WHERE kind IN ('ComputeProfile', 'ServiceProfile') AND org = $1 ORDER BY updated_at DESC, uid",
        crate::row::COLUMNS
    );
    let mut out = Vec::new();
    for row in &conn.all(&sql, args![org.as_str()]).await? {
        let object = StoredObject::read(row)?;
        let here = places.iter().any(|place| place.contains(&object.metadata.scope));
        if here && viewer.sees(&object.resource()) {
            out.push(object);
        }
    }
    Ok(out)
}

fn count_profiles(out: &mut StudioFigures, profiles: &[StoredObject]) {
    for object in profiles {
        let counts = if object.kind == Kind::ComputeProfile { &mut out.compute_profiles } else { &mut out.service_profiles };
        let state = match published(object) {
            None => {
                counts.draft += 1;
                "draft"
            }
            Some(generation) => {
                counts.published += 1;
                if generation == object.metadata.generation {
                    continue;
                }
                counts.changed += 1;
                "changed"
            }
        };
        let m = &object.metadata;
        out.drafts.extend(named(object).map(|profile| WaitingDraft {
            profile,
            state,
            modified_at: m.updated_at,
            modified_by: m.modified_by.clone(),
        }));
    }
    out.drafts.truncate(LISTED);
}

async fn running(conn: &mut Conn, org: &Name, profiles: &[StoredObject]) -> Result<Vec<RunningCount>> {
    let sql = "SELECT r.target_uid, o.phase, COUNT(*) AS n FROM object o JOIN reference r ON r.uid = o.uid
               WHERE o.kind IN ('ComputeInstance', 'ServiceInstance') AND o.org = $1 AND r.field = 'spec.profile'
               GROUP BY r.target_uid, o.phase";
    let mut counts: HashMap<String, [u32; 3]> = HashMap::new();
    for row in &conn.all(sql, args![org.as_str()]).await? {
        let slot = match row.text("phase")?.as_str() {
            "provisioning" | "starting" | "running" => 0,
            "pending" | "queued" => 1,
            "failed" => 2,
            _ => continue,
        };
        counts.entry(row.text("target_uid")?).or_default()[slot] += u32::try_from(row.int("n")?).unwrap_or(u32::MAX);
    }
    let mut out: Vec<RunningCount> = profiles
        .iter()
        .filter_map(|object| {
            let [running, queued, failed] = *counts.get(&object.metadata.uid)?;
            Some(RunningCount { profile: named(object)?, running, queued, failed })
        })
        .collect();
    out.sort_by_key(|r| std::cmp::Reverse((r.running, r.queued, r.failed)));
    out.truncate(LISTED);
    Ok(out)
}

async fn count_use(conn: &mut Conn, out: &mut StudioFigures, profiles: &[StoredObject], today: i64) -> Result<()> {
    let sql = "SELECT profile_uid, launches, failures, last_reason FROM profile_usage WHERE day > $1 ORDER BY day";
    let mut by_profile: HashMap<String, Usage> = HashMap::new();
    for row in &conn.all(sql, args![today - DAYS]).await? {
        let usage = by_profile.entry(row.text("profile_uid")?).or_default();
        usage.launches += row.int("launches")?;
        usage.failures += row.int("failures")?;
        let reason = row.text("last_reason")?;
        if !reason.is_empty() {
            usage.reason = reason;
        }
    }
    for object in profiles {
        let (Some(usage), Some(profile)) = (by_profile.get(&object.metadata.uid), named(object)) else { continue };
        if usage.launches > 0 {
            out.most_launched.push(LaunchCount { profile: profile.clone(), launches_30d: usage.launches });
        }
        if usage.failures > 0 {
            let (failures_30d, launches_30d, reason) = (usage.failures, usage.launches, usage.reason.clone());
            out.most_failed.push(FailureCount { profile, failures_30d, launches_30d, reason });
        }
    }
    out.most_launched.sort_by_key(|l| std::cmp::Reverse(l.launches_30d));
    out.most_failed.sort_by_key(|f| std::cmp::Reverse(f.failures_30d));
    out.most_launched.truncate(LISTED);
    out.most_failed.truncate(LISTED);
    Ok(())
}

async fn recent_changes(
    conn: &mut Conn,
    org: &Name,
    places: &[&ScopePath],
    profiles: &[StoredObject],
    viewer: &Viewer<'_>,
) -> Result<Vec<RecentChange>> {
    let sql = "SELECT at, actor, action, kind, object FROM audit
               WHERE org = $1 AND kind IN ('ComputeProfile', 'ServiceProfile') AND outcome = 'allowed'
               ORDER BY sequence DESC LIMIT $2";
    let mut out = Vec::new();
    for row in &conn.all(sql, args![org.as_str(), LOOKED_AT]).await? {
        if out.len() == LISTED {
            break;
        }
        let kind = kind_of(&row.text("kind")?)?;
        let path = row.text("object")?;
        let parts: Vec<&str> = path.split('/').collect();
        let (Some(project), Some(name)) = (parts.get(2), parts.get(3)) else { continue };
        let (project, name) = (name_of(project)?, name_of(name)?);
        let scope = ScopePath::project(org.clone(), project.clone());
        if !places.iter().any(|place| place.contains(&scope)) {
            continue;
        }
        let at = Timestamp::from_millis(row.int("at")?);
        let object = profiles.iter().find(|o| o.kind == kind && o.metadata.name == name && o.metadata.scope == scope);
        let what = match row.text("action")?.rsplit('.').next() {
            Some("create") => "created",
            Some("update") => "changed",
            Some("publish") => "published",
            Some("withdraw") => "withdrawn",
            Some("delete") => "deleted",
            _ => continue,
        };
        let generation = match object {
            Some(object) if object.metadata.created_at <= at => generation_at(conn, &object.metadata.uid, at).await?,
            // Gone, or another one by that name: told to whoever would have seen a draft of it.
            _ if viewer.sees(&Resource::object(kind, "", &name, &scope).draft(true)) => 0,
            _ => continue,
        };
        out.push(RecentChange { at, by: row.text("actor")?, kind, name, project, generation, what });
    }
    Ok(out)
}

/// The generation that an object had at a moment.
async fn generation_at(conn: &mut Conn, uid: &str, at: Timestamp) -> Result<i64> {
    let sql = "SELECT generation FROM revision WHERE uid = $1 AND at <= $2 ORDER BY generation DESC LIMIT 1";
    let row = conn.one(sql, args![uid, at.as_millis()]).await?;
    row.map(|r| r.int("generation")).transpose().map(Option::unwrap_or_default)
}
