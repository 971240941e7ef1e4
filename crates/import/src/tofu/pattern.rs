//! Regular expressions: RE2 as OpenTofu's `regex` searches with it, into patterns that match a whole text.
//!
//! The results also mean the same to ECMAScript readers of the exported JSON Schema, as far as the original does.

use regex_syntax::hir::Look;
use serde_json::Value;

/// Anything, line breaks included, in every dialect.
const ANYTHING: &str = r"[\s\S]*";

/// The pattern that matches the whole of every text in which `source` is found.
pub(super) fn found_in(source: &str) -> Option<String> {
    let source = ascii_classes(source);
    let hir = regex_syntax::parse(&source).ok()?;
    let starts = hir.properties().look_set_prefix().contains(Look::Start);
    let ends = hir.properties().look_set_suffix().contains(Look::End);
    let pattern = match (starts, ends) {
        (true, true) => source,
        (true, false) => format!("(?:{source}){ANYTHING}"),
        (false, true) => format!("{ANYTHING}(?:{source})"),
        (false, false) => format!("{ANYTHING}(?:{source}){ANYTHING}"),
    };
    regex::Regex::new(&pattern).ok().map(|_| pattern)
}

/// The same for searching, as CEL's `matches` does.
pub(super) fn searched(source: &str) -> Option<String> {
    let source = ascii_classes(source);
    regex::Regex::new(&source).ok().map(|_| source)
}

/// The pattern of a list of texts.
pub(super) fn one_of(texts: &[Value]) -> Option<String> {
    let escaped: Option<Vec<String>> = texts.iter().map(|text| text.as_str().map(escape)).collect();
    Some(escaped?.join("|"))
}

pub(super) fn starting_with(text: &str) -> String {
    format!("{}{ANYTHING}", escape(text))
}

pub(super) fn ending_with(text: &str) -> String {
    format!("{ANYTHING}{}", escape(text))
}

/// Escapes what is special in every dialect, and nothing that ECMAScript would refuse to see escaped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\^$.*+?()[]{}|/".contains(c) && c != '/' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// RE2's `\d`, `\w`, `\s` know ASCII only; those of the engine here would let more in.
fn ascii_classes(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut letters = source.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let escaped = letters.next();
                match (escaped, in_class) {
                    (Some('d'), true) => out.push_str("0-9"),
                    (Some('d'), false) => out.push_str("[0-9]"),
                    (Some('w'), true) => out.push_str("0-9A-Za-z_"),
                    (Some('w'), false) => out.push_str("[0-9A-Za-z_]"),
                    (Some('s'), true) => out.push_str(r"\t\n\f\r "),
                    (Some('s'), false) => out.push_str(r"[\t\n\f\r ]"),
                    (Some('D'), false) => out.push_str("[^0-9]"),
                    (Some('W'), false) => out.push_str("[^0-9A-Za-z_]"),
                    (Some('S'), false) => out.push_str(r"[^\t\n\f\r ]"),
                    (Some(other), _) => out.extend(['\\', other]),
                    (None, _) => out.push('\\'),
                }
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                // A bracket right after the opening one is a letter of the class.
                for first in ['^', ']'] {
                    if letters.next_if_eq(&first).is_some() {
                        if first == ']' {
                            out.push('\\');
                        }
                        out.push(first);
                    }
                }
            }
            // RE2 takes it as a letter, the engine here as the beginning of a class inside the class.
            '[' if letters.peek() != Some(&':') => out.push_str(r"\["),
            '[' => {
                // `[:alpha:]` up to its end.
                out.push('[');
                for inside in letters.by_ref() {
                    out.push(inside);
                    if inside == ']' {
                        break;
                    }
                }
            }
            // So are the operators between classes.
            '&' | '~' | '-' if in_class && letters.peek() == Some(&letter) => {
                out.extend(['\\', letter]);
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(source: &str, text: &str) -> bool {
        let pattern = found_in(source).unwrap();
        regex::Regex::new(&format!(r"\A(?:{pattern})\z")).unwrap().is_match(text)
    }

    #[test]
    fn whole_patterns_agree_with_searching() {
        for source in
            ["^a+$", "^a", "a$", "a", "^a|b$", "^(a|b)$", r"^\d{1,3}$", r"[\w-]+", "^[^]]$", "[[]", "(?i)^abc$", "(?m)^a$"]
        {
            let search = regex::Regex::new(&ascii_classes(source)).unwrap();
            for text in ["", "a", "aa", "b", "ab", "ba", "xax", "12", "1234", "a\nb", "b\na", "ABC", "[", "]", "-", "٣"] {
                assert_eq!(whole(source, text), search.is_match(text), "{source:?} on {text:?}");
            }
        }
    }

    #[test]
    fn digits_are_ascii() {
        assert!(!whole(r"^\d$", "٣"));
        assert!(!whole(r"^[\d]$", "٣"));
        assert_eq!(found_in("("), None);
        assert_eq!(found_in("(?=a)"), None);
    }
}
