//! A schedule: checks every table and model provider, and fails if one does not respond.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    shared::trigger::serve::<handler::App>().await
}
