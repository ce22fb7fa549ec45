//! Embeddings through the router.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::Router;
use crate::{
    deadline::Deadline,
    domain::{OnInterruption, UserId},
    llm::{
        routing::Choice,
        run::{Run, Work},
    },
    ports::{EmbedOutcome, Embedder, LlmError},
};

/// The maximum texts per call: a batch size that every provider accepts.
const MAX_TEXTS_PER_CALL: usize = 64;

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
        let never_cancelled = CancellationToken::new();
        for texts in texts.chunks(MAX_TEXTS_PER_CALL) {
            let mut no_progress = |_| false;
            let mut run = Run::new(
                user,
                Work::Embed(texts),
                deadline,
                OnInterruption::Restart,
                &mut no_progress,
                &never_cancelled,
                &never_cancelled,
            );
            let result = self.execute(&mut run, self.embedders()).await;
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
