//! Where the server is, who asks and where things are: flags, `WARPYARD_*` variables, then the configuration file.
//!
//! The file is `$XDG_CONFIG_HOME/warpyard/config.toml`, readable by its owner alone because it holds tokens. A token from
//! the file goes only to the server it was made by.

use crate::arguments::Global;
use crate::environment::variable;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use warpyard_client::{Client, Credentials};
use warpyard_model::{Name, ScopePath};

/// One server and what was chosen there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Context {
    /// The server's address.
    pub(crate) server: String,
    /// The API token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
    /// The token's id, to revoke it when signing out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_id: Option<String>,
    /// Who signed in, to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// The organization to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) org: Option<String>,
    /// The project to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    /// The workspace to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workspace: Option<String>,
}

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Config {
    /// The context to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<String>,
    /// The contexts by name.
    #[serde(default)]
    pub(crate) contexts: BTreeMap<String, Context>,
}

impl Config {
    /// Where the file is.
    pub(crate) fn path() -> Outcome<PathBuf> {
        let set = |name: &str| variable(name).map(PathBuf::from);
        let base = set("XDG_CONFIG_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".config")))
            .ok_or_else(|| Failure::other("there is no place for the configuration: set HOME or XDG_CONFIG_HOME"))?;
        Ok(base.join("warpyard").join("config.toml"))
    }

    /// Reads the file; a file that is not there is an empty one.
    pub(crate) fn load() -> Outcome<Self> {
        Self::load_from(&Self::path()?)
    }

    fn load_from(path: &Path) -> Outcome<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|e| {
                Failure::other(format!("{} cannot be read: {}", path.display(), e.message()))
                    .with_hint("correct it, or remove it and sign in again")
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::file("read", path, &error)),
        }
    }

    /// Writes the file.
    pub(crate) fn save(&self) -> Outcome<()> {
        self.save_to(&Self::path()?)
    }

    /// Whole or not at all: written beside and moved, so that a full disk leaves the old one.
    fn save_to(&self, path: &Path) -> Outcome<()> {
        use std::os::unix::fs::DirBuilderExt;
        let text = toml::to_string(self).map_err(|e| Failure::other(format!("cannot write the configuration: {e}")))?;
        let directory = path.parent().unwrap_or_else(|| Path::new("."));
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|e| Failure::file("make", directory, &e))?;
        // A temporary file is made with mode 0600, which is what a file with tokens needs.
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(|e| Failure::file("write in", directory, &e))?;
        file.write_all(text.as_bytes()).map_err(|e| Failure::file("write", path, &e))?;
        file.persist(path).map_err(|e| Failure::file("write", path, &e.error))?;
        Ok(())
    }

    /// The name of the context that counts: the flag's, else the current one.
    pub(crate) fn chosen(&self, flag: Option<&str>) -> Option<String> {
        flag.map(str::to_owned).or_else(|| self.current.clone())
    }
}

/// What a command works with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The server's address.
    pub(crate) server: String,
    /// The API token, if any.
    token: Option<String>,
    /// Where things are, as far as it is known.
    pub(crate) scope: ScopePath,
    /// The part of the scope that flags or variables said, not the file.
    pub(crate) explicit: ScopePath,
}

impl Settings {
    /// Puts flags, variables and the file together.
    pub(crate) fn resolve(global: &Global, config: &Config) -> Outcome<Self> {
        let token_variable =
            variable("WARPYARD_TOKEN").and_then(|token| token.into_string().ok()).filter(|token| !token.trim().is_empty());
        Self::from_parts(global, config, token_variable)
    }

