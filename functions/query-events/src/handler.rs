//! Resumes an event stream after the event that the caller has, and follows a question that is still running.

use std::sync::Arc;

use shared::{
    config::{Config, ConfigError},
    error::HubError,
    http::{
        RequestContext, requests,
        stream::{EventHistory, StreamEndpoint, StreamStart, resumed},
    },
    store::{self, Answers},
};

pub(crate) struct App {
    history: EventHistory,
}

impl StreamEndpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Ok(Self {
            history: EventHistory {
                answers: answers.clone(),
                events: answers,
            },
        })
    }

    async fn start(self: Arc<Self>, context: &RequestContext<'_>) -> Result<StreamStart, HubError> {
        let id = requests::query_id(context)?;
        let after = requests::last_event_id(context)?;
        resumed(&self.history, context, id, after)
            .await
            .map(StreamStart::Events)
    }
}
