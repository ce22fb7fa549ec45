//! One call of one model, as a function makes it, but with nothing shared and no second choice.

use std::sync::Arc;
use std::time::Duration;

use shared::deadline::Deadline;
use shared::domain::{Attempt, Completion, Model, OnInterruption, Progress, Prompt, UserId};
use shared::llm::budget::Caps;
use shared::llm::routing::{Choice, Routing};
use shared::llm::{Router, Settings, Standalone};
use shared::ports::{GenerateRequest, Llm, LlmError, Secrets};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The longest that one call is waited for.
const LIMIT: Duration = Duration::from_secs(60);

/// A router that knows only this model.
pub(super) fn router(choice: Choice<'_>, secrets: &Arc<dyn Secrets>) -> Router {
    let mut provider = choice.provider.clone();
    provider.models = vec![choice.model.clone()];
    let settings = Settings {
        providers: vec![provider],
        routing: Routing::Ordered,
        caps: Caps::default(),
    };
    Router::new(
        settings,
        Arc::new(Standalone),
        Arc::new(Standalone),
        Arc::clone(secrets),
    )
}

/// How a call went.
pub(super) struct Called {
    /// The last try: a passing failure is tried once more.
    pub(super) attempt: Option<Attempt>,
    pub(super) result: Result<Completion, LlmError>,
    /// Until the first words; `None` when there were none.
    pub(super) first_words: Option<Duration>,
    /// All of it.
    pub(super) whole: Duration,
}

pub(super) async fn call(router: &Router, prompt: &Prompt) -> Called {
    let started = Instant::now();
    let mut first_words = None;
    let mut progress = |progress: Progress| {
        match progress {
            Progress::Delta(_) if first_words.is_none() => first_words = Some(started.elapsed()),
            // What came was void: what counts begins anew.
            Progress::Restart => first_words = None,
            _ => {}
        }
        true
    };
    let request = GenerateRequest {
        user: &UserId::anonymous(),
        model: &Model::Auto,
        prompt,
        deadline: Deadline::after(LIMIT),
        on_interruption: OnInterruption::Restart,
        cancellation: &CancellationToken::new(),
    };
    let mut generated = router.generate(request, &mut progress).await;
    Called {
        attempt: generated.attempts.pop(),
        result: generated.result,
        first_words,
        whole: started.elapsed(),
    }
}
