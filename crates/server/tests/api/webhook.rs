//! Signed checkpoints of the audit trail on their way to a real listener.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;
use warpyard_server::AuditKeeping;
use warpyard_store::Checkpoint;
use warpyard_testkit::World;

/// What arrived, and what is answered next; 200 where nothing is said.
#[derive(Default)]
struct Receiver {
    arrived: Mutex<Vec<(String, Bytes)>>,
    answers: Mutex<Vec<StatusCode>>,
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> Response {
    let sort = headers["content-type"].to_str().unwrap().to_owned();
    receiver.arrived.lock().unwrap().push((sort, body));
    let status = receiver.answers.lock().unwrap().pop().unwrap_or(StatusCode::OK);
    if status.is_redirection() {
        return (status, [("location", "/elsewhere")]).into_response();
    }
    status.into_response()
}

impl Receiver {
    fn take(&self) -> Vec<Checkpoint> {
        let arrived = std::mem::take(&mut *self.arrived.lock().unwrap());
        let checkpoint = |(sort, body): &(String, Bytes)| {
            assert_eq!(sort, "application/json");
            serde_json::from_slice(body).unwrap()
        };
        arrived.iter().map(checkpoint).collect()
    }

    fn answer(&self, status: StatusCode) {
        self.answers.lock().unwrap().push(status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checkpoints_reach_a_webhook_and_are_sent_again_until_they_do() {
    let world = World::start().await;
    let receiver = Arc::new(Receiver::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(receive).with_state(receiver.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let keeping = AuditKeeping {
        every: Some(Duration::from_secs(3_600)),
        file: None,
        webhook: Some(Url::parse(&format!("http://{address}/hook")).unwrap()),
        allow_private: true,
        keep_days: None,
    };

    // A receiver that is broken, or points elsewhere, has not got it: nothing counts as handed out.
    receiver.answer(StatusCode::SERVICE_UNAVAILABLE);
    let failed = keeping.round(&world.controller).await.unwrap_err();
    assert!(failed.message.contains("503"), "{}", failed.message);
    let first = receiver.take();
    assert_eq!(first.len(), 1, "what follows waits behind what failed");
    receiver.answer(StatusCode::TEMPORARY_REDIRECT);
    keeping.round(&world.controller).await.unwrap_err();
    assert_eq!(receiver.take(), first, "the same again, and nobody is followed elsewhere");

    // Then all of it, the one that failed included, each signed by the key that the trail names.
    keeping.round(&world.controller).await.unwrap();
    let got = receiver.take();
    assert_eq!(got[0], first[0]);
    let orgs: Vec<&str> = got.iter().map(|checkpoint| checkpoint.org.as_str()).collect();
    assert!(orgs.contains(&"acme") && orgs.contains(&"globex") && orgs.contains(&""), "{orgs:?}");
    let root = world.of("root");
    let told: Json = root.get("/api/v1/audit-entries/checkpoints?org=acme").await.expect(200).json();
    let acme = got.iter().find(|checkpoint| checkpoint.org == "acme").unwrap();
    let newest = &told["items"].as_array().unwrap()[0];
    for (field, value) in [("public_key", &acme.public_key), ("signature", &acme.signature), ("hash", &acme.hash)] {
        assert_eq!(newest[field], value.as_str(), "{told}");
    }
    for checkpoint in &got {
        assert!(checkpoint.is_signed(), "{checkpoint:?}");
        for forged in [
            Checkpoint { sequence: checkpoint.sequence + 1, ..checkpoint.clone() },
            Checkpoint { hash: "0".repeat(checkpoint.hash.len()), ..checkpoint.clone() },
            Checkpoint { org: "other".to_owned(), ..checkpoint.clone() },
        ] {
            assert!(!forged.is_signed(), "{forged:?}");
        }
    }

    // What is handed out is not sent again; what happens later is.
    keeping.round(&world.controller).await.unwrap();
    assert_eq!(receiver.take(), []);
    let group = serde_json::json!({ "metadata": { "name": "later" }, "spec": { "members": [] } });
    root.post("/api/v1/orgs/acme/groups", &group).await.expect(201);
    keeping.round(&world.controller).await.unwrap();
    let later = receiver.take();
    assert_eq!(later.len(), 1);
    assert!(later[0].org == "acme" && later[0].sequence > acme.sequence && later[0].is_signed(), "{later:?}");

    // Where private addresses are not allowed nothing leaves the server.
    root.post("/api/v1/orgs/acme/groups", &serde_json::json!({ "metadata": { "name": "last" }, "spec": { "members": [] } }))
        .await
        .expect(201);
    let strict = AuditKeeping { allow_private: false, ..keeping };
    strict.round(&world.controller).await.unwrap_err();
    assert_eq!(receiver.take(), []);
    serving.abort();
    world.finish().await;
}
