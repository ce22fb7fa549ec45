//! `DELETE /queries/{id}`: deletes a question with its answers, events and feedback.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
