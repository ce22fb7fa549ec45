//! The ports to language models, and to what their router remembers between invocations.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use secrecy::SecretString;

use tokio_util::sync::CancellationToken;

use super::StoreError;
use crate::{
    deadline::Deadline,
    domain::{Attempt, Candidate, Completion, Model, OnInterruption, Progress, Prompt, UserId},
};

/// Writes text with language models.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Whether a request may name this model.
    fn serves(&self, model: &str) -> bool;

    /// Who would be called for a prompt of this many bytes and tokens to write, in order, with the reasons against some.
    /// Calls nobody.
    fn plan(&self, model: &Model, prompt_bytes: usize, max_tokens: u32) -> Vec<Candidate>;

    /// Fetches what the first call needs, such as keys, so that it can run beside other work. Failures show in the call.
    async fn warm(&self);

    /// Has the prompt answered by the first candidate that can, telling `progress` of each step. It says whether anything of
    /// what came so far has been shown: what was not can begin anew with another model.
    async fn generate(
        &self,
        request: GenerateRequest<'_>,
        progress: &mut (dyn FnMut(Progress) -> bool + Send),
    ) -> GenerateOutcome;
}

/// One text to be written.
#[derive(Debug, Clone, Copy)]
pub struct GenerateRequest<'a> {
    /// On whose account.
    pub user: &'a UserId,
    /// By whom.
    pub model: &'a Model,
    /// What.
    pub prompt: &'a Prompt,
    /// By when.
    pub deadline: Deadline,
    /// What to do when a model breaks off after something of its text was shown.
    pub on_interruption: OnInterruption,
    /// Who waits for it: when they leave, the call ends, and what was spent is settled.
    pub cancellation: &'a CancellationToken,
}

/// How it went.
#[derive(Debug)]
pub struct GenerateOutcome {
    /// The calls, in order, and the candidates that were passed over.
    pub attempts: Vec<Attempt>,
    /// The text.
    pub result: Result<Completion, LlmError>,
}

/// Why there is no whole text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// None is configured.
    #[error("no model provider is configured")]
    NoProvider,
    /// None may be called: each is too small, too dear or resting after failures.
    #[error("no model fits the request")]
    NoneFits,
    /// The caps on tokens or money leave no room for the request.
    #[error("the budget for models is used up")]
    BudgetExhausted,
    /// Each that was called failed.
    #[error("every model provider failed")]
    AllFailed,
    /// Time ran out.
    #[error("no model answered in time")]
    Deadline,
    /// Nobody waits for the text any more.
    #[error("the caller has left")]
    Cancelled,
    /// A model broke off after its first words.
    #[error("the model broke off in the middle of its answer")]
    Incomplete {
        /// What it had written.
        text: String,
    },
}

/// Turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// The provider, the model and so the meaning of the vectors; `None` when no provider embeds.
    fn space(&self) -> Option<String>;

    /// One vector for each text, in order, all of the same length.
    async fn embed(&self, user: &UserId, texts: &[String], deadline: Deadline) -> EmbedOutcome;
}

/// How embedding went.
#[derive(Debug)]
pub struct EmbedOutcome {
    /// The calls, in order.
    pub attempts: Vec<Attempt>,
    /// The vectors.
    pub result: Result<Vec<Vec<f32>>, LlmError>,
}

/// Why a key could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is none of this name.
    #[error("there is no parameter of this name")]
    Missing,
    /// The store of parameters failed or refused.
    #[error("the parameter could not be read")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Fetches keys of providers. Calls `ssm:GetParameter`.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The decrypted value of a parameter. `/aws/reference/secretsmanager/NAME` names a secret of Secrets Manager.
    async fn get(&self, parameter: &str) -> Result<SecretString, SecretError>;
}

/// A provider and model that rests after failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCircuit {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Not to be called before.
    pub until: Timestamp,
    /// The failure, as an attempt names its outcome.
    pub reason: String,
}

/// Shares between containers which providers rest. Needs `Query` and `PutItem` on the access table.
#[async_trait]
pub trait ProviderHealth: Send + Sync {
    /// Those that rest now.
    async fn open_circuits(&self, now: Timestamp) -> Result<Vec<OpenCircuit>, StoreError>;

    /// Lets one rest.
    async fn record_open_circuit(&self, circuit: &OpenCircuit) -> Result<(), StoreError>;
}

/// Tokens and money, of a reservation or spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spend {
    /// Tokens read and written.
    pub tokens: u64,
    /// Billionths of a US dollar.
    pub nanodollars: u64,
}

/// The most that may be spent; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cap {
    /// Tokens read and written.
    pub tokens: Option<u64>,
    /// Billionths of a US dollar.
    pub nanodollars: Option<u64>,
}

/// Whose spending of a day is counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// One user's.
    User(UserId),
    /// That of all users.
    Everyone,
}

/// One reservation on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Unique; names the reservation in its row.
    pub id: String,
    /// Where it is counted.
    pub account: Account,
    /// On which day, UTC.
    pub day: Date,
    /// How much.
    pub amount: Spend,
}

/// How long a reservation holds when nobody settles it: longer than any invocation.
pub const RESERVATION_LIFE: Duration = Duration::from_secs(900);

/// Holds spending under its caps. Needs `UpdateItem` on the access table.
///
/// What is spent or reserved never passes a cap, however many reserve at once: the sum and the reservation are one
/// conditional write. A reservation that nobody settles is given back once its life has passed.
#[async_trait]
pub trait SpendLedger: Send + Sync {
    /// Reserves, unless the sum would pass the cap: then `false`.
    async fn reserve(&self, reservation: &Reservation, cap: Cap, now: Timestamp) -> Result<bool, StoreError>;

    /// Puts what was spent in the place of the reservation. Counts once, however often it is called.
    async fn settle(&self, reservation: &Reservation, spent: Spend) -> Result<(), StoreError>;
}
