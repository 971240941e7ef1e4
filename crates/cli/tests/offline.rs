//! Verbs that need no server: imports and `template test`, run as people run them.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the program and stop at the first surprise")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

struct Run {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program where nothing is configured.
fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_warpyard"))
        .args(arguments)
        .env_clear()
        .env("HOME", folder)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_module_becomes_a_document_and_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "net/main.tf", "variable \"zone\" {\n  type = string\n  surprise = 1\n}\noutput \"id\" { value = 1 }\n");
    write(at, "net/.terraform/modules/x/main.tf", "variable \"not_this\" {}");
    write(at, "net/modules/inner/main.tf", "variable \"inner\" {}");
    std::os::unix::fs::symlink("/etc/hostname", at.join("net/link.tf")).unwrap();
    let people = run(at, &["template", "import", "net", "--org", "acme"]);
    assert_eq!(people.code, 0, "{}", people.err);
    assert!(people.out.contains("kind: EnvironmentTemplate") && people.out.contains("org: acme"), "{}", people.out);
    assert!(people.out.contains("name: zone") && !people.out.contains("not_this"), "{}", people.out);
    for words in
        ["lost: variable.zone: surprise = 1", "lost: file link.tf: it is a link", "adapted: output.id", "lost: module: no target"]
    {
        assert!(people.err.contains(words), "{words} is not in {}", people.err);
    }
    let whole: Value = serde_json::from_str(&run(at, &["template", "import", "net", "-o", "json"]).out).unwrap();
    assert_eq!(whole["template"]["metadata"]["name"], "net");
    assert!(whole["report"].as_array().unwrap().iter().any(|item| item["severity"] == "carried"));
    let inner = run(at, &["template", "import", "net", "--folder", "modules/inner", "-o", "name"]);
    assert_eq!(inner.out, "environment-template/inner\n");

    write(at, "broken/main.tf", "variable {");
    assert_eq!(run(at, &["template", "import", "broken"]).code, 6);
    write(at, "words.txt", "no archive");
    let refused = run(at, &["template", "import", "words.txt"]);
    assert!(refused.code == 6 && refused.err.contains("neither a ZIP archive"), "{}", refused.err);
    std::fs::create_dir(at.join("empty")).unwrap();
    assert!(run(at, &["template", "import", "empty"]).err.contains("no file of OpenTofu"));
}

#[test]
fn a_rafay_profile_becomes_documents() {
    let folder = tempfile::tempdir().unwrap();
    let text = "apiVersion: paas.envmgmt.io/v1\nkind: ServiceProfile\nmetadata: {name: nb}\nspec:\n  icon: x\n  variables: [{name: image, value: a}]\n";
    write(folder.path(), "nb.yaml", text);
    let people = run(folder.path(), &["profile", "import", "nb.yaml", "--org", "acme", "--project", "vision"]);
    assert_eq!(people.code, 0, "{}", people.err);
    assert!(people.out.contains("kind: ServiceProfile") && people.out.contains("project: vision"), "{}", people.out);
    assert!(
        people.out.contains("kind: EnvironmentTemplate") && people.err.contains("lost: spec.icon"),
        "{}{}",
        people.out,
        people.err
    );
    write(folder.path(), "pod.yaml", "apiVersion: v1\nkind: Pod\n");
    let refused = run(folder.path(), &["profile", "import", "pod.yaml"]);
    assert!(refused.code == 6 && refused.err.contains("apiVersion"), "{}", refused.err);
}

const TEMPLATE: &str = r#"
apiVersion: warpyard.io/v1
kind: EnvironmentTemplate
metadata: {name: hello, org: acme}
spec:
  target_type: process
  workload: service
  versions:
    - version: 1.0.0
      inputs:
        - {name: greeting, type: text, default: hello, max_length: 10}
        - {name: kept, type: secret, options_from: secrets}
      process:
        command: [echo, "{{ inputs.greeting }} {{ user.name }}", "{{ ports.web }}"]
      endpoints: [{name: web, title: Page, port: 8000}]
      outputs: [{name: page, label: Page, value: "{{ endpoints.web.url }}"}]
---
apiVersion: warpyard.io/v1
kind: ServiceProfile
metadata: {name: hello, org: acme, project: vision}
spec:
  template: {name: hello, version: 1.0.0}
  inputs: [{name: greeting, override: restricted, choices: [{value: hello}, {value: moin}]}]
