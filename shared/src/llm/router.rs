//! The one retry loop: candidates in order, each at most twice, inside one deadline and one budget.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    breaker::Breaker,
    budget::{Budget, at_most, dollars},
    catalog::{Provider, Timeouts},
    failure::Failure,
    keys::key_of,
    routing::{self, Choice, Needs},
    run::{LEAST_TIME, Run, Work, target},
    settings::Settings,
    transport::{Reply, Transport},
    wire::{self, Fault},
};
use crate::{
    deadline::Deadline,
    domain::{Candidate, Completion, FinishReason, Model, OnInterruption, Progress, UserId},
    ports::{
        EmbedOutcome, Embedder, GenerateOutcome, GenerateRequest, Llm, LlmError, ProviderHealth, Secrets,
        Spend, SpendLedger,
    },
};

/// The wait before the second try when the provider does not name one, spread by up to as much again.
const BACKOFF: Duration = Duration::from_millis(150);
/// The longest wait for a provider while another could be asked.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most time that fetching a key may take.
const KEY_LIMIT: Duration = Duration::from_secs(2);
/// Texts that are turned into vectors by one call: what every provider takes.
const TEXTS_AT_ONCE: usize = 64;

/// Calls providers.
pub struct Router {
    settings: Settings,
    breaker: Breaker,
    budget: Budget,
    secrets: Arc<dyn Secrets>,
    transport: Transport,
}

impl Router {
    /// Over these providers.
    pub fn new(
        settings: Settings,
        health: Arc<dyn ProviderHealth>,
        ledger: Arc<dyn SpendLedger>,
        secrets: Arc<dyn Secrets>,
    ) -> Self {
        Self {
            breaker: Breaker::new(health),
            budget: Budget::new(settings.caps, ledger),
            secrets,
            transport: Transport::default(),
            settings,
        }
    }

