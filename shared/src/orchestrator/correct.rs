//! The step that corrects misspelt words of a question.

use super::{patterns::pattern, steps::search};
use crate::{
    agents::{
        retrieval::{self, Retrieval, Retrieved},
        spelling::{self, Corrected},
    },
    deadline::Deadline,
    domain::{Ask, Correction, Stage},
};

/// **Correct**: where the library lacks a word of the question and has one close to it, searches once more with that.
/// Returns the question to answer and what was corrected.
pub(super) async fn correct(
    lanes: &Retrieval,
    asked: &Ask,
    deadline: Deadline,
    retrieved: &mut Retrieved,
    stages: &mut Vec<Stage>,
) -> Option<(Ask, Vec<Correction>)> {
    let Corrected {
        question,
        corrections,
    } = spelling::correct(&asked.question, retrieved)?;
    let ask = Ask {
        question,
        ..asked.clone()
    };
    let parts = pattern(&ask.question).parts;
    let results = Box::pin(search(lanes, &ask, &parts, deadline)).await;
    // A failed second search leaves what the first one found.
    let mut found = retrieval::fuse(results, ask.top_k.get(), deadline).ok()?;
    let named = |stage: Stage| Stage {
        name: stage.name.replacen("gather.", "correct.", 1),
        ..stage
    };
    stages.extend(std::mem::take(&mut found.stages).into_iter().map(named));
    *retrieved = found;
    Some((ask, corrections))
}
