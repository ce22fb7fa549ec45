//! `POST /documents`: stores and indexes documents.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    if documents::is_parser() {
        return Ok(());
    }
    shared::http::serve::<handler::App>().await
}
