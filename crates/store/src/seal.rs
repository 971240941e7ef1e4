//! Sealed values: AES-256-GCM with a key per row, wrapped by the installation's key.
//!
//! The owner's uid and the value's path are authenticated with it, so that a ciphertext moved to another row does not
//! open.

use crate::Inner;
use crate::db::{Conn, args};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use warpyard_model::{Error, Result};

/// Where the key of texts outside the table lies in it, so that a rotation of the installation's key leaves them alone.
const TEXT_KEY: (&str, &str) = ("installation", "text-key");

pub(crate) fn encrypt(key: &Key<Aes256Gcm>, plain: &[u8], context: &str) -> Result<String> {
    let nonce = rand::random::<[u8; 12]>();
    let sealed = Aes256Gcm::new(key)
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: context.as_bytes() })
        .map_err(|_| Error::internal("sealing failed"))?;
    Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
}

pub(crate) fn decrypt(key: &Key<Aes256Gcm>, sealed: &str, context: &str) -> Result<Vec<u8>> {
    let bad = || Error::internal(format!("the sealed value of {context} does not open: was the master key replaced?"));
    let bytes = STANDARD.decode(sealed).map_err(|_| bad())?;
    let (nonce, sealed) = bytes.split_at_checked(12).ok_or_else(bad)?;
    let nonce: [u8; 12] = nonce.try_into().map_err(|_| bad())?;
    Aes256Gcm::new(key).decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad: context.as_bytes() }).map_err(|_| bad())
}

/// The key of texts that are kept outside the table of sealed values.
pub(crate) struct TextKey(Key<Aes256Gcm>);

impl TextKey {
    /// Seals a text; `context` says where it belongs.
    pub(crate) fn seal(&self, plain: &str, context: &str) -> Result<String> {
        encrypt(&self.0, plain.as_bytes(), context)
    }

    /// Opens such a text.
    pub(crate) fn open(&self, sealed: &str, context: &str) -> Result<String> {
        String::from_utf8(decrypt(&self.0, sealed, context)?).map_err(Error::internal)
    }

    /// A fingerprint of something that may hold a secret which could be guessed: useless without the key.
    pub(crate) fn fingerprint(&self, text: &str) -> String {
        crate::fingerprint(&format!("{}\n{text}", crate::hex(&self.0)))
    }
}

impl Inner {
    /// The key of texts outside the table, made when it is first needed. To be asked for outside a transaction.
    pub(crate) async fn text_key(&self) -> Result<&TextKey> {
        self.text_key
            .get_or_try_init(|| async {
                let (owner, path) = TEXT_KEY;
                let mut conn = self.db.begin().await?;
                crate::change::queue(&mut conn).await?;
                let found = self.unseal(&mut conn, owner).await?.into_iter().find(|(known, _)| known == path);
                let text = match found {
                    Some((_, text)) => text,
                    None => {
                        let text = STANDARD.encode(rand::random::<[u8; 32]>());
                        self.seal(&mut conn, owner, path, &text).await?;
                        text
                    }
                };
                conn.commit().await?;
                let bytes: [u8; 32] = STANDARD
                    .decode(text)
                    .map_err(Error::internal)?
                    .try_into()
                    .map_err(|_| Error::internal("the key of texts has the wrong length"))?;
                Ok(TextKey(bytes.into()))
            })
            .await
    }

    pub(crate) async fn seal(&self, conn: &mut Conn, uid: &str, path: &str, plain: &str) -> Result<()> {
        let context = format!("{uid}/{path}");
        let row_key = rand::random::<[u8; 32]>();
        let current = self.key.current()?;
        let wrapped = encrypt(&current.key, &row_key, &context)?;
        let ciphertext = encrypt(&row_key.into(), plain.as_bytes(), &context)?;
        conn.run(
            "INSERT INTO sealed (uid, path, key_id, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (uid, path) DO UPDATE
             SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext",
            args![uid, path, &current.id, wrapped, ciphertext],
        )
        .await?;
        Ok(())
    }

    /// Every sealed value of an object, by path.
    pub(crate) async fn unseal(&self, conn: &mut Conn, uid: &str) -> Result<Vec<(String, String)>> {
        let rows = conn.all("SELECT path, key_id, wrapped_key, ciphertext FROM sealed WHERE uid = $1", args![uid]).await?;
        rows.iter()
            .map(|row| {
                let path = row.text("path")?;
                let context = format!("{uid}/{path}");
                let key = self.key.find(&row.text("key_id")?)?;
                let row_key: [u8; 32] = decrypt(&key.key, &row.text("wrapped_key")?, &context)?
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
        let key = Key::<Aes256Gcm>::from([7; 32]);
        let sealed = encrypt(&key, b"hunter2", "a/b").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(decrypt(&key, &sealed, "a/b").unwrap(), b"hunter2");
        assert!(decrypt(&key, &sealed, "a/c").is_err());
        assert!(decrypt(&[8; 32].into(), &sealed, "a/b").is_err());
    }
}