"#;

const CASES: &str = r#"
cases:
  - name: Defaults
    expect: {greeting: hello}
  - name: too long
    inputs: {greeting: hello to everybody}
    errors: {greeting: at most 10}
  - name: a secret
    inputs: {kept: vault}
    options: {secrets: [{value: vault}]}
    context: {user: {name: eve}}
"#;

#[test]
fn templates_are_tested_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "p/hello.yaml", TEMPLATE);
    write(at, "p/tests/hello.yaml", CASES);
    write(
        at,
        "p/tests/card.yaml",
        "profile: hello\ncases:\n  - {name: narrowed, inputs: {greeting: hi}, errors: {greeting: must be one of}}\n",
    );
    let test = |arguments: &[&str]| run(at, &[&["template", "test", "p"], arguments].concat());

    let first = test(&[]);
    assert_eq!(first.code, 1, "{}{}", first.out, first.err);
    assert!(first.out.contains("there is no p/tests/golden/hello.defaults.yaml"), "{}", first.out);
    assert_eq!(test(&["--update"]).code, 0);
    let good = test(&[]);
    assert_eq!(good.code, 0, "{}", good.out);
    assert!(good.out.contains("0 failed"), "{}", good.out);
    let golden = std::fs::read_to_string(at.join("p/tests/golden/hello.defaults.yaml")).unwrap();
    assert!(golden.contains("hello ana") && golden.contains("web--"), "{golden}");

    // What is rendered changes.
    write(at, "p/hello.yaml", &TEMPLATE.replace("[echo,", "[printf,"));
    let changed = test(&[]);
    assert!(
        changed.code == 1 && changed.out.contains("accept it with --update") && changed.out.contains("printf"),
        "{}",
        changed.out
    );
    write(at, "p/hello.yaml", TEMPLATE);

    // A case goes.
    write(at, "p/tests/hello.yaml", CASES.split("  - name: a secret").next().unwrap());
    assert!(test(&[]).out.contains("belongs to no case"), "{}", test(&[]).out);
    assert_eq!(test(&["--update"]).code, 0);
    assert!(!at.join("p/tests/golden/hello.a-secret.yaml").exists());

    // Expectations that do not hold, in every way.
    for (case, words) in [
        ("{name: a, expect: {greeting: moin}}", "greeting is \"hello\", not \"moin\""),
        ("{name: a, expect: {kept: x}}", "kept has no value"),
        ("{name: a, errors: {greeting: x}}", "no error at greeting"),
        ("{name: a, inputs: {greeting: hello to everybody}}", "unexpected error at greeting"),
        ("{name: a, inputs: {greeting: hello to everybody}, errors: {greeting: other words}}", "unexpected error at greeting"),
        ("{name: a, inputs: {typo: 1}, errors: {greeting: x}}", "unexpected error at typo"),
        ("{name: a, surprise: 1}", "surprise"),
    ] {
        write(at, "p/tests/more.yaml", &format!("cases: [{case}]\n"));
        let bad = test(&[]);
        assert!(bad.code == 1 && bad.out.contains(words), "{words} is not in {}", bad.out);
    }
    std::fs::remove_file(at.join("p/tests/more.yaml")).unwrap();

    // Documents that are wrong by themselves or with each other.
    for (old, new, words) in [
        ("max_length: 10", "max_length: x", "spec"),
        ("type: text", "type: integer", "default"),
        ("value: moin", "value: far too long a greeting", "at most 10"),
        ("template: {name: hello, version: 1.0.0}", "template: {name: hello, version: 9.9.9}", "no version 9.9.9"),
        ("kind: ServiceProfile", "kind: Surprise", "is not a kind"),
        ("{{ user.name }}", "{{ nobody.name }}", "process.command"),
    ] {
        write(at, "p/hello.yaml", &TEMPLATE.replace(old, new));
        let bad = test(&[]);
        assert!(bad.code == 1 && bad.out.contains(words), "{words} is not in {}", bad.out);
    }
    let machine: Value = serde_json::from_str(&test(&["-o", "json"]).out).unwrap();
    assert!(machine["items"].as_array().unwrap().iter().any(|item| !item["problems"].as_array().unwrap().is_empty()));
    assert_eq!(run(at, &["template", "test", "nowhere"]).code, 1);
}
