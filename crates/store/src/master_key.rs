//! The installation's key: where it comes from, and the older ones that still open what they sealed.
//!
//! Its text is one key a line, 32 bytes in base64: the first seals, the others only open. A key is told apart by an id that
//! says nothing of it.

use aes_gcm::{Aes256Gcm, Key};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, PoisonError, RwLock};
use warpyard_model::{Error, Result};

/// Where the installation's key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file, which is made where it is missing; the server writes a new key there when it is to be rotated.
    File(PathBuf),
    /// A variable of this process.
    Environment(String),
    /// What a command of the shell prints: a key service's client, say.
    Command(String),
    /// Given in the program; for tests.
    Given,
}

impl KeySource {
    /// A word for it.
    pub fn word(&self) -> &'static str {
        match self {
            KeySource::File(_) => "file",
            KeySource::Environment(_) => "environment",
            KeySource::Command(_) => "command",
            KeySource::Given => "given",
        }
    }

    fn shown(&self) -> String {
        match self {
            KeySource::File(path) => format!("The master key at {}", path.display()),
            KeySource::Environment(name) => format!("The master key in the variable {name}"),
            // The command itself may hold what must not be told.
            KeySource::Command(_) => "The master key's command".to_owned(),
            KeySource::Given => "The master key".to_owned(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the key is read before there is a server: from the variable, or out of the command, that its configuration names"
    )]
    fn read(&self) -> Result<Vec<MasterKeyPart>> {
        let failed = |why: String| Error::unavailable(format!("{} cannot be used: {why}", self.shown()));
        let text = match self {
            KeySource::File(path) => match std::fs::read_to_string(path) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                    let key = MasterKeyPart::random();
                    write_new(path, &key.text()).map_err(|e| failed(e.to_string()))?;
                    key.text()
                }
                read => read.map_err(|e| failed(e.to_string()))?,
            },
            KeySource::Environment(name) => std::env::var(name).map_err(|_| failed("it is not set, or no text".to_owned()))?,
            KeySource::Command(command) => {
                let run = Command::new("sh").args(["-c", command]).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
                let output = run.map_err(|e| failed(e.to_string()))?;
                if !output.status.success() {
                    return Err(failed(format!("it ended with {}", output.status)));
                }
                String::from_utf8(output.stdout).map_err(|_| failed("it prints no text".to_owned()))?
            }
            KeySource::Given => return Err(failed("it was given in the program".to_owned())),
        };
        let lines = text.split_whitespace().map(MasterKeyPart::parse);
        let keys = lines.collect::<Option<Vec<_>>>().filter(|keys| !keys.is_empty());
        keys.ok_or_else(|| failed("it is not 32 bytes in base64, a key a line".to_owned()))
    }
}

/// Writes a file that only its owner may read and that is not there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Replaces a file as one: whoever reads it finds the old text or the new one.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    write_new(&beside, text)?;
    std::fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), |directory| std::fs::File::open(directory)?.sync_all())
}

/// One key with its id.
#[derive(Clone)]
pub(crate) struct MasterKeyPart {
    pub(crate) id: String,
    pub(crate) key: Key<Aes256Gcm>,
}

impl MasterKeyPart {
    fn new(bytes: [u8; 32]) -> Self {
        let id = crate::fingerprint(&format!("warpyard-key-id\n{}", crate::hex(&bytes)));
        Self { id: id.chars().take(12).collect(), key: bytes.into() }
    }

    fn random() -> Self {
        Self::new(rand::random())
    }

    fn parse(text: &str) -> Option<Self> {
        Some(Self::new(STANDARD.decode(text).ok()?.try_into().ok()?))
    }

    fn text(&self) -> String {
        format!("{}\n", STANDARD.encode(self.key))
    }
}

/// The installation's keys. Clones share them.
#[derive(Clone)]
pub struct MasterKey {
    source: KeySource,
    /// The one that seals first.
    keys: Arc<RwLock<Vec<MasterKeyPart>>>,
}

