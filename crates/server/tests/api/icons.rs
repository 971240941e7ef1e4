//! Icons that people upload: harmless when they are served, and kept while a card shows them.

use crate::VISION;
use serde_json::{Value as Json, json};
use warpyard_testkit::{Http, Reply, World};

const ICONS: &str = "/api/v1/orgs/acme/icons";
const LAB: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 2h20v20z" fill="#06c"/></svg>"##;

/// One red pixel with a text beside it.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
    0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, b'I', b'D', b'A', b'T', 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 0x03, 0x01, 0x01, 0,
    0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

async fn upload(who: &Http, name: &str, media: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = who.request(hyper::Method::PUT, &format!("{ICONS}/{name}/image"));
    request.header("content-type", media).body(body.into()).send().await
}

fn profile(name: &str, icon: &str) -> Json {
    let spec = json!({ "template": { "name": "app", "version": "1.0.0" }, "compute": { "auto_create": "cpu" }, "card": { "icon": icon } });
    json!({ "metadata": { "name": name }, "spec": spec })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_icon_is_served_so_that_it_can_do_nothing() {
    let world = World::start().await;
    let (admin, developer) = (world.of("org-admin"), world.of("developer"));
    let evil =
        LAB.replace("<path", "<script>alert(1)</script><g onload=\"alert(1)\"/><image href=\"https://evil.example/x\"/><path");
    let stored = upload(admin, "lab", "image/svg+xml", evil).await.expect(200).json();
    assert_eq!(stored["left_out"], json!(["<image>", "<script>", "onload of <g>"]));
    assert_eq!(stored["icon"]["spec"]["svg"], LAB.replace("<path", "<g/><path"));

    let path = format!("{ICONS}/lab/image");
    let seen = developer.get(&path).await.expect(200);
    assert_eq!(seen.text(), stored["icon"]["spec"]["svg"].as_str().unwrap());
    assert_eq!(seen.header("content-type"), "image/svg+xml");
    assert_eq!(seen.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'; sandbox");
    assert_eq!(seen.header("x-content-type-options"), "nosniff");
    assert_eq!(seen.header("cache-control"), "private, no-cache");
    let etag = seen.header("etag").to_owned();
    let again = developer.request(hyper::Method::GET, &path).header("if-none-match", &etag).send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let named = developer.get(&format!("{path}?digest={}", etag.trim_matches('"'))).await.expect(200);
    assert_eq!(named.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(developer.get(&format!("{path}?digest=00")).await.header("cache-control"), "private, no-cache");

    // The other way in is no other way: what is applied or put as JSON is cleaned as well, and a PNG loses all but its pixels.
    let body = json!({ "metadata": { "name": "lab" }, "spec": { "svg": LAB.replace("<path", "<script/><path") } });
    let put = admin.put(&format!("{ICONS}/lab"), &body).await.expect(200).json();
    assert_eq!(put["spec"]["svg"], LAB);
    let document = json!({ "apiVersion": "warpyard.io/v1", "kind": "Icon", "metadata": { "name": "lab", "org": "acme" }, "spec": put["spec"] });
    assert_eq!(admin.apply("", &document.to_string()).await.expect(200).json()["items"][0]["action"], "unchanged");
    upload(admin, "dot", "image/png", PNG).await.expect(200);
    let dot = developer.get(&format!("{ICONS}/dot/image")).await.expect(200);
    assert_eq!(dot.header("content-type"), "image/png");
    assert!(dot.body.starts_with(b"\x89PNG"));
    assert_eq!(developer.get(ICONS).await.expect(200).json()["total"], 2);
    // Whoever has no foot in the organization sees none of it.
    world.of("foreigner").get(&path).await.problem(404, "not_found");
    world.nobody().get(&path).await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_icon_is_refused() {
    let world = World::start().await;
    let admin = world.of("org-admin");
    let laughs = r#"<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg viewBox="0 0 1 1"><text>&b;</text></svg>"#;
    let mut bomb = PNG.to_vec();
    bomb[18] = 0xff;
    // The header's checksum still has to be right, so only its own rule is met: too large or broken, it is refused.
    let cases: [(&str, Vec<u8>, &str); 7] = [
        ("image/svg+xml", laughs.into(), "no entities"),
        ("image/svg+xml", b"<html><script>alert(1)</script></html>".to_vec(), "begins with <html>"),
        ("image/png", bomb, "PNG"),
        ("image/png", b"GIF89a".to_vec(), "neither"),
        ("image/png", LAB.into(), "Content-Type"),
        ("text/html", LAB.into(), "Content-Type"),
        ("image/svg+xml", Vec::new(), "neither"),
    ];
    for (media, body, expected) in cases {
        let refused = upload(admin, "bad", media, body).await;
        let problem = refused.problem(422, "invalid");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
    upload(admin, "bad", "image/png", vec![0; 70_000]).await.problem(413, "too_large");
    let json = json!({ "metadata": { "name": "bad" }, "spec": { "svg": laughs } });
    let refused = admin.post(ICONS, &json).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.svg"]);
    admin.get(&format!("{ICONS}/bad")).await.problem(404, "not_found");
    // Making profiles in one project is not enough to change what the whole organization sees; in all of it, it is.
    let somebody = world.of("speech-paas-admin");
    upload(somebody, "lab", "image/svg+xml", LAB).await.problem(403, "forbidden");
    upload(world.of("foreigner"), "lab", "image/svg+xml", LAB).await.problem(404, "not_found");
    let binding = json!({ "metadata": { "name": "all" }, "spec": { "user": "speech-paas-admin", "role": "paas_admin" } });
    world.of("root").post("/api/v1/orgs/acme/role-bindings", &binding).await.expect(201);
    upload(somebody, "lab", "image/svg+xml", LAB).await.expect(200);
    let trail = world.of("root").get("/api/v1/audit-entries?org=acme&action=icon.").await.expect(200).json();
    assert_eq!((&trail["items"][0]["action"], &trail["items"][0]["actor"]), (&json!("icon.create"), &json!("speech-paas-admin")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_icon_on_a_card_stays() {
    let world = World::start().await;
    let profiles = format!("{VISION}/service-profiles");
    let item = format!("{profiles}/labels");
    let missing = world.of("paas-admin").post(&profiles, &profile("labels", "org:lab")).await;
    missing.problem(422, "invalid");
    assert_eq!(missing.error_paths(), ["spec.card.icon"]);
    upload(world.of("org-admin"), "lab", "image/svg+xml", LAB).await.expect(200);
    let admin = world.of("paas-admin");
    admin.post(&profiles, &profile("labels", "org:lab")).await.expect(201);
    admin.post(&format!("{item}/publish"), &json!({})).await.expect(200);
    let used = world.of("org-admin").delete(&format!("{ICONS}/lab")).await;
    used.problem(409, "conflict");
    assert_eq!(used.error_paths(), ["ServiceProfile /acme/vision/labels"]);
    let cards = world.of("developer").get(&format!("{VISION}/catalogue")).await.expect(200).json();
    let card = cards["items"].as_array().unwrap().iter().find(|c| c["name"] == "labels").unwrap().clone();
    assert_eq!(card["card"]["icon"], "org:lab");

    // People still see the published version, whatever the draft has.
    admin.put(&item, &profile("labels", "")).await.expect(200);
    let used = world.of("org-admin").delete(&format!("{ICONS}/lab")).await;
    assert!(used.problem(409, "conflict")["errors"][0]["message"].as_str().unwrap().contains("published"));
    assert_eq!(world.of("developer").get(&format!("{ICONS}/lab/image")).await.expect(200).text(), LAB);
    world.of("paas-admin").post(&format!("{item}/publish"), &json!({})).await.expect(200);
    world.of("org-admin").delete(&format!("{ICONS}/lab")).await.expect(204);
    world.of("developer").get(&format!("{ICONS}/lab/image")).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_says_where_it_runs_and_where_more_is_to_be_read() {
    let world = World::start().await;
    let profiles = format!("{VISION}/service-profiles");
    let mut labels = profile("labels", "");
    labels["spec"]["compute"]["auto_create"] = json!("gpu");
    labels["spec"]["card"]["documentation_url"] = json!("javascript:alert(1)");
    let refused = world.of("paas-admin").post(&profiles, &labels).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.card.documentation_url"]);
    labels["spec"]["card"]["documentation_url"] = json!("https://docs.example.com/labels");
    world.of("paas-admin").post(&profiles, &labels).await.expect(201);
    world.of("paas-admin").post(&format!("{profiles}/labels/publish"), &json!({})).await.expect(200);
    let cards = world.of("developer").get(&format!("{VISION}/catalogue")).await.expect(200).json();
    let card = cards["items"].as_array().unwrap().iter().find(|c| c["name"] == "labels").unwrap().clone();
    assert_eq!(card["card"]["documentation_url"], "https://docs.example.com/labels");
    let form = world.of("developer").post(&format!("{profiles}/labels/form"), &json!({})).await.expect(200).json();
    assert_eq!(form["summary"]["badges"], card["badges"], "card and launch page say the same");
    let kinds: Vec<&str> = card["badges"].as_array().unwrap().iter().filter_map(|b| b["kind"].as_str()).collect();
    assert_eq!(kinds, ["isolation", "gpu_model"], "{card}");
    let draft = json!({ "draft": { "spec": labels["spec"] } });
    let preview = world.of("paas-admin").post(&format!("{profiles}/form"), &draft).await.expect(200).json();
    assert_eq!(preview["summary"]["badges"], card["badges"], "and so does the designer");
    world.finish().await;
}
