//! The way back in for whoever owns the server's machine: `warpyard admin reset-sign-in`, beside a running server.

use crate::http::Origin;
use crate::world::{ADMIN, ADMIN_PASSWORD, World};
use serde_json::json;

const NEW_PASSWORD: &str = "five patient herons waiting";

#[test]
fn the_last_administrator_gets_back_in_from_the_servers_machine() {
    let world = World::start();
    let data = world.data().display().to_string();
    let reset = |person: &str, directory: &str| {
        world.admin.run(&["admin", "reset-sign-in", person, "--data-dir", directory, "--public-url", &world.url, "-o", "json"])
    };
    // Never a new database in a directory that was mistyped, and nobody who is not there.
    let elsewhere = format!("{data}/nowhere");
    assert_eq!(reset(ADMIN, &elsewhere).code, 3);
    assert!(!std::path::Path::new(&elsewhere).exists());
    let unknown = reset("nobody@example.com", &data);
    assert_ne!(unknown.code, 0, "{unknown:?}");

    // By the mail address, while the server runs; the token that was there goes on, the password does not.
    let done = reset(ADMIN, &data).expect(0, &["reset-sign-in"]);
    let answer: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let user = answer["user"].as_str().unwrap().to_owned();
    let (page, secret) = answer["url"].as_str().unwrap().split_once("#token=").unwrap();
    assert_eq!(page, format!("{}/welcome", world.url));
    let stranger = world.person("stranger");
    let login = ["login", world.url.as_str(), "--email", ADMIN, "--password-stdin"];
    assert_eq!(stranger.run_with_input(&login, ADMIN_PASSWORD).code, 4);

    let server = Origin::of(&world.url).with("sec-fetch-site", "none");
    let redeem = || server.post("/api/v1/session/link", &json!({ "token": secret, "password": NEW_PASSWORD }));
    assert_eq!(redeem().good().json()["user"]["name"], user.as_str());
    assert_eq!(redeem().status, 401, "once");
    stranger.ok_with_input(&login, NEW_PASSWORD);
    let trail = stranger.json(&["audit", "--action", "user.reset_sign_in"]);
    assert_eq!(trail["items"].as_array().unwrap().len(), 1, "{trail}");
    let told = stranger.json(&["notifications"]);
    assert!(told.to_string().contains("sign_in_changed"), "{told}");
    // By the name as well, and a second link makes the first useless.
    let first = reset(&user, &data).expect(0, &["reset-sign-in"]).out;
    let second = reset(&user, &data).expect(0, &["reset-sign-in"]).out;
    assert_ne!(first, second);
    let secret = |text: &str| {
        let answer: serde_json::Value = serde_json::from_str(text).unwrap();
        answer["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned()
    };
    let with = |token: String| server.post("/api/v1/session/link", &json!({ "token": token, "password": NEW_PASSWORD })).status;
    assert_eq!((with(secret(&first)), with(secret(&second))), (401, 200));
}
