//! Reading how many tests passed from what the runners print at their end.

/// What a suite reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// What was skipped and why, as the tests said it.
    pub(super) skips: Vec<String>,
}

impl Counts {
    /// A suite that could not start.
    pub(super) fn skipped_whole(line: String) -> Self {
        Counts { skipped: 1, skips: vec![line], ..Counts::default() }
    }

    /// Adds another suite's counts.
    pub(super) fn add(&mut self, other: &Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.skips.extend(other.skips.iter().cloned());
    }

    /// Takes in a line `skipped: what: why`. Such a test returned early, so its runner counted it as passed.
    pub(super) fn note_skip(&mut self, line: &str) {
        if let Some(what) = line.trim_start().strip_prefix("skipped: ") {
            let what = what.trim().to_owned();
            if !self.skips.contains(&what) {
                self.skips.push(what);
                self.skipped += 1;
            }
        }
    }

    /// A suite that ran nothing has not passed.
    pub(super) fn complaint(&self) -> Option<String> {
        (self.passed + self.failed == 0).then(|| "no test was run, or its output was not understood".to_owned())
    }

    fn take(&mut self, amount: u64, word: &str) {
        match word {
            "passed" | "pass" => self.passed += amount,
            "failed" | "fail" | "flaky" | "interrupted" | "cancelled" => self.failed += amount,
            "skipped" | "ignored" | "todo" | "did not run" => self.skipped += amount,
            _ => {}
        }
    }
}

/// `test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s`
pub(super) fn cargo(counts: &mut Counts, line: &str) {
    let Some(result) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else { return };
    for part in result.1.split("; ") {
        if let Some((amount, word)) = amount_and_word(part) {
            counts.take(amount, word);
        }
    }
}

/// `      Tests  1 failed | 11 passed | 2 skipped (14)`
pub(super) fn vitest(counts: &mut Counts, line: &str) {
    let Some(rest) = line.trim_start().strip_prefix("Tests ") else { return };
    let parts = rest.split_once('(').map_or(rest, |(parts, _)| parts);
    for part in parts.split('|') {
        if let Some((amount, word)) = amount_and_word(part) {
            counts.take(amount, word);
        }
    }
}

/// Playwright's `  5 passed (1.2m)`, `  1 failed`, `  2 skipped`, or node's own runner, `# pass 5` and `ℹ pass 5`.
pub(super) fn browser(counts: &mut Counts, line: &str) {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
        if let Some((word, amount)) = rest.split_once(' ')
            && let Ok(amount) = amount.parse()
        {
            counts.take(amount, word);
        }
        return;
    }
    let plain = line.split_once(" (").map_or(line, |(plain, _)| plain);
    if let Some((amount, word)) = amount_and_word(plain) {
        counts.take(amount, word);
    }
}

fn amount_and_word(part: &str) -> Option<(u64, &str)> {
    let (amount, word) = part.trim().split_once(' ')?;
    Some((amount.parse().ok()?, word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(count: fn(&mut Counts, &str), lines: &[&str]) -> (u64, u64, u64) {
        let mut counts = Counts::default();
        for line in lines {
            counts.note_skip(line);
            count(&mut counts, line);
        }
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn cargo_results_are_summed_over_binaries() {
        let lines = [
            "running 2 tests",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s",
            "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ];
        assert_eq!(read(cargo, &lines), (12, 2, 1));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let lines = [" Test Files  1 failed | 3 passed (4)", "      Tests  1 failed | 11 passed | 2 skipped (14)"];
        assert_eq!(read(vitest, &lines), (11, 1, 2));
    }

    #[test]
    fn both_browser_runners_are_understood() {
        assert_eq!(read(browser, &["  1 failed", "  2 skipped", "  5 passed (1.2m)"]), (5, 1, 2));
        assert_eq!(read(browser, &["ℹ tests 6", "ℹ pass 5", "ℹ fail 1", "ℹ skipped 0"]), (5, 1, 0));
        assert_eq!(read(browser, &["# pass 4", "# fail 0", "# duration_ms 12.5"]), (4, 0, 0));
    }

    #[test]
    fn a_skip_is_named_once_and_counted() {
        let lines = ["skipped: store on PostgreSQL: initdb is missing", "skipped: store on PostgreSQL: initdb is missing"];
        assert_eq!(read(cargo, &lines), (0, 0, 1));
    }

    #[test]
    fn a_suite_without_tests_is_a_complaint() {
        assert!(Counts::default().complaint().is_some());
        assert!(Counts { passed: 1, ..Counts::default() }.complaint().is_none());
    }
}
