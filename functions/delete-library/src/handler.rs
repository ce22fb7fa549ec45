//! Deletes a library. What does not fit into the request is left to the sweep, or to a repetition of the request.

use std::{sync::Arc, time::Duration};

use shared::{
    config::{Config, ConfigError},
    deadline::Deadline,
    domain::LibraryStatus,
    error::HubError,
    http::{self, Body, ClosedLibrary, Endpoint, RequestContext, Response, StatusCode, requests},
    retrieval::index::{ABANDONED_AFTER, Indexer, LibraryDeletion},
    store::{self, Knowledge},
};

/// The time reserved for the response.
const RESERVE: Duration = Duration::from_secs(2);

pub(crate) struct App {
    indexer: Indexer<Knowledge>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        Ok(Self {
            indexer: Indexer::new(Arc::new(knowledge)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let name = requests::library_path(context)?;
        let is_async = context.prefers("respond-async");
        let time = match is_async {
            true => Duration::ZERO,
            false => context.deadline.left().saturating_sub(RESERVE),
        };
        let deadline = Deadline::after(time);
        let deletion = self.indexer.delete_library(&name, ABANDONED_AFTER, deadline);
        match Box::pin(deletion).await? {
            LibraryDeletion::Missing => Err(HubError::NotFound("library")),
            LibraryDeletion::Done => Ok(http::no_content()),
            LibraryDeletion::Begun => {
                let status = LibraryStatus::Deleting;
                let mut response = http::json(StatusCode::ACCEPTED, &ClosedLibrary { name, status })?;
                if is_async {
                    http::set_respond_async_applied(&mut response);
                }
                Ok(response)
            }
        }
    }
}
