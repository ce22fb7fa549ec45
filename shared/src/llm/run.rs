//! The state of one request: its work, its deadline and the attempts so far.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Level;
use url::Url;

use super::{
    budget::{Refusal, dollars, estimated_usage},
    catalog::{Embedding, Provider},
    failure::Failure,
    reply::ProviderReply,
    routing::{Choice, Requirements},
    wire::{self, ApiKey, Parameter, Parameters, ProviderRequest, Target},
};
use crate::{
    deadline::Deadline,
    domain::{Attempt, OnInterruption, Progress, Prompt, TextUse, Tokens, UserId},
    ports::LlmError,
    telemetry::{Line, MODEL_CALLS},
};

/// The minimum remaining time to start a call.
pub(super) const MIN_TIME: Duration = Duration::from_millis(50);

/// The work of a request: generate a text or embed texts.
#[derive(Clone, Copy)]
pub(super) enum Work<'a> {
    Generate(&'a Prompt),
    Embed(&'a [String], TextUse),
}

impl Work<'_> {
    /// Returns the requirements on a model.
    pub(super) fn requirements(self) -> Requirements {
        match self {
            Self::Generate(prompt) => Requirements {
                prompt_bytes: prompt.bytes(),
                max_tokens: prompt.max_tokens,
                json: prompt.schema.is_some(),
            },
            Self::Embed(texts, _) => Requirements {
                prompt_bytes: texts.iter().map(String::len).sum(),
                max_tokens: 0,
                json: false,
            },
        }
    }

    /// Returns the parameters without the one that a provider refused; `None` when another call would not differ.
    pub(super) fn without_refused(
        self,
        provider: &Provider,
        parameters: Parameters,
        failure: &Failure,
    ) -> Option<Parameters> {
        let Self::Generate(prompt) = self else {
            return None;
        };
        let stream = provider.stream && parameters.has(Parameter::Stream);
        wire::without_refused(
            provider.kind,
            parameters,
            failure.refused_parameter()?,
            prompt,
            stream,
        )
    }

    /// Creates the provider request; `None` when the API format does not support the work.
    pub(super) fn request(self, choice: Choice<'_>, target: Target<'_>) -> Option<ProviderRequest> {
        let Choice { provider, model } = choice;
        match self {
            Self::Generate(prompt) => {
                let max_tokens = self.requirements().max_tokens_of(model);
                let prompt = Prompt {
                    max_tokens,
                    ..prompt.clone()
                };
                Some(wire::generate(provider.kind, target, &prompt, provider.stream))
            }
            Self::Embed(texts, text_use) => {
                wire::embed(provider.kind, target, texts, text_use, dimensions(provider))
            }
        }
    }

    /// Returns the tokens of a call as the provider reports them. Without a report, or if the reply was interrupted, at
    /// least the estimate for the generated text. A rejected call uses none.
    pub(super) fn tokens(self, reply: &ProviderReply) -> Tokens {
        let estimate = estimated_usage(self.requirements().prompt_bytes, reply.generated_bytes);
        match reply.tokens {
            Some(tokens) if reply.end.is_ok() => tokens,
            Some(tokens) => Tokens {
                input: tokens.input.max(estimate.input),
                output: tokens.output.max(estimate.output),
            },
            None if reply.status == Some(200) => estimate,
            None => Tokens::default(),
        }
    }
}

fn dimensions(provider: &Provider) -> Option<u32> {
    provider
        .embedding
        .as_ref()
        .and_then(|Embedding { dimensions, .. }| *dimensions)
}

/// The state of one request.
pub(super) struct Run<'a> {
    pub(super) user: &'a UserId,
    pub(super) work: Work<'a>,
    pub(super) deadline: Deadline,
    pub(super) on_interruption: OnInterruption,
    pub(super) progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
    pub(super) attempts: Vec<Attempt>,
    /// Whether text of the current attempt was received and passed to `progress`.
    pub(super) has_text: bool,
    /// Whether `progress` reported that text of the current attempt was delivered.
    pub(super) is_delivered: bool,
    pub(super) cancellation: &'a CancellationToken,
    pub(super) enough: &'a CancellationToken,
    was_called: bool,
    was_refused: bool,
}

