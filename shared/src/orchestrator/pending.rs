//! The record of a question before it is answered.

use jiff::Timestamp;
use serde_json::Map;

use crate::domain::{Answer, Ask, Cache, Certainty, Confidence, Plan, QueryId, Status, Usage};

/// The record of a question that has not been answered.
pub(super) fn pending(ask: &Ask, query_id: QueryId, created_at: Timestamp, plan: Plan) -> Answer {
    Answer {
        query_id,
        status: Status::Pending,
        query: ask.question.as_str().to_owned(),
        read_as: ask.read_as.as_ref().map(|read| read.as_str().to_owned()),
        corrected: Vec::new(),
        library: ask.library.clone(),
        session_id: ask.session_id.clone(),
        answer: String::new(),
        certainty: Certainty::None,
        abstained: None,
        confidence: Confidence::default(),
        claims: Vec::new(),
        sources: Vec::new(),
        disagreements: Vec::new(),
        entities: Vec::new(),
        plan,
        stages: Vec::new(),
        degraded: Vec::new(),
        attempts: Vec::new(),
        usage: Usage::default(),
        provider: String::new(),
        model: String::new(),
        cache: if ask.cache { Cache::Miss } else { Cache::Bypass },
        created_at,
        took_ms: 0,
        alternatives: None,
        quality: None,
        tags: Vec::new(),
        notes: None,
        metadata: Map::new(),
    }
}
