//! HaluEval, question answering (Li et al. 2023): a right and a hallucinated answer to each question.

use std::path::Path;

use serde::Deserialize;
use shared::evidence::support;

use super::{dataset, dataset::Split, measures::area_under_curve, progress::map_with_progress, table::Row};

#[derive(Deserialize)]
struct Example {
    knowledge: String,
    question: String,
    right_answer: String,
    hallucinated_answer: String,
}

/// Measures how often a right answer has a higher support score than a hallucinated one (AUC).
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("qa_one-turn_500.jsonl"))?;
    let examples = split.select(examples);
    let scored = map_with_progress("halueval", &examples, |example| {
        let score = |answer: &str| {
            let claim = if is_yes_or_no(answer) {
                &example.question
            } else {
                answer
            };
            support::support(claim, &example.knowledge, "").probability()
        };
        [
            (score(&example.right_answer), true),
            (score(&example.hallucinated_answer), false),
        ]
    });
    Ok(vec![Row {
        set: "halueval",
        measure: "right vs. hallucinated, AUC",
        part: split.as_str(),
        examples: scored.len(),
        value: area_under_curve(&scored.concat()),
        floor: Some(0.897),
        goal: Some(0.93),
    }])
}

/// Whether an answer is only yes or no, so that the question itself is the claim to verify.
fn is_yes_or_no(answer: &str) -> bool {
    let word = answer.trim_matches(|c: char| !c.is_alphabetic());
    word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("no")
}
