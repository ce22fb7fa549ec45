//! Prints questions whose replies are not right.

use anstream::println;

use super::{Graded, grade::Grade, question::Criterion, reply::Certainty, rows::kinds};

/// How much of an answer is printed.
const SHOWN_CHARACTERS: usize = 200;

/// Prints at most `count` questions of each kind that are not answered right.
pub(super) fn show_failures(graded: &[&Graded], count: usize) {
    for kind in kinds(graded) {
        let failures = graded
            .iter()
            .filter(|graded| graded.question.kind == kind && is_failure(graded));
        for Graded {
            question,
            reply,
            grade,
        } in failures.copied().take(count)
        {
            let outcome = match grade {
                Grade::Declined => "declined".to_owned(),
                Grade::Wrong | Grade::Complete => format!("wrong, as {}", reply.certainty.as_str()),
            };
            println!("{kind}, {}: {outcome}", question.set);
            println!("  question  {}", one_line(&question.text));
            if reply.is_shown() {
                println!("  answer    {}", one_line(&reply.answer));
            }
            println!("  expected  {}", one_line(&question.expected));
        }
    }
}

fn is_failure(graded: &Graded) -> bool {
    match graded.question.criterion {
        Criterion::NearMiss { is_answerable } => {
            !is_answerable && graded.reply.certainty == Certainty::Answer
        }
        Criterion::Far => graded.reply.certainty == Certainty::Answer,
        _ => graded.grade != Grade::Complete,
    }
}

fn one_line(text: &str) -> String {
    let line = text.replace('\n', "⏎");
    line.chars().take(SHOWN_CHARACTERS).collect()
}
