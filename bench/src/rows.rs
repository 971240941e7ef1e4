//! The rows of the report: what is compared, how the ratio is formed, and what was promised.

use crate::measure::{BareNumbers, Numbers};

/// How two numbers of a row compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Better {
    Higher,
    Lower,
}

/// What was promised for a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Target {
    None,
    /// So many times as good as JupyterHub.
    Ratio(f64),
    /// At most so many milliseconds.
    AtMostMilliseconds(f64),
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    /// Where the other has no such thing, nothing is compared.
    pub(crate) theirs: Option<f64>,
    pub(crate) target: Target,
    better: Better,
}

impl Row {
    /// How many times as good we are: above 1 is better, whether high or low numbers are good.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.theirs.map(|theirs| match self.better {
            Better::Higher => self.ours / theirs,
            Better::Lower => theirs / self.ours,
        })
    }

    /// Whether the promise was kept; nothing was promised for some.
    pub(crate) fn kept(&self) -> Option<bool> {
        match self.target {
            Target::None => None,
            Target::Ratio(least) => self.ratio().map(|ratio| ratio >= least),
            Target::AtMostMilliseconds(most) => Some(self.ours <= most),
        }
    }
}

/// All rows, in the order of the table.
pub(crate) fn rows(ours: &Numbers, theirs: &Numbers, bare: BareNumbers) -> Vec<Row> {
    let higher = |title, unit, pick: fn(&Numbers) -> f64, target| Row {
        title,
        unit,
        ours: pick(ours),
        theirs: Some(pick(theirs)),
        target,
        better: Better::Higher,
    };
    let lower = |title, unit, pick: fn(&Numbers) -> f64, target| Row {
        title,
        unit,
        ours: pick(ours),
        theirs: Some(pick(theirs)),
        target,
        better: Better::Lower,
    };
    let overhead = |numbers: &Numbers| numbers.single_launch_p95_milliseconds - bare.single_start_p95_milliseconds;
    let form = ours.form_p99_milliseconds.map(|p99| Row {
        title: "Launch form of 100 fields, p99",
        unit: "ms",
        ours: p99,
        theirs: theirs.form_p99_milliseconds,
        target: Target::AtMostMilliseconds(20.0),
        better: Better::Lower,
    });
    let compared = vec![
        higher("Object reads", "/s", |n| n.reads_per_second, Target::Ratio(20.0)),
        lower("Object reads, p99", "ms", |n| n.read_p99_milliseconds, Target::None),
        higher("Lists of 50", "/s", |n| n.lists_per_second, Target::None),
        lower("Lists of 50, p99", "ms", |n| n.list_p99_milliseconds, Target::None),
        higher("Durable writes", "/s", |n| n.writes_per_second, Target::None),
        lower("Durable writes, p99", "ms", |n| n.write_p99_milliseconds, Target::None),
        higher("Proxied 1 KiB requests", "/s", |n| n.proxied_per_second, Target::Ratio(3.0)),
        lower("Proxied 1 KiB requests, p99", "ms", |n| n.proxied_p99_milliseconds, Target::None),
        higher("Proxied 10 MiB answers", "MB/s", |n| n.large_megabytes_per_second, Target::None),
        higher("Launches, 8 at a time", "/s", |n| n.launches_per_second, Target::Ratio(4.0)),
        lower("Launches, 8 at a time, p50", "ms", |n| n.launch_p50_milliseconds, Target::None),
        lower("Launches, 8 at a time, p95", "ms", |n| n.launch_p95_milliseconds, Target::None),
        Row {
            title: "Launch overhead over bare start, p95",
            unit: "ms",
            ours: overhead(ours),
            theirs: Some(overhead(theirs)),
            target: Target::AtMostMilliseconds(100.0),
            better: Better::Lower,
        },
        lower("Resident memory", "MB", |n| n.loaded_resident_bytes as f64 / 1e6, Target::Ratio(3.0)),
    ];
    compared.into_iter().chain(form).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(reads: f64, launch: f64, memory: u64) -> Numbers {
        Numbers {
            reads_per_second: reads,
            single_launch_p95_milliseconds: launch,
            loaded_resident_bytes: memory,
            ..Numbers::default()
        }
    }

    #[test]
    fn ratios_and_promises_follow_the_direction_of_a_row() {
        let bare = BareNumbers { single_start_p50_milliseconds: 4.0, single_start_p95_milliseconds: 5.0 };
        let rows = rows(&numbers(3000.0, 85.0, 50_000_000), &numbers(100.0, 165.0, 200_000_000), bare);
        let find = |title: &str| rows.iter().find(|row| row.title == title).unwrap();
        assert_eq!((find("Object reads").ratio(), find("Object reads").kept()), (Some(30.0), Some(true)));
        assert_eq!((find("Resident memory").ratio(), find("Resident memory").kept()), (Some(4.0), Some(true)));
        let overhead = find("Launch overhead over bare start, p95");
        assert_eq!((overhead.ours, overhead.theirs, overhead.ratio()), (80.0, Some(160.0), Some(2.0)));
        assert_eq!(overhead.kept(), Some(true));
        assert_eq!(find("Lists of 50").kept(), None);
    }
}
