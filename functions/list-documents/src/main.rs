//! `GET /documents`: lists the documents of a library by id.

mod handler;

use std::sync::Arc;

use shared::{
    config::Config,
    http::CursorKey,
    http::{Error, run, service_fn},
    store::{self, Knowledge},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config.log_level);
    // Built once per container; every invocation borrows it.
    let app = App {
        cursors: CursorKey::new(config.cursor_secret()?),
        documents: Arc::new(Knowledge::new(store::client().await, config.knowledge_table)),
        timeout: config.timeout,
    };
    run(service_fn(|request| handle(&app, request))).await
}
