//! The router: tries candidates in order, each at most twice, within one deadline and one budget.

pub(super) mod check;
mod embedder;
mod learned;
mod timing;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};

use self::{
    learned::LearnedParameters,
    timing::{call_timeouts, retry_wait},
};
use super::{
    breaker::CircuitBreaker,
    budget::{Budget, dollars, max_usage},
    catalog::Provider,
    failure::Failure,
    keys::api_key,
    reply::{ProviderReply, Received},
    routing::{self, Choice, Requirements},
    run::{MIN_TIME, Run, Work, target},
    settings::Settings,
    transport::Transport,
    wire::{self, ApiKey, Parameter, Parameters, ReplyError},
};
use crate::{
    domain::{Candidate, Completion, FinishReason, Model, OnInterruption, Progress},
    ports::{GenerateOutcome, GenerateRequest, Llm, LlmError, ProviderHealth, Secrets, Spend, SpendLedger},
};

/// The most parameters that a model may refuse in one request: each costs a call.
const MAX_REFUSALS: usize = 3;
/// The timeout of fetching an API key.
const KEY_TIMEOUT: Duration = Duration::from_secs(2);
/// The timeout of listing models.
const LIST_MODELS_TIMEOUT: Duration = Duration::from_secs(10);

/// The client of all configured providers: routes, retries and falls back.
pub struct Router {
    settings: Settings,
    breaker: CircuitBreaker,
    budget: Budget,
    secrets: Arc<dyn Secrets>,
    transport: Transport,
    learned: LearnedParameters,
}

impl Router {
    /// Creates a router with these settings.
    pub fn new(
        settings: Settings,
        health: Arc<dyn ProviderHealth>,
        ledger: Arc<dyn SpendLedger>,
        secrets: Arc<dyn Secrets>,
    ) -> Self {
        Self {
            breaker: CircuitBreaker::new(health),
            budget: Budget::new(settings.caps, ledger),
            secrets,
            transport: Transport::default(),
            learned: LearnedParameters::default(),
            settings,
        }
    }

    /// Lists the models of a provider. The request is free and verifies the base URL and the API key.
    ///
    /// # Errors
    /// The failure of the call.
    pub async fn list_models(&self, provider: &Provider) -> Result<Vec<String>, Failure> {
        let key = self.api_key(provider).await?;
        let request = wire::list_models(
            provider.kind,
            wire::Target {
                base_url: &provider.base_url,
                key: key.as_ref(),
                model: "",
                parameters: Parameters::default(),
            },
        );
        let total = provider.timeouts.total.min(LIST_MODELS_TIMEOUT);
        let body = self.transport.fetch(provider, request, total).await?;
        Ok(wire::read_models(provider.kind, &body)?)
    }

    /// Returns the API key of a provider; `None` when it needs none.
    ///
    /// # Errors
    /// When it cannot be fetched or sent.
    pub async fn api_key(&self, provider: &Provider) -> Result<Option<ApiKey>, Failure> {
        match timeout(KEY_TIMEOUT, api_key(provider, &self.secrets)).await {
            Ok(key) => key,
            Err(_elapsed) => Err(Failure::Key("the lookup timed out")),
        }
    }

    /// Returns the parameters of requests to a model: as configured, without those that it has refused.
    pub fn parameters(&self, choice: Choice<'_>) -> Parameters {
        self.learned.get(choice)
    }

