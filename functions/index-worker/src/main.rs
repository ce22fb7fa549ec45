//! The stream of the knowledge table: stores documents that were accepted to be stored later.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    match documents::is_parser() {
        true => Ok(()),
        false => shared::trigger::serve::<handler::App>().await,
    }
}
