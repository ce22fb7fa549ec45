//! `GET /libraries`: lists the libraries.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
