//! The server's configuration: defaults, then a TOML file, then `WARPYARD_*` variables, then flags.

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use warpyard_model::Error;
use warpyard_server::AuditKeeping;
use warpyard_store::KeySource;

/// Runs the server.
#[derive(Debug, Clone, Default, clap::Args, Serialize)]
#[command(
    after_long_help = "Every flag is also a key of the configuration file (TOML, with underscores) and a variable WARPYARD_<KEY>.
A flag beats a variable, a variable beats the file.

Without a first admin, the server prints a one-time link that makes one; or set WARPYARD_BOOTSTRAP_ADMIN_EMAIL and
WARPYARD_BOOTSTRAP_ADMIN_PASSWORD_FILE.

Examples:
  warpyard serve
  warpyard serve --listen 0.0.0.0:8080 --apps-domain apps.example.com --public-url https://gpu.example.com
  warpyard serve --simulate-gpus A100-80GB:4
  WARPYARD_DATABASE_URL=postgres://warpyard@db/warpyard warpyard serve"
)]
pub(crate) struct ServeArgs {
    /// Configuration file in TOML.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Where the database, keys, homes and caches live [default: ./data].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Address and port; port 0 picks a free one and prints it [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) listen: Option<String>,
    /// Domain under which every app has its own origin [default: apps.localhost].
    #[arg(long, value_name = "DOMAIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) apps_domain: Option<String>,
    /// Where people reach the console, when that is not the listening address.
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public_url: Option<String>,
    /// PostgreSQL instead of the embedded database.
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database_url: Option<String>,
    /// Pretend to have GPUs, clearly labelled; may be given several times.
    #[arg(long, value_name = "MODEL:COUNT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) simulate_gpus: Vec<String>,
    /// Address or network whose X-Forwarded-* headers count; may be given several times.
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) trusted_proxy: Vec<String>,
    /// Cookies without Secure, for plain HTTP on a name other than localhost.
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) insecure_cookies: bool,
    /// CPU that instances may take in all, in thousandths of a core [default: the machine's].
    #[arg(long, value_name = "MILLIS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_millis: Option<u64>,
    /// Memory that instances may take in all, in bytes [default: nine tenths of the machine's].
    #[arg(long, value_name = "BYTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory_bytes: Option<u64>,
    /// Days after which a prepared cache that no instance uses is removed; 0 keeps all [default: 30].
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keep_prepared_days: Option<u32>,
}

/// The configuration with everything filled in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: String,
    pub(crate) apps_domain: String,
    pub(crate) public_url: Option<String>,
    pub(crate) database_url: Option<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) simulate_gpus: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) trusted_proxy: Vec<String>,
    pub(crate) insecure_cookies: bool,
    pub(crate) cpu_millis: Option<u64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) keep_prepared_days: u32,
    pub(crate) bootstrap_admin_email: Option<String>,
    pub(crate) bootstrap_admin_password_file: Option<PathBuf>,
    /// Minutes between signed checkpoints of the audit trail; 0 signs none.
    pub(crate) audit_checkpoint_minutes: u32,
    /// A file that gets every checkpoint as a line.
    pub(crate) audit_checkpoint_file: Option<PathBuf>,
    /// An address that gets every checkpoint.
    pub(crate) audit_checkpoint_webhook: Option<String>,
    /// Days that audit entries are kept; 0 keeps them for ever.
    pub(crate) audit_keep_days: u32,
    /// Webhooks may be on this machine or network, and plain HTTP.
    pub(crate) allow_private_webhooks: bool,
    /// Identity providers may be on this machine or network; plain HTTP is for this machine alone.
    pub(crate) allow_private_providers: bool,
    /// Where the master key is kept; `master.key` in the data directory where no source is named.
    pub(crate) master_key_file: Option<PathBuf>,
    /// A variable that holds the master key.
    pub(crate) master_key_env: Option<String>,
    /// A command that prints the master key.
    pub(crate) master_key_command: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "./data".into(),
            listen: "127.0.0.1:8080".into(),
            apps_domain: "apps.localhost".into(),
            public_url: None,
            database_url: None,
            simulate_gpus: Vec::new(),
            trusted_proxy: Vec::new(),
            insecure_cookies: false,
            cpu_millis: None,
            memory_bytes: None,
            keep_prepared_days: 30,
            bootstrap_admin_email: None,
            bootstrap_admin_password_file: None,
            audit_checkpoint_minutes: 60,
            audit_checkpoint_file: None,
            audit_checkpoint_webhook: None,
            audit_keep_days: 0,
            allow_private_webhooks: false,
            allow_private_providers: false,
            master_key_file: None,
            master_key_env: None,
            master_key_command: None,
        }
    }
}

/// A variable holds one text; in it, commas separate several values.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        Many(Vec<String>),
        One(String),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => one.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect(),
    })
}

