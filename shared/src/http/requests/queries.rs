//! `POST /queries`, `GET /queries`, `GET /queries/{id}`, `POST /queries/{id}/verify`.

use std::str::FromStr;

use deserr::Deserr;
use jiff::Timestamp;
use lambda_http::Request;

use super::{
    super::{RequestContext, input},
    all, limit, parameter, search,
};
use crate::{
    domain::{
        Answer, Ask, InvalidInput, LaneName, LibraryId, Model, QueryId, Question, Status, TopK, code_points,
    },
    error::HubError,
    ports::AnswerFilter,
};

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AskRequest", deny_unknown_fields)
)]
pub(crate) struct AskBody {
    /// What is asked.
    #[deserr(try_from(String) = search::question -> InvalidInput)]
    query: Question,
    /// Where to look.
    #[deserr(default, try_from(Option<String>) = search::library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// Your own name for a conversation; stored, not interpreted.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = Ask::MAX_SESSION_ID)))]
    #[deserr(default, try_from(Option<String>) = parse_session_id -> InvalidInput)]
    session_id: Option<String>,
    /// Upper bound on the length of the answer, in tokens (about four characters each).
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = u32::MAX)))]
    max_tokens: Option<u32>,
    /// Abstain when the confidence in the answer is lower.
    #[deserr(default, try_from(Option<f64>) = parse_confidence_threshold -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>", range(min = 0.0, max = 1.0), extend("default" = 0.0)))]
    confidence_threshold: f64,
    /// Whether an answer that was given to the same question before will do.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("default" = true)))]
    cache: Option<bool>,
    /// Who writes.
    #[deserr(default = Model::Auto, try_from(Option<String>) = parse_model -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Model>", extend("default" = "auto")))]
    model: Model,
    /// The lanes that may be used.
    #[deserr(default = LaneName::ALL.to_vec(), try_from(Option<Vec<String>>) = search::lanes -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<LaneName>>", length(min = 1), extend("default" = LaneName::ALL)))]
    lanes: Vec<LaneName>,
    /// The most sources.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = search::top_k -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopK>", extend("default" = Ask::DEFAULT_TOP_K)))]
    top_k: TopK,
    /// Only say what would be done, and what it could cost.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("default" = false)))]
    dry_run: Option<bool>,
    /// Options of single writers.
    #[deserr(default)]
    options: Option<Options>,
}

/// Options of single lanes and writers.
#[derive(Debug, Default, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(deny_unknown_fields)
)]
pub(crate) struct Options {
    /// Whether quoting will do when no model answers.
    #[deserr(default)]
    pub(super) extractive: Option<bool>,
    /// Whether a model judges what the rules find no proof for.
    #[deserr(default)]
    pub(super) judge: Option<bool>,
    /// Whether another model may begin anew after one broke off in a stream.
    #[deserr(default)]
    pub(super) restart: Option<bool>,
}

fn parse_session_id(id: Option<String>) -> Result<Option<String>, InvalidInput> {
    match id {
        Some(id) if !(1..=Ask::MAX_SESSION_ID).contains(&code_points(&id)) => {
            let detail = format!("must have 1 to {} characters", Ask::MAX_SESSION_ID);
            Err(InvalidInput::impossible("", detail))
        }
        id => Ok(id),
    }
}

pub(super) fn parse_max_tokens(tokens: Option<u64>) -> Result<Option<u32>, InvalidInput> {
    match tokens.map(u32::try_from) {
        None => Ok(None),
        Some(Ok(tokens @ 1..)) => Ok(Some(tokens)),
        Some(_) => Err(InvalidInput::impossible("", "must be 1 to 4294967295")),
    }
}

fn parse_confidence_threshold(threshold: Option<f64>) -> Result<f64, InvalidInput> {
    match threshold.unwrap_or(0.0) {
        threshold @ 0.0..=1.0 => Ok(threshold),
        _ => Err(InvalidInput::impossible("", "must be from 0 to 1")),
    }
}

