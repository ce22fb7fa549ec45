//! Streams an answer while it is made. The events are stored for readers that lose their connection, and a reader that
//! disconnects ends the model call.

use std::sync::Arc;

use shared::{
    bootstrap::Services,
    config::{Config, ConfigError},
    error::HubError,
    http::{
        self, RequestContext, StatusCode, idempotent, requests,
        stream::{AnswerStream, EventHistory, StreamEndpoint, StreamStart, resumed},
    },
};

pub(crate) struct App {
    services: Arc<Services>,
}

impl StreamEndpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self {
            services: Arc::new(Services::new(config).await),
        })
    }

    /// Accepts the question. A repeated request with the same `Idempotency-Key` follows the first one.
    async fn start(self: Arc<Self>, context: &RequestContext<'_>) -> Result<StreamStart, HubError> {
        let Services {
            orchestrator,
            answers,
            access,
        } = &*self.services;
        let ask = requests::ask(context.request, |model| orchestrator.serves(model))?;
        if ask.dry_run {
            let preview = async { http::json(StatusCode::OK, &orchestrator.preview(&ask)) };
            return idempotent(context, Some(&**access), preview)
                .await
                .map(StreamStart::Complete);
        }
        let mut accepted = None;
        let accept = async {
            let stream = accepted.insert(AnswerStream::accept(self.services.clone(), context, ask).await?);
            http::json(StatusCode::OK, &stream.id())
        };
        let response = idempotent(context, Some(&**access), Box::pin(accept)).await?;
        if let Some(stream) = accepted {
            return Ok(StreamStart::Events(Box::new(|output, cancellation| {
                Box::pin(stream.run(output, cancellation))
            })));
        }
        let id = serde_json::from_slice(response.body()).map_err(|error| HubError::Internal(error.into()))?;
        let history = EventHistory {
            answers: answers.clone(),
            events: answers.clone(),
        };
        resumed(&history, context, id, 0).await.map(StreamStart::Replayed)
    }
}
