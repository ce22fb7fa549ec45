//! Tells what happened after an event that the caller has, follows a question that is still being answered, and ends as
//! its stream does.

use std::{convert::Infallible, sync::Arc, time::Duration};

use shared::{
    config::Config,
    error::HubError,
    http::{
        Request, RequestContext, Response, requests,
        stream::{EventHistory, InFlight, StreamBody, StreamStart, respond, resumed},
    },
    store::{self, Answers},
};

pub(crate) struct App {
    pub(crate) kept: EventHistory,
    pub(crate) in_flight: InFlight,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let answers = Arc::new(Answers::new(store::client().await, config.queries_table));
        Self {
            kept: EventHistory {
                answers: answers.clone(),
                events: answers,
            },
            in_flight: InFlight::default(),
            timeout: config.timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, or as the last event.
pub(crate) async fn handle(app: Arc<App>, request: Request) -> Result<Response<StreamBody>, Infallible> {
    let context = RequestContext::new(&request, app.timeout);
    Ok(respond(&context, &app.in_flight, begin(app.clone(), &context)).await)
}

async fn begin(app: Arc<App>, context: &RequestContext<'_>) -> Result<StreamStart, HubError> {
    let id = requests::query_id(context)?;
    let after = requests::last_event_id(context)?;
    resumed(&app.kept, context, id, after)
        .await
        .map(StreamStart::Events)
}
