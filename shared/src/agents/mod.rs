//! The agents: each does one part of answering. They know ports only, so each can also be run alone.

pub mod citation;
pub mod directory;
pub mod entities;
pub mod fact_check;
pub mod judge;
pub mod retrieval;
pub mod synthesis;
pub mod verification;
