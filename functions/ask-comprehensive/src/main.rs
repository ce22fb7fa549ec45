//! `POST /queries/comprehensive`: answers one question from all sides.

mod handler;

use shared::{
    config::Config,
    http::{Error, run},
    telemetry,
};

use crate::handler::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    telemetry::start(&config);
    // Built once per container; every invocation borrows it.
    let app = App::new(config).await;
    run(|request| handle(&app, request)).await
}
