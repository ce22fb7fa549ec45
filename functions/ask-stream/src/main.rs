//! `POST /queries/stream`: answers one question as server-sent events.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::stream::serve::<handler::App>().await
}
