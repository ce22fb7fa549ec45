//! Reads a question, has it answered, shows the stages in `Server-Timing`; or, where the caller does not wait, queues it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use serde_json::json;
use shared::{
    agents::{retrieval::Retrieval, synthesis::Synthesis},
    config::Config,
    domain::Standing,
    error::HubError,
    http::{self, Body, Call, Request, Response, StatusCode, once, requests, respond},
    llm::Router,
    orchestrator::{Orchestrator, Remembered},
    ports::{Idempotency, QueueQuestions},
    retrieval::keyword::KeywordLane,
    store::{self, Access, Answers, Knowledge, ParameterStore},
};

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) queue: Arc<dyn QueueQuestions>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let client = store::client().await;
        let knowledge = Arc::new(Knowledge::new(client.clone(), config.knowledge_table));
        let answers = Arc::new(Answers::new(client.clone(), config.queries_table));
        let remembered = Remembered::new(knowledge.clone(), answers.clone(), config.llm.fingerprint());
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(knowledge)));
        let access = Arc::new(Access::new(client, config.access_table));
        let keys = Arc::new(ParameterStore::default());
        let models = Router::new(config.llm, access.clone(), access.clone(), keys);
        let synthesis = Synthesis::new(Arc::new(models));
        Self {
            orchestrator: Orchestrator::new(retrieval, synthesis, answers.clone()).remembering(remembered),
            queue: answers,
            idempotency: access,
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, once(&call, &*app.idempotency, Box::pin(ask(app, &call)))).await)
}

async fn ask(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let ask = requests::ask(call.request, |model| app.orchestrator.serves(model))?;
    if ask.dry_run {
        let (plan, candidates) = (app.orchestrator.plan(&ask), app.orchestrator.candidates(&ask));
        // The first that fits is the one that is paid, as long as it does not fail.
        let first = candidates.iter().find(|candidate| candidate.unfit.is_none());
        let cost_usd = first.map_or(Some(0.0), |candidate| candidate.cost_usd);
        let preview =
            json!({ "dry_run": true, "plan": plan, "candidates": candidates, "cost_usd": cost_usd });
        return http::json(StatusCode::OK, &preview);
    }
    if call.prefers("respond-async") {
        let answer = app.orchestrator.pending(&ask);
        app.queue.enqueue(&call.user, &ask, &answer).await?;
        let standing = Standing::pending(answer.query_id);
        return http::accepted(&format!("/queries/{}", answer.query_id), &standing);
    }
    let answer = app.orchestrator.answer(&call.user, &ask, call.deadline).await?;
    let mut response = http::json(StatusCode::OK, &answer)?;
    http::set_server_timing(&mut response, &answer.stages);
    Ok(response)
}