    /// The models that a provider has, by a request that costs nothing: it proves the address and the key.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub async fn models_of(&self, provider: &Provider) -> Result<Vec<String>, Failure> {
        let key = self.key(provider).await?;
        let outgoing = wire::list_models(
            provider.kind,
            wire::Target {
                base_url: &provider.base_url,
                key: key.as_ref(),
                model: "",
                takes_temperature: true,
            },
        );
        let limits = Timeouts {
            total: provider.timeouts.total.min(PROBE_LIMIT),
            ..provider.timeouts
        };
        let body = self.transport.fetch(provider, outgoing, limits).await?;
        Ok(wire::read_models(provider.kind, &body)?)
    }

    async fn key(&self, provider: &Provider) -> Result<Option<SecretString>, Failure> {
        match timeout(KEY_LIMIT, key_of(provider, &self.secrets)).await {
            Ok(key) => key,
            Err(_elapsed) => Err(Failure::Key("it did not come in time")),
        }
    }

    fn order(&self, model: &Model, needs: Needs) -> Vec<Choice<'_>> {
        routing::order(
            &self.settings.providers,
            self.settings.routing,
            model,
            needs.prompt_bytes,
            needs.max_tokens,
        )
    }

    /// Tries candidates in order until one has done the work.
    async fn work<'a>(
        &self,
        run: &mut Run<'_>,
        order: Vec<Choice<'a>>,
    ) -> Result<(Choice<'a>, Reply), LlmError> {
        if order.is_empty() {
            return Err(LlmError::NoProvider);
        }
        self.breaker.refresh().await;
        let needs = run.work.needs();
        let mut fitting = Vec::new();
        for choice in order {
            match routing::fit(choice, needs, self.settings.caps) {
                Ok(amount) => fitting.push((choice, amount)),
                Err(reason) => run.pass_over(choice, reason),
            }
        }
        // When all rest, they are tried all the same: a refusal costs less than no answer.
        let all_open = fitting
            .iter()
            .all(|(choice, _)| self.breaker.open_reason(*choice).is_some());
        let mut too_small = 0;
        for (place, (choice, amount)) in fitting.iter().copied().enumerate() {
            if run.deadline.left() < LEAST_TIME {
                return Err(LlmError::Deadline);
            }
            if let Some(reason) = self.breaker.open_reason(choice).filter(|_| !all_open) {
                run.pass_over(choice, reason);
                continue;
            }
            if choice.model.context_tokens <= too_small {
                run.pass_over(choice, "one that reads as much found the prompt too long");
                continue;
            }
            let others = place + 1 < fitting.len();
            let Some(reply) = self.ask(run, choice, amount, others).await else {
                continue;
            };
            match &reply.end {
                Ok(_) => return Ok((choice, reply)),
                Err(Failure::Cancelled) => return Err(LlmError::Cancelled),
                Err(_) if run.shown => return Err(LlmError::Incomplete { text: reply.text }),
                Err(failure) if failure.is_context_length() => {
                    too_small = too_small.max(choice.model.context_tokens);
                }
                Err(_) => {}
            }
        }
        Err(run.why_not())
    }

    /// Calls one candidate, and once more if that may help. `None` when there is no money for it.
    async fn ask(&self, run: &mut Run<'_>, choice: Choice<'_>, amount: Spend, others: bool) -> Option<Reply> {
        let mut is_last = false;
        loop {
            let reservations = match self.budget.reserve(run.user, amount, Timestamp::now()).await {
                Ok(reservations) => reservations,
                Err(refusal) => {
                    run.refuse(choice, refusal);
                    return None;
                }
            };
            self.breaker.calls(choice);
            let started = Instant::now();
            let reply = self.call(run, choice, others).await;
            let tokens = run.work.tokens(&reply);
            let nanodollars = choice.model.price.map_or(0, |price| price.of(tokens));
            let tokens_in_all = tokens.input.saturating_add(tokens.output);
            let spent = Spend {
                tokens: tokens_in_all,
                nanodollars,
            };
            self.budget.settle(reservations, spent).await;
            run.record(choice, &reply, tokens, nanodollars, started);
            let Err(failure) = &reply.end else {
                self.breaker.succeeded(choice);
                return Some(reply);
            };
            let stands = run.shown && run.on_interruption == OnInterruption::Incomplete;
            if !stands {
                run.restart();
            }
            match wait_before_another_try(failure, others, run.deadline) {
                Some(wait) if !is_last && !stands => sleep(wait).await,
                _ => {
                    self.breaker.failed(choice, failure).await;
                    return Some(reply);
                }
            }
            is_last = true;
        }
    }

    async fn call(&self, run: &mut Run<'_>, choice: Choice<'_>, others: bool) -> Reply {
        let provider = choice.provider;
        let limits = limits(provider.timeouts, run.deadline, others);
        let key = match self.key(provider).await {
            Ok(key) => key,
            Err(failure) => return Reply::failed(failure),
        };
        let Some(outgoing) = run
            .work
            .outgoing(choice, target(choice, &provider.base_url, key.as_ref()))
        else {
            return Reply::failed(Fault::Malformed("possible in this format").into());
        };
        let prompt = match run.work {
            Work::Embed(texts) => {
                return self
                    .transport
                    .embed(provider, outgoing, limits, texts.len())
                    .await;
            }
            Work::Write(prompt) => prompt,
        };
        let (progress, told, shown) = (&mut *run.progress, &mut run.told, &mut run.shown);
        let mut came = String::new();
        let mut on_text = |text: &str| {
            *told = true;
            came.push_str(text);
            *shown |= progress(Progress::Delta(text.to_owned()));
        };
        let whole = tokio::select! {
            reply = self.transport.generate(provider, outgoing, limits, &mut on_text) => Some(reply),
            () = run.cancellation.cancelled() => None,
        };
        // What came until then was paid for.
        let mut reply = whole.unwrap_or_else(|| Reply {
            text: came,
            status: Some(200),
            ..Reply::failed(Failure::Cancelled)
        });
        if prompt.schema.is_some() && reply.end == Ok(FinishReason::Stop) && !is_json(&reply.text) {
            reply.end = Err(Fault::Malformed("the JSON that was asked for").into());
        }
        reply
    }
}

/// The most time that listing models may take.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

#[async_trait]
impl Llm for Router {
    fn serves(&self, model: &str) -> bool {
        routing::serves(&self.settings.providers, model)
    }

