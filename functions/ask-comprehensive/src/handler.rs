//! Answers a question with alternatives and measures of quality.

/// The endpoint; `true`: comprehensive.
pub(crate) type App = shared::http::Ask<true>;
