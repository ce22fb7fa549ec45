//! The stream of the queries table: answers the questions that wait.

mod handler;

use lambda_runtime::{Error, run, service_fn};
use shared::{config::Config, telemetry};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config);
    // Built once per container; every invocation borrows it.
    let app = App::new(config).await;
    run(service_fn(|event| handle(&app, event))).await
}
