//! WebAuthn ceremonies: what a browser is asked to sign, and what its answer proves.
//!
//! Passkeys are bound to the console's host name, so there are none where the console is reached by an address. The user
//! is always verified (a fingerprint, a PIN): a passkey alone is two factors.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use warpyard_model::{Error, Result};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// The ceremonies for one host name.
pub(crate) struct Passkeys(Webauthn);

/// What the browser is given, and what is remembered until it answers.
pub(crate) struct Asked {
    /// The options of `navigator.credentials.create` or `.get`.
    pub(crate) options: Json,
    /// For the ticket.
    pub(crate) state: Json,
}

/// A passkey that was shown.
pub(crate) struct Shown {
    /// Its id, in base 64.
    pub(crate) credential: String,
    /// What is written down of it from now on.
    pub(crate) state: Json,
}

fn json(value: impl Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(Error::internal)
}

fn remembered<T: DeserializeOwned>(state: Json) -> Result<T> {
    serde_json::from_value(state).map_err(Error::internal)
}

/// What the browser sent. Its shape is WebAuthn's own.
fn sent<T: DeserializeOwned>(credential: Json, path: &str) -> Result<T> {
    serde_json::from_value(credential)
        .map_err(|e| Error::invalid_field(path, format!("this is no answer of an authenticator: {e}")))
}

fn refused(error: WebauthnError) -> Error {
    Error::unauthenticated("The passkey was not accepted. Try again, or sign in another way.").with_context(error)
}

impl Passkeys {
    /// Ceremonies for the console at `public_url`, unless that is an address instead of a name.
    pub(crate) fn at(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let host = url.domain()?.to_owned();
        let builder = WebauthnBuilder::new(&host, &url).ok()?.rp_name("Warpyard");
        builder.build().ok().map(Self)
    }

    /// Asks to make a passkey for a person who has `known` ones.
    pub(crate) fn ask_new(&self, uid: &str, email: &str, display_name: &str, known: Vec<Json>) -> Result<Asked> {
        let known = known.into_iter().map(remembered::<Passkey>).collect::<Result<Vec<_>>>()?;
        let known = known.iter().map(|p| p.cred_id().clone()).collect();
        let uid = Uuid::parse_str(uid).map_err(Error::internal)?;
        let (options, state) =
            self.0.start_passkey_registration(uid, email, display_name, Some(known)).map_err(Error::internal)?;
        let mut options = json(options)?;
        // Kept on the device where it can be: only such a passkey signs in without saying who it is first.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
        Ok(Asked { options, state: json(state)? })
    }

    /// Accepts a new passkey.
    pub(crate) fn accept_new(&self, credential: Json, state: Json) -> Result<Shown> {
        let credential: RegisterPublicKeyCredential = sent(credential, "credential")?;
        let state: PasskeyRegistration = remembered(state)?;
        let passkey = self
            .0
            .finish_passkey_registration(&credential, &state)
            .map_err(|e| Error::invalid_field("credential", "the passkey was not accepted; try again").with_context(e))?;
        Ok(Shown { credential: id_of(passkey.cred_id().as_ref()), state: json(passkey)? })
    }

    /// Asks for one of a person's passkeys.
    pub(crate) fn ask(&self, known: Vec<Json>) -> Result<Asked> {
        let known = known.into_iter().map(remembered::<Passkey>).collect::<Result<Vec<_>>>()?;
        let (options, state) = self.0.start_passkey_authentication(&known).map_err(Error::internal)?;
        Ok(Asked { options: json(options)?, state: json(state)? })
    }

    /// Checks the answer to that.
    pub(crate) fn check(&self, credential: Json, state: Json, known: Vec<Json>) -> Result<Shown> {
        let credential: PublicKeyCredential = sent(credential, "passkey")?;
        let state: PasskeyAuthentication = remembered(state)?;
        let result = self.0.finish_passkey_authentication(&credential, &state).map_err(refused)?;
        let known = known.into_iter().map(remembered::<Passkey>).collect::<Result<Vec<_>>>()?;
        let used = known.into_iter().find(|p| p.cred_id() == result.cred_id());
        let mut used = used.ok_or_else(|| refused(WebauthnError::CredentialNotFound))?;
        used.update_credential(&result);
        Ok(Shown { credential: id_of(used.cred_id().as_ref()), state: json(used)? })
    }

    /// Asks whoever is there for any passkey of this console.
    pub(crate) fn ask_anybody(&self) -> Result<Asked> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(Error::internal)?;
        let mut options = json(options)?;
        // The person pressed a button: the browser shows its own window, not a suggestion in a field.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        Ok(Asked { options, state: json(state)? })
    }

    /// The id of the passkey in an answer, and the uid of the person it says it is of.
    pub(crate) fn identify(&self, credential: &Json) -> Result<(String, Uuid)> {
        let credential: PublicKeyCredential = sent(credential.clone(), "credential")?;
        let (person, id) = self.0.identify_discoverable_authentication(&credential).map_err(refused)?;
        Ok((id_of(id), person))
    }

    /// Checks an answer by the passkey it names.
    pub(crate) fn check_anybody(&self, credential: Json, state: Json, known: Json) -> Result<Json> {
        let credential: PublicKeyCredential = sent(credential, "credential")?;
        let state: DiscoverableAuthentication = remembered(state)?;
        let mut passkey: Passkey = remembered(known)?;
        let key = DiscoverableKey::from(&passkey);
        let result = self.0.finish_discoverable_authentication_v2(&credential, state, &key).map_err(refused)?;
        passkey.update_credential(&result);
        json(passkey)
    }
}

/// The id as it is stored: base 64, as browsers write it.
fn id_of(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_name() {
        assert!(Passkeys::at("http://localhost:8080").is_some());
        assert!(Passkeys::at("https://gpu.example.com/warpyard").is_some());
        assert!(Passkeys::at("http://127.0.0.1:8080").is_none());
        assert!(Passkeys::at("https://[::1]").is_none());
    }
}
