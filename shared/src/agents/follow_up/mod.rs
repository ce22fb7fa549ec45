//! The follow-up agent: reads a question of a conversation with the question before it, so that it can be searched and
//! answered by itself. A model completes the question; rules do without one, or where its text is not usable.

mod english;
mod foreign;
mod instead;
mod model;
mod reference;
mod topic;

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    deadline::Deadline,
    domain::{Attempt, Model, OnInterruption, Question, UserId},
    evidence::languages::{self, Language},
    ports::{GenerateRequest, Llm},
};

/// The most time that a model has: the answer needs the rest.
const MODEL_TIMEOUT: Duration = Duration::from_secs(6);

/// The question before, as it was read, and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// The question.
    pub question: &'a str,
    /// The answer, with its markers; empty when there was none.
    pub answer: &'a str,
}

/// A question that was completed.
#[derive(Debug)]
pub struct Completed {
    /// The question by itself; `None` when nothing was found that it refers to.
    pub question: Option<Question>,
    /// The calls of models, in order.
    pub attempts: Vec<Attempt>,
}

/// Completes follow-ups.
pub struct FollowUp {
    llm: Arc<dyn Llm>,
}

/// Whether a question seems to depend on the one before. Needs no conversation, so that most questions read none.
pub fn may_depend(question: &Question) -> bool {
    let text = question.as_str();
    is_short(text) || depends(languages::detect(text), text)
}

/// Whether a question has too few words to tell its language: that of the question before decides.
fn is_short(question: &str) -> bool {
    question.split_whitespace().count() <= 3
}

impl FollowUp {
    /// Creates the agent with these models.
    pub fn new(llm: Arc<dyn Llm>) -> Self {
        Self { llm }
    }

    /// Completes a question that depends on the turn before it.
    pub async fn complete(
        &self,
        user: &UserId,
        model: &Model,
        question: &Question,
        turn: Turn<'_>,
        deadline: Deadline,
    ) -> Completed {
        let text = question.as_str();
        let (own, before) = (languages::detect(text), languages::detect(turn.question));
        let language = if is_short(text) {
            before.or(own)
        } else {
            own.or(before)
        };
        if !depends(language, text) {
            return Completed {
                question: None,
                attempts: Vec::new(),
            };
        }
        let mut attempts = Vec::new();
        let mut completed = None;
        if *model != Model::Extractive {
            let request = GenerateRequest {
                user,
                model,
                prompt: &model::prompt(text, turn),
                deadline: Deadline::after(deadline.cap(MODEL_TIMEOUT)),
                on_interruption: OnInterruption::Restart,
                cancellation: &CancellationToken::new(),
                enough: &CancellationToken::new(),
            };
            let outcome = self.llm.generate(request, &mut |_| false).await;
            attempts = outcome.attempts;
            completed = outcome
                .result
                .ok()
                .and_then(|completion| model::accepted(&completion.text, text, turn));
        }
        let completed = completed.or_else(|| match language {
            Some(language) => foreign::complete(language, text, &turn),
            None => english::complete(text, &turn),
        });
        Completed {
            question: completed.and_then(|text| Question::parse(&text).ok()),
            attempts,
        }
    }
}

fn depends(language: Option<&Language>, question: &str) -> bool {
    match language {
        Some(language) => foreign::depends(language, question),
        None => english::depends(question),
    }
}

/// A question without its mark.
fn end(question: &str) -> &str {
    question.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '?' | '.' | '!' | '？'))
}
