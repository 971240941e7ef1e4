//! Single sign-on against a real, certified provider: npm's `oidc-provider`, run by `e2e/src/identity-provider.js`.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use warpyard_testkit::{Http, TestServer, World};

const PROVIDERS: &str = "/api/v1/orgs/acme/identity-providers";

/// A provider of its own for a test.
struct Company {
    _process: Child,
    issuer: String,
    control: String,
    http: reqwest::Client,
}

/// Where the provider's program lies, or why it cannot be run here.
fn program() -> Result<PathBuf, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
    if !folder.join("node_modules/oidc-provider").exists() {
        return Err("e2e/node_modules has no oidc-provider: run npm ci in e2e".to_owned());
    }
    Ok(folder.join("src/identity-provider.js"))
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

impl Company {
    /// Starts one that knows the world's server under these names; `None` where it cannot be run.
    async fn start(server: &TestServer, names: &[&str]) -> Option<Self> {
        let here = format!("http://localhost:{}", server.address.port());
        let at = |name: &str, last: &str| format!("{here}/api/v1/orgs/{name}/{last}");
        let registered = json!({
            "redirect_uris": names.iter().map(|n| at(n, "callback")).collect::<Vec<_>>(),
            "post_logout_redirect_uris": [format!("{here}/sign-in")],
            "backchannel_logout_uri": at(names[0], "back-channel-logout").replace("localhost", "127.0.0.1"),
        });
        let started = program().and_then(|program| {
            let command = Command::new("node")
                .arg(program)
                .arg(registered.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn();
            command.map_err(|e| format!("node cannot be run: {e}"))
        });
        let mut process = match started {
            Ok(process) => process,
            Err(why) if std::env::var_os("WARPYARD_REQUIRE_ALL").is_some() => panic!("single sign-on: {why}"),
            Err(why) => {
                let _ = writeln!(std::io::stderr(), "skipped: single sign-on against a real provider: {why}");
                return None;
            }
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told: Json = loop {
            let line = lines.next_line().await.unwrap().expect("the provider says where it is");
            if line.starts_with('{') {
                break serde_json::from_str(&line).unwrap();
            }
        };
        let text = |key: &str| told[key].as_str().unwrap().to_owned();
        Some(Self { _process: process, issuer: text("issuer"), control: text("control"), http: client() })
    }

    async fn tell(&self, what: &str, body: Json) {
        let answer = self.http.post(format!("{}/{what}", self.control)).body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    async fn account(&self, login: &str, email: &str, verified: bool, groups: &[&str]) {
        let name = format!("{login} of the company");
        let body = json!({ "login": login, "email": email, "email_verified": verified, "name": name, "groups": groups });
        self.tell("account", body).await;
    }

    fn spec(&self, more: &Json) -> Json {
        let mut spec = json!({
            "issuer": self.issuer, "client_id": "warpyard", "client_secret": "a secret of the client",
            "scopes": ["email", "profile", "groups", "offline_access"], "domains": ["example.com"], "just_in_time": true
        });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        spec
    }

    async fn bring(&self, world: &World, name: &str, more: &Json) {
        let body = json!({ "metadata": { "name": name, "display_name": "The company" }, "spec": self.spec(more) });
        world.of("root").post(PROVIDERS, &body).await.expect(201);
    }
}

/// Somebody's browser: cookies by host, and no redirect followed that nobody looked at.
#[derive(Clone)]
struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<(String, String), String>,
    here: String,
}

impl Browser {
    fn new(server: &TestServer) -> Self {
        Self { http: client(), cookies: BTreeMap::new(), here: format!("http://localhost:{}", server.address.port()) }
    }

    /// Sends a request; the status, the address it leads on to, and the body.
    async fn go(&mut self, url: &str, form: Option<&str>) -> (u16, String, String) {
        let url = if url.starts_with('/') { format!("{}{url}", self.here) } else { url.to_owned() };
        let url: url::Url = url.replace("http://localhost:", "http://127.0.0.1:").parse().unwrap();
        let host = url.port().unwrap().to_string();
        let mine = self.cookies.iter().filter(|((of, _), value)| *of == host && !value.is_empty());
        let cookies: Vec<String> = mine.map(|((_, name), value)| format!("{name}={value}")).collect();
        let request = match form {
            Some(form) => {
                let request = self.http.post(url.clone()).header("content-type", "application/x-www-form-urlencoded");
                request.body(form.to_owned())
            }
            None => self.http.get(url.clone()),
        };
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert((host.clone(), name.to_owned()), value.to_owned());
        }
        let status = answer.status().as_u16();
        let on = answer.headers().get("location").map(|l| url.join(l.to_str().unwrap()).unwrap().to_string()).unwrap_or_default();
        (status, on, answer.text().await.unwrap())
    }

    /// From the console to the provider and through its form; the address that leads back, not yet followed.
    async fn at_provider(&mut self, begin: &str, login: &str) -> String {
        let (status, mut url, _) = self.go(begin, None).await;
        assert_eq!(status, 303, "{begin}");
        for _ in 0..8 {
            if url.contains("/callback?") || url.contains("sso=") {
                return url;
            }
            let (_, on, page) = self.go(&url, None).await;
            url = if page.contains("name=\"login\"") { self.go(&url, Some(&format!("login={login}"))).await.1 } else { on };
        }
        panic!("the provider leads nowhere: {url}");
    }

    /// The whole way; where it ends.
    async fn sign_in(&mut self, begin: &str, login: &str) -> String {
        let back = self.at_provider(begin, login).await;
        if back.contains("sso=") { back } else { self.go(&back, None).await.1 }
    }

    /// What went wrong, as the sign-in page is told.
    async fn refused(&mut self, begin: &str, login: &str) -> String {
        why(&self.sign_in(begin, login).await)
    }

    /// Requests with the session this browser has.
    fn session(&self, world: &World) -> Http {
        let port = world.address.port().to_string();
        let secret = self.cookies.get(&(port, "warpyard_session".to_owned()));
        world.nobody().with_session(secret.map(String::as_str).unwrap_or_default())
    }
}

fn why(url: &str) -> String {
    let url: url::Url = url.parse().unwrap();
    url.query_pairs().find(|(key, _)| key == "sso").map(|(_, word)| word.into_owned()).unwrap_or_default()
}

const BEGIN: &str = "/api/v1/orgs/acme/sign-in/company";

async fn world() -> World {
    World::on(TestServer::builder().private_providers().start().await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_sign_in_and_stay_while_the_provider_keeps_its_word() {
    let world = world().await;
    let Some(company) = Company::start(&world, &["acme/sign-in/company"]).await else { return world.finish().await };
    let root = world.of("root");
    for group in ["imaging", "audio"] {
        let body = json!({ "metadata": { "name": group }, "spec": { "members": [] } });
        root.post("/api/v1/orgs/acme/groups", &body).await.expect(201);
    }
    let binding = json!({ "metadata": { "name": "imaging" }, "spec": { "group": "imaging", "role": "developer" } });
    root.post(&format!("{}/role-bindings", crate::VISION), &binding).await.expect(201);
    let mapping = json!([{ "value": "Imaging", "group": "imaging" }, { "value": "Audio", "group": "audio" }]);
    company.bring(&world, "company", &json!({ "group_mapping": mapping })).await;
    let report = root.post(&format!("{PROVIDERS}/company/test"), &json!({})).await.expect(200).json();
    assert_eq!(report["works"], true, "{report}");

    // Anybody may ask; an organization that is not there answers like one without a provider.
    let nobody = world.nobody();
    let choices = nobody.get("/api/v1/orgs/acme/sign-in").await.expect(200).json();
    assert_eq!(choices, json!({ "providers": [{ "name": "company", "title": "The company" }] }));
    for none in ["globex", "nowhere"] {
        assert_eq!(nobody.get(&format!("/api/v1/orgs/{none}/sign-in")).await.expect(200).json(), json!({ "providers": [] }));
    }

    company.account("ada", "Ada@example.com", true, &["Imaging", "Cooking"]).await;
    let mut browser = Browser::new(&world);
    let end = browser.sign_in(&format!("{BEGIN}?next=/hub"), "ada").await;
    assert!(end.ends_with("/hub") && end.starts_with("http://localhost:"), "{end}");
    let ada = browser.session(&world);
    let me = ada.get("/api/v1/me").await.expect(200).json();
    assert_eq!((&me["user"]["email"], &me["user"]["display_name"]), (&json!("ada@example.com"), &json!("ada of the company")));
    assert_eq!(me["bindings"][0]["role"], "developer", "{me}");
    let members = async |group: &str| {
        root.get(&format!("/api/v1/orgs/acme/groups/{group}")).await.expect(200).json()["spec"]["members"].clone()
    };
    assert_eq!((members("imaging").await, members("audio").await), (json!(["ada"]), json!([])));

    // Groups follow on refresh; what an app or a socket has open ends with the session.
    company.account("ada", "ada@example.com", true, &["Audio"]).await;
    let mut socket = watch(&world, &browser).await;
    socket
        .send(tokio_tungstenite::tungstenite::Message::text(json!({ "id": 1, "watch": { "kind": "Project" } }).to_string()))
        .await
        .unwrap();
    world.clock.advance(61);
    ada.get("/api/v1/me").await.expect(200);
    assert_eq!((members("imaging").await, members("audio").await), (json!([]), json!(["ada"])));
    let token = ada.post("/api/v1/me/tokens", &json!({ "name": "t", "expires_in_seconds": 86_400 })).await.expect(201).json();
    let by_token = nobody.with_token(token["token"].as_str().unwrap());

    // A provider that is silent for a while ends nobody's work; one that is silent for long has said nothing for too long.
    company.tell("trouble", json!({ "down": true })).await;
    world.clock.advance(61);
    ada.get("/api/v1/me").await.expect(200);
    company.tell("trouble", json!({})).await;
    world.clock.advance(61);
    ada.get("/api/v1/me").await.expect(200);
    company.tell("gone", json!({ "login": "ada" })).await;
    world.clock.advance(61);
    // Nobody asks for anything: the open socket is what is in use.
    tokio::time::timeout(warpyard_testkit::PATIENCE, async { while let Some(Ok(_)) = socket.next().await {} }).await.unwrap();
    ada.get("/api/v1/me").await.problem(401, "unauthenticated");
    let trail = root.get("/api/v1/audit-entries?org=acme&limit=50").await.expect(200).json();
    let about = |action: &str| {
        trail["items"].as_array().unwrap().iter().any(|e| e["action"] == action && e["object"].as_str().unwrap().contains("ada"))
    };
    assert!(about("session.create") && about("session.delete"), "{trail}");

    // The secret never comes back, and does not follow the issuer to another address.
    let item = format!("{PROVIDERS}/company");
    let shown = root.get(&item).await.expect(200);
    assert!(!shown.text().contains("a secret of the client"));
    let mut elsewhere = shown.json();
    assert_eq!(elsewhere["status"]["has_client_secret"], true);
    elsewhere["spec"]["issuer"] = json!("https://evil.example");
    assert_eq!(root.put(&item, &elsewhere).await.error_paths(), ["spec.client_secret"]);

    // Removing the provider ends what it opened: sessions and tokens.
    company.account("ada", "ada@example.com", true, &[]).await;
    let mut again = Browser::new(&world);
    again.sign_in(BEGIN, "ada").await;
    again.session(&world).get("/api/v1/me").await.expect(200);
    by_token.get("/api/v1/me").await.expect(200);
    root.delete(&item).await.expect(204);
    again.session(&world).get("/api/v1/me").await.problem(401, "unauthenticated");
    by_token.get("/api/v1/me").await.problem(401, "unauthenticated");
    world.finish().await;
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn watch(world: &World, browser: &Browser) -> Socket {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    let mut request = format!("ws://{}/api/v1/watch", world.address).into_client_request().unwrap();
    let secret = &browser.cookies[&(world.address.port().to_string(), "warpyard_session".to_owned())];
    request.headers_mut().insert("cookie", format!("warpyard_session={secret}").parse().unwrap());
    tokio_tungstenite::connect_async(request).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_not_good_sign_nobody_in() {
    let world = world().await;
    let names = ["acme/sign-in/company", "acme/sign-in/other"];
    let Some(company) = Company::start(&world, &names).await else { return world.finish().await };
    company.bring(&world, "company", &json!({})).await;
    company.bring(&world, "other", &json!({ "issuer": company.issuer.replace("127.0.0.1", "localhost") })).await;
    company.account("ada", "ada@example.com", true, &[]).await;
    let nobody_came = async |browser: &Browser| browser.session(&world).get("/api/v1/me").await.status == 401;

    // The state: none, another one, one of another browser, one that was used.
    let mut browser = Browser::new(&world);
    let back = browser.at_provider(BEGIN, "ada").await;
    let stateless = back.split("&state=").next().unwrap().split("?state=").next().unwrap().to_owned();
    assert_eq!(why(&browser.go(&stateless, None).await.1), "expired");
    assert_eq!(why(&browser.go(&format!("{BEGIN}/callback?code=x&state=guessed"), None).await.1), "expired");
    let mut stranger = Browser::new(&world);
    assert_eq!(why(&stranger.go(&back, None).await.1), "expired", "a link that signs somebody else in");
    assert!(nobody_came(&stranger).await);
    assert_eq!(why(&browser.go(&back, None).await.1), "expired", "the stranger used the ticket up");
    assert!(nobody_came(&browser).await);

    // Another provider's answer, by its name and by its address.
    let mut browser = Browser::new(&world);
    let back = browser.at_provider(BEGIN, "ada").await;
    let mixed = back.replace(
        &url::form_urlencoded::byte_serialize(company.issuer.as_bytes()).collect::<String>(),
        "https%3A%2F%2Fevil.example",
    );
    assert_ne!(mixed, back);
    assert_eq!(why(&browser.go(&mixed, None).await.1), "failed");
    let back = browser.at_provider(BEGIN, "ada").await;
    assert_eq!(why(&browser.go(&back.replace("/company/", "/other/"), None).await.1), "failed");
    assert_eq!(browser.refused("/api/v1/orgs/acme/sign-in/other", "ada").await, "unavailable", "the issuer has another name");
    let report = world.of("root").post(&format!("{PROVIDERS}/other/test"), &json!({})).await.expect(200).json();
    assert!(report["problems"][0].as_str().unwrap().contains("calls itself another name"), "{report}");

    // A code that was redeemed, in a sign-in of its own.
    let mut first = Browser::new(&world);
    let back = first.at_provider(BEGIN, "ada").await;
    let code = |url: &str| url.parse::<url::Url>().unwrap().query_pairs().find(|(k, _)| k == "code").unwrap().1.into_owned();
    first.go(&back, None).await;
    first.session(&world).get("/api/v1/me").await.expect(200);
    let mut second = Browser::new(&world);
    let fresh = second.at_provider(BEGIN, "ada").await;
    assert_eq!(why(&second.go(&fresh.replace(&code(&fresh), &code(&back)), None).await.1), "failed");
    assert!(nobody_came(&second).await);

    // The nonce, the address, the domain, the password that was not given there.
    company.tell("trouble", json!({ "nonce": true })).await;
    assert_eq!(Browser::new(&world).refused(BEGIN, "ada").await, "failed");
    company.tell("trouble", json!({})).await;
    company.account("eve", "eve@example.com", false, &[]).await;
    assert_eq!(Browser::new(&world).refused(BEGIN, "eve").await, "not_verified");
    company.account("eve", "eve@elsewhere.example", true, &[]).await;
    assert_eq!(Browser::new(&world).refused(BEGIN, "eve").await, "other_domain");
    assert_eq!(Browser::new(&world).refused(BEGIN, "nobody-there").await, "refused");
    for unknown in ["/api/v1/orgs/acme/sign-in/nothing", "/api/v1/orgs/nowhere/sign-in/company"] {
        assert_eq!(why(&Browser::new(&world).go(unknown, None).await.1), "unknown");
    }
    // An ID token from before this clock's today.
    world.clock.advance(10 * 366 * 86_400);
    assert_eq!(Browser::new(&world).refused(BEGIN, "ada").await, "failed");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organizations_provider_gives_nobody_rights_elsewhere() {
    let world = world().await;
    let Some(company) = Company::start(&world, &["acme/sign-in/company"]).await else { return world.finish().await };
    company.bring(&world, "company", &json!({})).await;
    let root = world.of("root");
    // Whoever runs acme's provider lets it say that they are anybody.
    for victim in ["root", "foreigner", "infrastructure-admin", "stranger", "developer"] {
        company.account(victim, &format!("{victim}@example.com"), true, &[]).await;
    }
    for victim in ["root", "foreigner", "infrastructure-admin", "stranger"] {
        assert_eq!(Browser::new(&world).refused(BEGIN, victim).await, "elsewhere", "{victim} is taken over");
    }
    let mut browser = Browser::new(&world);
    browser.sign_in(BEGIN, "developer").await;
    let developer = browser.session(&world);
    developer.get("/api/v1/me").await.expect(200);
    let token =
        developer.post("/api/v1/me/tokens", &json!({ "name": "t", "expires_in_seconds": 86_400 })).await.expect(201).json();
    let by_token = world.nobody().with_token(token["token"].as_str().unwrap());
    by_token.get("/api/v1/me").await.expect(200);
    // A word that was enough for acme links nothing that counts for more.
    let link = json!({ "org": "acme", "provider": "company" });
    developer.post("/api/v1/me/identities", &link).await.problem(403, "forbidden");

    // The day the person gets rights elsewhere, the word is not enough any more: at once, for everything that stands on it.
    let binding = json!({ "metadata": { "name": "developer" }, "spec": { "user": "developer", "role": "finops" } });
    root.post("/api/v1/orgs/globex/role-bindings", &binding).await.expect(201);
    developer.get("/api/v1/me").await.problem(401, "unauthenticated");
    by_token.get("/api/v1/me").await.problem(401, "unauthenticated");
    assert_eq!(Browser::new(&world).refused(BEGIN, "developer").await, "elsewhere");

    // The person links the identity, signed in another way and in that browser alone.
    let mut mine = Browser::new(&world);
    let name = warpyard_model::Name::parse("developer").unwrap();
    let secret = world.store.open_session(&name, &warpyard_store::NewSession::default()).await.unwrap();
    mine.cookies.insert((world.address.port().to_string(), "warpyard_session".to_owned()), secret);
    let begun = mine.session(&world).post("/api/v1/me/identities", &link).await.expect(200);
    let cookie =
        begun.header("set-cookie").split(';').next().unwrap().split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    mine.cookies.insert((world.address.port().to_string(), cookie.0), cookie.1);
    let end = mine.sign_in_at(begun.json()["url"].as_str().unwrap(), "developer").await;
    assert!(end.ends_with("/account/identities?sso=linked"), "{end}");
    let identities = mine.session(&world).get("/api/v1/me/identities").await.expect(200).json();
    assert_eq!(identities["items"][0]["own_link"], true, "{identities}");
    let mut again = Browser::new(&world);
    again.sign_in(BEGIN, "developer").await;
    again.session(&world).get("/api/v1/me").await.expect(200);
    // Another issuer under the same name is another one.
    let item = format!("{PROVIDERS}/company");
    let mut moved = root.get(&item).await.expect(200).json();
    moved["spec"]["issuer"] = json!("https://evil.example");
    moved["spec"]["client_secret"] = json!("new");
    root.put(&item, &moved).await.expect(200);
    again.session(&world).get("/api/v1/me").await.problem(401, "unauthenticated");
    moved["spec"]["issuer"] = json!(company.issuer);
    moved["spec"]["client_secret"] = json!("a secret of the client");
    root.put(&item, &moved).await.expect(200);

    // Unlinking ends what it opened.
    let mut again = Browser::new(&world);
    again.sign_in(BEGIN, "developer").await;
    let id = identities["items"][0]["id"].as_str().unwrap();
    mine.session(&world).delete(&format!("/api/v1/me/identities/{id}")).await.expect(204);
    again.session(&world).get("/api/v1/me").await.problem(401, "unauthenticated");
    world.finish().await;
}

impl Browser {
    /// The same from an address at the provider.
    async fn sign_in_at(&mut self, url: &str, login: &str) -> String {
        let back = self.at_provider(url, login).await;
        self.go(&back, None).await.1
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_goes_both_ways() {
    let world = world().await;
    let Some(company) = Company::start(&world, &["acme/sign-in/company"]).await else { return world.finish().await };
    company.bring(&world, "company", &json!({ "scopes": ["email", "profile"] })).await;
    company.account("ada", "ada@example.com", true, &[]).await;
    let mut browser = Browser::new(&world);
    browser.sign_in(BEGIN, "ada").await;
    let ada = browser.session(&world);
    // Without a refresh token the session lasts as long as the provider said: an hour.
    world.clock.advance(3_590);
    ada.get("/api/v1/me").await.expect(200);
    world.clock.advance(20);
    ada.get("/api/v1/me").await.problem(401, "unauthenticated");

    browser.sign_in(BEGIN, "ada").await;
    let mut other = browser.clone();
    // Another browser of hers, with the provider's session: one browser has one session here.
    other.cookies.retain(|(_, name), _| name != "warpyard_session");
    other.sign_in(BEGIN, "ada").await;
    let out = browser.session(&world).delete("/api/v1/session").await.expect(200).json();
    browser.session(&world).get("/api/v1/me").await.problem(401, "unauthenticated");
    other.session(&world).get("/api/v1/me").await.expect(200);
    // The provider asks, and tells everybody who stands on its session.
    let url = out["provider_url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/session/end?", company.issuer)) && url.contains("id_token_hint"), "{url}");
    let (_, _, page) = browser.go(url, None).await;
    let token = page.split("name=\"xsrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut people = world.store.people_changes();
    let (_, back, _) =
        browser.go(&format!("{}/session/end/confirm", company.issuer), Some(&format!("xsrf={token}&logout=yes"))).await;
    assert!(back.ends_with("/sign-in"), "{back}");
    tokio::time::timeout(warpyard_testkit::PATIENCE, people.changed()).await.expect("the back channel is heard").unwrap();
    other.session(&world).get("/api/v1/me").await.problem(401, "unauthenticated");

    // Nobody else can say so.
    let out = format!("{BEGIN}/back-channel-logout");
    for bad in ["", "logout_token=x", "logout_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."] {
        let request = world.nobody().request(hyper::Method::POST, &out);
        request.header("content-type", "application/x-www-form-urlencoded").body(bad.to_owned()).send().await.expect(400);
    }
    world.finish().await;
}
