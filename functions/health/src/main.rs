//! `GET /health` and `GET /health/live`: whether everything this depends on answers.

mod handler;

use std::sync::Arc;

use shared::{
    config::Config,
    http::{Error, run, service_fn},
    ports::Probe,
    store::{self, TableProbe},
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
        let table = |name, table| Arc::new(TableProbe::new(client.clone(), name, table)) as Arc<dyn Probe>;
        let probes = vec![
            table("queries", config.queries_table),
            table("knowledge", config.knowledge_table),
            table("access", config.access_table),
        ];
        App {
            probes,
            timeout: config.timeout,
        }
    };
    run(service_fn(|request| handle(&app, request))).await
}
