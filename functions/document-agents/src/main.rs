//! `POST /agents/browser`, `POST /agents/pdf`: reads a page of the web or a PDF without storing it.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    match documents::is_parser() {
        true => Ok(()),
        false => shared::http::serve::<handler::App>().await,
    }
}
