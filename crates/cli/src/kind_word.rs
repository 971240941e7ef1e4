//! How people write kinds and objects on the command line: `service-instances`, `svc`, `service-instance/nb-1`.

use crate::failure::Failure;
use warpyard_model::Kind;

/// Short forms beside the spellings that the model knows.
const SHORT: &[(&str, Kind)] = &[
    ("service", Kind::ServiceInstance),
    ("services", Kind::ServiceInstance),
    ("svc", Kind::ServiceInstance),
    ("si", Kind::ServiceInstance),
    ("compute", Kind::ComputeInstance),
    ("computes", Kind::ComputeInstance),
    ("ci", Kind::ComputeInstance),
    ("template", Kind::EnvironmentTemplate),
    ("templates", Kind::EnvironmentTemplate),
    ("binding", Kind::RoleBinding),
    ("bindings", Kind::RoleBinding),
    ("sp", Kind::ServiceProfile),
    ("cp", Kind::ComputeProfile),
    ("ws", Kind::Workspace),
];

/// The kind that a word means.
pub(crate) fn parse(word: &str) -> Result<Kind, String> {
    let lower = word.to_ascii_lowercase();
    let short = SHORT.iter().find(|(text, _)| *text == lower).map(|(_, kind)| *kind);
    Kind::find(word).or(short).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|k| k.plural()).collect();
        format!("{word:?} is not a kind; known are {}", known.join(", "))
    })
}

/// The word for one object of a kind: `service-instance`.
pub(crate) fn singular(kind: Kind) -> String {
    kind.snake().replace('_', "-")
}

/// The words for a kind in a sentence: `service instances`.
pub(crate) fn plural_words(kind: Kind) -> String {
    format!("{}s", kind.snake().replace('_', " "))
}

/// Splits `service-instance/nb-1`; a word without a slash is a name alone.
pub(crate) fn split(word: &str) -> Result<(Option<Kind>, String), Failure> {
    match word.split_once('/') {
        Some((kind, name)) => Ok((Some(parse(kind).map_err(Failure::usage)?), name.to_owned())),
        None => Ok((None, word.to_owned())),
    }
}

/// The candidate nearest to `word`, when it is near enough to be a slip of the hand.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let close = word.chars().count() / 3 + 1;
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, candidate)| *d <= close || (word.len() >= 3 && candidate.contains(word)))
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_and_short_form_is_understood() {
        for kind in Kind::ALL {
            for word in [kind.as_str().to_owned(), kind.plural().to_owned(), singular(*kind), kind.snake().to_owned()] {
                assert_eq!(parse(&word), Ok(*kind), "{word}");
            }
        }
        for (word, kind) in SHORT {
            assert_eq!(parse(word), Ok(*kind), "{word}");
        }
        assert!(parse("pods").is_err());
    }

    #[test]
    fn slips_find_the_near_name() {
        assert_eq!(nearest("jupyer", ["vscode", "jupyter"]), Some("jupyter"));
        assert_eq!(nearest("jupyter", ["jupyterlab"]), Some("jupyterlab"));
        assert_eq!(nearest("xyz", ["vscode", "jupyter"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
