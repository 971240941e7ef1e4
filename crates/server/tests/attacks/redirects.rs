//! Addresses that people are sent on to: no parameter leads to another site.

use crate::browser::{OpenedApp, split};
use hyper::Method;
use url::Url;
use warpyard_testkit::World;

/// Ways to write another site where a path is expected, percent-encoded as they come in a query.
const EVIL: [&str; 17] = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/%5Cevil.example",
    "%5C%5Cevil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "%09//evil.example",
    "%20//evil.example",
    "/%00/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    ".evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/..//evil.example",
    "/%2e%2e//evil.example",
];

/// Where a browser at `here` goes for a `Location`.
fn target(here: &str, location: &str) -> Url {
    Url::parse(here).unwrap().join(location).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_return_address_leads_to_another_site() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let session = world.session("workspace-collaborator").await;
    let label = app.host.split('.').next().unwrap();
    let console = format!("http://localhost:{}", world.address.port());
    for evil in EVIL {
        // Signed in: on to the app with a code, and from there to a path of the app.
        let open = format!("/open/{label}?return={evil}");
        let reply = session.get(&open).await.expect(303);
        let url = target(&console, reply.header("location"));
        assert_eq!(url.authority(), app.host, "{evil}: {url}");
        let (host, path) = split(url.as_str());
        let entered = world.nobody().request(Method::GET, &path).header("host", &host).send().await.expect(303);
        let location = entered.header("location");
        assert_eq!(target(&app.origin(), location).authority(), app.host, "{evil}: {location}");
        assert!(!location.starts_with("//") && location.starts_with('/'), "{evil}: {location}");
        assert_eq!(entered.headers.get_all("location").iter().count(), 1);
        // Not signed in: to the console's sign-in page, which is told a path of the console.
        let reply = world.nobody().get(&open).await.expect(303);
        let url = target(&console, reply.header("location"));
        assert_eq!((url.origin(), url.path()), (Url::parse(&console).unwrap().origin(), "/sign-in"), "{evil}");
        let next = url.query_pairs().find(|(name, _)| name == "next").unwrap().1.into_owned();
        assert!(next.starts_with("/open/"), "{evil}: {next}");
        assert_eq!(target(&console, &next).origin(), url.origin(), "{evil}: {next}");
    }
    // The gateway sends whoever has no session to the console with the path that was asked for.
    for path in ["//evil.example", "/%5Cevil.example", "/a?return=//evil.example", "/%2F%2Fevil.example", "/.//evil.example"] {
        let reply = app.bare(Method::GET, path).header("sec-fetch-mode", "navigate").send().await.expect(303);
        let url = target(&app.origin(), reply.header("location"));
        assert_eq!(url.origin(), Url::parse(&console).unwrap().origin(), "{path}");
        let back = url.query_pairs().find(|(name, _)| name == "return").unwrap().1.into_owned();
        assert_eq!(target(&app.origin(), &back).authority(), app.host, "{path}: {back}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_app_name_leads_to_another_site() {
    let world = World::start().await;
    let session = world.session("developer").await;
    let console = format!("http://localhost:{}", world.address.port());
    for name in [
        "@evil.example--0123456789ab",
        "evil.example%2F--0123456789ab",
        "evil.example%23--0123456789ab",
        "evil.example%3F--0123456789ab",
        "..%2F..%2F--0123456789ab",
        "%2F%2Fevil.example",
        "%5C%5Cevil.example",
        "x--%0d%0aLocation:%20https:%2F%2Fevil.example",
        "web--0123456789ab.evil.example",
    ] {
        for who in [&session, &world.nobody()] {
            let reply = who.get(&format!("/open/{name}?return=/")).await;
            if reply.status.is_redirection() {
                let url = target(&console, reply.header("location"));
                assert_eq!((url.origin(), url.path()), (Url::parse(&console).unwrap().origin(), "/sign-in"), "{name}");
                let next = url.query_pairs().find(|(name, _)| name == "next").unwrap().1.into_owned();
                assert_eq!(target(&console, &next).origin(), url.origin(), "{name}: {next}");
            } else {
                assert_eq!(reply.status, 404, "{name}");
            }
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_caller_says_about_itself_is_in_no_address() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let session = world.session("workspace-collaborator").await;
    let label = app.host.split('.').next().unwrap();
    // Nobody configured a proxy, so nobody's word about the outside counts.
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "javascript"),
        ("forwarded", "host=evil.example"),
        ("x-original-url", "//evil.example"),
        ("referer", "https://evil.example/"),
    ] {
        let request = session.request(Method::GET, &format!("/open/{label}")).header(name, value);
        let location = request.send().await.expect(303).header("location").to_owned();
        assert!(!location.contains("evil.example") && location.contains(&app.host), "{name}: {location}");
        let request = world.nobody().request(Method::GET, &format!("/open/{label}")).header(name, value);
        let location = request.send().await.expect(303).header("location").to_owned();
        assert!(location.starts_with(&format!("http://localhost:{}/sign-in?", world.address.port())), "{name}: {location}");
    }
    // A link that signs somebody in names the console's own address, whoever asks under whatever host.
    let request = world.of("root").request(Method::POST, "/api/v1/users/developer/sign-in-link").header("host", "evil.example");
    let link = request.json(&serde_json::json!({})).send().await.expect(200).json();
    assert!(link["url"].as_str().unwrap().starts_with(&format!("http://localhost:{}/", world.address.port())), "{link}");
    world.finish().await;
}
