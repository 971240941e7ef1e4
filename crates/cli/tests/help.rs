//! The help of every verb is a golden file, so that a change of the command line is seen in review.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests run the program and stop at the first surprise")]

use std::path::Path;
use std::process::Command;

const MARK: &str = "================================================================================";

#[test]
fn help_is_as_recorded() {
    let mut text = String::new();
    collect(&[], &mut text);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/help.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((i, (is, was))) = text.lines().zip(recorded.lines()).enumerate().find(|(_, (is, was))| is != was) {
        panic!("line {} is {is:?} and was {was:?}.\n{}", i + 1, advice());
    }
    assert_eq!(text.len(), recorded.len(), "{}", advice());
}

#[test]
fn every_verb_has_examples() {
    let mut text = String::new();
    collect(&[], &mut text);
    for page in text.split(MARK).filter(|page| page.contains("Usage:") && !page.contains("\nCommands:\n")) {
        assert!(page.contains("\nExamples:\n"), "the verb has no examples; add after_help to its arguments:\n{page}");
    }
}

fn advice() -> &'static str {
    "If you are here because you changed the command line on purpose: run `UPDATE_GOLDEN=1 cargo test -p warpyard --test help` and commit tests/golden/help.txt."
}

/// The help of a verb and of every verb below it, as the program prints it.
fn collect(verb: &[String], text: &mut String) {
    let output = Command::new(env!("CARGO_BIN_EXE_warpyard")).args(verb).arg("--help").env_clear().output().unwrap();
    assert!(output.status.success(), "{verb:?}");
    let page = String::from_utf8(output.stdout).unwrap();
    text.push_str(&format!("{MARK}\nwarpyard {}\n\n", verb.join(" ")));
    // The options of every verb are the same everywhere; once is enough to review them.
    text.push_str(&if verb.is_empty() { page.clone() } else { without_global_options(&page) });
    let commands = page.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for line in commands {
        let name = line.split_whitespace().next().unwrap();
        if name != "help" {
            let below: Vec<String> = verb.iter().cloned().chain([name.to_owned()]).collect();
            collect(&below, text);
        }
    }
}

fn without_global_options(page: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in page.lines() {
        if line == "Options of every verb:" {
            inside = true;
        } else if inside && !line.is_empty() && !line.starts_with(' ') {
            inside = false;
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