    /// Returns the candidates for a request, in order.
    fn candidates(&self, model: &Model, requirements: Requirements) -> Vec<Choice<'_>> {
        routing::order(
            &self.settings.providers,
            self.settings.routing,
            model,
            requirements.prompt_bytes,
            requirements.max_tokens,
        )
    }

    /// Tries the candidates in order until one completes the work.
    async fn execute<'a>(
        &self,
        run: &mut Run<'_>,
        candidates: Vec<Choice<'a>>,
    ) -> Result<(Choice<'a>, ProviderReply), LlmError> {
        if candidates.is_empty() {
            return Err(LlmError::NoProvider);
        }
        self.breaker.refresh().await;
        let requirements = run.work.requirements();
        let mut eligible = Vec::new();
        for choice in candidates {
            match routing::check_eligible(choice, requirements, self.settings.caps) {
                Ok(amount) => eligible.push((choice, amount)),
                Err(reason) => run.skip(choice, reason),
            }
        }
        // With every circuit open, all candidates are tried: a failed call costs less than no answer.
        let all_open = eligible
            .iter()
            .all(|(choice, _)| self.breaker.open_reason(*choice).is_some());
        let mut too_small_context = 0;
        for (index, (choice, amount)) in eligible.iter().copied().enumerate() {
            if run.deadline.left() < MIN_TIME {
                return Err(LlmError::Deadline);
            }
            if let Some(reason) = self.breaker.open_reason(choice).filter(|_| !all_open) {
                run.skip(choice, reason);
                continue;
            }
            if choice.model.context_tokens <= too_small_context {
                run.skip(
                    choice,
                    "the prompt was too long for a context window of this size or larger",
                );
                continue;
            }
            let has_fallback = index + 1 < eligible.len();
            let Some(reply) = self.call_with_retry(run, choice, amount, has_fallback).await else {
                continue;
            };
            match &reply.end {
                Ok(_) => return Ok((choice, reply)),
                Err(Failure::Cancelled) => return Err(LlmError::Cancelled),
                Err(_) if run.is_delivered => return Err(LlmError::Incomplete { text: reply.text }),
                Err(failure) if failure.is_context_length() => {
                    too_small_context = too_small_context.max(choice.model.context_tokens);
                }
                Err(_) => {}
            }
        }
        Err(run.error())
    }

    /// Calls one candidate, with at most one retry, and once more for each parameter that it refuses. `None` when the
    /// budget refuses the reservation.
    async fn call_with_retry(
        &self,
        run: &mut Run<'_>,
        choice: Choice<'_>,
        amount: Spend,
        has_fallback: bool,
    ) -> Option<ProviderReply> {
        let mut is_retry = false;
        let mut refusals = 0;
        let mut parameters = self.learned.get(choice);
        loop {
            let reservations = match self.budget.reserve(run.user, amount, Timestamp::now()).await {
                Ok(reservations) => reservations,
                Err(refusal) => {
                    run.record_refusal(choice, refusal);
                    return None;
                }
            };
            self.breaker.on_call(choice);
            let started = Instant::now();
            let reply = self.call(run, choice, parameters, has_fallback).await;
            let tokens = run.work.tokens(&reply);
            let nanodollars = choice.model.price.map_or(0, |price| price.cost(tokens));
            let spent = Spend {
                tokens: tokens.input.saturating_add(tokens.output),
                nanodollars,
            };
            self.budget.settle(reservations, spent).await;
            run.record_call(choice, &reply, tokens, nanodollars, started);
            // A call that is rejected all the same shows nothing.
            if refusals > 0 && !matches!(reply.status, Some(400 | 422)) {
                self.learned.set(choice, parameters);
            }
            let Err(failure) = &reply.end else {
                self.breaker.on_success(choice);
                return Some(reply);
            };
            let keeps_text = run.is_delivered && run.on_interruption == OnInterruption::Incomplete;
            if !keeps_text {
                run.restart();
            }
            let accepted = run
                .work
                .without_refused(choice.provider, parameters, failure)
                .filter(|_| refusals < MAX_REFUSALS && !keeps_text && run.deadline.left() > MIN_TIME);
            if let Some(accepted) = accepted {
                parameters = accepted;
                refusals += 1;
                continue;
            }
            match retry_wait(failure, has_fallback, run.deadline) {
                Some(wait) if !is_retry && !keeps_text => sleep(wait).await,
                _ => {
                    self.breaker.on_failure(choice, failure).await;
                    return Some(reply);
                }
            }
            is_retry = true;
        }
    }

    /// Calls one candidate once.
    async fn call(
        &self,
        run: &mut Run<'_>,
        choice: Choice<'_>,
        parameters: Parameters,
        has_fallback: bool,
    ) -> ProviderReply {
        let whole;
        let choice = if parameters.has(Parameter::Stream) {
            choice
        } else {
            whole = Provider {
                stream: false,
                ..choice.provider.clone()
            };
            Choice {
                provider: &whole,
                ..choice
            }
        };
        let provider = choice.provider;
        let timeouts = call_timeouts(provider, run.deadline, has_fallback);
        let key = match self.api_key(provider).await {
            Ok(key) => key,
            Err(failure) => return ProviderReply::failed(failure),
        };
        let Some(request) = run.work.request(
            choice,
            target(choice, &provider.base_url, key.as_ref(), parameters),
        ) else {
            return ProviderReply::failed(ReplyError::Malformed("available in this API format").into());
        };
        let prompt = match run.work {
            Work::Embed(texts, _) => {
                return self
                    .transport
                    .embed(provider, request, timeouts.total, texts.len())
                    .await;
            }
            Work::Generate(prompt) => prompt,
        };
        let (progress, has_text, is_delivered) =
            (&mut *run.progress, &mut run.has_text, &mut run.is_delivered);
        let is_json = prompt.schema.is_some();
        let may_restart = run.on_interruption == OnInterruption::Restart;
        let (mut text, mut generated_bytes) = (String::new(), 0);
        let mut on_received = |received: Received<'_>| {
            match received {
                Received::Generated(bytes) => generated_bytes += bytes,
                Received::Text(more) => {
                    *has_text = true;
                    text.push_str(more);
                    *is_delivered |= progress(Progress::Delta(more.to_owned()));
                }
                Received::Retract if *is_delivered && !may_restart => {}
                Received::Retract => {
                    text.clear();
                    *is_delivered = false;
                    if std::mem::take(has_text) {
                        progress(Progress::Restart);
                    }
                    return true;
                }
            }
            false
        };
        let reply = self
            .transport
            .generate(provider, request, timeouts, is_json, &mut on_received);
        let reply = tokio::select! {
            reply = reply => Ok(reply),
            () = run.cancellation.cancelled() => Err(Err(Failure::Cancelled)),
            () = run.enough.cancelled() => Err(Ok(FinishReason::Stop)),
        };
        // The text received before the end is billed.
        let mut reply = reply.unwrap_or_else(|end| ProviderReply {
            text,
            generated_bytes,
            status: Some(200),
            end,
            ..ProviderReply::failed(Failure::Cancelled)
        });
        if is_json && reply.end == Ok(FinishReason::Stop) && !is_valid_json(&reply.text) {
            reply.end = Err(ReplyError::Malformed("the JSON that was asked for").into());
        }
        reply
    }
}