impl<'a> Run<'a> {
    /// Creates the state of a request without attempts.
    pub(super) fn new(
        user: &'a UserId,
        work: Work<'a>,
        deadline: Deadline,
        on_interruption: OnInterruption,
        progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
        cancellation: &'a CancellationToken,
        enough: &'a CancellationToken,
    ) -> Self {
        Self {
            user,
            work,
            deadline,
            on_interruption,
            progress,
            attempts: Vec::new(),
            has_text: false,
            is_delivered: false,
            cancellation,
            enough,
            was_called: false,
            was_refused: false,
        }
    }

    /// Discards the text of the current attempt, and emits [`Progress::Restart`] if there was any.
    pub(super) fn restart(&mut self) {
        self.is_delivered = false;
        if std::mem::take(&mut self.has_text) {
            (self.progress)(Progress::Restart);
        }
    }

    /// Records a skipped candidate.
    pub(super) fn skip(&mut self, choice: Choice<'_>, reason: impl ToString) {
        let attempt = attempt(choice, "skipped", Some(reason.to_string()));
        self.push(attempt);
    }

    /// Records a candidate for which the budget refused a reservation.
    pub(super) fn record_refusal(&mut self, choice: Choice<'_>, refusal: Refusal) {
        self.was_refused = true;
        let attempt = attempt(choice, "no_budget", Some(refusal.to_string()));
        self.push(attempt);
    }

    /// Records and logs a call. `cost` is in nanodollars.
    pub(super) fn record_call(
        &mut self,
        choice: Choice<'_>,
        reply: &ProviderReply,
        tokens: Tokens,
        cost: u64,
        started: Instant,
    ) {
        self.was_called = true;
        let failure = reply.end.as_ref().err();
        let outcome = failure.map_or("ok", |failure| failure.outcome());
        let attempt = Attempt {
            http_status: reply.status,
            ms: started.elapsed().as_millis() as u64,
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            cost_usd: dollars(cost),
            ..attempt(choice, outcome, failure.map(ToString::to_string))
        };
        Line::new(Level::INFO, "model call")
            .field("provider", attempt.provider.as_str())
            .field("model", attempt.model.as_str())
            .field("outcome", outcome)
            .field("http_status", attempt.http_status)
            .field("model_ms", attempt.ms)
            .field(
                "first_token_ms",
                reply.first_text.map(|first| first.as_millis() as u64),
            )
            .field("input_tokens", attempt.input_tokens)
            .field("output_tokens", attempt.output_tokens)
            .field("model_cost_usd", attempt.cost_usd)
            .field("reason", attempt.reason.as_deref())
            .write(&[MODEL_CALLS]);
        self.push(attempt);
    }

    fn push(&mut self, attempt: Attempt) {
        (self.progress)(Progress::Attempt(attempt.clone()));
        self.attempts.push(attempt);
    }

    /// Returns the error of a request that no candidate completed.
    pub(super) fn error(&self) -> LlmError {
        if self.deadline.left() < MIN_TIME {
            LlmError::Deadline
        } else if self.was_called {
            LlmError::AllFailed
        } else if self.was_refused {
            LlmError::BudgetExhausted
        } else {
            LlmError::NoneFits
        }
    }
}

fn attempt(choice: Choice<'_>, outcome: &str, reason: Option<String>) -> Attempt {
    Attempt {
        provider: choice.provider.name.clone(),
        model: choice.model.name.clone(),
        outcome: outcome.to_owned(),
        http_status: None,
        ms: 0,
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0.0,
        reason,
    }
}

/// Returns the target of a call: the model at its provider's base URL.
pub(super) fn target<'a>(
    choice: Choice<'a>,
    base_url: &'a Url,
    key: Option<&'a ApiKey>,
    parameters: Parameters,
) -> Target<'a> {
    Target {
        base_url,
        key,
        model: &choice.model.name,
        parameters,
    }
}
