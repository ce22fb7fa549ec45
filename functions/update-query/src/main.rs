//! `PUT /queries/{id}`: replaces the tags, notes and metadata of an answer.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
