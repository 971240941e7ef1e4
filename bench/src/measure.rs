//! The measures: what is asked, how often, and what becomes a number in the report.

use crate::bare;
use crate::load::{self, Plan};
use crate::samples::{Samples, median, percentile_milliseconds};
use crate::subject::Subject;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures::stream::{StreamExt, TryStreamExt};
use hyper::Response;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

const SMALL_BYTES: usize = 1024;
const LARGE_BYTES: u64 = 10 * 1024 * 1024;
const LAUNCHES_AT_ONCE: usize = 8;

/// How many of everything in one round.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Amounts {
    pub(crate) rounds: usize,
    pub(crate) reads: usize,
    pub(crate) lists: usize,
    pub(crate) writes: usize,
    pub(crate) proxied: usize,
    pub(crate) large: usize,
    pub(crate) forms: usize,
    pub(crate) launches: usize,
    pub(crate) single_launches: usize,
}

impl Amounts {
    /// Enough for steady numbers: JupyterHub needs some seconds for each.
    pub(crate) const FULL: Amounts = Amounts {
        rounds: 3,
        reads: 1000,
        lists: 240,
        writes: 320,
        proxied: 12_000,
        large: 120,
        forms: 400,
        launches: 40,
        single_launches: 12,
    };

    /// Enough to see that everything works.
    pub(crate) const QUICK: Amounts = Amounts {
        rounds: 1,
        reads: 64,
        lists: 32,
        writes: 32,
        proxied: 640,
        large: 8,
        forms: 32,
        launches: 16,
        single_launches: 4,
    };
}

/// The numbers of one system.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Numbers {
    pub(crate) reads_per_second: f64,
    pub(crate) read_p99_milliseconds: f64,
    pub(crate) lists_per_second: f64,
    pub(crate) list_p99_milliseconds: f64,
    pub(crate) writes_per_second: f64,
    pub(crate) write_p99_milliseconds: f64,
    pub(crate) proxied_per_second: f64,
    pub(crate) proxied_p99_milliseconds: f64,
    pub(crate) large_megabytes_per_second: f64,
    /// Only of a system that has forms.
    pub(crate) form_p99_milliseconds: Option<f64>,
    pub(crate) launches_per_second: f64,
    pub(crate) launch_p50_milliseconds: f64,
    pub(crate) launch_p95_milliseconds: f64,
    pub(crate) single_launch_p50_milliseconds: f64,
    pub(crate) single_launch_p95_milliseconds: f64,
    pub(crate) idle_resident_bytes: u64,
    pub(crate) loaded_resident_bytes: u64,
}

/// The application without any system around it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct BareNumbers {
    pub(crate) single_start_p50_milliseconds: f64,
    pub(crate) single_start_p95_milliseconds: f64,
}

/// All rounds of one measure: the rate is the median of the rounds', percentiles are over all their requests.
#[derive(Debug, Default)]
struct Series(Vec<Samples>);

impl Series {
    fn rate(&self) -> f64 {
        median(&self.0.iter().map(Samples::per_second).collect::<Vec<_>>())
    }

    fn megabytes(&self) -> f64 {
        median(&self.0.iter().map(Samples::megabytes_per_second).collect::<Vec<_>>())
    }

    fn percentile(&self, share: f64) -> f64 {
        let times: Vec<Duration> = self.0.iter().flat_map(|samples| samples.times.iter().copied()).collect();
        percentile_milliseconds(&times, share)
    }
}

#[derive(Debug, Default)]
struct Collected {
    reads: Series,
    lists: Series,
    writes: Series,
    proxied: Series,
    large: Series,
    forms: Series,
    launches: Series,
    single: Series,
    idle_resident_bytes: u64,
}

/// Measures all systems, round by round and taking turns in each measure, so that a machine that gets slower or faster
/// meanwhile is the same for all of them.
pub(crate) async fn all(
    subjects: &[Box<dyn Subject>],
    amounts: Amounts,
    application: &Path,
) -> Result<(Vec<Numbers>, BareNumbers)> {
    let mut collected: Vec<Collected> = subjects.iter().map(|_| Collected::default()).collect();
    for (subject, all) in subjects.iter().zip(&mut collected) {
        all.idle_resident_bytes = subject.resident_bytes()?;
    }
    let mut bare = Series::default();
    for round in 0..amounts.rounds {
        eprintln!("round {} of {}", round + 1, amounts.rounds);
        for measure in Measure::ALL {
            for (subject, all) in subjects.iter().zip(&mut collected) {
                let what = format!("{}: {}", subject.title(), measure.title());
                let samples = measure.run(subject.as_ref(), amounts, round).await.with_context(|| what.clone())?;
                let Some(samples) = samples else { continue };
                eprintln!("  {what}: {:.1}/s", samples.per_second());
                measure.series(all).0.push(samples);
            }
        }
        bare.0.push(bare::starts(application, amounts.single_launches).await?);
    }
    let mut numbers = Vec::new();
    for (subject, all) in subjects.iter().zip(&collected) {
        numbers.push(all.numbers(subject.resident_bytes()?));
    }
    let bare =
        BareNumbers { single_start_p50_milliseconds: bare.percentile(0.5), single_start_p95_milliseconds: bare.percentile(0.95) };
    Ok((numbers, bare))
}

