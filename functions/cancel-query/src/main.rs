//! `POST /queries/{id}/cancel`: cancels a question that is not answered yet.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
