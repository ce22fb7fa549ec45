//! How this process logs.

use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;

/// The settings of this process, once logging has started.
pub(super) static SETTINGS: OnceLock<LogSettings> = OnceLock::new();

/// The log level and format.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least severe level of this project's own log lines.
    pub level: LevelFilter,
    /// Whether lines are plain text instead of JSON.
    pub is_text: bool,
    /// The CloudWatch namespace of the metrics; `None` for lines without metrics. Text has none.
    pub metrics_namespace: Option<String>,
    /// The name of the function, a dimension of its metrics.
    pub function: String,
}
