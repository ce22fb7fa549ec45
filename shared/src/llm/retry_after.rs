//! Parser of the `Retry-After` header, in seconds or as a date
//! (<https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>), and of `retry-after-ms`, which OpenAI and Azure send.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;

/// The longest wait, about 100 years; longer waits are capped.
const MAX_SECONDS: f64 = 3.2e9;

/// Returns the wait; zero for a date in the past, `None` without a valid header.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str, unit: f64| {
        let number: f64 = text.parse().ok()?;
        Duration::try_from_secs_f64((number * unit).min(MAX_SECONDS)).ok()
    };
    if let Some(wait) = header("retry-after-ms").and_then(|ms| number(ms, 0.001)) {
        return Some(wait);
    }
    let text = header("retry-after")?;
    number(text, 1.0).or_else(|| {
        let at = jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()?;
        let wait = at.duration_since(now);
        Some(Duration::try_from(wait).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        retry_after(&headers, "2026-01-31T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_dates_and_milliseconds_are_parsed() {
        assert_eq!(wait("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("retry-after", " 1.5 "), Some(Duration::from_millis(1500)));
        assert_eq!(wait("retry-after-ms", "120"), Some(Duration::from_millis(120)));
        assert_eq!(
            wait("retry-after", "Sat, 31 Jan 2026 12:00:30 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            wait("retry-after", "Sat, 31 Jan 2026 11:00:00 GMT"),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn invalid_values_are_ignored_and_huge_waits_are_capped() {
        for invalid in ["soon", "", "-3", "NaN!", "Sat, 99 Jan 2026"] {
            assert_eq!(wait("retry-after", invalid), None, "{invalid}");
        }
        assert_eq!(
            wait("retry-after", "999999999"),
            Some(Duration::from_secs(999_999_999))
        );
        let max = Some(Duration::from_secs_f64(MAX_SECONDS));
        for huge in ["99999999999999999999999", "1e999", "NaN"] {
            assert_eq!(wait("retry-after", huge), max, "{huge}");
        }
    }
}