pub(super) fn parse_model(name: Option<String>) -> Result<Model, InvalidInput> {
    name.map_or(Ok(Model::Auto), |name| Model::parse(&name))
}

/// Reads a question. `serves` knows the models that are configured.
///
/// # Errors
/// Every fault of the body.
pub fn ask(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Ask, HubError> {
    read(request, serves).map(|(ask, _judge)| ask)
}

/// A question, and whether the caller said anything about a judge.
fn read(request: &Request, serves: impl Fn(&str) -> bool) -> Result<(Ask, Option<bool>), HubError> {
    let body: AskBody = input::json(request)?;
    let options = body.options.unwrap_or_default();
    let extractive = options.extractive.unwrap_or(true);
    writer(&body.model, extractive, serves)?;
    let ask = Ask {
        question: body.query,
        library: body.library,
        session_id: body.session_id,
        max_tokens: body.max_tokens,
        confidence_threshold: body.confidence_threshold,
        cache: body.cache.unwrap_or(true),
        model: body.model,
        extractive,
        judge: options.judge.unwrap_or(false),
        restart: options.restart.unwrap_or(false),
        comprehensive: false,
        lanes: body.lanes,
        top_k: body.top_k,
        dry_run: body.dry_run.unwrap_or(false),
    };
    Ok((ask, options.judge))
}

/// Reads a question that is to be answered from all sides, by a judge too unless the caller says otherwise.
///
/// # Errors
/// Every fault of the body.
pub fn comprehensive(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Ask, HubError> {
    let (ask, judge) = read(request, serves)?;
    Ok(Ask {
        judge: judge.unwrap_or(true),
        comprehensive: true,
        ..ask
    })
}

/// How a question is to be answered again; the rest is as it was.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "ReprocessRequest", deny_unknown_fields)
)]
pub struct Again {
    /// Upper bound on the length of the answer, in tokens (about four characters each).
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = u32::MAX)))]
    max_tokens: Option<u32>,
    /// Abstain when the confidence in the answer is lower.
    #[deserr(default, try_from(Option<f64>) = parse_confidence_threshold -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>", range(min = 0.0, max = 1.0), extend("default" = 0.0)))]
    confidence_threshold: f64,
    /// Who writes.
    #[deserr(default = Model::Auto, try_from(Option<String>) = parse_model -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Model>", extend("default" = "auto")))]
    model: Model,
    /// The lanes that may be used.
    #[deserr(default = LaneName::ALL.to_vec(), try_from(Option<Vec<String>>) = search::lanes -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<LaneName>>", length(min = 1), extend("default" = LaneName::ALL)))]
    lanes: Vec<LaneName>,
    /// The most sources.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = search::top_k -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopK>", extend("default" = Ask::DEFAULT_TOP_K)))]
    top_k: TopK,
    /// Options of single writers.
    #[deserr(default)]
    options: Option<Options>,
}

