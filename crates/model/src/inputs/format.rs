//! Formats of text that a machine reads later: SSH public keys, image references, names of secrets.
//!
//! Each function returns the normal form, or says what is expected. No message repeats the text: it may be sensitive.

use crate::Name;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use std::sync::LazyLock;

/// Key types of OpenSSH that are still safe to accept (RFC 4253, RFC 8709, OpenSSH PROTOCOL.u2f).
const KEY_TYPES: [&str; 7] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// The grammar of `distribution/reference`: an optional registry, a path, a tag and a digest.
static IMAGE: LazyLock<Regex> = LazyLock::new(|| {
    let label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    let registry = format!(r"(?:{label}(?:\.{label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?");
    let component = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
    let tag = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
    let digest = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:([0-9a-fA-F]{32,})";
    let all = format!(r"\A((?:{registry}/)?{component}(?:/{component})*)(?::{tag})?(?:@{digest})?\z");
    Regex::new(&all).expect("the grammar is constant and tested")
});

/// `name` or `name/key`.
pub(super) fn secret(text: &str) -> Result<String, String> {
    let (name, key) = text.split_once('/').map_or((text, None), |(name, key)| (name, Some(key)));
    Name::parse(name).map_err(|why| format!("must be the name of a secret, or name/key for one entry of it; {why}"))?;
    let good_key =
        |key: &str| (1..=100).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if key.is_some_and(|key| !good_key(key)) {
        return Err("must be name/key where the key has 1 to 100 letters, digits, dots, hyphens and underscores".to_owned());
    }
    Ok(text.to_owned())
}

/// `registry/path:tag@digest`, all but the path optional.
pub(super) fn image(text: &str) -> Result<String, String> {
    let text = text.trim();
    let expected = "must be an image reference such as registry.example/team/image:1.2 or image@sha256:…, the path in lower case";
    let found = IMAGE.captures(text).ok_or(expected)?;
    if found.get(1).is_some_and(|name| name.len() > 255) {
        return Err("must be an image reference whose name has at most 255 characters".to_owned());
    }
    let digits = found.get(2).map_or(64, |digest| digest.len());
    if text.contains("@sha256:") && digits != 64 {
        return Err("must have 64 hexadecimal digits after sha256:".to_owned());
    }
    Ok(text.to_owned())
}

/// `type base64 comment`, as in `id_ed25519.pub`; spaces between the parts become one.
pub(super) fn ssh_key(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.contains("PRIVATE KEY") {
        return Err("must be a public key, the line in a file that ends in .pub; this is a private key, never send it".to_owned());
    }
    if text.contains(['\n', '\r', '\0']) {
        return Err("must be one public key on one line".to_owned());
    }
    let mut words = text.split_whitespace();
    let key_type = words.next().unwrap_or_default();
    if !KEY_TYPES.contains(&key_type) {
        return Err(format!("must start with the type of the key: {}", KEY_TYPES.join(", ")));
    }
    let body = words.next().ok_or("must have the key itself after its type; copy the whole line")?;
    let bytes = STANDARD.decode(body).map_err(|_| "must have base64 after the type; copy the whole line")?;
    let parts = wire_strings(&bytes).ok_or("must be a whole key; this one is cut off, copy the whole line")?;
    if parts.first().is_none_or(|first| *first != key_type.as_bytes()) {
        return Err(format!("must be a key of the type it names; the body is not of type {key_type}"));
    }
    let expected = match key_type {
        "ssh-ed25519" => 2,
        "sk-ecdsa-sha2-nistp256@openssh.com" => 4,
        _ => 3,
    };
    if parts.len() != expected || (key_type == "ssh-ed25519" && parts[1].len() != 32) {
        return Err(format!("must be a whole key of type {key_type}; copy the whole line"));
    }
    let comment: Vec<&str> = words.collect();
    let line = if comment.is_empty() { format!("{key_type} {body}") } else { format!("{key_type} {body} {}", comment.join(" ")) };
    Ok(line)
}

/// Splits the length-prefixed strings of RFC 4251 section 5; `None` when they do not fill `bytes` exactly.
fn wire_strings(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        parts.push(part);
        bytes = rest;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(inner_type: &str, parts: &[&[u8]]) -> String {
        let mut bytes = Vec::new();
        for part in std::iter::once(inner_type.as_bytes()).chain(parts.iter().copied()) {
            bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part);
        }
        STANDARD.encode(bytes)
    }

    #[test]
    fn ssh_keys_hold_the_type_they_name() {
        let ed25519 = key("ssh-ed25519", &[&[7; 32]]);
        assert_eq!(
            ssh_key(&format!("  ssh-ed25519  {ed25519}  ana@lab  two ")),
            Ok(format!("ssh-ed25519 {ed25519} ana@lab two"))
        );
        let rsa = key("ssh-rsa", &[&[1, 0, 1], &[9; 257]]);
        assert!(ssh_key(&format!("ssh-rsa {rsa}")).is_ok());
        let short = key("ssh-ed25519", &[&[7; 31]]);
        let cut = &ed25519[..40];
        for bad in [
            String::new(),
            "ssh-ed25519".to_owned(),
            "ssh-ed25519 not-base64!".to_owned(),
            format!("ssh-rsa {ed25519}"),
            format!("ssh-ed25519 {short}"),
            format!("ssh-ed25519 {cut}"),
            format!("command=\"x\" ssh-ed25519 {ed25519}"),
            format!("ssh-ed25519 {ed25519}\nssh-ed25519 {ed25519}"),
            "-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(),
            format!("ssh-dss {}", key("ssh-dss", &[])),
        ] {
            assert!(ssh_key(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn images_follow_the_reference_grammar() {
        let digest = "a".repeat(64);
        for good in [
            "ubuntu",
            "ubuntu:24.04",
            "library/ubuntu",
            "registry.example:5000/team/a__b/c-d:1.0_x",
            "localhost/a",
            "[2001:db8::1]:5000/a",
            &format!("a@sha256:{digest}"),
            &format!("a:1@sha256:{digest}"),
        ] {
            assert_eq!(image(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "Ubuntu",
            "a:",
            "a@",
            "a b",
            "-a",
            "a//b",
            "/a",
            "a/",
            "a:b:c",
            "a@sha256:abc",
            &format!("a:{}", "t".repeat(129)),
            &format!("a@sha256:{}", "a".repeat(63)),
            &"a".repeat(256),
            "https://a/b",
        ] {
            assert!(image(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_are_names() {
        for good in ["token", "hub-token/api.key_1"] {
            assert_eq!(secret(good).as_deref(), Ok(good));
        }
        for bad in ["", "Token", "token/", "/key", "token/a/b", "token/a b", "a_b"] {
            assert!(secret(bad).is_err(), "{bad}");
        }
    }
}
