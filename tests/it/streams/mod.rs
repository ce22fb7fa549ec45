//! Streamed answers (`POST /queries/stream`, `GET /queries/{id}/events`): events match the stored answer, and readers
//! can disconnect and resume.

mod delivery;
mod fixture;
mod interruptions;
mod reader;

pub(crate) use fixture::{assert_stored, stream as stream_question};
