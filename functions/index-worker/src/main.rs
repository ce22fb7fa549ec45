//! The stream of the knowledge table: stores documents that were accepted to be stored later.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    if documents::is_parser() {
        return Ok(());
    }
    shared::trigger::serve::<handler::App>().await
}
