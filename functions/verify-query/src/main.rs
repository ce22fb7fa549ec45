//! `POST /queries/{id}/verify`: checks the citations of an answer against today's documents.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