impl MasterKey {
    /// A key from 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { source: KeySource::Given, keys: Arc::new(RwLock::new(vec![MasterKeyPart::new(bytes)])) }
    }

    /// Reads the keys at a source; makes one where that is a file that is missing.
    pub fn load(source: KeySource) -> Result<Self> {
        let keys = source.read()?;
        Ok(Self { source, keys: Arc::new(RwLock::new(keys)) })
    }

    /// Where it comes from.
    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// The key that seals.
    pub(crate) fn current(&self) -> Result<MasterKeyPart> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first().cloned().ok_or_else(|| Error::internal("there is no master key"))
    }

    /// The key with an id. Another server may have begun a new one: then the source is read again.
    pub(crate) fn find(&self, id: &str) -> Result<MasterKeyPart> {
        let known = || self.keys.read().unwrap_or_else(PoisonError::into_inner).iter().find(|k| k.id == id).cloned();
        if let Some(key) = known() {
            return Ok(key);
        }
        if self.source != KeySource::Given {
            self.reload()?;
        }
        known().ok_or_else(|| {
            Error::unavailable(format!(
                "A value is sealed with the master key {id}, which is not among the keys of this server. Put it back as a \
                 further line of the key's source."
            ))
        })
    }

    /// Ids of all keys, the one that seals first.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).iter().map(|k| k.id.clone()).collect()
    }

    pub(crate) fn reload(&self) -> Result<()> {
        let keys = self.source.read()?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Begins a new key: in a file, a fresh one before those that something is still sealed with; elsewhere, what was put
    /// there first meanwhile.
    pub(crate) fn begin_next(&self, in_use: &[String]) -> Result<()> {
        let before = self.current()?.id;
        match &self.source {
            KeySource::File(path) => {
                let keys = self.source.read()?;
                let kept = keys.iter().filter(|key| key.id == before || in_use.contains(&key.id));
                let text: String = std::iter::once(MasterKeyPart::random().text()).chain(kept.map(MasterKeyPart::text)).collect();
                let failed = |e: std::io::Error| Error::unavailable(format!("{} cannot be replaced: {e}", self.source.shown()));
                replace(path, &text).map_err(failed)?;
                self.reload()
            }
            KeySource::Environment(_) | KeySource::Command(_) => {
                self.reload()?;
                if self.current()?.id != before {
                    return Ok(());
                }
                let again = if matches!(self.source, KeySource::Command(_)) { "ask again" } else { "restart the server" };
                Err(Error::conflict(format!(
                    "The key comes from {} outside, so it is rotated there: put the new key on the first line, leave the old one \
                     on the second, and {again}.",
                    if again == "ask again" { "a command" } else { "a variable" }
                )))
            }
            KeySource::Given => {
                let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
                keys.insert(0, MasterKeyPart::random());
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_a_file_a_variable_or_a_command() {
        let directory = std::env::temp_dir().join(format!("warpyard-key-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir(&directory).unwrap();
        let path = directory.join("master.key");
        let made = MasterKey::load(KeySource::File(path.clone())).unwrap();
        let again = MasterKey::load(KeySource::File(path.clone())).unwrap();
        assert_eq!(made.ids(), again.ids());
        let by_command = MasterKey::load(KeySource::Command(format!("cat {}", path.display()))).unwrap();
        assert_eq!(by_command.ids(), made.ids());
        assert!(by_command.begin_next(&[]).unwrap_err().to_string().contains("first line"));

        // Another server with the same file finds the new key when it meets it.
        let first = made.current().unwrap().id;
        made.begin_next(&[]).unwrap();
        let second = made.current().unwrap().id;
        assert_ne!(first, second);
        assert_eq!(made.ids(), [second.clone(), first.clone()]);
        assert_eq!(again.find(&second).unwrap().id, second);
        by_command.begin_next(&[]).unwrap();
        assert_eq!(by_command.current().unwrap().id, second);
        // A key that nothing is sealed with goes at the next rotation.
        made.begin_next(&[]).unwrap();
        assert_eq!(made.ids().len(), 2);
        assert!(made.find(&first).is_err());

        let missing = MasterKey::load(KeySource::Environment("WARPYARD_NO_SUCH_KEY".into())).err().unwrap().to_string();
        assert!(missing.contains("WARPYARD_NO_SUCH_KEY"), "{missing}");
        let failing = MasterKey::load(KeySource::Command("echo canary-key; exit 3".into())).err().unwrap().to_string();
        assert!(!failing.contains("canary"), "{failing}");
        std::fs::write(&path, "short").unwrap();
        assert!(MasterKey::load(KeySource::File(path)).is_err());
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
