//! The metrics: which fields of log lines they are, and by which other fields they are told apart.
//!
//! No dimension is a user, a question or a document. Each combination of values is a metric of its own, and billed.

/// Metrics with the same dimensions. Those that a line has as fields are published.
#[derive(Debug, Clone, Copy)]
pub struct MetricSet {
    /// Names of the fields with the values of the dimensions.
    pub dimensions: &'static [&'static str],
    /// Names of the fields with the values, and their units in CloudWatch.
    pub metrics: &'static [(&'static str, &'static str)],
}

const COUNT: &str = "Count";
const MS: &str = "Milliseconds";
const DOLLARS: &str = "None";

/// Each invocation that answers a question.
pub const ANSWERS: MetricSet = MetricSet {
    dimensions: &["function"],
    metrics: &[
        ("answers", COUNT),
        ("failed", COUNT),
        ("abstained", COUNT),
        ("unsure", COUNT),
        ("cache_hit", COUNT),
        ("degraded", COUNT),
        ("took_ms", MS),
        ("read_units", COUNT),
        ("write_units", COUNT),
        ("cost_usd", DOLLARS),
        ("follow_up_ms", MS),
        ("cache_ms", MS),
        ("gather_entities_ms", MS),
        ("gather_keyword_ms", MS),
        ("gather_keyword_failed", COUNT),
        ("gather_dense_ms", MS),
        ("gather_dense_failed", COUNT),
        ("gather_graph_ms", MS),
        ("gather_graph_failed", COUNT),
        ("gather_web_ms", MS),
        ("gather_web_failed", COUNT),
        ("correct_keyword_ms", MS),
        ("write_model_ms", MS),
        ("write_model_failed", COUNT),
        ("write_extractive_ms", MS),
        ("verify_ms", MS),
        ("verify_judge_ms", MS),
    ],
};

/// Each invocation that answers a question, by `2xx`, `4xx` or `5xx`.
pub const STATUSES: MetricSet = MetricSet {
    dimensions: &["status_class"],
    metrics: &[("took_ms", MS)],
};

/// Each call of a model.
pub const MODEL_CALLS: MetricSet = MetricSet {
    dimensions: &["provider", "outcome"],
    metrics: &[("model_ms", MS), ("model_cost_usd", DOLLARS)],
};

/// Each check of a dependency by the scheduled health check.
pub const CHECKS: MetricSet = MetricSet {
    dimensions: &["dependency"],
    metrics: &[("up", COUNT), ("check_ms", MS)],
};

/// All metrics.
pub const ALL: [MetricSet; 4] = [ANSWERS, STATUSES, MODEL_CALLS, CHECKS];

impl MetricSet {
    /// Returns the name of a metric of this set as the constant.
    pub fn name(&self, name: &str) -> Option<&'static str> {
        let mut names = self.metrics.iter().map(|(known, _)| *known);
        names.find(|known| *known == name)
    }
}
