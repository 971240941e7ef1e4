//! A canary in every secret place: it must reach the service and nothing else.

use crate::{RESEARCH, VISION};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use warpyard_model::kinds::Phase;
use warpyard_testkit::World;

const INPUT: &str = "canary-in-a-sensitive-input";
const SECRET: &str = "canary-in-a-secret";
const PASSWORD: &str = "canary-as-a-password";

/// Everything that is traced while it listens.
#[derive(Clone, Default)]
struct Log {
    text: Arc<Mutex<Vec<u8>>>,
}

static LISTENING: AtomicBool = AtomicBool::new(false);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.text.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn listen() -> Log {
    use tracing_subscriber::filter::{FilterExt as _, LevelFilter, dynamic_filter_fn};
    use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
    let log = Log::default();
    let writer = log.clone();
    let filter = LevelFilter::TRACE.and(dynamic_filter_fn(|_, _| LISTENING.load(Ordering::Relaxed)));
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_filter(filter);
    LISTENING.store(true, Ordering::Relaxed);
    let set = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
    set.expect("no other test of this binary listens");
    log
}

fn holds(bytes: &[u8], canary: &str) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_reach_the_service_and_nothing_else() {
    let log = listen();
    let world = World::start().await;
    let root = world.of("root");
    let owner = world.of("workspace-collaborator");
    let mut answers: Vec<String> = Vec::new();

    let vault = json!({ "metadata": { "name": "vault" }, "spec": { "data": { "token": SECRET } } });
    answers.push(root.post(&format!("{VISION}/secrets"), &vault).await.expect(201).text());
    let launch = json!({
        "metadata": { "name": "sealed" },
        "spec": { "profile": { "name": "app" }, "inputs": { "password": INPUT, "credentials": "vault/token" } }
    });
    answers.push(owner.post(&format!("{RESEARCH}/service-instances?dry_run=true"), &launch).await.expect(201).text());
    answers.push(owner.post(&format!("{RESEARCH}/service-instances"), &launch).await.expect(201).text());
    let running = world.until_phase("sealed", Phase::Running).await;
    let desired = world.provider.desired(&running.metadata.uid).unwrap();
    assert_eq!(desired.environment.get("PASSWORD").map(String::as_str), Some(INPUT), "the service gets it");
    let arguments = format!("{:?} {:?} {}", desired.command, desired.prepare, desired.working_directory);
    assert!(!arguments.contains(INPUT), "arguments are seen by everybody on the machine: {arguments}");

    // Every way to look at it, wrong requests included: an error must not repeat what was sent.
    let item = format!("{RESEARCH}/service-instances/sealed");
    for path in [
        item.clone(),
        format!("{item}/revisions"),
        format!("{item}/events"),
        format!("{RESEARCH}/service-instances"),
        format!("{VISION}/secrets"),
        format!("{VISION}/secrets/vault"),
        format!("{VISION}/secrets/vault/revisions"),
        "/api/v1/audit-entries?org=acme&limit=500".to_owned(),
        "/api/v1/audit-entries?limit=500".to_owned(),
        "/api/v1/audit-entries/export?org=acme".to_owned(),
        "/api/v1/audit-entries/export?org=acme&format=csv".to_owned(),
        "/api/v1/audit-entries/export".to_owned(),
        "/metrics".to_owned(),
    ] {
        answers.push(root.get(&path).await.expect(200).text());
    }
    // Everything that says beforehand what would be: forms, rendered texts, plans of one and of all, previews of a draft.
    let form = json!({ "workspace": "research", "inputs": { "password": INPUT, "credentials": "vault/token" } });
    answers.push(owner.post(&format!("{VISION}/service-profiles/app/form"), &form).await.expect(200).text());
    let values = json!({ "values": form });
    let rendered = root.post(&format!("{VISION}/service-profiles/app/render"), &values).await.expect(200).text();
    assert!(rendered.contains("PASSWORD"), "the rendered text is about it: {rendered}");
    answers.push(rendered);
    let spec = root.get(&format!("{VISION}/service-profiles/app")).await.expect(200).json()["spec"].clone();
    let mut preview = form.clone();
    preview["draft"] = json!({ "spec": spec });
    for (operation, body) in [("form", preview), ("render", json!({ "draft": { "spec": spec }, "values": form }))] {
        answers.push(root.post(&format!("{VISION}/service-profiles/{operation}"), &body).await.expect(200).text());
    }
    answers.push(root.post(&format!("{VISION}/service-profiles/app/fleet-plan"), &json!({})).await.expect(200).text());
    let change = json!({ "inputs": { "password": format!("{INPUT}-changed"), "title": "Changed" } });
    let plan = owner.post(&format!("{item}/change-plan"), &change).await.expect(200).text();
    assert!(plan.contains("password"), "the plan is about it: {plan}");
    answers.push(plan);
    answers.push(owner.post(&format!("{item}/change-plan"), &json!({ "inputs": { "password": [INPUT] } })).await.text());
    let mut rehearsed = owner.get(&item).await.expect(200).json();
    rehearsed["spec"]["inputs"]["password"] = json!(format!("{INPUT}-changed"));
    answers.push(owner.put(&format!("{item}?dry_run=true"), &rehearsed).await.expect(200).text());
    let document = json!({
        "apiVersion": "warpyard.io/v1", "kind": "Secret", "metadata": { "name": "vault", "org": "acme", "project": "vision" },
        "spec": { "data": { "token": format!("{SECRET}-changed"), "second": SECRET } }
    });
    answers.push(root.apply("dry_run=true", &document.to_string()).await.expect(200).text());
    answers.push(root.apply("", &document.to_string()).await.expect(200).text());
    for wrong in [json!({ "password": [INPUT] }), json!({ "password": { "deep": INPUT } })] {
        let launch = json!({ "metadata": { "name": "wrong" }, "spec": { "profile": { "name": "app" }, "inputs": wrong } });
        let refused = owner.post(&format!("{RESEARCH}/service-instances"), &launch).await;
        refused.problem(422, "invalid");
        answers.push(refused.text());
    }
    let keyed = root.request(hyper::Method::POST, &format!("{VISION}/secrets")).header("idempotency-key", "vault");
    let second = json!({ "metadata": { "name": "second" }, "spec": { "data": { "token": SECRET } } });
    answers.push(keyed.json(&second).send().await.expect(201).text());
    let password = json!({ "password": PASSWORD });
    answers.push(root.put("/api/v1/users/developer/password", &password).await.expect(204).text());
    for attempt in [PASSWORD, "canary-in-a-secret wrong"] {
        let body = json!({ "email": "developer@example.com", "password": attempt });
        answers.push(world.nobody().post("/api/v1/session", &body).await.text());
    }
    // The sealed value survives a change of something else, and goes with a change of its own.
    let mut object = owner.get(&item).await.expect(200).json();
    assert_eq!(object["spec"]["inputs"]["password"], json!({ "sealed": true }));
    object["spec"]["inputs"]["title"] = json!("Changed");
    answers.push(owner.put(&item, &object).await.expect(200).text());
    world
        .until("it runs with the change", || async {
            world.provider.desired(&running.metadata.uid).is_some_and(|d| d.command[1] == "Changed")
        })
        .await;
    let desired = world.provider.desired(&running.metadata.uid).unwrap();
    assert_eq!(desired.environment.get("PASSWORD").map(String::as_str), Some(INPUT), "it was kept");
    world.until_phase("sealed", Phase::Running).await;

    let file = world.test_store.file().unwrap();
    world.finish().await;
    LISTENING.store(false, Ordering::Relaxed);
    let logged = log.text.lock().unwrap().clone();
    assert!(holds(&logged, "controllers begin"), "the log was heard at all");
    for canary in [INPUT, SECRET, PASSWORD] {
        for answer in &answers {
            assert!(!answer.contains(canary), "{canary} is in an answer: {answer}");
        }
        for end in ["", "-wal"] {
            let path = format!("{}{end}", file.display());
            let bytes = std::fs::read(&path).unwrap_or_default();
            assert!(!holds(&bytes, canary), "{canary} is in the database file {end}");
        }
        if let Some(at) = logged.windows(canary.len()).position(|window| window == canary.as_bytes()) {
            let around = String::from_utf8_lossy(&logged[at.saturating_sub(300)..(at + 100).min(logged.len())]).into_owned();
            panic!("{canary} is in the log: …{around}…");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_puts_secrets_where_only_the_process_reads_them() {
    let world = World::start().await;
    let root = world.of("root");
    let refused = async |version: Json| {
        let mut version = version;
        version["version"] = json!("1.0.0");
        version["inputs"] = json!([
            { "name": "password", "type": "text", "sensitive": true }, { "name": "vault", "type": "secret" }, { "name": "title", "type": "text" }
        ]);
        let body = json!({ "metadata": { "name": "teller" }, "spec": {
            "target_type": "process", "workload": "service", "versions": [version] } });
        let reply = root.post("/api/v1/orgs/acme/environment-templates?dry_run=true", &body).await;
        if reply.status == 201 { Vec::new() } else { reply.error_paths() }
    };
    let runs = |command: &str| json!({ "process": { "command": ["app", command] } });
    let at = "spec.versions.0";
    for secret in
        ["{{ inputs.password }}", "--key={{ inputs.vault }}", "{{ inputs.vault.key }}", "{% if inputs.password %}-x{% endif %}"]
    {
        assert_eq!(refused(runs(secret)).await, [format!("{at}.process.command.1")], "{secret}");
        let prepared =
            json!({ "process": { "command": ["app"], "prepare": [{ "name": "p", "title": "P", "command": ["make", secret] }] } });
        assert_eq!(refused(prepared).await, [format!("{at}.process.prepare.0.command.1")], "{secret}");
        let placed = json!({ "process": { "command": ["app"], "working_directory": secret } });
        assert_eq!(refused(placed).await, [format!("{at}.process.working_directory")], "{secret}");
        let told = json!({ "process": { "command": ["app"] }, "outputs": [{ "name": "o", "label": "O", "value": secret }] });
        assert_eq!(refused(told).await, [format!("{at}.outputs.0.value")], "{secret}");
    }
    let fine = json!({ "process": { "command": ["app", "{{ inputs.title }}"], "environment": { "KEY": "{{ inputs.vault.key }}" },
        "files": [{ "path": "key", "content": "{{ inputs.password }}" }] } });
    assert_eq!(refused(fine).await, Vec::<String>::new());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_tells_what_uses_it_and_stays_as_long() {
    let world = World::start().await;
    let (root, owner) = (world.of("root"), world.of("workspace-collaborator"));
    let vault = json!({ "metadata": { "name": "vault" }, "spec": { "data": { "token": "abc" } } });
    root.post(&format!("{VISION}/secrets"), &vault).await.expect(201);
    let secret = format!("{VISION}/secrets/vault");
    let usage = format!("{secret}/usage");
    assert_eq!(root.get(&usage).await.expect(200).json(), json!({ "items": [], "hidden": 0 }));
    let launch = json!({ "metadata": { "name": "user" }, "spec": { "profile": { "name": "app" }, "inputs": { "credentials": "vault/token" } } });
    owner.post(&format!("{RESEARCH}/service-instances"), &launch).await.expect(201);
    let told = root.get(&usage).await.expect(200).json();
    assert_eq!((&told["items"][0]["name"], &told["items"][0]["owner"]), (&json!("user"), &json!("workspace-collaborator")));
    // A developer of the project looks at secrets and not at others' instances.
    let colleague = world.of("colleague").get(&usage).await.expect(200).json();
    assert_eq!(colleague, json!({ "items": [], "hidden": 1 }));
    world.of("stranger").get(&usage).await.problem(404, "not_found");
    let refused = root.delete(&secret).await;
    refused.problem(409, "conflict");
    assert!(refused.text().contains("ServiceInstance /acme/vision/research/user"), "{}", refused.text());
    world.finish().await;
}
