//! Keeps the audit trail: signs the ends of chains now and then, hands the checkpoints out, and takes away what is older than
//! is kept.

use crate::outgoing;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;
use warpyard_model::{Error, Result};
use warpyard_store::{Checkpoint, ControllerStore};

/// Checkpoints handed out at once.
const PAGE: u32 = 200;

/// How the trail is kept.
#[derive(Debug, Clone)]
pub struct AuditKeeping {
    /// How often the ends of chains are signed; never where absent.
    pub every: Option<Duration>,
    /// A file that gets every checkpoint as a line.
    pub file: Option<PathBuf>,
    /// An address that gets every checkpoint.
    pub webhook: Option<Url>,
    /// The webhook may be on this machine or network, and plain HTTP.
    pub allow_private: bool,
    /// Entries are kept for so many days; for ever where absent.
    pub keep_days: Option<u32>,
}

impl AuditKeeping {
    /// Runs until `stop`.
    pub async fn run(self, store: ControllerStore, stop: CancellationToken) {
        let Some(every) = self.every else { return };
        loop {
            // The first round is a whole while after the start, so that a server that restarts often does not sign often.
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(every) => {}
            }
            self.report(self.round(&store).await);
        }
        // What happened since is signed before the server ends.
        self.report(self.round(&store).await);
    }

    fn report(&self, outcome: Result<()>) {
        if let Err(error) = outcome {
            tracing::warn!(%error, context = error.log_context(), "audit checkpoints could not be handed out; they are kept and tried again");
        }
    }

    /// Signs, hands out, takes away what is too old.
    pub async fn round(&self, store: &ControllerStore) -> Result<()> {
        store.sign_checkpoints().await?;
        let delivered = self.deliver(store).await;
        // A checkpoint that could not be handed out must not be lost to retention: only the oldest of a chain goes with it.
        if let (Some(days), true) = (self.keep_days, delivered.is_ok()) {
            let gone = store.prune_audit(store.store().now().plus_seconds(-86_400 * i64::from(days))).await?;
            if gone > 0 {
                tracing::info!(gone, "audit entries older than is kept were taken away");
            }
        }
        delivered
    }

    async fn deliver(&self, store: &ControllerStore) -> Result<()> {
        if self.file.is_none() && self.webhook.is_none() {
            return Ok(());
        }
        loop {
            let waiting = store.undelivered_checkpoints(PAGE).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            for checkpoint in waiting {
                if let Some(url) = &self.webhook {
                    outgoing::post_json(url, &checkpoint, self.allow_private).await?;
                }
                if let Some(path) = &self.file {
                    append(path, &checkpoint)?;
                }
                store.checkpoint_delivered(&checkpoint).await?;
            }
        }
    }
}

fn append(path: &Path, checkpoint: &Checkpoint) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let failed = |e: std::io::Error| Error::unavailable(format!("The checkpoint file {} cannot be written: {e}", path.display()));
    let mut line = serde_json::to_string(checkpoint).map_err(Error::internal)?;
    line.push('\n');
    let mut file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(failed)
}
