//! Queries the lanes and returns the fused passages.

use std::sync::Arc;

use shared::{
    agents::retrieval::Retrieval,
    bootstrap::web_lane,
    config::{Config, ConfigError},
    error::HubError,
    http::{self, Body, Endpoint, RequestContext, Response, SearchReply, StatusCode, requests},
    ports::Idempotency,
    retrieval::keyword::KeywordLane,
    store::{self, Access, Knowledge, ParameterStore},
};

pub(crate) struct App {
    retrieval: Retrieval,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        Ok(Self {
            retrieval: Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge))))
                .with_web(web_lane(config.web, Arc::new(ParameterStore::default()))),
            idempotency: Arc::new(Access::new(client, config.access_table)),
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        let requests::Search {
            query,
            library,
            top_k,
            lanes,
        } = requests::search(context.request)?;
        let found = self
            .retrieval
            .find(&library, &query, &lanes, top_k.get(), context.deadline)
            .await?;
        let reply = SearchReply::new(found, context.deadline.elapsed());
        let mut response = http::json(StatusCode::OK, &reply)?;
        http::set_server_timing(&mut response, &reply.stages);
        Ok(response)
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}
