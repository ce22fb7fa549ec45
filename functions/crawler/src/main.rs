//! `POST /agents/crawler`, `GET /crawls/{id}`, `POST /crawls/{id}/cancel`: starts, shows and cancels crawls.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
