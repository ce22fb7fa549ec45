//! HaluEval, question answering (Li et al. 2023): a right and a hallucinated answer to each question.

use std::path::Path;

use serde::Deserialize;

use super::{
    citation::{self, Reply, Request, Source, share_supported},
    dataset,
    dataset::Split,
    table::Row,
};
use crate::server::Server;

/// An answer of fewer words is a phrase: it states something only together with its question.
const MIN_WORDS_OF_A_SENTENCE: usize = 6;

#[derive(Deserialize)]
struct Example {
    knowledge: String,
    question: String,
    right_answer: String,
    hallucinated_answer: String,
}

/// Measures how many right and how many hallucinated answers are supported, as statements.
pub(super) async fn measure(folder: &Path, split: Split, server: &Server) -> anyhow::Result<Vec<Row>> {
    let examples: Vec<Example> = dataset::json_lines(&folder.join("qa_one-turn_500.jsonl"))?;
    let examples = split.select(examples);
    let mut requests = Vec::new();
    let mut are_right = Vec::new();
    for example in &examples {
        let answers = [
            (&example.right_answer, true),
            (&example.hallucinated_answer, false),
        ];
        for (answer, is_right) in answers {
            let Some(text) = statement(&example.question, answer) else {
                continue;
            };
            let source = Source {
                title: String::new(),
                text: example.knowledge.clone(),
            };
            requests.push(Request { text, source });
            are_right.push(is_right);
        }
    }
    let replies = citation::verify_all("halueval", server, requests).await?;
    let of = |class: bool| -> Vec<&Reply> {
        let pairs = are_right.iter().zip(&replies);
        pairs
            .filter(|(is_right, _)| **is_right == class)
            .map(|(_, reply)| reply)
            .collect()
    };
    let (right, hallucinated) = (of(true), of(false));
    let row = |measure, examples, value| Row {
        set: "halueval",
        measure,
        part: split.as_str(),
        examples,
        value,
        refuted: None,
        floor: None,
        goal: None,
    };
    let right_share = share_supported(right.iter().copied());
    let hallucinated_share = share_supported(hallucinated.iter().copied());
    Ok(vec![
        row("right supported", right.len(), right_share),
        row("hallucinated supported", hallucinated.len(), hallucinated_share),
        row("difference", examples.len(), right_share - hallucinated_share),
    ])
}

/// What an answer states. A phrase takes the place of the question word. `None` for yes and no, and for a phrase whose
/// question does not begin with a question word: these state nothing without an inversion of the question.
fn statement(question: &str, answer: &str) -> Option<String> {
    let answer = answer.trim();
    let words = answer.split_whitespace().count();
    if words >= MIN_WORDS_OF_A_SENTENCE {
        return Some(answer.to_owned());
    }
    if words == 0 || is_yes_or_no(answer) {
        return None;
    }
    let (first, rest) = question.trim().trim_end_matches('?').split_once(' ')?;
    let replaces = ["who", "what", "which"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word));
    let next = rest.split_whitespace().next()?.to_lowercase();
    // "Which magazine was ...": the noun goes with the question word; only a verb may follow.
    let is_subject = ["is", "was", "were", "are", "has", "had"].contains(&next.as_str());
    (replaces && is_subject).then(|| format!("{} {}.", answer.trim_end_matches('.'), rest.trim()))
}

fn is_yes_or_no(answer: &str) -> bool {
    let word = answer.trim_matches(|c: char| !c.is_alphabetic());
    word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("no")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_takes_the_place_of_the_question_word() {
        let cases = [
            ("Who is older?", "Ada Holm", Some("Ada Holm is older.")),
            ("Is he older?", "yes", None),
            ("Which town has a lamp?", "Visby", None),
            (
                "Who is older?",
                "Of the two, Ada Holm is older.",
                Some("Of the two, Ada Holm is older."),
            ),
        ];
        for (question, answer, expected) in cases {
            assert_eq!(
                statement(question, answer).as_deref(),
                expected,
                "{question} {answer}"
            );
        }
    }
}
