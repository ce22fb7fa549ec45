//! The agents: each does one part of answering. They know ports only, so each can also be run alone.

pub mod citation;
pub mod entities;
pub mod retrieval;
pub mod synthesis;
