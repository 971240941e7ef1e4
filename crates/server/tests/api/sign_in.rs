//! Second factors and the rule for passwords, as somebody who signs in meets them.

use hyper::Method;
use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret};
use warpyard_testkit::{Http, Reply, World};

const PASSWORD: &str = "correct horse battery";

async fn give_password(world: &World, person: &str) {
    let path = format!("/api/v1/users/{person}/password");
    world.of("root").put(&path, &json!({ "password": PASSWORD })).await.expect(204);
}

async fn sign_in(world: &World, person: &str) -> Reply {
    let body = json!({ "email": format!("{person}@example.com"), "password": PASSWORD });
    world.nobody().post("/api/v1/session", &body).await
}

fn session(world: &World, reply: &Reply) -> Http {
    let cookie = reply.header("set-cookie");
    world.nobody().with_session(cookie.split(';').next().unwrap().split_once('=').unwrap().1)
}

async fn show(world: &World, ticket: &Json, what: &str, code: &str) -> Reply {
    world.nobody().post("/api/v1/session/second-factor", &json!({ "ticket": ticket, what: code })).await
}

/// What an authenticator app shows now.
fn code(world: &World, secret: &str) -> String {
    let app = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).with_account_name("x").build().unwrap();
    app.generate(u64::try_from(world.store.now().as_millis() / 1_000).unwrap()).to_string()
}

