//! Sealed values: AES-256-GCM with a key per row, wrapped by the installation's key.
//!
//! The owner's uid and the value's path are authenticated with it, so that a ciphertext moved to another row does not
//! open.

use crate::Inner;
use crate::db::{Conn, args};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::io::Write as _;
use std::path::Path;
use warpyard_model::{Error, Result};

/// The installation's key.
#[derive(Clone)]
pub struct MasterKey(Key<Aes256Gcm>);

impl MasterKey {
    /// A key from 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// Reads the key at `path`, or makes one there that only its owner may read.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let failed = |e: std::io::Error| Error::unavailable(format!("The master key at {} cannot be used: {e}", path.display()));
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(text.trim())
                .ok_or_else(|| Error::unavailable(format!("The master key at {} is not 32 bytes in base64.", path.display()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let bytes = rand::random::<[u8; 32]>();
                let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
                file.write_all(STANDARD.encode(bytes).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(Self::from_bytes(bytes))
            }
            Err(e) => Err(failed(e)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
        Some(Self::from_bytes(bytes))
    }
}

fn encrypt(key: &Key<Aes256Gcm>, plain: &[u8], context: &str) -> Result<String> {
    let nonce = rand::random::<[u8; 12]>();
    let sealed = Aes256Gcm::new(key)
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: context.as_bytes() })
        .map_err(|_| Error::internal("sealing failed"))?;
    Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
}

fn decrypt(key: &Key<Aes256Gcm>, sealed: &str, context: &str) -> Result<Vec<u8>> {
    let bad = || Error::internal(format!("the sealed value of {context} does not open: was the master key replaced?"));
    let bytes = STANDARD.decode(sealed).map_err(|_| bad())?;
    let (nonce, sealed) = bytes.split_at_checked(12).ok_or_else(bad)?;
    let nonce: [u8; 12] = nonce.try_into().map_err(|_| bad())?;
    Aes256Gcm::new(key).decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad: context.as_bytes() }).map_err(|_| bad())
}

impl Inner {
    /// Seals a text that is kept outside the table of sealed values; `context` says where it belongs.
    pub(crate) fn seal_text(&self, plain: &str, context: &str) -> Result<String> {
        encrypt(&self.key.0, plain.as_bytes(), context)
    }

    /// Opens such a text.
    pub(crate) fn open_text(&self, sealed: &str, context: &str) -> Result<String> {
        String::from_utf8(decrypt(&self.key.0, sealed, context)?).map_err(Error::internal)
    }

    /// A fingerprint of something that may hold a secret which could be guessed: useless without the installation's key.
    pub(crate) fn keyed_fingerprint(&self, text: &str) -> String {
        crate::fingerprint(&format!("{}\n{text}", crate::hex(&self.key.0)))
    }

    pub(crate) async fn seal(&self, conn: &mut Conn, uid: &str, path: &str, plain: &str) -> Result<()> {
        let context = format!("{uid}/{path}");
        let row_key = rand::random::<[u8; 32]>();
        let wrapped = encrypt(&self.key.0, &row_key, &context)?;
        let ciphertext = encrypt(&row_key.into(), plain.as_bytes(), &context)?;
        conn.run(
            "INSERT INTO sealed (uid, path, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4)
             ON CONFLICT (uid, path) DO UPDATE SET wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext",
            args![uid, path, wrapped, ciphertext],
        )
        .await?;
        Ok(())
    }

    /// Every sealed value of an object, by path.
    pub(crate) async fn unseal(&self, conn: &mut Conn, uid: &str) -> Result<Vec<(String, String)>> {
        let rows = conn.all("SELECT path, wrapped_key, ciphertext FROM sealed WHERE uid = $1", args![uid]).await?;
        rows.iter()
            .map(|row| {
                let path = row.text("path")?;
                let context = format!("{uid}/{path}");
                let row_key: [u8; 32] = decrypt(&self.key.0, &row.text("wrapped_key")?, &context)?
                    .try_into()
                    .map_err(|_| Error::internal("a wrapped key has the wrong length"))?;
                let plain = decrypt(&row_key.into(), &row.text("ciphertext")?, &context)?;
                Ok((path, String::from_utf8(plain).map_err(Error::internal)?))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_in_their_place() {
        let key = MasterKey::from_bytes([7; 32]);
        let sealed = encrypt(&key.0, b"hunter2", "a/b").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(decrypt(&key.0, &sealed, "a/b").unwrap(), b"hunter2");
        assert!(decrypt(&key.0, &sealed, "a/c").is_err());
        assert!(decrypt(&MasterKey::from_bytes([8; 32]).0, &sealed, "a/b").is_err());
    }
}
