//! `GET /openapi.json`, `GET /docs`: the API as an OpenAPI document and as a web page.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::http::Error> {
    shared::http::serve::<handler::App>().await
}
