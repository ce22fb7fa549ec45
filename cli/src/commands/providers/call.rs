//! A single model call through the functions' router, without fallbacks, budgets or shared circuit breakers.

use std::sync::Arc;
use std::time::Duration;

use shared::deadline::Deadline;
use shared::domain::{Attempt, Completion, Model, OnInterruption, Progress, Prompt, UserId};
use shared::llm::budget::Caps;
use shared::llm::routing::{Choice, Routing};
use shared::llm::wire::Parameters;
use shared::llm::{Router, Settings};
use shared::ports::{GenerateRequest, Llm, LlmError, Secrets};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Creates a router with a single model.
pub(super) fn router(choice: Choice<'_>, secrets: &Arc<dyn Secrets>) -> Router {
    let mut provider = choice.provider.clone();
    provider.models = vec![choice.model.clone()];
    let settings = Settings {
        providers: vec![provider],
        routing: Routing::Ordered,
        caps: Caps::default(),
    };
    Router::standalone(settings, Arc::clone(secrets))
}

/// The result of a model call.
pub(super) struct CallResult {
    /// The last attempt; the router retries a transient failure once. `None` when the model was not called.
    pub(super) attempt: Option<Attempt>,
    /// The parameters that the model takes, as far as the call has shown.
    pub(super) parameters: Parameters,
    pub(super) completion: Result<Completion, LlmError>,
    /// The time to first token; `None` when the model sent no text.
    pub(super) time_to_first_token: Option<Duration>,
    /// The duration of the call.
    pub(super) duration: Duration,
}

/// Calls the router's model once.
pub(super) async fn call(router: &Router, choice: Choice<'_>, prompt: &Prompt) -> CallResult {
    let started = Instant::now();
    let mut time_to_first_token = None;
    let mut progress = |progress: Progress| {
        match progress {
            Progress::Delta(_) if time_to_first_token.is_none() => {
                time_to_first_token = Some(started.elapsed());
            }
            // The router discarded the text so far.
            Progress::Restart => time_to_first_token = None,
            _ => {}
        }
        true
    };
    let request = GenerateRequest {
        user: &UserId::anonymous(),
        model: &Model::Auto,
        prompt,
        deadline: Deadline::after(CALL_TIMEOUT),
        on_interruption: OnInterruption::Restart,
        cancellation: &CancellationToken::new(),
        enough: &CancellationToken::new(),
    };
    let mut outcome = router.generate(request, &mut progress).await;
    CallResult {
        attempt: outcome.attempts.pop(),
        parameters: router.parameters(choice),
        completion: outcome.result,
        time_to_first_token,
        duration: started.elapsed(),
    }
}
