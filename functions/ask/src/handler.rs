//! Reads a question, has it answered, shows the stages in `Server-Timing`.

use std::{convert::Infallible, time::Duration};

use serde_json::json;
use shared::{
    error::HubError,
    http::{self, Body, Call, Request, Response, StatusCode, requests, respond},
    orchestrator::Orchestrator,
};

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) timeout: Duration,
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
