//! What the provider is told by whoever makes it.

use super::spawn::{self, SYSTEM_PATH};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The provider's configuration.
#[derive(Debug, Clone)]
pub struct ProcessConfig {
    /// The server's data directory; the provider keeps to `process/` in it.
    pub data_dir: PathBuf,
    /// The program that is executed as `internal-shim` and `internal-init`: see [`internal`](super::internal).
    pub executable: PathBuf,
    /// GPUs to pretend, as `MODEL:COUNT`.
    pub simulated_gpus: Vec<String>,
    /// CPU that may be allotted, in thousandths of a core; the machine's where absent.
    pub cpu_millis: Option<u64>,
    /// Memory that may be allotted, in bytes; nine tenths of the machine's where absent.
    pub memory_bytes: Option<u64>,
    /// The node's name in the inventory; the host name where absent.
    pub node_name: Option<String>,
    /// The server's `PATH`; its parts that sandboxes can see join theirs.
    pub search_path: String,
    /// Variables that prepare steps get and services do not; see [`passthrough_environment`].
    pub prepare_environment: BTreeMap<String, String>,
    /// The home whose `.npmrc` and pip configuration prepare steps get a copy of.
    pub user_home: Option<PathBuf>,
    /// Prepared caches that no service has and nobody asked for since so many days are removed; kept for ever where absent.
    pub keep_prepared_days: Option<u32>,
    /// Use bubblewrap where it works. Without it there is no sandbox, and the provider says so.
    pub allow_bubblewrap: bool,
}

impl ProcessConfig {
    /// A configuration with nothing special in it.
    pub fn new(data_dir: impl Into<PathBuf>, executable: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            executable: executable.into(),
            simulated_gpus: Vec::new(),
            cpu_millis: None,
            memory_bytes: None,
            node_name: None,
            search_path: SYSTEM_PATH.to_owned(),
            prepare_environment: BTreeMap::new(),
            user_home: None,
            keep_prepared_days: None,
            allow_bubblewrap: true,
        }
    }

    /// Takes over what the server's own environment says: search path, proxies, package mirrors, certificates, home.
    #[must_use]
    pub fn with_environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        if let Some(path) = variables.get("PATH") {
            self.search_path.clone_from(path);
        }
        self.user_home = variables.get("HOME").map(PathBuf::from);
        self.prepare_environment = passthrough_environment(variables);
        self
    }
}

/// The small program `warpyard-shim` beside the server's own, or the server's own where it is missing or of another version.
pub fn shim_program(server: &Path) -> PathBuf {
    let beside = server.with_file_name("warpyard-shim");
    let answer = spawn::command(&beside).arg("--version").output();
    if answer.is_ok_and(|output| output.stdout.trim_ascii() == env!("CARGO_PKG_VERSION").as_bytes()) {
        return beside;
    }
    tracing::info!(program = %beside.display(), "not there in this version; services take a few megabytes more without it");
    server.to_owned()
}

/// What of an environment prepare steps need to reach package mirrors as the person who runs the server would.
pub fn passthrough_environment(variables: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, String> {
    variables.into_iter().filter(|(name, _)| is_passed(name)).collect()
}

fn is_passed(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "FTP_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "NODE_EXTRA_CA_CERTS",
        "GOPROXY",
        "GONOSUMDB",
        "GOFLAGS",
        "GOSUMDB",
        "PIP_CERT",
        "GIT_SSL_CAINFO",
    ];
    const PREFIXES: [&str; 4] = ["PIP_", "UV_", "NPM_CONFIG_", "SSL_CERT_"];
    let upper = name.to_ascii_uppercase();
    NAMES.contains(&upper.as_str()) || PREFIXES.iter().any(|p| upper.starts_with(p)) || upper.ends_with("_CA_BUNDLE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_package_managers_need_is_passed() {
        for name in
            ["https_proxy", "NO_PROXY", "PIP_INDEX_URL", "UV_INDEX", "npm_config_registry", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]
        {
            assert!(is_passed(name), "{name}");
        }
        for name in ["AWS_SECRET_ACCESS_KEY", "WARPYARD_TOKEN", "HOME", "LD_PRELOAD", "PATH"] {
            assert!(!is_passed(name), "{name}");
        }
    }
}
