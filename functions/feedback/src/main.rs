//! `POST /queries/{id}/feedback`: stores the caller's rating of an answer.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