/// Sets up an authenticator app: its secret and the recovery codes.
async fn set_up(world: &World, here: &Http) -> (String, Vec<String>) {
    let begin = json!({ "name": "Telephone", "current_password": PASSWORD });
    let new = here.post("/api/v1/me/second-factors/totp", &begin).await.expect(201).json();
    let secret = new["secret"].as_str().unwrap().to_owned();
    let uri = new["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Warpyard:") && uri.contains(&secret), "{uri}");
    assert!(new["qr"]["path"].as_str().unwrap().starts_with('M'));
    let confirm = format!("/api/v1/me/second-factors/totp/{}/confirm", new["id"].as_str().unwrap());
    let wrong = here.post(&confirm, &json!({ "code": "000000" })).await;
    wrong.problem(422, "invalid");
    assert_eq!(wrong.error_paths(), ["code"]);
    let made = here.post(&confirm, &json!({ "code": code(world, &secret) })).await.expect(200).json();
    let codes: Vec<String> = made["recovery_codes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_asked_for_and_counts_once() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let here = session(&world, &sign_in(&world, "developer").await.expect(200));
    // Whoever finds the browser open cannot lock its owner out.
    let begin = |password: Json| json!({ "name": "Telephone", "current_password": password });
    let refused = here.post("/api/v1/me/second-factors/totp", &begin(json!("wrong"))).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["current_password"]);
    here.post("/api/v1/me/second-factors/totp", &begin(Json::Null)).await.problem(422, "invalid");
    let by_token = world.of("developer").post("/api/v1/me/second-factors/totp", &begin(json!(PASSWORD))).await;
    by_token.problem(403, "forbidden");
    let (secret, codes) = set_up(&world, &here).await;
    let listed = here.get("/api/v1/me/second-factors").await.expect(200);
    assert!(!listed.text().contains(&secret));
    let listed = listed.json();
    assert_eq!(listed["items"][0]["name"], "Telephone");
    assert_eq!(listed["recovery_codes_left"], 10);
    assert_eq!(world.of("root").get("/api/v1/users/developer").await.json()["status"]["has_second_factor"], true);

    // The password alone opens nothing.
    let asked = sign_in(&world, "developer").await.expect(200);
    assert!(asked.headers.get("set-cookie").is_none());
    let asked = asked.json();
    assert_eq!(asked["second_factor"], json!(["totp", "recovery"]));
    // The code that set it up was used.
    show(&world, &asked["ticket"], "totp", &code(&world, &secret)).await.problem(401, "unauthenticated");
    world.clock.advance(30);
    let fresh = code(&world, &secret);
    let done = show(&world, &asked["ticket"], "totp", &fresh).await.expect(200);
    assert_eq!(done.json()["user"]["name"], "developer");
    session(&world, &done).get("/api/v1/me").await.expect(200);
    // Neither the ticket nor the code is good again.
    world.clock.advance(1);
    show(&world, &asked["ticket"], "totp", &fresh).await.problem(401, "unauthenticated");
    let again = sign_in(&world, "developer").await.expect(200).json();
    show(&world, &again["ticket"], "totp", &fresh).await.problem(401, "unauthenticated");
    // A recovery code is good once, however it is typed.
    let typed = codes[0].to_uppercase().replace('-', " ");
    show(&world, &again["ticket"], "recovery", &typed).await.expect(200);
    let third = sign_in(&world, "developer").await.expect(200).json();
    show(&world, &third["ticket"], "recovery", &codes[0]).await.problem(401, "unauthenticated");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_codes_is_cut_short() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let here = session(&world, &sign_in(&world, "developer").await.expect(200));
    let (_, codes) = set_up(&world, &here).await;
    let asked = sign_in(&world, "developer").await.expect(200).json();
    for _ in 0..5 {
        show(&world, &asked["ticket"], "totp", "123456").await.problem(401, "unauthenticated");
    }
    // The sixth attempt with a ticket fails whatever is shown.
    show(&world, &asked["ticket"], "recovery", &codes[0]).await.problem(401, "unauthenticated");
    // Ten a minute for one person, with as many tickets as one likes.
    let mut last = None;
    for _ in 0..7 {
        let ticket = sign_in(&world, "developer").await.json()["ticket"].clone();
        last = Some(show(&world, &ticket, "totp", "123456").await.status.as_u16());
    }
    assert_eq!(last, Some(429));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn factors_are_removed_reset_and_told_of() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let here = session(&world, &sign_in(&world, "developer").await.expect(200));
    set_up(&world, &here).await;
    let id = here.get("/api/v1/me/second-factors").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/me/second-factors/{id}/remove");
    let confirmed = json!({ "current_password": PASSWORD });
    here.post(&path, &json!({})).await.problem(422, "invalid");
    world.session("colleague").await.post(&path, &json!({})).await.problem(404, "not_found");
    here.post(&path, &confirmed).await.expect(204);
    here.post("/api/v1/me/recovery-codes", &confirmed).await.problem(409, "conflict");
    let plain = sign_in(&world, "developer").await.expect(200);
    assert_eq!(plain.json()["user"]["name"], "developer", "nothing is asked for any more");

    set_up(&world, &here).await;
    let codes = here.post("/api/v1/me/recovery-codes", &confirmed).await.expect(200).json();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    // An admin helps somebody who lost everything; their sessions end.
    let reset = "/api/v1/users/developer/reset-second-factors";
    world.of("colleague").post(reset, &json!({})).await.problem(403, "forbidden");
    world.of("root").post(reset, &json!({})).await.expect(204);
    here.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(sign_in(&world, "developer").await.expect(200).json()["user"]["name"], "developer");
    let told = world.of("developer").get("/api/v1/me/notifications").await.json();
    let kinds: Vec<&str> = told["items"].as_array().unwrap().iter().filter_map(|n| n["kind"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "sign_in_changed").count(), 5, "{told}");
    let audit = world.of("root").get("/api/v1/audit-entries?limit=200").await.expect(200).text();
    for action in ["second_factor.create", "second_factor.delete", "recovery_codes.create", "user.reset_second_factors"] {
        assert!(audit.contains(action), "{action}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_everywhere_ends_every_session() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let here = session(&world, &sign_in(&world, "developer").await.expect(200));
    let there = session(&world, &sign_in(&world, "developer").await.expect(200));
    let other = world.session("colleague").await;
    here.delete("/api/v1/me/sessions?others_only=true").await.expect(204);
    there.get("/api/v1/me").await.problem(401, "unauthenticated");
    here.delete("/api/v1/me/sessions").await.expect(204);
    here.get("/api/v1/me").await.problem(401, "unauthenticated");
    other.get("/api/v1/me").await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_rule_judges_passwords() {
    let world = World::start().await;
    let judge = async |password: &str| {
        let body = json!({ "password": password, "email": "developer@example.com" });
        world.nobody().post("/api/v1/password-strength", &body).await.expect(200).json()
    };
    for (password, acceptable) in [("Password123!", false), ("developer2024", false), (PASSWORD, true)] {
        let judged = judge(password).await;
        assert_eq!(judged["acceptable"], acceptable, "{password}: {judged}");
        let body = json!({ "password": password });
        let set = world.of("root").put("/api/v1/users/developer/password", &body).await;
        if acceptable {
            set.expect(204);
        } else {
            set.problem(422, "invalid");
            assert!(set.text().contains(judged["message"].as_str().unwrap()), "{}", set.text());
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_known_is_answered_like_who_is() {
    let world = World::start().await;
    give_password(&world, "developer").await;
    let wrong = |email: &str| json!({ "email": email, "password": "not the right one" });
    let known = world.nobody().post("/api/v1/session", &wrong("developer@example.com")).await;
    // Somebody without a password, somebody who is not there, and something that is no address.
    for email in ["colleague@example.com", "ghost@example.com", "ghost"] {
        let reply = world.nobody().post("/api/v1/session", &wrong(email)).await;
        let without_id = |reply: &Reply| {
            let mut body = reply.json();
            body["request_id"] = Json::Null;
            body
        };
        assert_eq!(reply.status, known.status);
        assert_eq!(without_id(&reply), without_id(&known));
    }
    // A passkey challenge tells nothing either: it names nobody.
    let asked = world.nobody().post("/api/v1/session/passkey-challenge", &json!({})).await.expect(200).json();
    assert!(asked["options"]["publicKey"]["allowCredentials"].as_array().is_none_or(Vec::is_empty), "{asked}");
    let nonsense = json!({ "ticket": asked["ticket"], "credential": { "id": "x" } });
    world.nobody().post("/api/v1/session/passkey", &nonsense).await.problem(422, "invalid");
    let foreign = world.nobody().request(Method::POST, "/api/v1/session/second-factor").header("sec-fetch-site", "cross-site");
    foreign.json(&json!({ "ticket": "x", "totp": "123456" })).send().await.problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_that_asks_for_a_second_factor_gives_nothing_without_one() {
    let world = World::start().await;
    let acme = "/api/v1/orgs/acme";
    let strict = |asks: bool| {
        let spec = json!({ "currency": "EUR", "sign_in": { "require_second_factor": asks } });
        json!({ "metadata": { "name": "acme" }, "spec": spec })
    };
    // Whoever would be the first to be kept out does not switch it on.
    let refused = world.of("root").put(acme, &strict(true)).await;
    refused.problem(422, "invalid");
    assert_eq!(refused.error_paths(), ["spec.sign_in.require_second_factor"]);
    give_password(&world, "root").await;
    let root = session(&world, &sign_in(&world, "root").await.expect(200));
    root.put(acme, &strict(true)).await.problem(422, "invalid");
    set_up(&world, &root).await;

    world.launch("app", "nb").await;
    world.until_phase("nb", warpyard_model::kinds::Phase::Running).await;
    let terminal = format!("{}/service-instances/nb/terminal", crate::RESEARCH);
    let mut open = crate::watch::Socket::open_at(&world, "workspace-collaborator", &terminal).await;
    open.echoes("before").await;
    root.put(acme, &strict(true)).await.expect(200);
    open.ends().await;

    // Somebody who works there is told what to do, whatever they ask for; a stranger learns nothing.
    let developer = world.of("developer");
    for path in [acme, crate::VISION, &format!("{}/catalogue", crate::VISION), &format!("{}/workspaces", crate::VISION)] {
        let told = developer.get(path).await.problem(403, "second_factor_required");
        assert!(told["detail"].as_str().unwrap().contains("Account"), "{told}");
    }
    let made = json!({ "metadata": { "name": "not" }, "spec": {} });
    developer.post(&format!("{}/workspaces", crate::VISION), &made).await.problem(403, "second_factor_required");
    developer.get(&format!("{acme}/access")).await.problem(403, "second_factor_required");
    world.of("stranger").get(crate::VISION).await.problem(404, "not_found");
    // An administrator of the platform by an old token as well, and only in this organization.
    world.of("root").get(acme).await.problem(403, "second_factor_required");
    world.of("root").get("/api/v1/orgs/globex").await.expect(200);
    for list in ["projects", "workspaces", "service-instances", "service-profiles"] {
        let seen = developer.get(&format!("/api/v1/{list}")).await.expect(200).json();
        assert_eq!(seen["total"], 0, "{list}: {seen}");
        let seen = world.of("root").get(&format!("/api/v1/{list}?limit=500")).await.expect(200);
        assert!(!seen.text().contains("\"org\":\"acme\""), "{list}");
    }
    let me = developer.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["second_factor_required"], json!(["acme"]));

    // The way in: set one up. Tokens made from then on pass, earlier ones do not.
    give_password(&world, "developer").await;
    let here = session(&world, &sign_in(&world, "developer").await.expect(200));
    here.get(crate::VISION).await.problem(403, "second_factor_required");
    let token = |made: Reply| world.nobody().with_token(made.json()["token"].as_str().unwrap());
    let body = json!({ "name": "ci", "expires_in_seconds": 3600 });
    let weak = token(here.post("/api/v1/me/tokens", &body).await.expect(201));
    set_up(&world, &here).await;
    here.get(crate::VISION).await.expect(200);
    assert_eq!(here.get("/api/v1/me").await.json().get("second_factor_required"), None);
    let strong = token(here.post("/api/v1/me/tokens", &body).await.expect(201));
    strong.get(crate::VISION).await.expect(200);
    weak.get(crate::VISION).await.problem(403, "second_factor_required");
    // A token made with a weak one is as weak.
    let child = token(weak.post("/api/v1/me/tokens", &body).await.expect(201));
    child.get(crate::VISION).await.problem(403, "second_factor_required");

    root.put(acme, &strict(false)).await.expect(200);
    developer.get(crate::VISION).await.expect(200);
    world.finish().await;
}
