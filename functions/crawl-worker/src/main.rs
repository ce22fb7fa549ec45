//! Runs crawls, invoked by the stream of the knowledge table.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    match documents::is_parser() {
        true => Ok(()),
        false => shared::trigger::serve::<handler::App>().await,
    }
}
