//! Which host names are apps, and which app.

use axum::http::header::HOST;
use axum::http::{HeaderValue, Request, Version};

/// The longest label a host name may have (RFC 1035 §2.3.4).
const LONGEST_LABEL: usize = 63;

/// Hexadecimal digits of a uid that are in the host name.
const SHORT_ID_DIGITS: usize = 12;

/// The first label of an app's host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppHost {
    /// The endpoint's name.
    pub endpoint: String,
    /// The first 12 hexadecimal digits of the service instance's uid.
    pub short_id: String,
}

impl std::fmt::Display for AppHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}--{}", self.endpoint, self.short_id)
    }
}

/// The app that `host` (with or without a port) names below `apps_domain`; `None` for every other host.
pub fn route(host: &str, apps_domain: &str) -> Option<AppHost> {
    let label = label_under(host, apps_domain)?;
    if label.len() > LONGEST_LABEL {
        return None;
    }
    let (endpoint, short_id) = label.rsplit_once("--")?;
    let endpoint_is_label = !endpoint.is_empty()
        && !endpoint.starts_with('-')
        && !endpoint.ends_with('-')
        && endpoint.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let short_id_is_hex = short_id.len() == SHORT_ID_DIGITS && short_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (endpoint_is_label && short_id_is_hex)
        .then(|| AppHost { endpoint: endpoint.to_ascii_lowercase(), short_id: short_id.to_ascii_lowercase() })
}

/// Whether `host` lies below `apps_domain`, whether or not it names an app. Such hosts must never get the console.
pub fn is_apps_host(host: &str, apps_domain: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    let name = name.strip_suffix('.').unwrap_or(name);
    strip_domain(name, apps_domain).is_some()
}

fn label_under<'h>(host: &'h str, apps_domain: &str) -> Option<&'h str> {
    strip_domain(name_of(host)?, apps_domain)
}

/// What stands before `.<domain>`, if anything does.
fn strip_domain<'h>(name: &'h str, domain: &str) -> Option<&'h str> {
    let split = name.len().checked_sub(domain.len() + 1).filter(|split| *split > 0)?;
    let (label, rest) = (name.get(..split)?, name.get(split..)?);
    let rest = rest.strip_prefix('.')?;
    rest.eq_ignore_ascii_case(domain).then_some(label)
}

/// The host without its port; `None` when what follows the colon is no port.
pub(super) fn name_of(host: &str) -> Option<&str> {
    match host.rsplit_once(':') {
        None => Some(host),
        Some((name, port)) => {
            let digits = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
            digits.then_some(name)
        }
    }
}

/// The one host a request is for. Two different answers to that question are how requests get past a gateway, so a
/// second `Host` header or a request target that contradicts it is refused.
pub(super) fn authority<R>(request: &Request<R>) -> Result<HeaderValue, &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let target = request.uri().authority();
    let header = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host),
        (None, _) => None,
        _ => return Err("The request has more than one Host header."),
    };
    match (header, target) {
        (Some(header), None) => Ok(header.clone()),
        (Some(header), Some(target)) if header.as_bytes().eq_ignore_ascii_case(target.as_str().as_bytes()) => Ok(header.clone()),
        (Some(_), Some(_)) => Err("The Host header and the request target name different hosts."),
        // HTTP/2 carries the host in `:authority` alone.
        (None, Some(target)) if request.version() >= Version::HTTP_2 => {
            HeaderValue::from_str(target.as_str()).map_err(|_| "The request's authority is not a host name.")
        }
        (None, _) => Err("The request has no Host header."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_apps_are_told_from_all_others() {
        let app = AppHost { endpoint: "lab".into(), short_id: "0123456789ab".into() };
        for host in
            ["lab--0123456789ab.apps.localhost", "lab--0123456789ab.apps.localhost:8080", "LAB--0123456789AB.Apps.LocalHost:80"]
        {
            assert_eq!(route(host, "apps.localhost").as_ref(), Some(&app), "{host}");
        }
        let dashed = route("my-web--ui--0123456789ab.apps.localhost", "apps.localhost").unwrap();
        assert_eq!((dashed.endpoint.as_str(), dashed.to_string().as_str()), ("my-web--ui", "my-web--ui--0123456789ab"));
        for host in [
            "",
            "localhost:8080",
            "apps.localhost",
            ".apps.localhost",
            "lab--0123456789ab.apps.localhost.evil.example",
            "lab--0123456789ab.evilapps.localhost",
            "x.lab--0123456789ab.apps.localhost",
            "lab--0123456789ab.apps.localhost.",
            "lab--0123456789ab.apps.localhost:",
            "lab--0123456789ab.apps.localhost:80a",
            "user@lab--0123456789ab.apps.localhost",
            "lab-0123456789ab.apps.localhost",
            "--0123456789ab.apps.localhost",
            "-lab--0123456789ab.apps.localhost",
            "lab--0123456789a.apps.localhost",
            "lab--0123456789abc.apps.localhost",
            "lab--0123456789ag.apps.localhost",
            "läb--0123456789ab.apps.localhost",
        ] {
            assert_eq!(route(host, "apps.localhost"), None, "{host}");
        }
        let long = format!("{}--0123456789ab.apps.localhost", "a".repeat(50));
        assert_eq!(route(&long, "apps.localhost"), None);
    }

    #[test]
    fn everything_below_the_apps_domain_is_kept_from_the_console() {
        for host in ["x.apps.localhost", "a.b.apps.localhost:1", "X.APPS.LOCALHOST.", "lab--0123456789ab.apps.localhost:bad"] {
            assert!(is_apps_host(host, "apps.localhost"), "{host}");
        }
        for host in ["localhost", "apps.localhost", "apps.localhost:8080", "evilapps.localhost", ""] {
            assert!(!is_apps_host(host, "apps.localhost"), "{host}");
        }
    }
}
