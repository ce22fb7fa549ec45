//! `GET /usage`: the days of a usage report.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::faults::{collect, or_invalid, parameter};
use crate::{domain::InvalidInput, http::request_context::RequestContext};

/// Days of a report without `from`.
pub(crate) const DEFAULT_DAYS: i32 = 30;
/// The most days of a report.
pub(crate) const MAX_DAYS: i32 = 366;

/// The first and the last day of the report (UTC).
///
/// # Errors
/// Every fault of the parameters.
pub fn usage(context: &RequestContext<'_>) -> Result<(Date, Date), InvalidInput> {
    let mut faults = None;
    let from = collect(day(context, "from"), &mut faults);
    let to = collect(day(context, "to"), &mut faults);
    let (Some(from), Some(to), None) = (from, to, &faults) else {
        return Err(or_invalid(faults));
    };
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    period(from, to, today)
}

fn period(from: Option<Date>, to: Option<Date>, today: Date) -> Result<(Date, Date), InvalidInput> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.saturating_sub((DEFAULT_DAYS - 1).days()));
    if to < from {
        return Err(InvalidInput::malformed("?to", "must not be before `from`"));
    }
    if from < to.saturating_sub((MAX_DAYS - 1).days()) {
        let detail = format!("must be at most {MAX_DAYS} days before `to`");
        return Err(InvalidInput::malformed("?from", detail));
    }
    Ok((from, to))
}

fn day(context: &RequestContext<'_>, name: &str) -> Result<Option<Date>, InvalidInput> {
    // The parser also accepts times and other spellings; here only `YYYY-MM-DD` is a day.
    let parse = |text: &str| match text.parse::<Date>() {
        Ok(date) if date.to_string() == text => Ok(date),
        _ => Err(InvalidInput::malformed("", "must be a day such as `2026-01-31`")),
    };
    parameter(name, context.query(name).map(parse).transpose())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_ends_today_and_has_thirty_days_by_default() {
        let today = date(2026, 3, 1);
        assert_eq!(period(None, None, today), Ok((date(2026, 1, 31), today)));
        let one = date(2025, 1, 31);
        assert_eq!(period(Some(one), Some(one), today), Ok((one, one)));
        assert_eq!(period(None, Some(one), today), Ok((date(2025, 1, 2), one)));
        let year = date(2025, 3, 1);
        assert_eq!(period(Some(year), None, today), Ok((year, today)));
        for (from, to) in [(Some(date(2026, 3, 2)), None), (Some(date(2025, 2, 28)), None)] {
            assert!(period(from, to, today).is_err());
        }
        assert!(period(None, Some(Date::MIN), today).is_ok());
    }
}
