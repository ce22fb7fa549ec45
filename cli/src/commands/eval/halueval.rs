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
const QUESTION_WORDS: [&str; 3] = ["who", "what", "which"];
/// The question word and its noun, as in "what city".
const MAX_WORDS_ASKED_FOR: usize = 3;
const VERBS: [&str; 6] = ["is", "was", "are", "were", "has", "had"];

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
        part: split.as_str().into(),
        examples,
        value,
        count: None,
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

/// What an answer states. A phrase takes the place of what is asked for. `None` for yes and no, and for a phrase whose
/// question would have to be put into another order.
fn statement(question: &str, answer: &str) -> Option<String> {
    let answer = answer.trim();
    let count = answer.split_whitespace().count();
    if count >= MIN_WORDS_OF_A_SENTENCE {
        return Some(answer.to_owned());
    }
    if count == 0 || is_yes_or_no(answer) {
        return None;
    }
    let answer = answer.trim_end_matches('.');
    let question: Vec<&str> = question.trim().trim_end_matches('?').split_whitespace().collect();
    let is_asked = |word: &&str| QUESTION_WORDS.iter().any(|asks| word.eq_ignore_ascii_case(asks));
    let place = question.iter().position(is_asked)?;
    // "... has its head office in what city".
    if place > 0 {
        let is_last = question.len() - place <= MAX_WORDS_ASKED_FOR;
        return is_last.then(|| format!("{} {answer}.", question[..place].join(" ")));
    }
    // "Which magazine was ...": the subject is asked for, and the verb follows.
    let verb = question
        .iter()
        .take(1 + MAX_WORDS_ASKED_FOR)
        .position(|word| VERBS.contains(word))?;
    Some(format!("{answer} {}.", question[verb..].join(" ")))
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
            ("Which town has a lamp?", "Visby", Some("Visby has a lamp.")),
            (
                "The lamp is in what town?",
                "Visby",
                Some("The lamp is in Visby."),
            ),
            ("Where is the lamp?", "Visby", None),
            ("What did he see?", "Visby", None),
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
