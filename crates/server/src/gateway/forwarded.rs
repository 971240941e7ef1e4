//! What apps are told about the client: `X-Forwarded-For`, `-Host`, `-Proto` and `-User`.
//!
//! These headers are only worth something if no client can write them, so those of a peer that is not configured as a
//! proxy are dropped, and so are spellings with `_`, which CGI and WSGI servers cannot tell from the real ones.

use super::GatewayConfig;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// The signed-in person's name.
pub(super) const X_FORWARDED_USER: HeaderName = HeaderName::from_static("x-forwarded-user");

/// An address or network whose `X-Forwarded-*` headers count: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedProxy {
    address: IpAddr,
    prefix_bits: u8,
}

impl TrustedProxy {
    /// Whether `address` is in the network. An IPv4 address mapped into IPv6 counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = u32::from(network) ^ u32::from(address);
                differing.checked_shr(32 - u32::from(self.prefix_bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = u128::from(network) ^ u128::from(address);
                differing.checked_shr(128 - u32::from(self.prefix_bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for TrustedProxy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}` is no address or network; write `10.0.0.7` or `10.0.0.0/8`");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| expected())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            None => most,
            Some(prefix) => prefix.parse().ok().filter(|bits| *bits <= most).ok_or_else(expected)?,
        };
        Ok(Self { address, prefix_bits })
    }
}

/// What is known about the way a request came.
pub(super) struct Forwarded {
    trusted: bool,
    https: bool,
}

impl Forwarded {
    /// Reads the request before any header is removed.
    pub(super) fn of(config: &GatewayConfig, headers: &HeaderMap, peer: SocketAddr) -> Self {
        let trusted = config.trusted_proxies.iter().any(|proxy| proxy.contains(peer.ip()));
        let told = headers.get(X_FORWARDED_PROTO).filter(|_| trusted);
        // Proxies in a row may have made a list; the first entry is what the browser used.
        let https = told.map_or(config.https, |value| {
            let first = value.as_bytes().split(|byte| *byte == b',').next().unwrap_or_default();
            first.trim_ascii().eq_ignore_ascii_case(b"https")
        });
        Self { trusted, https }
    }

    /// Whether the browser used HTTPS, as far as is known.
    pub(super) fn https(&self) -> bool {
        self.https
    }

    /// Replaces what the client said by what is known.
    pub(super) fn write(&self, headers: &mut HeaderMap, authority: &HeaderValue, peer: SocketAddr) {
        let dropped: Vec<HeaderName> = headers.keys().filter(|name| self.drops(name.as_str())).cloned().collect();
        for name in dropped {
            headers.remove(name);
        }
        let mut chain = String::new();
        for value in headers.get_all(X_FORWARDED_FOR) {
            if let Ok(value) = value.to_str() {
                chain.push_str(value);
                chain.push_str(", ");
            }
        }
        chain.push_str(&peer.ip().to_canonical().to_string());
        if let Ok(chain) = HeaderValue::from_str(&chain) {
            headers.insert(X_FORWARDED_FOR, chain);
        }
        if !headers.contains_key(X_FORWARDED_HOST) {
            headers.insert(X_FORWARDED_HOST, authority.clone());
        }
        headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(if self.https { "https" } else { "http" }));
    }

    fn drops(&self, name: &str) -> bool {
        let spelt_with_underscore = name.contains('_');
        let reads_as = |wanted: &str, name: &str| {
            name.len() == wanted.len()
                && name.bytes().zip(wanted.bytes()).all(|(byte, wanted)| byte == wanted || (byte == b'_' && wanted == b'-'))
        };
        let family = "x-forwarded-";
        let about_client = name.get(..family.len()).is_some_and(|head| reads_as(family, head))
            || reads_as("forwarded", name)
            || reads_as("x-real-ip", name);
        about_client && (!self.trusted || spelt_with_underscore || reads_as(X_FORWARDED_USER.as_str(), name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_their_addresses() {
        for (network, address, inside) in [
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "fd00::1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("fd00::/8", "fdff::1", true),
            ("::1", "::1", true),
            ("::/0", "fd00::1", true),
        ] {
            assert_eq!(
                network.parse::<TrustedProxy>().unwrap().contains(address.parse().unwrap()),
                inside,
                "{network} {address}"
            );
        }
        for bad in ["", "10.0.0.0/33", "fd00::/129", "10.0.0/8", "10.0.0.0/-1", "proxy.example"] {
            assert!(bad.parse::<TrustedProxy>().unwrap_err().contains(bad), "{bad}");
        }
    }
}
