//! `GET /queries/{id}/events`: resumes the event stream of a question.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::stream::serve::<handler::App>().await
}
