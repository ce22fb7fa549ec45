//! Model routing: the order of the candidates for a request, and which of them are eligible.

use serde::Deserialize;

use super::{
    budget::{Caps, estimated_usage, max_usage},
    catalog::{Model, Provider, Tier},
};
use crate::{
    domain::{self, Tokens},
    ports::Spend,
};

/// The routing strategy, which orders the candidates. `LLM_ROUTING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routing {
    /// The order of the configuration.
    Ordered,
    /// Local providers, then free tiers, then billed providers.
    #[default]
    FreeFirst,
    /// By the cost of the request; models of unknown price last.
    Cheapest,
    /// By `quality`, the highest first.
    Best,
}

impl Routing {
    /// Parses the name of a strategy, such as `free-first`.
    ///
    /// # Errors
    /// The valid names.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        match name {
            "ordered" => Ok(Self::Ordered),
            "free-first" => Ok(Self::FreeFirst),
            "cheapest" => Ok(Self::Cheapest),
            "best" => Ok(Self::Best),
            _ => Err("is none of ordered, free-first, cheapest and best"),
        }
    }
}

/// A model of a provider, as a routing candidate.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// Its model.
    pub model: &'a Model,
}

/// Returns whether a requested name matches: `model`, `provider` or `provider/model`.
fn matches(choice: Choice<'_>, name: &str) -> bool {
    let (provider, model) = (choice.provider.name.as_str(), choice.model.name.as_str());
    name == model
        || name == provider
        || name
            .strip_prefix(provider)
            .and_then(|rest| rest.strip_prefix('/'))
            == Some(model)
}

/// Iterates over every model of every provider, in the order of the configuration.
pub fn choices(providers: &[Provider]) -> impl Iterator<Item = Choice<'_>> {
    providers.iter().flat_map(|provider| {
        provider
            .models
            .iter()
            .map(move |model| Choice { provider, model })
    })
}

/// Returns whether any model matches a requested name.
pub fn serves(providers: &[Provider], name: &str) -> bool {
    choices(providers).any(|choice| matches(choice, name))
}

/// Returns the candidates for a request, in the order in which to try them.
pub fn order<'a>(
    providers: &'a [Provider],
    routing: Routing,
    requested: &domain::Model,
    prompt_bytes: usize,
    max_tokens: u32,
) -> Vec<Choice<'a>> {
    let mut order: Vec<Choice<'a>> = match requested {
        domain::Model::Auto => choices(providers).collect(),
        domain::Model::Extractive => Vec::new(),
        domain::Model::Named(name) => choices(providers)
            .filter(|choice| matches(*choice, name))
            .collect(),
    };
    let tokens = Tokens {
        output: max_tokens.into(),
        ..estimated_usage(prompt_bytes, 0)
    };
    // The sort is stable: equal candidates keep the order of the configuration.
    order.sort_by_key(|choice| match routing {
        Routing::Ordered => 0,
        Routing::FreeFirst => effective_tier(*choice) as u64,
        Routing::Cheapest => choice.model.price.map_or(u64::MAX, |price| price.cost(tokens)),
        Routing::Best => u64::MAX - u64::from(choice.model.quality),
    });
    order
}

/// Returns the tier of a model. A model with a price is billed whatever its provider's tier.
fn effective_tier(choice: Choice<'_>) -> Tier {
    match choice.model.price {
        Some(price) if !price.is_free() => Tier::Paid,
        _ => choice.provider.tier,
    }
}

/// The requirements of a request on a model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Requirements {
    /// The size of the prompt, in bytes.
    pub prompt_bytes: usize,
    /// The maximum output tokens.
    pub max_tokens: u32,
    /// Whether the answer must follow a JSON schema.
    pub json: bool,
}

impl Requirements {
    /// Returns the output tokens to request: the maximum and those of thoughts that the context window has room for, capped
    /// by the model's own.
    pub fn max_tokens_of(self, model: &Model) -> u32 {
        let prompt = estimated_usage(self.prompt_bytes, 0).input;
        let room = u64::from(model.context_tokens)
            .saturating_sub(prompt)
            .saturating_sub(self.max_tokens.into());
        let thoughts = model.parameters.thought_tokens();
        let thoughts = thoughts.min(u32::try_from(room).unwrap_or(u32::MAX));
        let tokens = self.max_tokens.saturating_add(thoughts);
        tokens.min(model.max_output_tokens.unwrap_or(u32::MAX))
    }
}

