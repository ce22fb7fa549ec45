//! Embeddings through the router.

use async_trait::async_trait;
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::Router;
use crate::{
    deadline::Deadline,
    domain::{OnInterruption, TextUse, UserId},
    llm::{
        routing::Choice,
        run::{Run, Work},
        wire,
    },
    ports::{EmbedOutcome, Embedder, LlmError},
};

/// The calls for one list of texts that run at the same time.
const MAX_CALLS: usize = 8;

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

    async fn embed(
        &self,
        user: &UserId,
        texts: &[String],
        text_use: TextUse,
        deadline: Deadline,
    ) -> EmbedOutcome {
        let candidates = self.embedders();
        let limits = candidates
            .iter()
            .filter_map(|choice| wire::max_texts(choice.provider.kind, &choice.model.name));
        let mut calls = Vec::new();
        for texts in texts.chunks(limits.min().unwrap_or(1)) {
            calls.push(self.embed_once(user, Work::Embed(texts, text_use), candidates.clone(), deadline));
        }
        let mut calls = stream::iter(calls).buffered(MAX_CALLS);
        let mut attempts = Vec::new();
        let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        while let Some(outcome) = calls.next().await {
            attempts.extend(outcome.attempts);
            match outcome.result {
                Ok(more) => vectors.extend(more),
                failed => {
                    return EmbedOutcome {
                        attempts,
                        result: failed,
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
    /// Embeds the texts of one call.
    async fn embed_once(
        &self,
        user: &UserId,
        work: Work<'_>,
        candidates: Vec<Choice<'_>>,
        deadline: Deadline,
    ) -> EmbedOutcome {
        let mut no_progress = |_| false;
        let never_cancelled = CancellationToken::new();
        let mut run = Run::new(
            user,
            work,
            deadline,
            OnInterruption::Restart,
            &mut no_progress,
            &never_cancelled,
            &never_cancelled,
        );
        let result = self.execute(&mut run, candidates).await;
        EmbedOutcome {
            attempts: run.attempts,
            result: result.map(|(_, reply)| reply.vectors),
        }
    }

    /// Returns the candidates of the first embedding model. Vectors of another model would not be comparable.
    fn embedders(&self) -> Vec<Choice<'_>> {
        let providers = &self.settings.providers;
        let embeddings = || {
            providers
                .iter()
                .filter_map(|provider| Some((provider, provider.embedding.as_ref()?)))
        };
        let Some((_, first)) = embeddings().next() else {
            return Vec::new();
        };
        let same = embeddings().filter(|(_, other)| {
            other.model.name == first.model.name && other.dimensions == first.dimensions
        });
        same.map(|(provider, embedding)| Choice {
            provider,
            model: &embedding.model,
        })
        .collect()
    }
}
