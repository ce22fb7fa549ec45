//! What the answer to a question and the synthesis agent have in common: the search and the usage.

use crate::{
    agents::retrieval::{LaneResults, Retrieval},
    deadline::Deadline,
    domain::{Ask, Attempt, Question, Usage},
    meter,
};

/// Searches the question as a whole, or each of its parts.
pub(super) async fn search(
    retrieval: &Retrieval,
    ask: &Ask,
    parts: &[Question],
    deadline: Deadline,
) -> Vec<LaneResults> {
    let questions = if parts.is_empty() {
        std::slice::from_ref(&ask.question)
    } else {
        parts
    };
    retrieval
        .search(&ask.library, questions, &ask.lanes, ask.top_k.get(), deadline)
        .await
}

/// The tokens and cost of model calls, and the units so far.
pub(super) fn usage(attempts: &[Attempt]) -> Usage {
    Usage {
        input_tokens: attempts.iter().map(|attempt| attempt.input_tokens).sum(),
        output_tokens: attempts.iter().map(|attempt| attempt.output_tokens).sum(),
        // The sum of no floats is -0.0.
        cost_usd: attempts.iter().fold(0.0, |sum, attempt| sum + attempt.cost_usd),
        read_units: meter::used().read,
        write_units: meter::used().write,
    }
}