/// Checks whether a model is eligible for a request. Returns the amount to reserve for the call.
///
/// # Errors
/// The reason why the model is ineligible.
pub fn check_eligible(
    choice: Choice<'_>,
    requirements: Requirements,
    caps: Caps,
) -> Result<Spend, &'static str> {
    let model = choice.model;
    if requirements.json && !model.json {
        return Err("it does not support JSON schemas");
    }
    let output = requirements.max_tokens_of(model);
    if estimated_usage(requirements.prompt_bytes, 0).input + u64::from(output)
        > u64::from(model.context_tokens)
    {
        return Err("the prompt is longer than it can read");
    }
    caps.check(model.price, max_usage(requirements.prompt_bytes, output))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::catalog;

    fn providers() -> Vec<Provider> {
        let json = r#"[
            {"name": "dear", "kind": "openai", "models": [
                {"name": "large", "input_usd_per_million": 5, "output_usd_per_million": 15, "quality": 90, "context_tokens": 100000},
                {"name": "small", "input_usd_per_million": 0.1, "output_usd_per_million": 0.4, "quality": 40}]},
            {"name": "unpriced", "kind": "openrouter", "models": [{"name": "odd", "quality": 95, "json": false}]},
            {"name": "tier", "kind": "groq", "tier": "free", "models": ["fast"]},
            {"name": "box", "kind": "llamacpp", "models": [{"name": "tiny", "quality": 5, "context_tokens": 2048}]}
        ]"#;
        catalog::parse(json, &|_| None).unwrap()
    }

    fn names(routing: Routing, requested: &domain::Model) -> Vec<String> {
        let providers = providers();
        let order = order(&providers, routing, requested, 4_000, 100);
        order.iter().map(|choice| choice.model.name.clone()).collect()
    }

    #[test]
    fn thoughts_have_tokens_of_their_own() {
        let json = r#"[{"name": "p", "kind": "openai", "models": [
            "gpt-4.1", "gpt-5-mini", {"name": "gpt-5", "reasoning_effort": "high"},
            {"name": "o3", "max_output_tokens": 600}, {"name": "o4-mini", "reasoning_effort": "none"}]}]"#;
        let providers = catalog::parse(json, &|_| None).unwrap();
        let requirements = Requirements {
            max_tokens: 400,
            ..Requirements::default()
        };
        let models = providers[0].models.iter();
        let tokens: Vec<u32> = models.map(|model| requirements.max_tokens_of(model)).collect();
        // The third has a context window of 8,192.
        assert_eq!(tokens, [400, 1_424, 8_192, 600, 400]);
    }

    #[test]
    fn each_strategy_has_its_order() {
        let auto = domain::Model::Auto;
        assert_eq!(
            names(Routing::Ordered, &auto),
            ["large", "small", "odd", "fast", "tiny"]
        );
        assert_eq!(
            names(Routing::FreeFirst, &auto),
            ["tiny", "fast", "large", "small", "odd"]
        );
        assert_eq!(
            names(Routing::Cheapest, &auto),
            ["fast", "tiny", "small", "large", "odd"]
        );
        assert_eq!(
            names(Routing::Best, &auto),
            ["odd", "large", "fast", "small", "tiny"]
        );
    }

    #[test]
    fn a_request_may_name_a_model_a_provider_or_both() {
        let named = |name: &str| names(Routing::Ordered, &domain::Model::Named(name.to_owned()));
        assert_eq!(named("small"), ["small"]);
        assert_eq!(named("dear"), ["large", "small"]);
        assert_eq!(named("dear/large"), ["large"]);
        assert_eq!(named("dear/tiny"), [""; 0]);
        assert!(serves(&providers(), "box/tiny") && !serves(&providers(), "box/"));
        assert_eq!(names(Routing::Ordered, &domain::Model::Extractive), [""; 0]);
    }

    #[test]
    fn ineligible_models_have_a_reason() {
        let providers = providers();
        let all: Vec<Choice<'_>> = choices(&providers).collect();
        let requirements = Requirements {
            prompt_bytes: 10_000,
            max_tokens: 500,
            json: true,
        };
        let caps = Caps::parse(r#"{"request": {"usd": 0.02}}"#).unwrap();
        let reasons: Vec<_> = all
            .iter()
            .map(|choice| check_eligible(*choice, requirements, caps).err())
            .collect();
        assert_eq!(
            reasons,
            [
                Some("the call could cost more than the request cap"),
                None,
                Some("it does not support JSON schemas"),
                None,
                Some("the prompt is longer than it can read"),
            ]
        );
    }
}
