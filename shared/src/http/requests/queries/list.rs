//! `GET /queries`: a page of answers.

use std::str::FromStr;

use jiff::Timestamp;

use super::super::{
    faults::{collect, or_invalid, parameter},
    limit::limit,
};
use crate::{
    domain::{InvalidInput, Status},
    http::request_context::RequestContext,
    ports::AnswerFilter,
};

/// A valid request for a page of answers.
#[derive(Debug)]
pub struct ListQueries {
    /// The most answers on the page, 1 to 100.
    pub limit: usize,
    /// The answers to list.
    pub filter: AnswerFilter,
    /// The filter as text; a cursor is valid for this filter only.
    pub filter_text: String,
}

/// Parses the query parameters of `GET /queries`.
///
/// # Errors
/// Every fault of the parameters.
pub fn list_queries(context: &RequestContext<'_>) -> Result<ListQueries, InvalidInput> {
    let mut faults = None;
    let limit = collect(limit(context), &mut faults);
    let status = collect(context.query("status").map(status).transpose(), &mut faults);
    let from = collect(time(context, "from"), &mut faults);
    let to = collect(time(context, "to"), &mut faults);
    collect(check_period(from.flatten(), to.flatten()), &mut faults);
    match (limit, status, from, to, faults) {
        (Some(limit), Some(status), Some(from), Some(to), None) => {
            let filter = AnswerFilter { status, from, to };
            Ok(ListQueries {
                limit,
                filter,
                filter_text: format!("queries {filter:?}"),
            })
        }
        (.., faults) => Err(or_invalid(faults)),
    }
}

fn status(name: &str) -> Result<Status, InvalidInput> {
    let names = || Status::ALL.map(Status::as_str).join("`, `");
    Status::parse(name)
        .ok_or_else(|| InvalidInput::malformed("?status", format!("must be one of `{}`", names())))
}

fn check_period(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), InvalidInput> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            Err(InvalidInput::malformed("?to", "must not be before `from`"))
        }
        _ => Ok(()),
    }
}

fn time(context: &RequestContext<'_>, name: &str) -> Result<Option<Timestamp>, InvalidInput> {
    let parse = |text| {
        Timestamp::from_str(text).map_err(|_| {
            InvalidInput::malformed("", "must be a time such as `2026-01-31T12:00:00Z` (RFC 3339)")
        })
    };
    parameter(name, context.query(name).map(parse).transpose())
}
