//! `POST /documents`: stores documents and indexes them.

mod handler;

use std::sync::Arc;

use shared::{
    config::Config,
    http::{Error, run, service_fn},
    retrieval::index::Indexer,
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
        indexer: Indexer::new(Arc::new(Knowledge::new(
            store::client().await,
            config.knowledge_table,
        ))),
        timeout: config.timeout,
    };
    run(service_fn(|request| handle(&app, request))).await
}
