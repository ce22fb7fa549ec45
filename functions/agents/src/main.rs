//! `GET /agents`, `POST /agents/{agent}`: lists the agents, or runs one of them.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