    fn from_parts(global: &Global, config: &Config, token_variable: Option<String>) -> Outcome<Self> {
        let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let context = match config.chosen(given(&global.context).as_deref()) {
            Some(name) => config.contexts.get(&name).cloned().ok_or_else(|| {
                let known: Vec<&str> = config.contexts.keys().map(String::as_str).collect();
                Failure::usage(format!("there is no context {name:?}; known are: {}", known.join(", ")))
                    .with_hint("`warpyard login URL --context NAME` makes one")
            })?,
            None => Context::default(),
        };
        let server =
            given(&global.server).or_else(|| Some(context.server.clone()).filter(|s| !s.is_empty())).ok_or_else(|| {
                Failure::new(Exit::Forbidden, "no server is known")
                    .with_hint("sign in with `warpyard login URL`, or set WARPYARD_URL and WARPYARD_TOKEN")
            })?;
        let token = match given(&global.token_file) {
            Some(path) => Some(read_token(Path::new(&path))?),
            None => token_variable.map(|t| t.trim().to_owned()),
        };
        let same_server = server.trim_end_matches('/') == context.server.trim_end_matches('/');
        let token = token.or_else(|| context.token.clone().filter(|_| same_server));

        let org = name("--org", given(&global.org))?;
        let project = name("--project", given(&global.project))?;
        let workspace = name("--workspace", given(&global.workspace))?;
        let explicit = ScopePath { org, project, workspace };
        // What the file says of a project counts only inside the organization the file means, and so on.
        let of_file = |text: &Option<String>, still: bool| if still && same_server { text.clone() } else { None };
        let org = explicit.org.clone().or(name("org", of_file(&context.org, true))?);
        let same_org = org.as_ref().map(Name::as_str) == context.org.as_deref();
        let project = explicit.project.clone().or(name("project", of_file(&context.project, same_org))?);
        let same_project = same_org && project.as_ref().map(Name::as_str) == context.project.as_deref();
        let workspace = explicit.workspace.clone().or(name("workspace", of_file(&context.workspace, same_project))?);
        Ok(Self { server, token, scope: ScopePath { org, project, workspace }, explicit })
    }

    /// A client as the person who is signed in.
    pub(crate) fn client(&self) -> Outcome<Client> {
        let credentials = self.token.clone().map_or(Credentials::Nobody, Credentials::Token);
        Ok(Client::new(&self.server, credentials)?)
    }

    /// Whether there is a token at all.
    pub(crate) fn signed_in(&self) -> bool {
        self.token.is_some()
    }
}

fn name(what: &str, text: Option<String>) -> Outcome<Option<Name>> {
    text.map(|text| Name::parse(&text).map_err(|e| Failure::usage(format!("{what} {text:?}: {e}")))).transpose()
}

fn read_token(path: &Path) -> Outcome<String> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::file("read", path, &e))?;
    let token = text.trim();
    if token.is_empty() {
        return Err(Failure::usage(format!("{} holds no token", path.display())));
    }
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn config() -> Config {
        let context = Context {
            server: "http://here".into(),
            token: Some("wyd_here".into()),
            org: Some("acme".into()),
            project: Some("vision".into()),
            workspace: Some("research".into()),
            ..Context::default()
        };
        Config { current: Some("here".into()), contexts: BTreeMap::from([("here".to_owned(), context)]) }
    }

    #[test]
    fn the_file_is_for_its_owner_alone_and_reads_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("warpyard/config.toml");
        config().save_to(&path).unwrap();
        config().save_to(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Config::load_from(&path).unwrap(), config());
        assert_eq!(Config::load_from(&directory.path().join("none")).unwrap(), Config::default());
        std::fs::write(&path, "current = [").unwrap();
        assert!(Config::load_from(&path).unwrap_err().message.contains("config.toml"));
    }

    #[test]
    fn flags_win_and_a_token_stays_with_its_server() {
        let here = Settings::from_parts(&Global::default(), &config(), None).unwrap();
        assert_eq!(here.token.as_deref(), Some("wyd_here"));
        assert_eq!(here.scope.key(), "/acme/vision/research");
        let elsewhere = Global { server: Some("http://there".into()), ..Global::default() };
        let elsewhere = Settings::from_parts(&elsewhere, &config(), None).unwrap();
        assert_eq!(elsewhere.token, None);
        assert_eq!(elsewhere.scope.key(), "/");
        let variable = Settings::from_parts(&Global::default(), &config(), Some("wyd_variable\n".into())).unwrap();
        assert_eq!(variable.token.as_deref(), Some("wyd_variable"));
    }

    #[test]
    fn another_org_forgets_the_project_of_the_file() {
        let other = Global { org: Some("globex".into()), ..Global::default() };
        assert_eq!(Settings::from_parts(&other, &config(), None).unwrap().scope.key(), "/globex");
        let other = Global { project: Some("audio".into()), ..Global::default() };
        assert_eq!(Settings::from_parts(&other, &config(), None).unwrap().scope.key(), "/acme/audio");
        let bad = Global { org: Some("No Name".into()), ..Global::default() };
        assert_eq!(Settings::from_parts(&bad, &config(), None).unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn nobody_knows_a_server() {
        let failure = Settings::from_parts(&Global::default(), &Config::default(), None).unwrap_err();
        assert_eq!(failure.exit, Exit::Forbidden);
        let unknown = Global { context: Some("x".into()), ..Global::default() };
        assert_eq!(Settings::from_parts(&unknown, &config(), None).unwrap_err().exit, Exit::Usage);
    }
}