#[async_trait]
impl Llm for Router {
    fn serves(&self, model: &str) -> bool {
        routing::serves(&self.settings.providers, model)
    }

    fn plan(&self, model: &Model, prompt_bytes: usize, max_tokens: u32) -> Vec<Candidate> {
        let requirements = Requirements {
            prompt_bytes,
            max_tokens,
            json: false,
        };
        let candidate = |choice: Choice<'_>| {
            let check = routing::check_eligible(choice, requirements, self.settings.caps);
            let tokens = max_usage(prompt_bytes, requirements.max_tokens_of(choice.model));
            Candidate {
                provider: choice.provider.name.clone(),
                model: choice.model.name.clone(),
                context_tokens: choice.model.context_tokens,
                ineligible: check
                    .err()
                    .map(str::to_owned)
                    .or_else(|| self.breaker.open_reason(choice)),
                cost_usd: choice.model.price.map(|price| dollars(price.cost(tokens))),
            }
        };
        self.candidates(model, requirements)
            .into_iter()
            .map(candidate)
            .collect()
    }

    async fn warm(&self) {
        let Some(first) = self
            .candidates(&Model::Auto, Requirements::default())
            .into_iter()
            .next()
        else {
            return;
        };
        // A failure here recurs in the call, which reports it.
        let _ = self.transport.client(first.provider);
        let _ = tokio::join!(self.breaker.refresh(), self.api_key(first.provider));
    }

    async fn generate(
        &self,
        request: GenerateRequest<'_>,
        progress: &mut (dyn FnMut(Progress) -> bool + Send),
    ) -> GenerateOutcome {
        let GenerateRequest {
            user,
            model,
            prompt,
            deadline,
            on_interruption,
            cancellation,
            enough,
        } = request;
        let work = Work::Generate(prompt);
        let mut run = Run::new(
            user,
            work,
            deadline,
            on_interruption,
            progress,
            cancellation,
            enough,
        );
        let result = self
            .execute(&mut run, self.candidates(model, work.requirements()))
            .await;
        let result = result.map(|(choice, reply)| Completion {
            text: reply.text,
            finish: reply.end.unwrap_or(FinishReason::Stop),
            provider: choice.provider.name.clone(),
            model: choice.model.name.clone(),
        });
        GenerateOutcome {
            attempts: run.attempts,
            result,
        }
    }
}

/// Returns whether the text is one JSON value.
fn is_valid_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
