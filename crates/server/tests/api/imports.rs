//! Imports: drafts with a report, stored by nobody, the same after a way through files.

use crate::VISION;
use serde_json::{Value as Json, json};
use std::io::Write as _;
use warpyard_testkit::{Http, World};

const MODULE: &str = "/api/v1/orgs/acme/environment-templates/import";

const MAIN: &str = r#"
variable "zone" {
  type = string
  validation {
    condition     = contains(["a", "b"], var.zone)
    error_message = "Only a and b."
  }
}
variable "pools" {
  description = "Node pools."
  type = map(object({ size = number, spot = optional(bool, false), labels = optional(map(string)) }))
  default = { small = { size = 3 } }
}
variable "token" {
  type      = string
  sensitive = true
}
output "id" { value = 1 }
"#;

const PROFILE: &str = r#"
apiVersion: paas.envmgmt.io/v1
kind: ServiceProfile
metadata: {name: nb, displayName: Notebook}
spec:
  variables:
    - name: disk
      value: "150"
      options:
        override: {type: restricted, restrictedValues: ["150", "200"]}
        displayMetadata: {type: incrementDecrement, incrementDecrementMin: "100", incrementDecrementMax: "2000", incrementDecrementStep: "50"}
"#;

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, content) in entries {
        writer.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn send(who: &Http, path: &str, media: &str, body: impl Into<bytes::Bytes>) -> warpyard_testkit::Reply {
    who.request(hyper::Method::POST, path).header("content-type", media).body(body).send().await
}

fn files(content: &str) -> Json {
    json!({ "files": [{ "path": "net/main.tf", "content": content }] })
}

/// What an export keeps of an object.
async fn exported(who: &Http, path: &str) -> Json {
    let object = who.get(path).await.expect(200).json();
    let metadata: serde_json::Map<String, Json> = ["name", "org", "project", "display_name", "description", "labels"]
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), object["metadata"].get(*key)?.clone())))
        .collect();
    json!({ "apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": metadata, "spec": object["spec"] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_comes_as_files_or_as_an_archive() {
    let world = World::start().await;
    let root = world.of("root");
    let from_files = root.post(MODULE, &files(MAIN)).await.expect(200).json();
    assert_eq!(from_files["template"]["metadata"]["name"], "net");
    let fields = &from_files["template"]["spec"]["versions"][0]["inputs"];
    assert_eq!((fields[0]["type"].clone(), fields[1]["type"].clone()), (json!("choice"), json!("json")));
    assert!(from_files["report"].to_string().contains("no target of this version runs OpenTofu"));
    let zip = zipped(&[("net/main.tf", MAIN), ("net/README.md", "words")]);
    let from_zip = send(root, MODULE, "application/zip", zip).await.expect(200).json();
    assert_eq!(from_zip, from_files);
    let named = root.post(&format!("{MODULE}?name=other&folder=net&kind=tofu"), &files(MAIN)).await.expect(200).json();
    assert_eq!(named["template"]["metadata"]["name"], "other");
    root.get("/api/v1/orgs/acme/environment-templates/net").await.problem(404, "not_found");

    for (media, body) in [
        ("application/zip", b"no archive".to_vec()),
        ("application/zip", zipped(&[("../main.tf", MAIN)])),
        ("application/json", b"{".to_vec()),
        ("application/json", br#"{"files": [{"path": "/etc/main.tf", "content": ""}]}"#.to_vec()),
        ("application/json", br#"{"files": []}"#.to_vec()),
    ] {
        send(root, MODULE, media, body).await.problem(422, "invalid");
    }
    send(root, MODULE, "application/zip", vec![b'P'; 11 << 20]).await.expect(413);
    let unread = root.post(MODULE, &files("variable {")).await.expect(200).json();
    assert!(unread["template"].is_null() && unread["report"].to_string().contains("it is not read: line 1"), "{unread}");
    world.of("stranger").post(MODULE, &files(MAIN)).await.problem(404, "not_found");
    world.finish().await;
}

/// Import, apply, export, apply elsewhere, export again: nothing is gained or lost on the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_imported_stays_the_same_on_its_way() {
    let here = World::start().await;
    let module = here.of("root").post(MODULE, &files(MAIN)).await.expect(200).json();
    let import = format!("{VISION}/profiles/import?kind=rafay");
    let mut profile = send(here.of("root"), &import, "application/yaml", PROFILE).await.expect(200).json();
    assert_eq!(profile["kind"], "ServiceProfile");
    let templates = "/api/v1/orgs/acme/environment-templates";
    here.of("root").post(templates, &profile["template"]).await.problem(422, "invalid");
    // What Rafay deploys is not in its document; a person says what runs.
    profile["template"]["spec"]["versions"][0]["process"]["command"] = json!(["sleep", "{{ inputs.disk }}"]);
    for draft in [&module["template"], &profile["template"]] {
        let made = here.of("root").post(templates, draft).await.expect(201).json();
        assert_eq!(made["spec"], draft["spec"], "what is stored is what was imported");
    }
    here.of("root").post(&format!("{VISION}/service-profiles"), &profile["profile"]).await.expect(201);
    let paths = [format!("{templates}/net"), format!("{templates}/nb-template"), format!("{VISION}/service-profiles/nb")];
    let mut documents = Vec::new();
    for path in &paths {
        documents.push(exported(here.of("root"), path).await);
    }
    here.finish().await;

    let there = World::start().await;
    let stream: String = documents.iter().map(|document| format!("---\n{document}\n")).collect();
    there.of("root").apply("", &stream).await.expect(200);
    for (path, document) in paths.iter().zip(&documents) {
        assert_eq!(exported(there.of("root"), path).await.to_string(), document.to_string());
    }
    let again = there.of("root").apply("", &stream).await.expect(200).json();
    assert!(again["items"].as_array().unwrap().iter().all(|item| item["action"] == "unchanged"), "{again}");
    there.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_of_others_say_where_they_are_wrong() {
    let world = World::start().await;
    let import = format!("{VISION}/profiles/import");
    for (text, path) in [("a: [", ""), ("apiVersion: v1", "apiVersion"), ("apiVersion: paas.envmgmt.io/v1\nkind: Pod", "kind")] {
        let refused = send(world.of("root"), &import, "application/yaml", text).await;
        refused.problem(422, "invalid");
        assert_eq!(refused.error_paths(), [path], "{text}");
    }
    send(world.of("auditor"), &import, "application/yaml", PROFILE).await.problem(403, "forbidden");
    world.finish().await;
}
