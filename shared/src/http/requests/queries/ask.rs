//! `POST /queries`, `/queries/comprehensive` and `/queries/stream`: a question.

use deserr::Deserr;
use lambda_http::Request;

use super::{
    super::search,
    options::{Options, check_writer, parse_confidence_threshold, parse_max_tokens, parse_model},
};
use crate::{
    domain::{Ask, InvalidInput, LaneName, LibraryId, Model, Question, TopK, code_points},
    error::HubError,
    http::input,
};

/// The JSON body of a question.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "AskRequest", deny_unknown_fields)
)]
pub(crate) struct AskBody {
    /// The question.
    #[deserr(try_from(String) = search::parse_question -> InvalidInput)]
    query: Question,
    /// The library to search.
    #[deserr(default, try_from(Option<String>) = search::parse_library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// Your own id for a conversation. A question that refers to the one before it in the conversation is read with it, up to
    /// 24 hours later; `read_as` then says how.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = Ask::MAX_SESSION_ID)))]
    #[deserr(default, try_from(Option<String>) = parse_session_id -> InvalidInput)]
    session_id: Option<String>,
    /// The maximum length of the answer, in tokens of about four characters each.
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = u32::MAX)))]
    max_tokens: Option<u32>,
    /// The confidence from which an answer is shown as one. Below it, `certainty` is `unsure`. 0 stands for the default, 0.6.
    #[deserr(default, try_from(Option<f64>) = parse_confidence_threshold -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>", range(min = 0.0, max = 1.0), extend("default" = 0.0)))]
    confidence_threshold: f64,
    /// Whether a cached answer to the same question may be returned.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("default" = true)))]
    cache: Option<bool>,
    /// The model that writes the answer.
    #[deserr(default = Model::Auto, try_from(Option<String>) = parse_model -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Model>", extend("default" = "auto")))]
    model: Model,
    /// The retrieval lanes to use. The web is searched only if the list names it.
    #[deserr(default = LaneName::LIBRARY.to_vec(), try_from(Option<Vec<String>>) = search::parse_lanes -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<LaneName>>", length(min = 1), extend("default" = LaneName::LIBRARY)))]
    lanes: Vec<LaneName>,
    /// The maximum number of sources.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = search::parse_top_k -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopK>", extend("default" = Ask::DEFAULT_TOP_K)))]
    top_k: TopK,
    /// Whether to return only the plan and its maximum cost, without an answer.
    #[deserr(default)]
    #[cfg_attr(feature = "openapi", schemars(extend("default" = false)))]
    dry_run: Option<bool>,
    /// Options of the writer.
    #[deserr(default)]
    options: Option<Options>,
}

fn parse_session_id(id: Option<String>) -> Result<Option<String>, InvalidInput> {
    match id {
        Some(id) if !(1..=Ask::MAX_SESSION_ID).contains(&code_points(&id)) => {
            let detail = format!("must have 1 to {} characters", Ask::MAX_SESSION_ID);
            Err(InvalidInput::invalid_value("", detail))
        }
        id => Ok(id),
    }
}

/// Parses a question. `serves` knows the configured models.
///
/// # Errors
/// Every fault of the body.
pub fn ask(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Ask, HubError> {
    parse_body(request, serves).map(|(ask, _judge)| ask)
}

/// Parses a question for a comprehensive answer: the judge is on unless the body turns it off.
///
/// # Errors
/// Every fault of the body.
pub fn comprehensive(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Ask, HubError> {
    let (ask, judge) = parse_body(request, serves)?;
    Ok(Ask {
        judge: judge.unwrap_or(true),
        comprehensive: true,
        ..ask
    })
}

/// The question and `options.judge`, whose default depends on the endpoint.
fn parse_body(request: &Request, serves: impl Fn(&str) -> bool) -> Result<(Ask, Option<bool>), HubError> {
    let body: AskBody = input::json(request)?;
    let options = body.options.unwrap_or_default();
    let extractive = options.extractive.unwrap_or(true);
    check_writer(&body.model, extractive, serves)?;
    let ask = Ask {
        question: body.query,
        library: body.library,
        session_id: body.session_id,
        read_as: None,
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
