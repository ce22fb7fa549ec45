//! Answers a question without alternatives and measures of quality.

/// The endpoint; `false`: not comprehensive.
pub(crate) type App = shared::http::Ask<false>;
