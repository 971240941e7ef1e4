//! Messages whose end two servers may see at different places (request smuggling, RFC 9112 §11.2).
//!
//! Whatever the gateway lets through, an app must get as many requests as the gateway authorised, and the same ones. Each
//! attack hides a request to `/smuggled` where one reading sees a body and another a second request.

use crate::browser::OpenedApp;
use crate::gateway_app::App;
use crate::gateway_world::{COOKIE, LAB, World as Gateway};
use crate::raw::exchange;
use warpyard_testkit::World;

/// What becomes of an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Refused with a 4xx; nothing reaches the app.
    Refused,
    /// Read in the one way that RFC 9112 allows: `/front` reaches the app, and the next request of the connection with it.
    Read,
    /// Read, and nothing else is taken from that connection.
    ReadAlone,
}
use Fate::{Read, ReadAlone, Refused};

struct Attack {
    name: &'static str,
    bytes: String,
    fate: Fate,
}

const HIDDEN: &str = "GET /smuggled HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n";

/// A request to `/front` with these header lines and this body, and an ordinary one after it.
fn attack(name: &'static str, headers: &str, body: &str, fate: Fate) -> Attack {
    let front =
        format!("POST /front HTTP/1.1\r\nhost: {{host}}\r\ncookie: {{cookie}}\r\norigin: http://{{host}}\r\n{headers}\r\n{body}");
    Attack { name, bytes: front + AFTER, fate }
}

const AFTER: &str = "GET /after HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n";

/// One chunk and the end.
fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n0\r\n\r\n", text.len())
}

fn fill(text: &str, host: &str, cookie: &str) -> String {
    text.replace("{host}", host).replace("{cookie}", cookie)
}

fn lengths() -> Vec<Attack> {
    let hidden = "GET /smuggled HTTP/1.1\r\nx: y\r\n\r\n";
    let sized = |length: &str| format!("content-length: {length}\r\n");
    let own = hidden.len();
    let mut attacks = vec![
        attack("an honest length", &sized(&own.to_string()), hidden, Read),
        attack("two lengths that differ", &format!("{}{}", sized("0"), sized(&own.to_string())), hidden, Refused),
        attack("two lengths that differ, the other way", &format!("{}{}", sized(&own.to_string()), sized("0")), hidden, Refused),
        attack("a list of lengths that differ", &sized(&format!("{own}, 0")), hidden, Refused),
    ];
    for (name, length) in [
        ("a length with a sign", format!("+{own}")),
        ("a negative length", "-1".to_owned()),
        ("a hexadecimal length", "0x20".to_owned()),
        ("two lengths in one", format!("{own} 0")),
        ("a length with words", format!("{own} bytes")),
        ("a length too large to count", "99999999999999999999999".to_owned()),
        ("a length of nothing", String::new()),
        ("a length in other digits", "١".to_owned()),
    ] {
        attacks.push(attack(name, &sized(&length), hidden, Refused));
    }
    attacks
}

fn encodings() -> Vec<Attack> {
    let hidden = HIDDEN;
    let both = |first: &str, second: &str| format!("{first}\r\n{second}\r\n");
    let (chunked, short) = ("transfer-encoding: chunked", "content-length: 4");
    let mut attacks = vec![
        attack("honest chunks", &format!("{chunked}\r\n"), &chunk("body"), Read),
        // CL.TE and TE.CL: the chunks end the body, and nobody reads on.
        attack("CL.TE", &both("content-length: 6", chunked), &format!("0\r\n\r\n{hidden}"), ReadAlone),
        attack("TE.CL", &both(chunked, short), &chunk("GET /smuggled HTTP/1.1\r\nx: y\r\n\r\n"), ReadAlone),
    ];
    for (name, line) in [
        ("an encoding nobody knows", "transfer-encoding: xchunked"),
        ("identity", "transfer-encoding: identity"),
        ("chunked is not the last", "transfer-encoding: chunked, identity"),
        ("a space before the colon", "transfer-encoding : chunked"),
        ("a vertical tab", "transfer-encoding: \x0bchunked"),
        ("quotes", "transfer-encoding: \"chunked\""),
        ("a folded line", "x-folded: a\r\n transfer-encoding: chunked"),
        ("a folded encoding", "transfer-encoding:\r\n chunked"),
        ("a bare carriage return", "x-bare: a\rtransfer-encoding: chunked"),
        ("a zero byte", "x-zero: a\0b"),
        ("a name with a space", "x bad: 1"),
        ("a name with a control character", "x\x01bad: 1"),
        ("a line without a name", ": chunked"),
        ("a line without a colon", "transfer-encoding chunked"),
    ] {
        let fate = Refused;
        attacks.push(attack(name, &format!("{line}\r\n"), "", fate));
    }
    for (name, body) in [
        ("a chunk's size with a prefix", "0x4\r\nbody\r\n0\r\n\r\n"),
        ("a chunk's size with a sign", "+4\r\nbody\r\n0\r\n\r\n"),
        ("a chunk's size too large to count", "fffffffffffffffff\r\nbody\r\n0\r\n\r\n"),
        ("a chunk's size of nothing", "\r\nbody\r\n0\r\n\r\n"),
        ("a chunk that goes on", "2\r\nbody\r\n0\r\n\r\n"),
        ("a chunk with words", "zz\r\nbody\r\n0\r\n\r\n"),
    ] {
        attacks.push(attack(name, &format!("{chunked}\r\n"), body, ReadAlone));
    }
    attacks
}

