//! The agents: each performs one part of answering a question. They depend on ports only, so most also run on their own.

pub mod citation;
pub mod directory;
pub mod entities;
pub mod fact_check;
pub mod follow_up;
pub mod judge;
pub mod retrieval;
pub mod spelling;
pub mod synthesis;
pub mod verification;
