//! In which order models are tried, and which of them fit a request.

use serde::Deserialize;

use super::{
    budget::{Caps, at_most, likely},
    catalog::{Model, Provider, Tier},
};
use crate::{domain, ports::Spend};

/// The order of the candidates. `LLM_ROUTING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routing {
    /// As they are configured.
    Ordered,
    /// Machines of our own, then free tiers, then what is billed.
    #[default]
    FreeFirst,
    /// By the price of the request; what has no known price comes last.
    Cheapest,
    /// By `quality`.
    Best,
}

impl Routing {
    /// # Errors
    /// The names that there are.
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

/// A model of a provider.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// Its model.
    pub model: &'a Model,
}

/// Whether a name of a request means this model: `model`, `provider` or `provider/model`.
fn is_called(choice: Choice<'_>, name: &str) -> bool {
    let (provider, model) = (choice.provider.name.as_str(), choice.model.name.as_str());
    name == model
        || name == provider
        || name
            .strip_prefix(provider)
            .and_then(|rest| rest.strip_prefix('/'))
            == Some(model)
}

/// Every model of every provider, in the order of the configuration.
pub fn choices(providers: &[Provider]) -> impl Iterator<Item = Choice<'_>> {
    providers.iter().flat_map(|provider| {
        provider
            .models
            .iter()
            .map(move |model| Choice { provider, model })
    })
}

/// Whether any model is meant by a name.
pub fn serves(providers: &[Provider], name: &str) -> bool {
    choices(providers).any(|choice| is_called(choice, name))
}

/// The models that a request may use, the one to be tried first first.
pub fn order<'a>(
    providers: &'a [Provider],
    routing: Routing,
    wanted: &domain::Model,
    prompt_bytes: usize,
    max_tokens: u32,
) -> Vec<Choice<'a>> {
    let mut order: Vec<Choice<'a>> = match wanted {
        domain::Model::Auto => choices(providers).collect(),
        domain::Model::Extractive => Vec::new(),
        domain::Model::Named(name) => choices(providers)
            .filter(|choice| is_called(*choice, name))
            .collect(),
    };
    let tokens = {
        let mut tokens = likely(prompt_bytes, 0);
        tokens.output = max_tokens.into();
        tokens
    };
    // The least first; those that are alike stay in the order of the list.
    order.sort_by_key(|choice| match routing {
        Routing::Ordered => 0,
        Routing::FreeFirst => tier(*choice) as u64,
        Routing::Cheapest => choice.model.price.map_or(u64::MAX, |price| price.of(tokens)),
        Routing::Best => u64::MAX - u64::from(choice.model.quality),
    });
    order
}

/// A model with a price is billed, whatever its provider's tier.
fn tier(choice: Choice<'_>) -> Tier {
    match choice.model.price {
        Some(price) if !price.is_free() => Tier::Paid,
        _ => choice.provider.tier,
    }
}

/// What a request needs of a model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// The size of the prompt.
    pub prompt_bytes: usize,
    /// The tokens to be written at most.
    pub max_tokens: u32,
    /// Whether the answer has to follow a schema.
    pub json: bool,
}

impl Needs {
    /// The tokens to ask a model for: it may write fewer than are wanted.
    pub fn max_tokens_of(self, model: &Model) -> u32 {
        self.max_tokens.min(model.max_output_tokens.unwrap_or(u32::MAX))
    }
}

/// What a call of this model has to reserve, or why it does not fit.
pub fn fit(choice: Choice<'_>, needs: Needs, caps: Caps) -> Result<Spend, &'static str> {
    let model = choice.model;
    if needs.json && !model.json {
        return Err("it cannot be held to a schema");
    }
    let written = needs.max_tokens_of(model);
    if likely(needs.prompt_bytes, 0).input + u64::from(written) > u64::from(model.context_tokens) {
        return Err("the prompt is longer than it can read");
    }
    caps.check(model.price, at_most(needs.prompt_bytes, written))
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

    fn names(routing: Routing, wanted: &domain::Model) -> Vec<String> {
        let providers = providers();
        let order = order(&providers, routing, wanted, 4_000, 100);
        order.iter().map(|choice| choice.model.name.clone()).collect()
    }

    #[test]
    fn each_routing_has_its_order() {
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
    fn what_does_not_fit_says_why() {
        let providers = providers();
        let all: Vec<Choice<'_>> = choices(&providers).collect();
        let needs = Needs {
            prompt_bytes: 10_000,
            max_tokens: 500,
            json: true,
        };
        let caps = Caps::parse(r#"{"request": {"usd": 0.02}}"#).unwrap();
        let fits: Vec<_> = all.iter().map(|choice| fit(*choice, needs, caps).err()).collect();
        assert_eq!(
            fits,
            [
                Some("it could cost more than one request may"),
                None,
                Some("it cannot be held to a schema"),
                None,
                Some("the prompt is longer than it can read"),
            ]
        );
    }
}
