//! Reads a question, has it answered, shows the stages in `Server-Timing`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use serde_json::json;
use shared::{
    agents::retrieval::Retrieval,
    config::Config,
    error::HubError,
    http::{self, Body, Call, Request, Response, StatusCode, requests, respond},
    orchestrator::Orchestrator,
    retrieval::keyword::KeywordLane,
    store::{self, Answers, Knowledge},
};

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge))));
        let answers = Answers::new(client, config.queries_table);
        Self {
            orchestrator: Orchestrator::new(retrieval, Arc::new(answers)),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, ask(app, &call)).await)
}

async fn ask(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let ask = requests::ask(call.request)?;
    if ask.dry_run {
        let plan = app.orchestrator.plan(&ask);
        return http::json(
            StatusCode::OK,
            &json!({ "dry_run": true, "plan": plan, "cost_usd": 0.0 }),
        );
    }
    let answer = app.orchestrator.answer(&call.user, &ask, call.deadline).await?;
    let mut response = http::json(StatusCode::OK, &answer)?;
    http::set_server_timing(&mut response, &answer.stages);
    Ok(response)
}
