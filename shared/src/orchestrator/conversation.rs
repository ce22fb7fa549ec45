//! Conversations: a question that refers to the one before it is read with it. What is kept of a conversation is the id of
//! its last answer, so that deleting an answer forgets it here too.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{
    agents::follow_up::{Completed, FollowUp, Turn, may_depend},
    deadline::Deadline,
    domain::{Ask, Attempt, QueryId, Stage, UserId},
    error::source_chain,
    isolate::{Branch, branch},
    ports::{CacheAnswers, Llm, StoreError, StoredAnswer},
};

/// How long a conversation is remembered after its last question.
const TTL: SignedDuration = SignedDuration::from_hours(24);
/// The longest that a model and the reads may take.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Reads follow-ups, and remembers the last answer of each conversation.
pub struct Conversations {
    answers: Arc<dyn CacheAnswers>,
    follow_up: FollowUp,
}

/// A question as it is answered.
#[derive(Default)]
pub(super) struct ReadQuestion {
    /// The question with `read_as` set, if it was completed.
    pub(super) ask: Option<Ask>,
    /// The stage, if one took place.
    pub(super) stage: Option<Stage>,
    /// The calls of models that completed it.
    pub(super) attempts: Vec<Attempt>,
}

impl Conversations {
    /// Keeps conversations in `answers`, and lets these models complete follow-ups.
    pub fn new(answers: Arc<dyn CacheAnswers>, llm: Arc<dyn Llm>) -> Self {
        Self {
            answers,
            follow_up: FollowUp::new(llm),
        }
    }

    /// Completes a question that seems to depend on the one before it in its conversation.
    pub(super) async fn read(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> ReadQuestion {
        let Some(session_id) = &ask.session_id else {
            return ReadQuestion::default();
        };
        if !may_depend(&ask.question) {
            return ReadQuestion::default();
        }
        let complete = async {
            let key = key(session_id);
            let found = self.answers.get_cached(user, &key, Timestamp::now()).await?;
            let Some(StoredAnswer { answer: last, .. }) = found else {
                return Ok(None);
            };
            let turn = Turn {
                question: last.read_as.as_deref().unwrap_or(&last.query),
                answer: &last.answer,
            };
            let completed = self
                .follow_up
                .complete(user, &ask.model, &ask.question, turn, deadline);
            Ok::<_, StoreError>(Some(completed.await))
        };
        let Branch { stage, result } = branch("follow_up", deadline.cap(TIMEOUT), complete).await;
        let Completed { question, attempts } = match result {
            Ok(Some(completed)) => completed,
            // Nothing was said before: the question stands for itself.
            Ok(None) => return ReadQuestion::default(),
            Err(_) => Completed {
                question: None,
                attempts: Vec::new(),
            },
        };
        ReadQuestion {
            ask: question.map(|question| Ask {
                read_as: Some(question),
                ..ask.clone()
            }),
            stage: Some(stage),
            attempts,
        }
    }

    /// Remembers the answer as the last of its conversation. A failure is logged: the next question is then read by itself.
    pub(super) async fn remember(&self, user: &UserId, session_id: Option<&str>, id: QueryId) {
        let Some(session_id) = session_id else {
            return;
        };
        let until = Timestamp::now() + TTL;
        if let Err(error) = self.answers.put_cached(user, &key(session_id), id, until).await {
            tracing::warn!(error = source_chain(&error), "conversation not remembered");
        }
    }
}

/// The key of a conversation. Cache keys are digests too, of texts that never begin like this.
fn key(session_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("conversation {session_id}")))
}
