//! `PATCH /queries/{id}/reprocess`: answers a stored question again.

use deserr::Deserr;
use lambda_http::Request;

use super::{
    super::search,
    options::{Options, check_writer, parse_confidence_threshold, parse_max_tokens, parse_model},
};
use crate::{
    domain::{Answer, Ask, InvalidInput, LaneName, Model, Question, TopK},
    error::HubError,
    http::input,
};

/// Settings of the new answer. The question, its library and its session stay the same.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(deny_unknown_fields)
)]
pub struct ReprocessRequest {
    /// The maximum length of the answer, in tokens of about four characters each.
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = u32::MAX)))]
    max_tokens: Option<u32>,
    /// The confidence from which an answer is shown as one. Below it, `certainty` is `unsure`. 0 stands for the default, 0.6.
    #[deserr(default, try_from(Option<f64>) = parse_confidence_threshold -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>", range(min = 0.0, max = 1.0), extend("default" = 0.0)))]
    confidence_threshold: f64,
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
    /// Options of the writer.
    #[deserr(default)]
    options: Option<Options>,
}

/// Parses the settings of the new answer; an empty body means the defaults. `serves` knows the configured models.
///
/// # Errors
/// Every fault of the body.
pub fn reprocess(request: &Request, serves: impl Fn(&str) -> bool) -> Result<ReprocessRequest, HubError> {
    let body: ReprocessRequest = match input::text(request)? {
        text if text.trim().is_empty() => input::parse("{}")?,
        _ => input::json(request)?,
    };
    let options = body.options.as_ref();
    let extractive = options.and_then(|options| options.extractive).unwrap_or(true);
    check_writer(&body.model, extractive, serves)?;
    Ok(body)
}

impl ReprocessRequest {
    /// The question of a stored answer with these settings, bypassing the answer cache.
    ///
    /// # Errors
    /// When the stored question is no longer valid.
    pub fn into_ask(self, answer: &Answer) -> Result<Ask, HubError> {
        let options = self.options.unwrap_or_default();
        Ok(Ask {
            library: answer.library.clone(),
            session_id: answer.session_id.clone(),
            // As it was read: the conversation may have gone on.
            read_as: answer.read_as.as_deref().map(Question::parse).transpose()?,
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
