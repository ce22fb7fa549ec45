//! HaluEval, question answering (Li et al. 2023): a right answer and a made-up one to each question.

use std::path::Path;

use serde::Deserialize;
use shared::evidence::support;

use super::{each, lines, lines::Half, measures::area_under_curve, table::Row};

#[derive(Deserialize)]
struct Example {
    knowledge: String,
    question: String,
    right_answer: String,
    hallucinated_answer: String,
}

pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = lines::json_lines(&folder.join("qa_one-turn_500.jsonl"))?;
    let examples = half.of(examples);
    let scored = each("halueval", &examples, |example| {
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
        measure: "right above made up, AUC",
        part: half.as_str(),
        examples: scored.len(),
        value: area_under_curve(&scored.concat()),
        floor: Some(0.897),
        goal: Some(0.93),
    }])
}

/// An answer that claims what the question asks, or its contrary.
fn is_yes_or_no(answer: &str) -> bool {
    let word = answer.trim_matches(|c: char| !c.is_alphabetic());
    word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("no")
}
