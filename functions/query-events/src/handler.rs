//! Tells what happened after an event that the caller has, follows a question that is still being answered, and ends as
//! its stream does.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{
        Call, Request, Response, requests,
        stream::{Begun, Kept, StreamBody, Unfinished, respond, resumed},
    },
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) kept: Kept,
    pub(crate) unfinished: Unfinished,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Self {
            kept: Kept {
                answers: answers.clone(),
                events: answers,
            },
            unfinished: Unfinished::default(),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, or as the last event.
pub(crate) async fn handle(app: Arc<App>, request: Request) -> Result<Response<StreamBody>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, &app.unfinished, begin(app.clone(), &call)).await)
}

async fn begin(app: Arc<App>, call: &Call<'_>) -> Result<Begun, HubError> {
    let id = requests::query_id(call)?;
    let after = requests::last_event_id(call)?;
    resumed(&app.kept, call, id, after).await.map(Begun::Events)
}
