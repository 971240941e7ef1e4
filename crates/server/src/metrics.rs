//! `/metrics` in the OpenMetrics text format.

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    status: u16,
}

/// What this server counts.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    app_bytes: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("warpyard");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.0005, 2.0, 15));
        let app_bytes = Counter::default();
        registry.register("http_requests", "Requests of the API and console by method and status", requests.clone());
        registry.register("http_request_duration_seconds", "Time to answer a request, in seconds", seconds.clone());
        registry.register("gateway_bytes", "Bytes proxied to and from apps", app_bytes.clone());
        Self { registry, requests, seconds, app_bytes }
    }

    pub(crate) fn request(&self, method: &Method, status: StatusCode, took: Duration) {
        self.requests.get_or_create(&RequestLabels { method: method.to_string(), status: status.as_u16() }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn app_bytes(&self, bytes: u64) {
        self.app_bytes.inc_by(bytes);
    }

    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        match encode(&mut out, &self.registry) {
            Ok(()) => out,
            Err(_) => String::new(),
        }
    }
}