    fn plan(&self, model: &Model, prompt_bytes: usize, max_tokens: u32) -> Vec<Candidate> {
        let needs = Needs {
            prompt_bytes,
            max_tokens,
            json: false,
        };
        let candidate = |choice: Choice<'_>| {
            let fit = routing::fit(choice, needs, self.settings.caps);
            let tokens = at_most(prompt_bytes, needs.max_tokens_of(choice.model));
            Candidate {
                provider: choice.provider.name.clone(),
                model: choice.model.name.clone(),
                context_tokens: choice.model.context_tokens,
                ineligible: fit
                    .err()
                    .map(str::to_owned)
                    .or_else(|| self.breaker.open_reason(choice)),
                cost_usd: choice.model.price.map(|price| dollars(price.of(tokens))),
            }
        };
        self.order(model, needs).into_iter().map(candidate).collect()
    }

    async fn warm(&self) {
        let Some(first) = self.order(&Model::Auto, Needs::default()).into_iter().next() else {
            return;
        };
        // What fails here fails again in the call, and is told there.
        let _ = self.transport.prepare(first.provider);
        let _ = tokio::join!(self.breaker.refresh(), self.key(first.provider));
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
        } = request;
        let work = Work::Write(prompt);
        let mut run = Run::new(user, work, deadline, on_interruption, progress, cancellation);
        let result = self.work(&mut run, self.order(model, work.needs())).await;
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

#[async_trait]
impl Embedder for Router {
    fn space(&self) -> Option<String> {
        let embedding = self
            .settings
            .providers
            .iter()
            .find_map(|provider| provider.embedding.as_ref())?;
        let dimensions = embedding
            .dimensions
            .map_or("full".to_owned(), |dimensions| dimensions.to_string());
        Some(format!("{}@{dimensions}", embedding.model.name))
    }

    async fn embed(&self, user: &UserId, texts: &[String], deadline: Deadline) -> EmbedOutcome {
        let mut attempts = Vec::new();
        let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        let waiting = CancellationToken::new();
        for texts in texts.chunks(TEXTS_AT_ONCE) {
            let mut no_progress = |_| false;
            let mut run = Run::new(
                user,
                Work::Embed(texts),
                deadline,
                OnInterruption::Restart,
                &mut no_progress,
                &waiting,
            );
            let result = self.work(&mut run, self.embedders()).await;
            attempts.append(&mut run.attempts);
            match result {
                Ok((_, reply)) => vectors.extend(reply.vectors),
                Err(error) => {
                    return EmbedOutcome {
                        attempts,
                        result: Err(error),
                    };
                }
            }
        }
        let result = match vectors.first() {
            Some(first) if vectors.iter().any(|vector| vector.len() != first.len()) => {
                Err(LlmError::AllFailed)
            }
            _ => Ok(vectors),
        };
        EmbedOutcome { attempts, result }
    }
}

impl Router {
    /// Everyone who makes the vectors of our space: those of another model would mean something else.
    fn embedders(&self) -> Vec<Choice<'_>> {
        let providers = &self.settings.providers;
        let all = || {
            providers
                .iter()
                .filter_map(|provider| Some((provider, provider.embedding.as_ref()?)))
        };
        let Some((_, first)) = all().next() else {
            return Vec::new();
        };
        let same = all().filter(|(_, other)| {
            other.model.name == first.model.name && other.dimensions == first.dimensions
        });
        same.map(|(provider, embedding)| Choice {
            provider,
            model: &embedding.model,
        })
        .collect()
    }
}

/// How long to wait before the same provider is asked once more; `None` when it is not to be.
fn wait_before_another_try(failure: &Failure, others: bool, deadline: Deadline) -> Option<Duration> {
    if !failure.may_pass() {
        return None;
    }
    let wait = failure
        .retry_after()
        .unwrap_or_else(|| BACKOFF.mul_f64(1.0 + fastrand::f64()));
    let left = deadline.left();
    let patience = if others { PATIENCE.min(left / 4) } else { left / 2 };
    (wait <= patience && wait + LEAST_TIME < left).then_some(wait)
}

/// The provider's timeouts inside the time that is left. While another could be asked, silence may take half of it.
fn limits(timeouts: Timeouts, deadline: Deadline, others: bool) -> Timeouts {
    let left = deadline.left();
    let silence = if others { left / 2 } else { left };
    Timeouts {
        connect: timeouts.connect.min(silence),
        first_token: timeouts.first_token.min(silence),
        between_tokens: timeouts.between_tokens.min(silence),
        total: timeouts.total.min(left),
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
