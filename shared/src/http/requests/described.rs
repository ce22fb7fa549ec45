//! Bodies and bounds that only the OpenAPI document needs.

pub(crate) use super::{
    agents::schema::agent_body,
    annotations::{AnnotationsBody, FeedbackBody},
    documents::{BatchBody, MAX_URL},
    limit::{DEFAULT_LIMIT, MAX_LIMIT},
    queries::AskBody,
    search::SearchBody,
    usage::{DEFAULT_DAYS, MAX_DAYS},
};
