//! Body fields that select and limit the writer of an answer.

use deserr::Deserr;

use crate::domain::{InvalidInput, Model};

/// Options of retrieval lanes and writers.
#[derive(Debug, Default, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(deny_unknown_fields)
)]
pub(crate) struct Options {
    /// Whether to fall back to quoting the sources when no model answers.
    #[deserr(default)]
    pub(in super::super) extractive: Option<bool>,
    /// Whether a model judges the claims that the rules cannot verify.
    #[deserr(default)]
    pub(in super::super) judge: Option<bool>,
    /// Whether another model may restart a streamed answer that was interrupted.
    #[deserr(default)]
    pub(in super::super) restart: Option<bool>,
}

/// The most tokens of an answer, from 1; `None` when there is no bound.
///
/// # Errors
/// When it is 0 or does not fit 32 bits.
pub(in super::super) fn parse_max_tokens(tokens: Option<u64>) -> Result<Option<u32>, InvalidInput> {
    match tokens.map(u32::try_from) {
        None => Ok(None),
        Some(Ok(tokens @ 1..)) => Ok(Some(tokens)),
        Some(_) => Err(InvalidInput::invalid_value("", "must be 1 to 4294967295")),
    }
}

/// The least confidence of an answer, 0 to 1; 0 when it is omitted.
///
/// # Errors
/// When it is out of range.
pub(super) fn parse_confidence_threshold(threshold: Option<f64>) -> Result<f64, InvalidInput> {
    match threshold.unwrap_or(0.0) {
        threshold @ 0.0..=1.0 => Ok(threshold),
        _ => Err(InvalidInput::invalid_value("", "must be from 0 to 1")),
    }
}

/// The model that writes; [`Model::Auto`] when it is omitted.
///
/// # Errors
/// When it is not a model name.
pub(in super::super) fn parse_model(name: Option<String>) -> Result<Model, InvalidInput> {
    name.map_or(Ok(Model::Auto), |name| Model::parse(&name))
}

/// Checks that the model is configured and does not contradict `options.extractive`. `serves` knows the configured
/// models.
///
/// # Errors
/// When the model is not configured, or is `extractive` although quoting is refused.
pub(in super::super) fn check_writer(
    model: &Model,
    extractive: bool,
    serves: impl Fn(&str) -> bool,
) -> Result<(), InvalidInput> {
    match model {
        Model::Named(name) if !serves(name) => {
            let detail = "is not a configured model; `auto` and `extractive` are always available";
            Err(InvalidInput::invalid_value("/model", detail))
        }
        Model::Extractive if !extractive => {
            let detail = "cannot be false when `model` is `extractive`";
            Err(InvalidInput::invalid_value("/options/extractive", detail))
        }
        _ => Ok(()),
    }
}
