//! How often profiles are launched and how often that fails: counted per day, in the transaction of what is counted.

use crate::db::{Conn, args};
use crate::row::StoredObject;
use serde_json::Value as Json;
use warpyard_model::{Kind, Result, Timestamp};

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// The day that a moment is in, in UTC, counted from 1970.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MILLIS)
}

fn is_instance(kind: Kind) -> bool {
    matches!(kind, Kind::ComputeInstance | Kind::ServiceInstance)
}

/// Counts a launch of the profile that a new instance refers to.
pub(crate) async fn launched(
    conn: &mut Conn,
    now: Timestamp,
    object: &StoredObject,
    references: &[(String, String)],
) -> Result<()> {
    if !is_instance(object.kind) {
        return Ok(());
    }
    for (profile, _) in references.iter().filter(|(_, field)| field == "spec.profile") {
        count(conn, profile, now, 1, None).await?;
    }
    Ok(())
}

/// Counts a failure of the profile that an instance was launched from, once when it happens.
pub(crate) async fn status_written(conn: &mut Conn, now: Timestamp, before: &Json, object: &StoredObject) -> Result<()> {
    if !is_instance(object.kind) || before["phase"] == "failed" || object.status["phase"] != "failed" {
        return Ok(());
    }
    let sql = "SELECT target_uid FROM reference WHERE uid = $1 AND field = 'spec.profile'";
    for row in &conn.all(sql, args![&object.metadata.uid]).await? {
        count(conn, &row.text("target_uid")?, now, 0, Some(reason(&object.status))).await?;
    }
    Ok(())
}

/// Why something failed, in words that name nobody and nothing of an instance: whoever makes profiles reads them, and may
/// see no instance.
fn reason(status: &Json) -> String {
    let word = status["reason"].as_str().unwrap_or_default();
    match (word, status["exit_code"].as_i64()) {
        ("ProcessFailed", Some(code)) => format!("It ended with exit code {code}."),
        ("ProcessFailed", None) => "Its process ended.".to_owned(),
        ("ComputeFailed", _) => "Its compute instance could not be made.".to_owned(),
        ("ComputeGone", _) => "Its compute instance was gone.".to_owned(),
        ("ProviderFailed", _) => "The target could not make it.".to_owned(),
        ("TemplateInvalid", _) => "Its template could not be rendered.".to_owned(),
        ("PreconditionFailed", _) => "The target lacks what its template needs.".to_owned(),
        _ => "It failed.".to_owned(),
    }
}

async fn count(conn: &mut Conn, profile: &str, now: Timestamp, launches: i64, failure: Option<String>) -> Result<()> {
    let failures = i64::from(failure.is_some());
    conn.run(
        "INSERT INTO profile_usage (profile_uid, day, launches, failures, last_reason) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (profile_uid, day) DO UPDATE SET
           launches = profile_usage.launches + excluded.launches, failures = profile_usage.failures + excluded.failures,
           last_reason = CASE WHEN excluded.failures > 0 THEN excluded.last_reason ELSE profile_usage.last_reason END",
        args![profile, day(now), launches, failures, failure.unwrap_or_default()],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_name_nothing_of_an_instance() {
        let status =
            serde_json::json!({ "reason": "ProviderFailed", "message": "/home/ana/secret is not there", "exit_code": null });
        assert_eq!(reason(&status), "The target could not make it.");
        assert_eq!(reason(&serde_json::json!({ "reason": "ProcessFailed", "exit_code": 3 })), "It ended with exit code 3.");
    }
}
