//! Removes one document.

use std::{convert::Infallible, time::Duration};

use shared::{
    error::HubError,
    http::{self, Body, Call, Request, Response, requests, respond},
    retrieval::index::Indexer,
    store::Knowledge,
};

pub(crate) struct App {
    pub(crate) indexer: Indexer<Knowledge>,
    pub(crate) timeout: Duration,
}

/// Always `Ok`: a failure leaves as a problem, not as the gateway's own 502.
pub(crate) async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, delete_document(app, &call)).await)
}

async fn delete_document(app: &App, call: &Call<'_>) -> Result<Response<Body>, HubError> {
    let (library, id) = requests::document_path(call)?;
    if !app.indexer.delete(&library, &id).await? {
        return Err(HubError::NotFound("document"));
    }
    Ok(http::no_content())
}
