//! Passwords: the one rule for new ones, and comparing what somebody typed with what is stored.
//!
//! The rule is NIST SP 800-63B's: a length, no rules of composition, nothing that is easy to guess. How easy is estimated
//! by `zxcvbn`, which knows common passwords, keyboard walks, dates, and is told the person's own names.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use serde::{Deserialize, Serialize};
use warpyard_model::{Error, Result};

/// Fewest characters (NIST SP 800-63B asks for at least 8 and recommends 15; no composition rules).
const LENGTH_MIN: usize = 10;
/// Most characters, so that hashing cannot be made to work for long.
const LENGTH_MAX: usize = 256;
/// Weakest score that is taken, of 0 to 4: 10⁸ guesses and more.
const SCORE_MIN: u8 = 3;

/// Verified when there is no such account, so that the answer takes as long as for one that is there. Nobody knows what it
/// is the hash of; a test holds that it costs what a fresh one costs.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdCBvaw$SWl0dGVkIGJ5IG5vYm9keSBhbmQgbWF0Y2hlcyBubyE";

/// What the rule says of a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PasswordStrength {
    /// From 0, guessed at once, to 4, hard to guess.
    #[schemars(range(min = 0, max = 4))]
    pub score: u8,
    /// Whether it may be set.
    pub acceptable: bool,
    /// What is wrong with it and what would help; absent when it may be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl PasswordStrength {
    /// Judges a password; `names` are words that whoever guesses would try first: the person's names and mail address.
    pub fn of(password: &str, names: &[&str]) -> Self {
        let length = password.chars().count();
        // As they are, in parts, and in one word.
        let joined: Vec<String> = names.iter().map(|name| name.split(|c: char| !c.is_alphanumeric()).collect()).collect();
        let words: Vec<&str> = names
            .iter()
            .flat_map(|name| std::iter::once(*name).chain(name.split(|c: char| !c.is_alphanumeric())))
            .chain(joined.iter().map(String::as_str))
            .filter(|word| word.chars().count() > 2)
            .chain(["warpyard"])
            .collect();
        let entropy = zxcvbn::zxcvbn(password, &words);
        let score = u8::from(entropy.score());
        let message = if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
            Some(format!("a password has {LENGTH_MIN} to {LENGTH_MAX} characters; this one has {length}"))
        } else if score < SCORE_MIN {
            let hints = entropy.feedback().map(|feedback| {
                let warning = feedback.warning().map(|w| w.to_string());
                warning.into_iter().chain(feedback.suggestions().iter().take(1).map(ToString::to_string)).collect::<Vec<_>>()
            });
            let hints = hints.filter(|h| !h.is_empty()).unwrap_or_else(|| vec!["Add another word or two.".to_owned()]);
            Some(format!("this password is too easy to guess. {}", hints.join(" ")))
        } else {
            None
        };
        Self { score, acceptable: message.is_none(), message }
    }
}

/// Judges a password and hashes it. `path` is where the answer says what is wrong.
pub(crate) async fn accept(password: &str, names: Vec<String>, path: &str) -> Result<String> {
    let (password, path) = (password.to_owned(), path.to_owned());
    let judged = tokio::task::spawn_blocking(move || {
        // Nothing longer than a password may be is looked at.
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match PasswordStrength::of(&password, &names).message {
            Some(message) => Err(Error::invalid_field(path, message)),
            None => hash(&password),
        }
    });
    judged.await.map_err(Error::internal)?
}

fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that `stored` is the hash of. Without a hash the answer is no, after the same work.
pub(crate) async fn verify(password: &str, stored: Option<String>) -> Result<bool> {
    // Nothing longer than a password may be is hashed.
    let password = if password.chars().count() > LENGTH_MAX { String::new() } else { password.to_owned() };
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(stored.as_deref().unwrap_or(NOBODY)).map_err(Error::internal)?;
        let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && stored.is_some())
    })
    .await
    .map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_for_nobody_costs_what_guessing_for_somebody_costs() {
        let fresh = hash("a password").unwrap();
        let cost = |text: &str| text.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(&fresh), cost(NOBODY));
        let lengths = |text: &str| text.split('$').skip(4).map(str::len).collect::<Vec<_>>();
        assert_eq!(lengths(&fresh), lengths(NOBODY));
        assert!(Argon2::default().verify_password(b"", &PasswordHash::new(NOBODY).unwrap()).is_err());
    }

    #[test]
    fn what_is_easy_to_guess_is_refused() {
        let names = ["ana", "ana.lima@example.com", "Ana Lima"];
        for bad in [
            "",
            "short",
            "password123",
            "qwertyuiop",
            "1234567890",
            "aaaaaaaaaaaaaaa",
            "Passw0rd!2024",
            "warpyard123",
            "analima2024",
            "ana.lima@example.com",
            "iloveyou1234",
            "abcdefghijkl",
        ] {
            let judged = PasswordStrength::of(bad, &names);
            assert!(!judged.acceptable, "{bad}: {judged:?}");
            assert!(judged.message.is_some());
        }
        // No rule of composition: words alone will do, in any script.
        for good in ["correct horse battery", "seven quiet lanterns drifting", "vierzehn Möwen im Regen", "k7#pQ9vL2x"] {
            let judged = PasswordStrength::of(good, &names);
            assert!(judged.acceptable, "{good}: {judged:?}");
            assert_eq!(judged.message, None);
        }
        assert!(!PasswordStrength::of(&"ab cd ef gh ".repeat(22), &[]).acceptable, "longer than 256 characters");
    }
}
