//! A schedule: removes what interrupted document writes left behind.

mod handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::trigger::Error> {
    shared::trigger::serve::<handler::App>().await
}
