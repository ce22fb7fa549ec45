//! `GET /queries/{id}/events`: resumes the stream of a question.

mod handler;

use std::sync::Arc;

use shared::{
    config::Config,
    http::{Error, stream},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config);
    // Built once per container; every invocation shares it.
    let app = Arc::new(App::new(config).await);
    stream::run(app.in_flight.clone(), move |request| handle(app.clone(), request)).await
}