fn heads() -> Vec<Attack> {
    let raw = |name: &'static str, head: &str, fate: Fate| Attack { name, bytes: format!("{head}{AFTER}"), fate };
    let whole = "host: {host}\r\ncookie: {cookie}\r\norigin: http://{host}\r\n";
    let large = "x".repeat(600 << 10);
    let many: String = (0..300).map(|i| format!("x-{i}: 1\r\n")).collect();
    vec![
        raw("two hosts", &format!("GET /front HTTP/1.1\r\nhost: localhost\r\n{whole}\r\n"), Refused),
        raw("two hosts that agree", &format!("GET /front HTTP/1.1\r\nhost: {{host}}\r\n{whole}\r\n"), Refused),
        raw("another host in the target", &format!("GET http://localhost/front HTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("no host", "GET /front HTTP/1.1\r\ncookie: {cookie}\r\n\r\n", Refused),
        raw("a version nobody speaks", &format!("GET /front HTTP/1.9\r\n{whole}\r\n"), Refused),
        raw("no version", "GET /front\r\n", Refused),
        raw("a space in the target", &format!("GET /front /smuggled HTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("a line end in the target", &format!("GET /front\rHTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("a zero byte in the target", &format!("GET /fr\0ont HTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("a tab instead of a space", &format!("GET\t/front\tHTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("a header too large", &format!("GET /front HTTP/1.1\r\n{whole}x-large: {large}\r\n\r\n"), Refused),
        raw("a target too long", &format!("GET /{large} HTTP/1.1\r\n{whole}\r\n"), Refused),
        raw("too many headers", &format!("GET /front HTTP/1.1\r\n{whole}{many}\r\n"), Refused),
        raw(
            "encoded line ends stay encoded",
            &format!("GET /front?%0d%0aGET%20/smuggled%20HTTP/1.1%0d%0a HTTP/1.1\r\n{whole}\r\n"),
            Read,
        ),
    ]
}

fn attacks() -> Vec<Attack> {
    [lengths(), encodings(), heads()].into_iter().flatten().collect()
}

/// Paths that the app was asked for, without their queries.
fn paths(seen: &[(String, axum::http::HeaderMap)]) -> Vec<String> {
    seen.iter().map(|(line, _)| line.split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned()).collect()
}

fn expected(fate: Fate) -> &'static [&'static str] {
    match fate {
        Refused => &[],
        Read => &["/front", "/after"],
        ReadAlone => &["/front"],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_gets_the_requests_that_were_authorised_and_no_other() {
    let mut wrong = Vec::new();
    for Attack { name, bytes, fate } in attacks() {
        let app = App::start().await;
        let gateway = Gateway::new(app.address).await;
        let answer = exchange(gateway.address, fill(&bytes, &gateway.host(LAB), COOKIE).as_bytes()).await;
        let seen = paths(&app.seen.lock().unwrap());
        let answers = answer.matches("HTTP/1.1 200").count();
        // A body that breaks off midway ends the request that the app has begun to read.
        let fits = match fate {
            Refused => seen.is_empty() && answer.starts_with("HTTP/1.1 4"),
            Read => seen == expected(fate) && answers == 2,
            ReadAlone => seen.len() <= 1 && seen.iter().all(|path| path == "/front") && answers <= 1,
        };
        if !fits {
            wrong.push(format!(
                "{name} ({fate:?}): the app saw {seen:?}; the answer: {}",
                answer.chars().take(200).collect::<String>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_listener_reads_such_messages_in_one_way() {
    let world = World::start().await;
    let app = OpenedApp::launch(&world, "first").await;
    let mut wrong = Vec::new();
    for Attack { name, bytes, fate } in attacks() {
        let answer = exchange(world.address, fill(&bytes, &app.host, &app.cookie).as_bytes()).await;
        // The app repeats the head that it got behind its name.
        let asked: Vec<&str> = answer.split(" web\n").skip(1).filter_map(|rest| rest.split([' ', '?']).nth(1)).collect();
        let fits = match fate {
            Refused => asked.is_empty() && answer.starts_with("HTTP/1.1 4"),
            Read => asked == expected(fate),
            ReadAlone => asked.len() <= 1 && asked.iter().all(|path| *path == "/front"),
        };
        if !fits {
            wrong.push(format!("{name} ({fate:?}): {asked:?}; the answer: {}", answer.chars().take(200).collect::<String>()));
        }
    }
    // The console's side of the same listener.
    let console = world.address.to_string();
    for Attack { name, bytes, fate } in attacks() {
        let answer = exchange(world.address, fill(&bytes, &console, "warpyard_session=none").as_bytes()).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        let most = if fate == Read { 2 } else { 1 };
        if answers > most || answer.contains("HTTP/1.1 5") || (fate == Refused && !answer.starts_with("HTTP/1.1 4")) {
            wrong.push(format!("{name} ({fate:?}) at the console: {}", answer.chars().take(300).collect::<String>()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_app_answers_cannot_begin_another_answer() {
    use crate::raw::Backend;
    for (head, fine) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 99\r\n\r\nok", false),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 99\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            true,
        ),
        ("HTTP/1.1 200 OK\r\nx: a\r\n folded: b\r\ncontent-length: 2\r\n\r\nok", false),
        ("HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\nok", false),
        ("HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok", false),
        ("SMTP 220 hello\r\n\r\n", false),
    ] {
        let backend = Backend::answering(head.to_owned()).await;
        let gateway = Gateway::new(backend.address).await;
        let asked =
            format!("GET /front HTTP/1.1\r\nhost: {}\r\ncookie: {COOKIE}\r\nconnection: close\r\n\r\n", gateway.host(LAB));
        let answer = exchange(gateway.address, asked.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
        let expected = if fine { "HTTP/1.1 200" } else { "HTTP/1.1 502" };
        assert!(answer.starts_with(expected), "{head}: {answer}");
    }
}
