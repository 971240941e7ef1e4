//! Ports of the machine for services on its network: found free, noted, stable.

use super::files;
use super::layout::Layout;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};

/// Below the range that Linux gives to outgoing connections, above what services usually listen on.
const RANGE: std::ops::Range<u16> = 20_000..30_000;

/// Allots one port per endpoint; the same ones when asked again.
pub(super) fn allot(layout: &Layout, uid: &str, endpoints: &[String]) -> io::Result<BTreeMap<String, u16>> {
    let service = layout.service(uid);
    let mut ports: BTreeMap<String, u16> = files::read_json(&service.ports()).unwrap_or_default();
    if endpoints.iter().all(|name| ports.contains_key(name)) {
        return Ok(ports.into_iter().filter(|(name, _)| endpoints.contains(name)).collect());
    }
    files::make_directory(&service.path, 0o711)?;
    files::make_directory(&layout.ports(), 0o700)?;
    for name in endpoints {
        if !ports.contains_key(name) {
            ports.insert(name.clone(), allot_one(layout, uid, name)?);
        }
    }
    files::write_json(&service.ports(), &ports)?;
    Ok(ports.into_iter().filter(|(name, _)| endpoints.contains(name)).collect())
}

/// The note of a port says whose it is, so a call that was cut off finds what it took.
fn allot_one(layout: &Layout, uid: &str, endpoint: &str) -> io::Result<u16> {
    let owner = format!("{uid} {endpoint}");
    let digest = Sha256::digest(&owner);
    let count = RANGE.end - RANGE.start;
    let start = u16::from_be_bytes([digest[0], digest[1]]) % count;
    for step in 0..count {
        let port = RANGE.start + (start + step) % count;
        let note = layout.ports().join(port.to_string());
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&note) {
            Ok(mut file) => {
                file.write_all(owner.as_bytes())?;
                if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Ok(port);
                }
                std::fs::remove_file(&note)?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if std::fs::read_to_string(&note).is_ok_and(|text| text == owner) {
                    return Ok(port);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("no port from {} to {} is free on this machine", RANGE.start, RANGE.end - 1)))
}

/// Gives a service's ports back.
pub(super) fn give_back(layout: &Layout, uid: &str) {
    let ports: BTreeMap<String, u16> = files::read_json(&layout.service(uid).ports()).unwrap_or_default();
    for port in ports.values() {
        let note = layout.ports().join(port.to_string());
        if std::fs::read_to_string(&note).is_ok_and(|text| text.starts_with(&format!("{uid} "))) {
            let _ = std::fs::remove_file(note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_stable_distinct_and_given_back() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        let names = ["web".to_owned(), "api".to_owned()];
        let first = allot(&layout, "s-1", &names).unwrap();
        assert_ne!(first["web"], first["api"]);
        assert_eq!(allot(&layout, "s-1", &names).unwrap(), first);
        let second = allot(&layout, "s-2", &names).unwrap();
        assert!(second.values().all(|port| !first.values().any(|p| p == port)));
        give_back(&layout, "s-1");
        assert_eq!(std::fs::read_dir(layout.ports()).unwrap().count(), 2);
    }
}