/// The keys that a variable may set; the client's own variables share the prefix and are left alone.
const KEYS: [&str; 22] = [
    "data_dir",
    "listen",
    "apps_domain",
    "public_url",
    "database_url",
    "simulate_gpus",
    "trusted_proxy",
    "insecure_cookies",
    "cpu_millis",
    "memory_bytes",
    "keep_prepared_days",
    "bootstrap_admin_email",
    "bootstrap_admin_password_file",
    "audit_checkpoint_minutes",
    "audit_checkpoint_file",
    "audit_checkpoint_webhook",
    "audit_keep_days",
    "allow_private_webhooks",
    "allow_private_providers",
    "master_key_file",
    "master_key_env",
    "master_key_command",
];

impl Config {
    /// Where the master key comes from.
    pub(crate) fn key_source(&self, data_dir: &std::path::Path) -> warpyard_model::Result<KeySource> {
        let named = [
            self.master_key_file.clone().map(KeySource::File),
            self.master_key_env.clone().map(KeySource::Environment),
            self.master_key_command.clone().map(KeySource::Command),
        ];
        let mut named = named.into_iter().flatten();
        let source = named.next().unwrap_or_else(|| KeySource::File(data_dir.join("master.key")));
        match named.next() {
            None => Ok(source),
            Some(_) => Err(Error::invalid_field(
                "master_key_file",
                "name one source of the master key: master_key_file, master_key_env or master_key_command",
            )),
        }
    }

    /// How the audit trail is kept.
    pub(crate) fn audit_keeping(&self) -> warpyard_model::Result<AuditKeeping> {
        let bad = |why: String| Error::invalid_field("audit_checkpoint_webhook", why);
        let webhook = self.audit_checkpoint_webhook.as_ref().map(|text| {
            let url = text.parse().map_err(|_| bad(format!("{text:?} is not an address")))?;
            warpyard_server::outgoing::check(&url, self.allow_private_webhooks)
                .map_err(|why| bad(format!("{why}; set allow_private_webhooks where it is meant to be on your own network")))?;
            Ok::<_, Error>(url)
        });
        let minutes = u64::from(self.audit_checkpoint_minutes);
        if self.audit_keep_days > 0 && minutes == 0 {
            return Err(Error::invalid_field(
                "audit_keep_days",
                "entries are only taken away up to a signed checkpoint; set audit_checkpoint_minutes",
            ));
        }
        Ok(AuditKeeping {
            every: (minutes > 0).then(|| std::time::Duration::from_secs(60 * minutes)),
            file: self.audit_checkpoint_file.clone(),
            webhook: webhook.transpose()?,
            allow_private: self.allow_private_webhooks,
            keep_days: (self.audit_keep_days > 0).then_some(self.audit_keep_days),
        })
    }
}

impl ServeArgs {
    /// Puts defaults, file, variables and flags together. The error names the key and where its value came from.
    pub(crate) fn load(&self) -> Result<Config, String> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(file) = &self.config {
            let text = std::fs::read_to_string(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
            let table: toml::Table =
                toml::from_str(&text).map_err(|e| format!("{} is not TOML: {}", file.display(), e.message()))?;
            if let Some(unknown) = table.keys().find(|k| !KEYS.contains(&k.as_str())) {
                return Err(format!("{} has a key {unknown:?} that is not known; known are {}", file.display(), KEYS.join(", ")));
            }
            figment = figment.merge(Toml::string(&text));
        }
        figment = figment.merge(Env::prefixed("WARPYARD_").only(&KEYS));
        figment.merge(Serialized::defaults(self)).extract().map_err(|e| format!("the configuration is not valid: {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_beat_the_file_and_the_file_beats_defaults() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("warpyard.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:9\"\napps_domain = \"apps.example.com\"\nsimulate_gpus = \"A:1, B:2\"\n")
            .unwrap();
        let args = ServeArgs { config: Some(file.clone()), listen: Some("127.0.0.1:0".into()), ..ServeArgs::default() };
        let config = args.load().unwrap();
        assert_eq!((config.listen.as_str(), config.apps_domain.as_str()), ("127.0.0.1:0", "apps.example.com"));
        assert_eq!(config.simulate_gpus, ["A:1", "B:2"]);
        assert_eq!(config.keep_prepared_days, 30);
        assert!(config.audit_keeping().unwrap().webhook.is_none());
        let webhook = |url: &str| Config { audit_checkpoint_webhook: Some(url.to_owned()), ..Config::default() }.audit_keeping();
        assert!(webhook("https://hooks.example.com/audit").is_ok());
        assert!(webhook("https://169.254.169.254/latest").is_err());
        assert!(webhook("http://hooks.example.com/audit").is_err());
        std::fs::write(&file, "lissten = 1\n").unwrap();
        let error = ServeArgs { config: Some(file), ..ServeArgs::default() }.load().unwrap_err();
        assert!(error.contains("lissten"), "{error}");
    }
}
