//! The Lambda runtime for functions that answer at once.

use std::{
    convert::Infallible,
    future::{Future, ready},
    pin::Pin,
};

use futures::TryFutureExt;
use lambda_http::{Body, Error, IntoResponse, Request, Response, service_fn};

/// Serves requests with a handler, until the process is ended.
///
/// # Errors
/// When the runtime cannot be reached.
pub async fn run<Handled>(handler: impl Fn(Request) -> Handled) -> Result<(), Error>
where
    Handled: Future<Output = Result<Response<Body>, Infallible>> + Send,
{
    lambda_http::run(service_fn(|request| handler(request).map_ok(AsIs))).await
}

/// A response that leaves as it is. Others are converted to the charset that they name, by tables of every charset there
/// is, which are a tenth of a small function.
struct AsIs(Response<Body>);

impl IntoResponse for AsIs {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
