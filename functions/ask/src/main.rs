//! `POST /queries`: answers one question.

mod handler;

use std::sync::Arc;

use shared::{
    agents::retrieval::Retrieval,
    config::Config,
    http::{Error, run, service_fn},
    orchestrator::Orchestrator,
    retrieval::keyword::KeywordLane,
    store::{self, Answers, Knowledge},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config.log_level);
    // Built once per container; every invocation borrows it.
    let app = {
        let client = store::client().await;
        let knowledge = Knowledge::new(client.clone(), config.knowledge_table);
        let retrieval = Retrieval::keyword_only(Arc::new(KeywordLane::new(Arc::new(knowledge))));
        let answers = Answers::new(client, config.queries_table);
        App {
            orchestrator: Orchestrator::new(retrieval, Arc::new(answers)),
            timeout: config.timeout,
        }
    };
    run(service_fn(|request| handle(&app, request))).await
}
