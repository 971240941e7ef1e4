//! Files: several documents, all of them or none.

use crate::VISION;
use warpyard_testkit::World;

const TWO: &str = "
apiVersion: warpyard.io/v1
kind: Workspace
metadata: { name: alpha, display_name: Alpha }
spec: {}
---
apiVersion: warpyard.io/v1
kind: Secret
metadata: { name: vault }
spec: { data: { token: t } }
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_applied_together() {
    let world = World::start().await;
    let root = world.of("root");
    let query = "org=acme&project=vision";

    let rehearsed = root.apply(&format!("{query}&dry_run=true"), TWO).await.expect(200).json();
    assert_eq!(rehearsed["items"][0]["action"], "created");
    root.get(&format!("{VISION}/workspaces/alpha")).await.problem(404, "not_found");

    // One bad document, and nothing of any is there.
    let bad =
        format!("{TWO}---\napiVersion: warpyard.io/v1\nkind: Workspace\nmetadata: {{ name: beta }}\nspec: {{ stripes: 1 }}\n");
    let refused = root.apply(query, &bad).await;
    let problem = refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["document 3.spec.stripes"], "{problem}");
    root.get(&format!("{VISION}/workspaces/alpha")).await.problem(404, "not_found");
    root.get(&format!("{VISION}/secrets/vault")).await.problem(404, "not_found");

    let made = root.apply(query, TWO).await.expect(200).json();
    let actions: Vec<&str> = made["items"].as_array().unwrap().iter().map(|i| i["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["created", "created"]);
    assert_eq!(made["items"][0]["scope"]["project"], "vision");
    let changed = root.apply(query, &TWO.replace("display_name: Alpha", "display_name: Omega")).await.expect(200).json();
    assert_eq!(changed["items"][0]["action"], "updated");
    let diff = changed["items"][0]["diff"].as_str().unwrap();
    assert!(diff.contains("-  display_name: Alpha") && diff.contains("+  display_name: Omega"), "{diff}");
    let text = changed.to_string();
    assert!(!text.contains("\"t\""), "a secret's value is in no diff: {text}");

    // What was read can be applied again and changes nothing.
    let read = root.get(&format!("{VISION}/workspaces/alpha")).await.expect(200).json();
    let same = root.apply("", &read.to_string()).await.expect(200).json();
    assert_eq!(same["items"][0]["action"], "unchanged");

    // Nobody gets further by file than by request.
    world.of("auditor").apply(query, TWO).await.problem(403, "forbidden");
    world.of("stranger").apply(query, TWO).await.problem(404, "not_found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_files_say_where() {
    let world = World::start().await;
    let root = world.of("root");
    let one = |kind: &str, metadata: &str, spec: &str| {
        format!("apiVersion: warpyard.io/v1\nkind: {kind}\nmetadata: {metadata}\nspec: {spec}\n")
    };
    let cases = [
        (String::new(), ""),
        ("# nothing\n".to_owned(), ""),
        ("a: [1,\n".to_owned(), ""),
        ("just text\n".to_owned(), ""),
        ("\t- tabs\n".to_owned(), ""),
        (one("Zebra", "{ name: a }", "{}"), "kind"),
        (one("SystemProfile", "{ name: a }", "{}"), "kind"),
        (one("Workspace", "{ name: a, org: acme, project: vision, stripes: 1 }", "{}"), "metadata.stripes"),
        (one("Workspace", "{ name: A!, org: acme, project: vision }", "{}"), "metadata.name"),
        (one("Workspace", "{ name: a, org: acme, project: vision }", "{ stripes: 1 }"), "spec.stripes"),
        (one("Workspace", "{ name: a }", "{}"), "metadata"),
        (one("Target", "{ name: a }", "{ type: moon }"), "spec.type"),
    ];
    for (text, at) in cases {
        let reply = root.apply("", &text).await;
        reply.problem(422, "invalid");
        assert!(reply.error_paths().iter().any(|p| p == at), "{text:?} fails at {:?}: {}", reply.error_paths(), reply.text());
    }
    // Anchors that grow without end are stopped, not followed.
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    root.apply("", bomb).await.problem(422, "invalid");
    world.finish().await;
}
