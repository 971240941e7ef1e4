//! Lock files pin versions and checksums, never the address something was downloaded from: that is each machine's own.

use super::Finding;

/// What cargo writes for its default registry on every machine, whatever mirror answered.
const DEFAULT_REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Looks at lock files only.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let wrong = |line: &str| match name {
        "Cargo.lock" => line.starts_with("source = ") && line != DEFAULT_REGISTRY,
        "package-lock.json" => line.trim_start().starts_with("\"resolved\": \"http"),
        _ => false,
    };
    let first = text.lines().position(wrong);
    let advice = "lock files carry no download addresses (for npm: npm config set omit-lockfile-registry-resolved true)";
    first.map(|at| Finding::Error(format!("{path}:{}: a download address; {advice}", at + 1))).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_both_kinds_of_lock_file() {
        assert_eq!(check("web/package-lock.json", "{\n  \"resolved\": \"https://example.org/a.tgz\"\n}").len(), 1);
        assert_eq!(check("web/package-lock.json", "{\n  \"integrity\": \"sha512-x\"\n}"), []);
        assert_eq!(check("Cargo.lock", DEFAULT_REGISTRY), []);
        assert_eq!(check("Cargo.lock", "source = \"sparse+https://example.org/\"").len(), 1);
        assert_eq!(check("docs/a.md", "\"resolved\": \"https://example.org/a.tgz\""), []);
    }
}