impl Collected {
    fn numbers(&self, loaded_resident_bytes: u64) -> Numbers {
        Numbers {
            reads_per_second: self.reads.rate(),
            read_p99_milliseconds: self.reads.percentile(0.99),
            lists_per_second: self.lists.rate(),
            list_p99_milliseconds: self.lists.percentile(0.99),
            writes_per_second: self.writes.rate(),
            write_p99_milliseconds: self.writes.percentile(0.99),
            proxied_per_second: self.proxied.rate(),
            proxied_p99_milliseconds: self.proxied.percentile(0.99),
            large_megabytes_per_second: self.large.megabytes(),
            form_p99_milliseconds: (!self.forms.0.is_empty()).then(|| self.forms.percentile(0.99)),
            launches_per_second: self.launches.rate(),
            launch_p50_milliseconds: self.launches.percentile(0.5),
            launch_p95_milliseconds: self.launches.percentile(0.95),
            single_launch_p50_milliseconds: self.single.percentile(0.5),
            single_launch_p95_milliseconds: self.single.percentile(0.95),
            idle_resident_bytes: self.idle_resident_bytes,
            loaded_resident_bytes,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Measure {
    Reads,
    Lists,
    Writes,
    Proxied,
    Large,
    Forms,
    Launches,
    Single,
}

impl Measure {
    const ALL: [Measure; 8] = [
        Measure::Reads,
        Measure::Lists,
        Measure::Writes,
        Measure::Proxied,
        Measure::Large,
        Measure::Forms,
        Measure::Launches,
        Measure::Single,
    ];

    fn title(self) -> &'static str {
        match self {
            Measure::Reads => "object reads",
            Measure::Lists => "lists of 50",
            Measure::Writes => "durable writes",
            Measure::Proxied => "proxied 1 KiB requests",
            Measure::Large => "proxied 10 MiB requests",
            Measure::Forms => "forms of 100 fields",
            Measure::Launches => "launches, 8 at a time",
            Measure::Single => "launches, one at a time",
        }
    }

    fn series(self, all: &mut Collected) -> &mut Series {
        match self {
            Measure::Reads => &mut all.reads,
            Measure::Lists => &mut all.lists,
            Measure::Writes => &mut all.writes,
            Measure::Proxied => &mut all.proxied,
            Measure::Large => &mut all.large,
            Measure::Forms => &mut all.forms,
            Measure::Launches => &mut all.launches,
            Measure::Single => &mut all.single,
        }
    }

    /// `None` where the system has no such thing.
    async fn run(self, subject: &dyn Subject, amounts: Amounts, round: usize) -> Result<Option<Samples>> {
        let plan =
            |connections: usize, requests: usize| Plan { connections, requests, warm_up: (requests / 10).max(connections) };
        let samples = match self {
            Measure::Reads => repeat(subject.api(), plan(16, amounts.reads), || subject.read()).await?,
            Measure::Lists => repeat(subject.api(), plan(16, amounts.lists), || subject.list()).await?,
            Measure::Writes => {
                let plan = plan(16, amounts.writes);
                let each = plan.warm_up + plan.requests;
                let calls: Vec<_> = (0..each).map(|number| subject.write(round * each + number)).collect();
                load::run(subject.api(), plan, move |number| calls[number].clone()).await?
            }
            Measure::Proxied => {
                let plan = plan(16, amounts.proxied);
                let samples = repeat(subject.proxy(), plan, || subject.proxied("small")).await?;
                check_bytes(&samples, SMALL_BYTES as u64)?;
                samples
            }
            Measure::Large => {
                let samples = repeat(subject.proxy(), plan(4, amounts.large), || subject.proxied("large")).await?;
                check_bytes(&samples, LARGE_BYTES)?;
                samples
            }
            Measure::Forms => {
                let Some(form) = subject.form() else { return Ok(None) };
                repeat(subject.api(), plan(1, amounts.forms), || form.clone()).await?
            }
            Measure::Launches => launches(subject, amounts.launches, LAUNCHES_AT_ONCE).await?,
            Measure::Single => launches(subject, amounts.single_launches, 1).await?,
        };
        Ok(Some(samples))
    }
}

async fn repeat(address: std::net::SocketAddr, plan: Plan, call: impl Fn() -> load::Call) -> Result<Samples> {
    let call = call();
    load::run(address, plan, move |_| call.clone()).await
}

/// Launches some more, so many at once, and removes them all when the last one has answered.
async fn launches(subject: &dyn Subject, count: usize, at_once: usize) -> Result<Samples> {
    let started = Instant::now();
    let times = futures::stream::iter(1..=count)
        .map(|number| async move {
            let started = Instant::now();
            subject.launch(number).await.with_context(|| format!("launch {number}"))?;
            anyhow::Ok(started.elapsed())
        })
        .buffer_unordered(at_once)
        .try_collect::<Vec<_>>()
        .await?;
    let elapsed = started.elapsed();
    futures::stream::iter(1..=count).map(anyhow::Ok).try_for_each_concurrent(4, |number| subject.remove(number)).await?;
    Ok(Samples { times, elapsed, bytes: 0 })
}

/// An answer that is shorter than the application's is an error page.
fn check_bytes(samples: &Samples, each: u64) -> Result<()> {
    let expected = samples.times.len() as u64 * each;
    if samples.bytes != expected {
        bail!("the application's answers have {expected} bytes in all, what came through the proxy has {}", samples.bytes);
    }
    Ok(())
}

/// Fails unless this is the application's own small answer.
pub(crate) fn check_small(answer: &Response<Bytes>) -> Result<()> {
    if answer.body().len() != SMALL_BYTES {
        bail!("not the application's answer: {}", String::from_utf8_lossy(answer.body()));
    }
    Ok(())
}
