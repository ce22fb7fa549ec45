//! Lists the agents, or runs the one that the path names. Nothing is stored.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    agents::{
        citation, directory::Agent, entities::entities, fact_check, retrieval::Retrieval,
        synthesis::Synthesis,
    },
    config::Config,
    domain::LaneName,
    error::HubError,
    http::{
        self, Body, Call, FactCheckReply, Request, Response, SearchReply, StatusCode, once, requests, respond,
    },
    llm::Router,
    orchestrator::alone,
    ports::Idempotency,
    retrieval::keyword::KeywordLane,
    store::{self, Access, Knowledge, ParameterStore},
};

pub(crate) struct App {
    pub(crate) retrieval: Retrieval,
    pub(crate) synthesis: Synthesis,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        let access = Arc::new(Access::new(client, config.access_table));
        let keys = Arc::new(ParameterStore::default());
        Self {
            retrieval: Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge)))),
            synthesis: Synthesis::new(Arc::new(Router::new(
                config.llm,
                access.clone(),
                access.clone(),
                keys,
            ))),
            idempotency: access,
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(
        &call,
        once(&call, &*app.idempotency, Box::pin(answer(app, &call))),
    )
    .await)
}

async fn answer(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    if call.request.method() == "GET" {
        return http::json(StatusCode::OK, &requests::agents());
    }
    match requests::agent(call)? {
        Agent::Retrieval => retrieve(app, call).await,
        Agent::Entities => {
            let text = requests::entities(call.request)?;
            http::json(
                StatusCode::OK,
                &http::EntitiesReply {
                    entities: entities(&text),
                },
            )
        }
        Agent::FactCheck => check_fact(app, call).await,
        Agent::Synthesis => synthesize(app, call).await,
        Agent::Citation => {
            let (text, sources) = requests::citation(call.request)?;
            let (text, claims) = citation::repair(&text, &sources);
            http::json(StatusCode::OK, &http::CitationReply { text, claims })
        }
    }
}

async fn retrieve(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let search = requests::search(call.request)?;
    let found = app
        .retrieval
        .find(
            &search.library,
            &search.query,
            &search.lanes,
            search.top_k.get(),
            call.deadline,
        )
        .await?;
    let reply = SearchReply::new(found, call.deadline.elapsed());
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}

async fn check_fact(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let requests::FactCheck {
        claim,
        evidence,
        library,
        top_k,
    } = requests::fact_check(call.request)?;
    let (check, stages) = if evidence.is_empty() {
        let found = app
            .retrieval
            .find(&library, &claim, &LaneName::ALL, top_k.get(), call.deadline)
            .await?;
        (
            fact_check::weigh_found(claim.as_str(), &found.passages),
            found.stages,
        )
    } else {
        (fact_check::weigh_given(claim.as_str(), evidence), Vec::new())
    };
    let reply = FactCheckReply::new(check, stages, call.deadline.elapsed());
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}

async fn synthesize(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let requests::Synthesis { ask, passages } =
        requests::synthesis(call.request, |model| app.synthesis.serves(model))?;
    let reply = alone::synthesize(
        &app.retrieval,
        &app.synthesis,
        &call.user,
        &ask,
        passages,
        call.deadline,
    )
    .await?;
    let mut response = http::json(StatusCode::OK, &reply)?;
    http::set_server_timing(&mut response, &reply.stages);
    Ok(response)
}
