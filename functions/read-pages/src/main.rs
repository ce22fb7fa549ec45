//! Reads pages of the web, invoked by functions that answer questions.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    match documents::is_parser() {
        true => Ok(()),
        false => shared::trigger::serve::<handler::App>().await,
    }
}
