//! `POST /search`: finds passages without answering.

mod handler;

use std::sync::Arc;

use shared::{
    agents::retrieval::Retrieval,
    config::Config,
    http::{Error, run, service_fn},
    retrieval::keyword::KeywordLane,
    store::{self, Knowledge},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config.log_level);
    // Built once per container; every invocation borrows it.
    let app = {
        let knowledge = Knowledge::new(store::client().await, config.knowledge_table);
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge))));
        App {
            retrieval,
            timeout: config.timeout,
        }
    };
    run(service_fn(|request| handle(&app, request))).await
}
