//! Files that are wrong, and a server that is not there: the exit code tells scripts, the sentence tells people.

use crate::http::Origin;
use crate::world::{PLACE, World};
use nix::sys::signal::Signal;

#[test]
fn wrong_files_are_refused_as_a_whole_and_say_where_they_are_wrong() {
    let world = World::start();
    let admin = &world.admin;
    let good = "{apiVersion: warpyard.io/v1, kind: Project, metadata: {name: audio, org: default}, spec: {}}";
    let cases = [
        ("broken.yaml", "a: [".to_owned(), "is not YAML"),
        ("kind.yaml", format!("{good}\n---\n{{apiVersion: warpyard.io/v1, kind: Pod, metadata: {{name: x}}}}"), "Pod"),
        (
            "field.yaml",
            format!("{good}\n---\n{}", good.replace("spec: {}", "spec: {kontact: me}").replace("audio", "video")),
            "kontact",
        ),
        ("name.yaml", format!("{good}\n---\n{}", good.replace("audio", "No Name")), "name"),
    ];
    for (name, text, part) in cases {
        let file = admin.file(name, &text);
        for verb in ["apply", "diff"] {
            let refused = admin.fails(6, &[verb, "-f", &file]);
            assert!(refused.error.contains(part) && refused.error.contains(name), "{name}: {refused:?}");
        }
    }
    admin.fails(3, &["get", "project", "audio"]);
    let large = admin.file("large.yaml", &format!("{good}\n# {}", "x".repeat(10 << 20)));
    assert!(admin.fails(6, &["apply", "-f", &large]).error.contains("large.yaml is larger than"), "too large to send");
    let body = std::fs::read_to_string(&large).unwrap();
    let sent = Origin::of(&world.url).bearer(&admin.token()).send("POST", "/api/v1/apply", "application/yaml", body);
    assert_eq!(sent.status, 413, "{sent:?}");
    assert!(sent.body.contains("\"code\""), "a problem, not a bare page: {sent:?}");
    admin.fails(1, &["apply", "-f", "no-such-file.yaml"]);
}

#[test]
fn without_a_server_every_verb_says_so_and_two_servers_never_share_their_data() {
    let mut world = World::start();
    let file = world.admin.file("place.yaml", PLACE);
    let second = world.server_command("127.0.0.1:0").output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("Another Warpyard server uses"), "{said}");
    assert!(Origin::of(&world.url).get("/readyz").status == 200, "the first is not disturbed");

    world.end_server(Signal::SIGKILL);
    let port = world.url.rsplit_once(':').unwrap().1.to_owned();
    for words in [&["whoami"][..], &["get", "projects"], &["apply", "-f", &file], &["launch", "jupyterlab"]] {
        let failed = world.admin.fails(7, words);
        assert!(failed.error.contains(&port), "it names the server: {failed:?}");
    }
    world.start_server();
    world.admin.ok(&["whoami"]);
}
