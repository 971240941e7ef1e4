//! Requests that the server makes to addresses which people chose: only to public addresses, unless the configuration says
//! otherwise, and without following where an answer points.
//!
//! The name is resolved once, every address it has is checked, and the connection goes to those addresses: a name that
//! changes its mind between check and use gains nothing.

use axum::http;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use url::{Host, Url};
use warpyard_model::{Error, Result};

const TIMEOUT: Duration = Duration::from_secs(15);

/// Checks an address that people wrote, without asking anybody.
pub fn check(url: &Url, allow_private: bool) -> Result<(), String> {
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        "http" => return Err("it must begin with https://".to_owned()),
        _ => return Err("it must be an https address".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must hold no user name or password".to_owned());
    }
    let address = match url.host() {
        None => return Err("it names no host".to_owned()),
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
    };
    if allow_private || is_public(address) { Ok(()) } else { Err(format!("{address} is not a public address")) }
}

/// Whether an address is one of the open internet: not this machine, not its network, not a cloud's metadata.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!((a, b, c), (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _));
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // NAT64 and 6to4 carry an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Documentation, Teredo, and what is not global unicast: this machine, links, sites, groups.
        [0x2001, 0xdb8 | 0, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// The largest answer that is read.
const ANSWER_BYTES: usize = 1 << 20;

/// Posts JSON to an address that people chose.
pub async fn post_json(url: &Url, body: &impl serde::Serialize, allow_private: bool) -> Result<()> {
    let body = serde_json::to_vec(body).map_err(Error::internal)?;
    let request = http::Request::post(url.as_str()).header(http::header::CONTENT_TYPE, "application/json").body(body);
    let answer = send(request.map_err(Error::internal)?, allow_private).await?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(Error::unavailable(format!("{} cannot be used: it answered {}", shown(url), answer.status())))
}

/// Sends a request to an address that people chose, and reads the answer up to a limit.
pub async fn send(request: http::Request<Vec<u8>>, allow_private: bool) -> Result<http::Response<Vec<u8>>> {
    let (parts, body) = request.into_parts();
    let url: Url = parts.uri.to_string().parse().map_err(|_| Error::unavailable("This is no address that can be asked."))?;
    let refused = |why: String| Error::unavailable(format!("{} cannot be used: {why}", shown(&url)));
    check(&url, allow_private).map_err(refused)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let found = tokio::net::lookup_host((bare.as_str(), port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(|e| refused(format!("{host} has no address: {e}")))?.collect();
    if let Some(private) = addresses.iter().find(|a| !allow_private && !is_public(a.ip())) {
        return Err(refused(format!("{host} is {}, which is not a public address", private.ip())));
    }
    // An error means that the process has chosen a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("warpyard/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(TIMEOUT)
        .resolve_to_addrs(&host, &addresses)
        .build()
        .map_err(Error::internal)?;
    let failed = |e: reqwest::Error| refused(e.without_url().to_string());
    let mut answer = client.request(parts.method, url.clone()).headers(parts.headers).body(body).send().await.map_err(failed)?;
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if read.len() + chunk.len() > ANSWER_BYTES {
            return Err(refused("its answer is too large".to_owned()));
        }
        read.extend_from_slice(&chunk);
    }
    let mut out = http::Response::new(read);
    *out.status_mut() = answer.status();
    *out.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(out)
}

/// An address without its path and query, which may hold a secret.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_asked() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::1",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn addresses_are_checked_as_written() {
        let verdict = |text: &str| check(&text.parse().unwrap(), false);
        assert!(verdict("https://hooks.example.com/x").is_ok());
        // Every way to write 127.0.0.1 is the same address once parsed.
        for bad in [
            "http://hooks.example.com",
            "ftp://x",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://user:password@hooks.example.com/",
        ] {
            assert!(verdict(bad).is_err(), "{bad}");
        }
        assert!(check(&"http://127.0.0.1:9/".parse().unwrap(), true).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_refused_and_nothing_secret_is_told() {
        let url: Url = "https://localhost:1/secret-path?token=canary".parse().unwrap();
        let error = post_json(&url, &1, false).await.unwrap_err().to_string();
        assert!(error.contains("not a public address"), "{error}");
        assert!(!error.contains("canary") && !error.contains("secret-path"), "{error}");
    }
}
