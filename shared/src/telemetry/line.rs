//! Log lines with metrics: one JSON object each, in CloudWatch's embedded metric format
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//!
//! CloudWatch reads the metrics from the log, so there is no client, no agent and no call. `tracing` writes no nested
//! objects, so these lines are written here, like its own.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing::Level;

use super::{
    metrics::MetricSet,
    settings::{LogSettings, SETTINGS},
};

/// The longest value of a dimension, in bytes.
const MAX_DIMENSION: usize = 250;

/// A log line.
#[derive(Debug)]
pub struct Line {
    level: Level,
    message: &'static str,
    fields: Map<String, Value>,
}

impl Line {
    /// Creates a line without fields.
    pub fn new(level: Level, message: &'static str) -> Self {
        Self {
            level,
            message,
            fields: Map::new(),
        }
    }

    /// Adds a field, unless the value is null.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.fields.insert(name.to_owned(), value);
        }
        self
    }

    /// Writes the line to stdout if its level is logged. The fields that `sets` name become metrics.
    pub fn write(self, sets: &[MetricSet]) {
        let Some(settings) = SETTINGS.get().filter(|settings| self.level <= settings.level) else {
            return;
        };
        let line = if settings.is_text {
            self.text()
        } else {
            self.json(settings, sets, Timestamp::now()).to_string()
        };
        // Nobody could be told that the log cannot be written.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn text(&self) -> String {
        let fields = self.fields.iter();
        let fields: String = fields.map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{:>5} {}{fields}", self.level, self.message)
    }

    fn json(mut self, settings: &LogSettings, sets: &[MetricSet], now: Timestamp) -> Value {
        if let Some(namespace) = &settings.metrics_namespace {
            let directives: Vec<Value> = sets
                .iter()
                .filter_map(|set| self.directive(namespace, *set))
                .collect();
            if !directives.is_empty() {
                let metadata = json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": directives });
                self.fields.insert("_aws".to_owned(), metadata);
            }
        }
        self.fields.insert("timestamp".to_owned(), now.to_string().into());
        self.fields.insert("level".to_owned(), self.level.as_str().into());
        self.fields.insert("message".to_owned(), self.message.into());
        self.fields.into()
    }

    /// Returns the metrics of a set that this line has; `None` without any, or without a value of a dimension.
    fn directive(&mut self, namespace: &str, set: MetricSet) -> Option<Value> {
        for dimension in set.dimensions {
            let value = self.fields.get(*dimension)?.as_str()?;
            let value = dimension_value(value);
            self.fields.insert((*dimension).to_owned(), value.into());
        }
        let metrics = set
            .metrics
            .iter()
            .filter(|(name, _)| self.fields.contains_key(*name));
        let metrics: Vec<Value> = metrics
            .map(|(name, unit)| json!({ "Name": name, "Unit": unit }))
            .collect();
        (!metrics.is_empty())
            .then(|| json!({ "Namespace": namespace, "Dimensions": [set.dimensions], "Metrics": metrics }))
    }
}

/// The value of a dimension as CloudWatch takes it: printable ASCII, not empty.
fn dimension_value(text: &str) -> String {
    let ascii = text.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' });
    let value: String = ascii.take(MAX_DIMENSION).collect();
    if value.is_empty() { "_".to_owned() } else { value }
}

#[cfg(test)]
mod tests {
    use tracing::level_filters::LevelFilter;

    use super::*;
    use crate::telemetry::metrics::MODEL_CALLS;

    fn settings(namespace: Option<&str>) -> LogSettings {
        LogSettings {
            level: LevelFilter::INFO,
            is_text: false,
            metrics_namespace: namespace.map(str::to_owned),
            function: "ask".to_owned(),
        }
    }

    fn line(provider: &str) -> Line {
        Line::new(Level::INFO, "model call")
            .field("provider", provider)
            .field("outcome", "ok")
            .field("http_status", None::<u16>)
            .field("model_ms", 12)
    }

    #[test]
    fn the_fields_of_a_set_are_metrics() {
        let at: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let line = line("Größe\n").json(&settings(Some("Attest")), &[MODEL_CALLS], at);
        assert_eq!(
            line,
            json!({
                "_aws": {
                    "Timestamp": 1_769_860_800_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Attest", "Dimensions": [["provider", "outcome"]],
                        "Metrics": [{ "Name": "model_ms", "Unit": "Milliseconds" }],
                    }],
                },
                "timestamp": "2026-01-31T12:00:00Z", "level": "INFO", "message": "model call",
                "provider": "Gr__e_", "outcome": "ok", "model_ms": 12,
            })
        );
    }

    #[test]
    fn without_a_namespace_or_a_dimension_there_are_no_metrics() {
        let at = Timestamp::UNIX_EPOCH;
        let silent = line("groq").json(&settings(None), &[MODEL_CALLS], at);
        assert!(silent.get("_aws").is_none());
        let other = Line::new(Level::INFO, "model call").field("model_ms", 12);
        assert!(
            other
                .json(&settings(Some("Attest")), &[MODEL_CALLS], at)
                .get("_aws")
                .is_none()
        );
        let text = line("groq").text();
        assert!(text.starts_with(" INFO model call "), "{text}");
        assert!(
            text.contains(" model_ms=12") && text.contains(" provider=\"groq\""),
            "{text}"
        );
    }
}
