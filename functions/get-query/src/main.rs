//! `GET /queries/{id}`: shows one answer of the caller.

mod handler;

use std::sync::Arc;

use shared::{
    config::Config,
    http::{Error, run, service_fn},
    store::{self, Answers},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config.log_level);
    // Built once per container; every invocation borrows it.
    let app = App {
        answers: Arc::new(Answers::new(store::client().await, config.queries_table)),
        timeout: config.timeout,
    };
    run(service_fn(|request| handle(&app, request))).await
}
