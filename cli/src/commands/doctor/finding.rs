//! One finding of `attest doctor`, and its line.

use console::style;
use serde::Serialize;

use crate::terminal::one_line;

/// What a finding is about. docs/OPERATIONS.md has a row for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Subject {
    Hub,
    Version,
    Clock,
    Dependencies,
    HealthCheck,
    Circuits,
    Settings,
    Keys,
    Providers,
    Quotas,
    Environment,
    Region,
    Tables,
    Rights,
}

impl Subject {
    /// All subjects, in the order in which they are shown.
    pub(super) const ALL: [Self; 14] = [
        Self::Hub,
        Self::Version,
        Self::Clock,
        Self::Dependencies,
        Self::HealthCheck,
        Self::Circuits,
        Self::Settings,
        Self::Keys,
        Self::Providers,
        Self::Quotas,
        Self::Environment,
        Self::Region,
        Self::Tables,
        Self::Rights,
    ];

    /// The name in the output.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Version => "version",
            Self::Clock => "clock",
            Self::Dependencies => "dependencies",
            Self::HealthCheck => "health_check",
            Self::Circuits => "circuits",
            Self::Settings => "settings",
            Self::Keys => "keys",
            Self::Providers => "providers",
            Self::Quotas => "quotas",
            Self::Environment => "environment",
            Self::Region => "region",
            Self::Tables => "tables",
            Self::Rights => "rights",
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    Ok,
    /// It was not checked; `remedy` says what is missing for it.
    Skipped,
    Warning,
    Failure,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) subject: Subject,
    pub(super) severity: Severity,
    /// What was found.
    pub(super) detail: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(subject: Subject, detail: impl Into<String>) -> Self {
        Self {
            subject,
            severity: Severity::Ok,
            detail: detail.into(),
            remedy: None,
        }
    }

    fn with(
        subject: Subject,
        severity: Severity,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            remedy: Some(remedy.into()).filter(|remedy| !remedy.is_empty()),
            ..Self::ok(subject, detail)
        }
    }

    pub(super) fn skipped(subject: Subject, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::with(subject, Severity::Skipped, detail, remedy)
    }

    pub(super) fn warning(subject: Subject, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::with(subject, Severity::Warning, detail, remedy)
    }

    pub(super) fn failure(subject: Subject, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::with(subject, Severity::Failure, detail, remedy)
    }

    /// The finding as one line.
    pub(super) fn line(&self) -> String {
        let severity = match self.severity {
            Severity::Ok => style("ok     ").green(),
            Severity::Skipped => style("skipped").dim(),
            Severity::Warning => style("warning").yellow(),
            Severity::Failure => style("failure").red(),
        };
        let remedy = self.remedy.as_ref().map(|remedy| format!(" -> {remedy}"));
        let text = one_line(&format!("{}{}", self.detail, remedy.unwrap_or_default()));
        format!("{severity}  {:<12}  {text}", self.subject.name())
    }
}
