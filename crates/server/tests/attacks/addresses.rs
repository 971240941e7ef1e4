//! Addresses that people write and the server might ask (SSRF).

use crate::VISION;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;
use warpyard_server::{operations, outgoing};
use warpyard_testkit::World;

/// Ways to write this machine, its network and a cloud's metadata.
const PRIVATE: [&str; 30] = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.255.255.254:8443/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://017700000001/",
    "https://0177.0.0.01/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/latest/meta-data/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://10.0.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://100.100.100.200/latest/meta-data/",
];

const NO_ADDRESS_OF_THE_WEB: [&str; 10] = [
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com:25/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "unix:///run/docker.sock",
    "https://user@hooks.example.com/",
    "https://:secret@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
];

#[test]
fn every_way_to_write_a_private_address_is_refused() {
    for address in PRIVATE.iter().chain(&NO_ADDRESS_OF_THE_WEB) {
        // What is no URL at all is refused where it is read.
        if let Ok(url) = Url::parse(address) {
            assert!(outgoing::check(&url, false).is_err(), "{address}");
        }
    }
    assert_eq!(outgoing::check(&"https://hooks.example.com/x?y=z".parse().unwrap(), false), Ok(()));
}

/// A listener that counts who connects, and answers with this.
async fn bait(answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, hits) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&hits);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, hits)
}

#[tokio::test]
async fn a_name_of_this_machine_is_not_connected_to() {
    let (port, hits) = bait(String::new()).await;
    for address in PRIVATE {
        let Ok(mut url) = Url::parse(address) else { continue };
        let _ = url.set_port(Some(port));
        assert!(outgoing::post_json(&url, &json!({}), false).await.is_err(), "{url}");
    }
    // Names are resolved before anything is connected to, and every address of theirs is looked at.
    for host in ["localhost", "LOCALHOST", "localhost.", "ip6-localhost"] {
        let url: Url = format!("https://{host}:{port}/").parse().unwrap();
        assert!(outgoing::post_json(&url, &json!({}), false).await.is_err(), "{host}");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0, "nobody was called");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (inner, hits) = bait("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\n\r\n");
        let (outer, asked) = bait(to).await;
        let url: Url = format!("http://127.0.0.1:{outer}/hook").parse().unwrap();
        // Allowed to be private, so that the redirect is all that is refused.
        let error = outgoing::post_json(&url, &json!({}), true).await.unwrap_err().to_string();
        assert!(error.contains(&status.to_string()), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0, "nobody followed");
}

/// Names of properties that hold addresses, in everything a request's body may hold.
fn address_fields(document: &Json) -> Vec<String> {
    fn walk(document: &Json, schema: &Json, at: &str, seen: &mut Vec<String>, found: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            if seen.iter().any(|known| known == reference) {
                return;
            }
            seen.push(reference.to_owned());
            let name = reference.rsplit('/').next().unwrap();
            return walk(document, &document["components"]["schemas"][name], name, seen, found);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let lower = name.to_lowercase();
            let words = ["url", "uri", "href", "issuer", "webhook", "link", "address", "server", "host"];
            let text =
                property["type"] == "string" || property["type"].as_array().is_some_and(|all| all.contains(&json!("string")));
            if text && words.iter().any(|word| lower.split('_').any(|part| part == *word || part == format!("{word}s"))) {
                found.push(format!("{at}.{name}"));
            }
            walk(document, property, at, seen, found);
        }
        for key in ["items", "additionalProperties"] {
            if schema[key].is_object() {
                walk(document, &schema[key], at, seen, found);
            }
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for inner in schema[key].as_array().into_iter().flatten() {
                walk(document, inner, at, seen, found);
            }
        }
    }
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    for operation in document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values()) {
        for content in operation["requestBody"]["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
            walk(document, &content["schema"], operation["operationId"].as_str().unwrap(), &mut seen, &mut found);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What takes an address, and why that is no way to make the server ask it.
const KNOWN: [(&str, &str); 3] = [
    ("Card.documentation_url", "a link for people; the server never opens it"),
    ("IdentityProvider.issuer", "asked through `outgoing`"),
    ("Link.url", "a link for people on an organization's sign-in page; the server never opens it"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_that_takes_an_address_is_known() {
    let found = address_fields(&operations().1);
    let unknown: Vec<&String> = found.iter().filter(|field| !KNOWN.iter().any(|(known, _)| known == field)).collect();
    assert!(
        unknown.is_empty(),
        "{unknown:?} take addresses: have the server ask them through `outgoing` only, attack them here, and name them in KNOWN"
    );
    for (known, _) in KNOWN {
        assert!(found.iter().any(|field| field == known), "{known} is gone: take it off KNOWN");
    }
    // What is shown to people is https and nothing that runs; and the server keeps away from it.
    let (port, hits) = bait(String::new()).await;
    let world = World::start().await;
    let admin = world.of("paas-admin");
    let profile = |address: &str| {
        json!({ "metadata": { "name": "linked" }, "spec": {
            "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" },
            "card": { "documentation_url": address, "documentation": format!("![x]({address}) <img src={address}>") }
        } })
    };
    let path = format!("{VISION}/service-profiles");
    for evil in NO_ADDRESS_OF_THE_WEB.iter().filter(|address| !address.ends_with("@127.0.0.1/")) {
        admin.post(&path, &profile(evil)).await.problem(422, "invalid");
    }
    admin.post(&path, &profile(&format!("https://127.0.0.1:{port}/page"))).await.expect(201);
    admin.post(&format!("{path}/linked/publish"), &json!({})).await.expect(200);
    world.of("developer").get(&format!("{VISION}/catalogue")).await.expect(200);
    world.of("developer").post(&format!("{path}/linked/form"), &json!({ "workspace": "research" })).await.expect(200);
    let acme = "/api/v1/orgs/acme";
    let root = world.of("root");
    let provider = |issuer: &str| json!({ "metadata": { "name": "inside" }, "spec": { "title": "T", "issuer": issuer, "client_id": "c", "just_in_time": true } });
    for evil in NO_ADDRESS_OF_THE_WEB {
        root.post(&format!("{acme}/identity-providers"), &provider(evil)).await.problem(422, "invalid");
        // People may have pages on plain HTTP in their own network.
        if !evil.starts_with("http") {
            let look = json!({ "links": [{ "title": "T", "url": evil }] });
            root.post(&format!("{acme}/look/preview"), &look).await.problem(422, "invalid");
        }
    }
    let made = root.post(&format!("{acme}/identity-providers"), &provider(&format!("https://127.0.0.1:{port}"))).await;
    if made.status == 201 {
        let begun = world.nobody().get(&format!("{acme}/sign-in/inside")).await.expect(303);
        assert!(!begun.header("location").contains(&port.to_string()), "{}", begun.header("location"));
    } else {
        made.problem(422, "invalid");
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0, "the server opened a link");
    world.finish().await;
}
