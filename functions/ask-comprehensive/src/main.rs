//! `POST /queries/comprehensive`: answers one question, with alternatives and measures of quality.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
