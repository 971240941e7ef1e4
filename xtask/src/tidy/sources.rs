//! How a source file looks: its length, its header, its name, no open ends and no tests switched off.

use super::Finding;

const LONG_LINES: usize = 400;
const TOO_LONG_LINES: usize = 800;

/// Names that say nothing about what is inside.
const NAMELESS: &[&str] = &["util", "utils", "common", "misc"];

/// Languages whose files people write here.
const LANGUAGES: &[&str] = &["rs", "ts", "tsx", "js", "mjs", "css", "sql", "py", "sh"];

/// Looks at source files; documents, data and generated files are free.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((_, extension)) = name.rsplit_once('.') else { return Vec::new() };
    if !LANGUAGES.contains(&extension) || generated(text) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = length(path, text).into_iter().collect();
    findings.extend(naming(path));
    if extension == "rs" {
        findings.extend(header(path, text));
    }
    for (at, line) in text.lines().enumerate() {
        if let Some(problem) = open_end(line).or_else(|| switched_off(extension, line)) {
            findings.push(Finding::Error(format!("{path}:{}: {problem}", at + 1)));
        }
    }
    findings
}

/// Generators say so in the first lines.
fn generated(text: &str) -> bool {
    text.lines().take(5).any(|line| line.contains("auto-generated") || line.contains("@generated"))
}

fn length(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    if lines > TOO_LONG_LINES {
        Some(Finding::Error(format!(
            "{path} has {lines} lines, the limit is {TOO_LONG_LINES}; split it by what its parts are for"
        )))
    } else if lines > LONG_LINES {
        Some(Finding::Warning(format!("{path} has {lines} lines; past {LONG_LINES} a file wants to be two")))
    } else {
        None
    }
}

fn naming(path: &str) -> Option<Finding> {
    let part = path.split('/').find(|part| NAMELESS.contains(&part.split('.').next().unwrap_or(part)))?;
    Some(Finding::Error(format!("{path}: {part:?} does not say what is inside; name it after its one thing")))
}

fn header(path: &str, text: &str) -> Option<Finding> {
    let good = text.lines().find(|line| !line.is_empty()).is_some_and(|line| line.starts_with("//! "));
    (!good).then(|| Finding::Error(format!("{path}: no `//!` header that says what the module is for")))
}

/// Words for unfinished work. One of them may stay where it names the condition for its removal.
fn open_end(line: &str) -> Option<String> {
    for word in [concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")] {
        if has_word(line, word) {
            return Some(format!("{word}: do it now, or file it and write down the condition for its removal"));
        }
    }
    let word = concat!("TO", "DO");
    let conditional = [format!("{word}(when "), format!("{word}(until "), format!("{word}(once ")];
    let bare = has_word(line, word) && !conditional.iter().any(|form| line.contains(form));
    bare.then(|| format!("{word} without a condition; write {word}(when …): what to do then"))
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"');
        edge(before) && edge(after)
    })
}

fn switched_off(extension: &str, line: &str) -> Option<String> {
    let code = line.trim_start();
    let found = match extension {
        "rs" => {
            (code.starts_with(concat!("#[ign", "ore")) || code.contains(concat!(", ign", "ore)]"))).then_some("an ignored test")
        }
        "ts" | "tsx" | "js" | "mjs" => {
            let off = ["test", "it", "describe", "suite"].iter().any(|word| {
                [".skip(", ".only(", ".todo(", ".fixme(", ".skip.each(", ".only.each("]
                    .iter()
                    .any(|call| has_call(code, &format!("{word}{call}")))
            });
            off.then_some("a test switched off, or one that switches the others off")
        }
        _ => None,
    };
    found.map(|what| format!("{what}; repair it, remove it, or say `skipped: what: why` at run time"))
}

fn has_call(code: &str, call: &str) -> bool {
    code.match_indices(call).any(|(at, _)| code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(path: &str, text: &str) -> Vec<String> {
        let texts = check(path, text).into_iter().filter_map(|finding| match finding {
            Finding::Error(text) => Some(text),
            Finding::Warning(_) => None,
        });
        texts.collect()
    }

    #[test]
    fn a_good_file_has_no_finding() {
        assert_eq!(check("crates/a/src/b.rs", "//! What it is for.\n\nfn main() {}\n"), []);
    }

    #[test]
    fn a_file_without_a_header_is_found() {
        assert_eq!(errors("a.rs", "use std::fs;\n").len(), 1);
        assert_eq!(errors("a.ts", "export {};\n"), [""; 0]);
    }

    #[test]
    fn long_files_warn_and_too_long_ones_fail() {
        let lines = |count: usize| "//! Header.\n".repeat(count);
        assert_eq!(check("a.rs", &lines(400)), []);
        assert!(matches!(check("a.rs", &lines(401))[..], [Finding::Warning(_)]));
        assert!(matches!(check("a.rs", &lines(801))[..], [Finding::Error(_)]));
        assert_eq!(check("a.ts", &format!("// This file was auto-generated.\n{}", lines(900))), []);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(errors("web/src/utils.ts", "").len(), 1);
        assert_eq!(errors("crates/a/src/common/b.rs", "//! B.\n").len(), 1);
        assert_eq!(errors("web/src/utility-bill.ts", ""), [""; 0]);
    }

    #[test]
    fn open_ends_need_a_condition() {
        let word = concat!("TO", "DO");
        assert_eq!(errors("a.ts", &format!("// {word}: later")).len(), 1);
        assert_eq!(errors("a.ts", &format!("// {word}(when Node 24 is the oldest): drop this")), [""; 0]);
        assert_eq!(errors("a.ts", &format!("const {word}_LIST = 1;")), [""; 0]);
    }

    #[test]
    fn tests_switched_off_are_found_and_iterators_are_not() {
        assert_eq!(errors("a.rs", &format!("//! A.\n#[ign{}]\n", "ore")).len(), 1);
        assert_eq!(errors("a.rs", "//! A.\nlet rest = list.iter().skip(1);\n"), [""; 0]);
        assert_eq!(errors("a.ts", &format!("test{}('x', () => {{}});", ".skip(")).len(), 1);
        assert_eq!(errors("a.ts", &format!("it{}('x', () => {{}});", ".only(")).len(), 1);
        assert_eq!(errors("a.ts", "await.skip(2)"), [""; 0]);
    }
}
