//! A schedule: removes what crashed writers left.

mod handler;

use std::sync::Arc;

use lambda_runtime::{Error, run, service_fn};
use shared::{
    config::Config,
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
    let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
    let app = App {
        indexer: Indexer::new(Arc::new(knowledge)),
    };
    run(service_fn(|event| handle(&app, event))).await
}
