//! The stream of the queries table: answers questions that were accepted with `Prefer: respond-async`.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    shared::trigger::serve::<handler::App>().await
}
