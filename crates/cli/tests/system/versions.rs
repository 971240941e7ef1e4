//! Versions of a profile on real processes: publishing, upgrading in place and by a restart, changing inputs, going back.

use crate::offer::{WEB, offer};
use crate::processes::Process;
use crate::world::{World, until};
use serde_json::{Value, json};

/// The processes of the instances, in the order of their ids.
fn processes(world: &World) -> Vec<Process> {
    let mut all = world.instance_processes();
    all.sort_by_key(|process| process.id);
    all
}

/// Changes the spec of the profile `page` through a file, as a PaaS admin would.
fn edit(world: &World, field: &str, value: Value) {
    let exported = world.admin.json(&["export", "service-profile", "page", "--project", "vision"]);
    let mut document = exported["items"][0].clone();
    document["spec"][field] = value;
    world.admin.ok_with_input(&["apply", "-f", "-"], &document.to_string());
}

#[test]
fn a_real_instance_moves_between_versions() {
    let world = World::start();
    let noor = world.developer();
    let admin = &world.admin;
    let profile = |words: &[&str]| -> Vec<String> {
        let all = [&["profile"], words, &["page", "--project", "vision"]].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let run = |words: &[&str], more: &[&str]| {
        let words = profile(words);
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        admin.run(&words)
    };
    let ok = |words: &[&str], more: &[&str]| run(words, more).expect(0, words).out;
    // The page is written again on every start, unlike what people keep in their home.
    let page =
        WEB.replace("max_length: 80}", "max_length: 80, mutable: true}").replace("seed }}'}]", "seed }}', overwrite: true}]");
    offer(&world, "page", &page);
    noor.ok(&["launch", "page", "--name", "one", "--wait"]);
    noor.ok(&["exec", "one", "--", "sh", "-c", "echo mine > kept.txt"]);
    let first = processes(&world);
    assert!(!first.is_empty());
    assert_eq!(noor.app("one").get("/index.html").good().body, "grown from none");

    // Another card: version 2 touches no process.
    edit(&world, "card", json!({ "category": "Pages" }));
    let differs = run(&["diff"], &[]).expect(1, &["diff"]);
    assert!(differs.out.starts_with("--- version 1 (generation 1)\n+++ generation 2\n@@"), "{}", differs.out);
    assert!(differs.out.contains("+  category: Pages"), "{}", differs.out);
    let fleet = ok(&["fleet"], &["-o", "json"]);
    assert!(fleet.contains("\"in_place\": 1"), "{fleet}");
    let preview = ok(&["preview"], &["-i", "seed=rehearsed"]);
    assert!(preview.contains("# Process") && preview.contains("# File: ~/index.html\ngrown from rehearsed\n"), "{preview}");
    let published = ok(&["publish"], &["--note", "a better card"]);
    assert_eq!(published, "service-profile/page is published as version 2 (generation 2).\n");
    let plan = noor.ok(&["upgrade", "one", "--dry-run"]);
    assert!(plan.starts_with("service-instance/one (version 2): in place; no process is touched"), "{plan}");
    let upgraded = noor.ok(&["upgrade", "one", "--to", "2"]);
    assert_eq!(upgraded, "service-instance/one is changed (version 2); nothing of it restarted.\n");
    until("version 2 is in charge", || {
        let service = noor.service("one");
        let done = service["status"]["observed_generation"] == service["metadata"]["generation"];
        (done && service["status"]["phase"] == "running" && service["spec"]["profile"]["generation"] == 2).then_some(())
    });
    assert_eq!(processes(&world), first, "the same processes, by id and by when they started");
    assert_eq!(noor.ok(&["upgrade", "one"]), "service-instance/one is so already (version 2).\n");

    // A value that is fixed: version 3 restarts it, and the home is kept.
    edit(&world, "inputs", json!([{ "name": "seed", "override": "locked", "value": "oak" }]));
    ok(&["publish"], &[]);
    let asked = noor.fails(2, &["upgrade", "one"]);
    assert!(asked.error.contains("this would restart it") && asked.error.contains("--yes"), "{asked:?}");
    assert_eq!(processes(&world), first, "nothing was done without an answer");
    let wrong = noor.fails(5, &["upgrade", "one", "--to", "1", "--yes"]);
    assert!(wrong.error.contains("version 3 of page is what is published"), "{wrong:?}");
    let plan = noor.ok(&["upgrade", "one", "--dry-run"]);
    assert!(plan.contains("its process restarts; the home stays") && plan.contains("inputs.seed: \"none\" -> \"oak\""), "{plan}");
    assert_eq!(noor.ok(&["upgrade", "one", "--yes", "--wait"]), "service-instance/one is running (version 3).\n");
    let third = processes(&world);
    assert!(!third.iter().any(|process| first.contains(process)), "new processes: {third:?}");
    assert_eq!(noor.app("one").get("/index.html").good().body, "grown from oak");
    assert_eq!(noor.ok(&["exec", "one", "--", "cat", "kept.txt"]), "mine\n");
    let locked = noor.fails(6, &["change", "one", "-i", "seed=elm", "--dry-run"]);
    assert!(locked.error.contains("inputs.seed"), "{locked:?}");

    // Back to what version 1 was: a new version like it, and the instance goes along.
    let missing = run(&["rollback"], &["--to", "9"]).expect(3, &["rollback"]);
    assert!(missing.error.contains("there are 1, 2, 3"), "{missing:?}");
    let back = ok(&["rollback"], &["--to", "1"]);
    assert!(back.contains("is like version 1 (generation 1) again, as draft generation 4"), "{back}");
    let same = run(&["diff"], &["--from", "1", "--to", "draft"]).expect(0, &["diff"]);
    assert_eq!((same.out.as_str(), same.error.as_str()), ("", "version 1 (generation 1) and generation 4 are the same.\n"));
    ok(&["publish"], &["--upgrade-by", "30d"]);
    let versions = ok(&["versions"], &[]);
    let cells: Vec<Vec<&str>> = versions.lines().map(|line| line.split_whitespace().collect()).collect();
    let told: Vec<(&str, &str)> = cells[1..].iter().map(|row| (row[0], row[2])).collect();
    assert_eq!(told, [("4", "published"), ("3", "deprecated"), ("2", "deprecated"), ("1", "deprecated")]);
    assert!(versions.contains("in 29d") || versions.contains("in 30d"), "{versions}");
    // What was locked is free again, and keeps its value until somebody says otherwise.
    noor.ok(&["upgrade", "one", "--yes", "--wait"]);
    assert_eq!(processes(&world), third, "the same value, the same process");
    noor.fails(2, &["change", "one", "-i", "seed=elm"]);
    let plan = noor.json(&["change", "one", "-i", "seed=elm", "--dry-run"]);
    assert_eq!((&plan["action"], &plan["changes"][0]["after"]), (&json!("restart"), &json!("elm")), "{plan}");
    assert_eq!(
        noor.ok(&["change", "one", "-i", "seed=elm", "--yes", "--wait"]),
        "service-instance/one is running (version 4).\n"
    );
    assert_eq!(noor.app("one").get("/index.html").good().body, "grown from elm");
    assert_eq!(noor.ok(&["exec", "one", "--", "cat", "kept.txt"]), "mine\n");

    // A version that has a hole: what runs goes on, and nothing of it starts any more.
    let launched = run(&["retire"], &["4"]).expect(5, &["retire"]);
    assert!(launched.error.contains("People launch this version"), "{launched:?}");
    edit(&world, "card", json!({ "category": "Safe pages" }));
    ok(&["publish"], &[]);
    assert_eq!(ok(&["deprecate"], &["4"]), "version 4 (generation 4) of service-profile/page is deprecated now.\n");
    let retired = ok(&["retire"], &["4", "--note", "it has a hole"]);
    assert_eq!(retired, "version 4 (generation 4) of service-profile/page is retired now.\n");
    assert!(ok(&["versions"], &[]).contains("it has a hole"));
    noor.ok(&["stop", "one", "--wait"]);
    let refused = noor.fails(5, &["start", "one"]);
    assert!(refused.error.contains("warpyard upgrade"), "{refused:?}");
}