/// Reads how a question is to be answered again. No body says nothing.
///
/// # Errors
/// Every fault of the body.
pub fn again(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Again, HubError> {
    let again: Again = match input::text(request)? {
        body if body.trim().is_empty() => input::parse("{}")?,
        _ => input::json(request)?,
    };
    let options = again.options.as_ref();
    let extractive = options.and_then(|options| options.extractive).unwrap_or(true);
    writer(&again.model, extractive, serves)?;
    Ok(again)
}

impl Again {
    /// The question of an answer, asked so.
    ///
    /// # Errors
    /// When it cannot be asked any more.
    pub fn of(self, answer: &Answer) -> Result<Ask, HubError> {
        let options = self.options.unwrap_or_default();
        Ok(Ask {
            library: answer.library.clone(),
            session_id: answer.session_id.clone(),
            max_tokens: self.max_tokens,
            confidence_threshold: self.confidence_threshold,
            cache: false,
            model: self.model,
            extractive: options.extractive.unwrap_or(true),
            judge: options.judge.unwrap_or(answer.quality.is_some()),
            comprehensive: answer.quality.is_some(),
            restart: options.restart.unwrap_or(false),
            lanes: self.lanes,
            top_k: self.top_k,
            ..Ask::new(Question::parse(&answer.query)?)
        })
    }
}

/// Checks that what is to write is there.
pub(super) fn writer(
    model: &Model,
    extractive: bool,
    serves: impl Fn(&str) -> bool,
) -> Result<(), InvalidInput> {
    match model {
        Model::Named(name) if !serves(name) => {
            let detail = "is not a model that is configured here; `auto` and `extractive` always are";
            Err(InvalidInput::impossible("/model", detail))
        }
        Model::Extractive if !extractive => {
            let detail = "cannot be false when `model` is `extractive`";
            Err(InvalidInput::impossible("/options/extractive", detail))
        }
        _ => Ok(()),
    }
}

/// Reads a body that has nothing to say: none, or an object without fields.
///
/// # Errors
/// When there is anything else.
pub fn nothing(request: &Request) -> Result<(), InvalidInput> {
    #[derive(Deserr)]
    #[deserr(error = InvalidInput, deny_unknown_fields)]
    struct Nothing {}

    match input::text(request)? {
        body if body.trim().is_empty() => Ok(()),
        body => input::parse(body).map(|Nothing {}| ()),
    }
}

/// The id in the path. An id that cannot be one names nothing.
///
/// # Errors
/// When it is not a query id.
pub fn query_id(context: &RequestContext<'_>) -> Result<QueryId, HubError> {
    context
        .path("id")
        .parse()
        .map_err(|_| HubError::NotFound("query"))
}

/// The version that is asked for, from 1.
///
/// # Errors
/// When it is not a number.
pub fn version(context: &RequestContext<'_>) -> Result<Option<u64>, InvalidInput> {
    match context.query("version").map(str::parse) {
        None => Ok(None),
        Some(Ok(version @ 1..)) => Ok(Some(version)),
        Some(_) => Err(InvalidInput::malformed("?version", "must be a number from 1 on")),
    }
}

/// The number of the last event that a reader has, which browsers send when they connect again; 0 when there is none.
///
/// # Errors
/// When it is not a number.
pub fn last_event_id(context: &RequestContext<'_>) -> Result<u64, HubError> {
    let Some(value) = context.request.headers().get("last-event-id") else {
        return Ok(0);
    };
    let number = value.to_str().ok().and_then(|value| value.parse().ok());
    // One more is counted on.
    let number = number.filter(|&number: &u64| number < u64::MAX);
    Ok(number.ok_or_else(|| InvalidInput::malformed("Last-Event-ID", "is not the number of an event"))?)
}

/// A valid request for a page of answers.
#[derive(Debug)]
pub struct ListQueries {
    /// How many.
    pub limit: usize,
    /// Which.
    pub filter: AnswerFilter,
    /// The filter as text, to which cursors are bound.
    pub filter_text: String,
}

/// Reads the parameters of a list.
///
/// # Errors
/// Every fault of them.
pub fn list_queries(context: &RequestContext<'_>) -> Result<ListQueries, InvalidInput> {
    let mut faults = None;
    let limit = all(limit(context), &mut faults);
    let status = all(context.query("status").map(status).transpose(), &mut faults);
    let from = all(time(context, "from"), &mut faults);
    let to = all(time(context, "to"), &mut faults);
    all(period(from.flatten(), to.flatten()), &mut faults);
    match (limit, status, from, to, faults) {
        (Some(limit), Some(status), Some(from), Some(to), None) => {
            let filter = AnswerFilter { status, from, to };
            Ok(ListQueries {
                limit,
                filter,
                filter_text: format!("queries {filter:?}"),
            })
        }
        (.., faults) => Err(faults.unwrap_or_else(|| InvalidInput::malformed("", "is not valid"))),
    }
}

fn status(name: &str) -> Result<Status, InvalidInput> {
    let names = || Status::ALL.map(Status::as_str).join("`, `");
    Status::parse(name)
        .ok_or_else(|| InvalidInput::malformed("?status", format!("must be one of `{}`", names())))
}

fn period(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), InvalidInput> {
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
