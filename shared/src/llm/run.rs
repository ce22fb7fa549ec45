//! One request on its way: what is to be done, by when, and what was tried so far.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    budget::{Refusal, dollars, likely},
    catalog::{Embedding, Provider},
    routing::{Choice, Needs},
    transport::Reply,
    wire::{self, ProviderRequest, Target},
};
use crate::{
    deadline::Deadline,
    domain::{Attempt, OnInterruption, Progress, Prompt, Tokens, UserId},
    ports::LlmError,
};

/// With less time than this, nobody is called.
pub(super) const LEAST_TIME: Duration = Duration::from_millis(50);

/// What is to be done.
#[derive(Clone, Copy)]
pub(super) enum Work<'a> {
    Write(&'a Prompt),
    Embed(&'a [String]),
}

impl Work<'_> {
    pub(super) fn needs(self) -> Needs {
        match self {
            Self::Write(prompt) => Needs {
                prompt_bytes: prompt.bytes(),
                max_tokens: prompt.max_tokens,
                json: prompt.schema.is_some(),
            },
            Self::Embed(texts) => Needs {
                prompt_bytes: texts.iter().map(String::len).sum(),
                max_tokens: 0,
                json: false,
            },
        }
    }

    /// The request for it; `None` when the provider's format has none.
    pub(super) fn outgoing(self, choice: Choice<'_>, target: Target<'_>) -> Option<ProviderRequest> {
        let Choice { provider, model } = choice;
        match self {
            Self::Write(prompt) => {
                let max_tokens = self.needs().max_tokens_of(model);
                let prompt = Prompt {
                    max_tokens,
                    ..prompt.clone()
                };
                Some(wire::generate(provider.kind, target, &prompt, provider.stream))
            }
            Self::Embed(texts) => wire::embed(provider.kind, target, texts, dimensions(provider)),
        }
    }

    /// The tokens of a call, as the provider counts them. Where it does not, or breaks off before it has, at least those
    /// of the text that came. A call that was refused took none.
    pub(super) fn tokens(self, reply: &Reply) -> Tokens {
        let likely = likely(self.needs().prompt_bytes, reply.text.len());
        match reply.tokens {
            Some(tokens) if reply.end.is_ok() => tokens,
            Some(tokens) => Tokens {
                input: tokens.input.max(likely.input),
                output: tokens.output.max(likely.output),
            },
            None if reply.status == Some(200) => likely,
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

/// One request on its way.
pub(super) struct Run<'a> {
    pub(super) user: &'a UserId,
    pub(super) work: Work<'a>,
    pub(super) deadline: Deadline,
    pub(super) on_interruption: OnInterruption,
    pub(super) progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
    pub(super) attempts: Vec<Attempt>,
    /// Text of the attempt under way has come.
    pub(super) told: bool,
    /// Something of it has been shown.
    pub(super) shown: bool,
    pub(super) cancellation: &'a CancellationToken,
    called: bool,
    refused: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        user: &'a UserId,
        work: Work<'a>,
        deadline: Deadline,
        on_interruption: OnInterruption,
        progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
        cancellation: &'a CancellationToken,
    ) -> Self {
        Self {
            user,
            work,
            deadline,
            on_interruption,
            progress,
            attempts: Vec::new(),
            told: false,
            shown: false,
            cancellation,
            called: false,
            refused: false,
        }
    }

    /// Takes back what came of the attempt.
    pub(super) fn restart(&mut self) {
        self.shown = false;
        if std::mem::take(&mut self.told) {
            (self.progress)(Progress::Restart);
        }
    }

    /// Notes a candidate that is not called.
    pub(super) fn pass_over(&mut self, choice: Choice<'_>, reason: impl ToString) {
        let attempt = attempt(choice, "skipped", Some(reason.to_string()));
        self.push(attempt);
    }

    /// Notes a candidate that there is no money for.
    pub(super) fn refuse(&mut self, choice: Choice<'_>, refusal: Refusal) {
        self.refused = true;
        let attempt = attempt(choice, "no_budget", Some(refusal.to_string()));
        self.push(attempt);
    }

    /// Notes a call.
    pub(super) fn record(
        &mut self,
        choice: Choice<'_>,
        reply: &Reply,
        tokens: Tokens,
        cost: u64,
        started: Instant,
    ) {
        self.called = true;
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
        tracing::info!(
            provider = attempt.provider,
            model = attempt.model,
            outcome,
            http_status = attempt.http_status,
            ms = attempt.ms,
            first_token_ms = reply.first_text.map(|first| first.as_millis() as u64),
            input_tokens = attempt.input_tokens,
            output_tokens = attempt.output_tokens,
            cost_usd = attempt.cost_usd,
            reason = attempt.reason,
            "model call"
        );
        self.push(attempt);
    }

    fn push(&mut self, attempt: Attempt) {
        (self.progress)(Progress::Attempt(attempt.clone()));
        self.attempts.push(attempt);
    }

    /// Why nobody did the work.
    pub(super) fn why_not(&self) -> LlmError {
        if self.deadline.left() < LEAST_TIME {
            LlmError::Deadline
        } else if self.called {
            LlmError::AllFailed
        } else if self.refused {
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

/// A model of a provider, to be called at its address.
pub(super) fn target<'a>(
    choice: Choice<'a>,
    base_url: &'a Url,
    key: Option<&'a secrecy::SecretString>,
) -> Target<'a> {
    Target {
        base_url,
        key,
        model: &choice.model.name,
        takes_temperature: choice.model.temperature,
    }
}
