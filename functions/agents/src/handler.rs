//! Lists the agents, or runs the one that the path names. Stores nothing.

use std::sync::Arc;

use shared::{
    agents::{
        citation, directory::Agent, entities::entities, fact_check, retrieval::Retrieval,
        synthesis::Synthesis,
    },
    bootstrap::web_lane,
    config::{Config, ConfigError},
    domain::LaneName,
    error::HubError,
    http::{
        self, Body, Endpoint, FactCheckReply, RequestContext, Response, SearchReply, StatusCode, requests,
    },
    llm::Router,
    orchestrator,
    ports::Idempotency,
    retrieval::keyword::KeywordLane,
    store::{self, Access, Knowledge, ParameterStore},
};

pub(crate) struct App {
    retrieval: Retrieval,
    synthesis: Synthesis,
    idempotency: Arc<dyn Idempotency>,
}

impl Endpoint for App {
    async fn new(config: Config) -> Result<Self, ConfigError> {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        let access = Arc::new(Access::new(client, config.access_table));
        let keys = Arc::new(ParameterStore::default());
        Ok(Self {
            retrieval: Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge))))
                .with_web(web_lane(config.web, keys.clone())),
            synthesis: Synthesis::new(Arc::new(Router::new(
                config.llm,
                access.clone(),
                access.clone(),
                keys,
            ))),
            idempotency: access,
        })
    }

    async fn handle(&self, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
        if context.request.method() == "GET" {
            return http::json(StatusCode::OK, &requests::agents());
        }
        match requests::agent(context)? {
            Agent::Retrieval => retrieve(self, context).await,
            Agent::Entities => {
                let text = requests::entities(context.request)?;
                http::json(
                    StatusCode::OK,
                    &http::EntitiesReply {
                        entities: entities(&text),
                    },
                )
            }
            Agent::FactCheck => check_fact(self, context).await,
            Agent::Synthesis => synthesize(self, context).await,
            Agent::Citation => {
                let (text, sources) = requests::citation(context.request)?;
                let (text, claims) = citation::repair(&text, &sources);
                http::json(StatusCode::OK, &http::CitationReply { text, claims })
            }
            // Another function has the routes of these.
            Agent::Browser | Agent::Pdf | Agent::Crawler => Err(HubError::NotFound("agent")),
        }
    }

    fn idempotency(&self) -> Option<&dyn Idempotency> {
        Some(&*self.idempotency)
    }
}

async fn retrieve(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let search = requests::search(context.request)?;
    let found = app
        .retrieval
        .find(
            &search.library,
            &search.query,
            &search.lanes,
            search.top_k.get(),
            context.deadline,
        )
        .await?;
    let reply = SearchReply::new(found, context.deadline.elapsed());
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}

async fn check_fact(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let requests::FactCheck {
        claim,
        evidence,
        library,
        top_k,
    } = requests::fact_check(context.request)?;
    let (check, stages) = if evidence.is_empty() {
        let found = app
            .retrieval
            .find(
                &library,
                &claim,
                &LaneName::LIBRARY,
                top_k.get(),
                context.deadline,
            )
            .await?;
        (
            fact_check::check_retrieved(claim.as_str(), &found.passages),
            found.stages,
        )
    } else {
        (fact_check::check_supplied(claim.as_str(), evidence), Vec::new())
    };
    let reply = FactCheckReply::new(check, stages, context.deadline.elapsed());
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}

async fn synthesize(app: &App, context: &RequestContext<'_>) -> Result<Response<Body>, HubError> {
    let requests::Synthesis { ask, passages } =
        requests::synthesis(context.request, |model| app.synthesis.serves(model))?;
    let reply = orchestrator::synthesize(
        &app.retrieval,
        &app.synthesis,
        &context.user,
        &ask,
        passages,
        context.deadline,
    )
    .await?;
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}
