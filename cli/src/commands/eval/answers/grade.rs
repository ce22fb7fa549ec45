//! Grades replies: whether an answer is complete.

use std::collections::HashMap;

use super::{
    question::{Criterion, Question},
    reply::Reply,
    section::{fold, sections},
};

/// What a reply is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    /// What is shown has all that the question asks for.
    Complete,
    /// Something else is shown, or something is shown although the question has no answer.
    Wrong,
    /// Nothing is shown.
    Declined,
}

/// Grades a reply. `texts` are the texts of the documents by id.
pub(super) fn grade(question: &Question, reply: &Reply, texts: &HashMap<String, String>) -> Grade {
    if !reply.is_shown() {
        return Grade::Declined;
    }
    let is_complete = match &question.criterion {
        Criterion::Matches { must, documents } => {
            // A line break within a sentence is no fault of an answer.
            let folded = fold(&reply.answer);
            let matches = must
                .iter()
                .all(|must| must.is_match(&reply.answer) || must.is_match(&folded));
            matches && cites_one_of(reply, documents)
        }
        Criterion::OtherWords(expression) => {
            expression.is_match(&reply.answer) || expression.is_match(&fold(&reply.answer))
        }
        Criterion::Section(beginning) => quotes_section(reply, beginning, texts),
        Criterion::NearMiss { .. } | Criterion::Far => false,
    };
    if is_complete {
        Grade::Complete
    } else {
        Grade::Wrong
    }
}

/// Whether a cited document's id contains one of the strings. Without strings, every document is right.
fn cites_one_of(reply: &Reply, documents: &[String]) -> bool {
    documents.is_empty()
        || reply.quotations.iter().any(|quotation| {
            documents
                .iter()
                .any(|document| quotation.document.contains(document))
        })
}

/// Whether a quotation overlaps a section that begins with the text, in any document that has such a section. Quoting the
/// heading alone does not count.
fn quotes_section(reply: &Reply, beginning: &str, texts: &HashMap<String, String>) -> bool {
    reply.quotations.iter().any(|quotation| {
        let Some(text) = texts.get(&quotation.document) else {
            return false;
        };
        let mut sections = sections(text, beginning).into_iter();
        sections.any(|section| quotation.start < section.end && section.start < quotation.end)
    })
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{
        super::reply::{Certainty, Quotation, Writing},
        *,
    };

    const DOCUMENT: &str = "# Fähre\n\n## When does it leave?\n\nAt 8, from the\nold pier.\n\n## What does it cost?\n\n\
        It is free.\n";

    fn question(criterion: Criterion) -> Question {
        Question {
            set: "town".to_owned(),
            kind: String::new(),
            text: String::new(),
            expected: String::new(),
            criterion,
        }
    }

    /// A reply with these words, which quotes them.
    fn reply(quoted: &str, certainty: Certainty) -> Reply {
        let at = DOCUMENT.find(quoted).unwrap();
        let start = DOCUMENT[..at].chars().count();
        Reply {
            answer: format!("{quoted} [1]"),
            certainty,
            confidence: 0.5,
            quotations: vec![Quotation {
                document: "town/ferry.md".to_owned(),
                start,
                end: start + quoted.chars().count(),
            }],
            disagreements: 0,
            took_ms: 1.0,
            writing: Writing::default(),
        }
    }

    fn grade_of(criterion: Criterion, quoted: &str) -> Grade {
        let texts = HashMap::from([("town/ferry.md".to_owned(), DOCUMENT.to_owned())]);
        grade(&question(criterion), &reply(quoted, Certainty::Answer), &texts)
    }

    fn matches(must: &[&str], document: &str) -> Criterion {
        Criterion::Matches {
            must: must.iter().map(|must| Regex::new(must).unwrap()).collect(),
            documents: vec![document.to_owned()],
        }
    }

    #[test]
    fn a_complete_answer_has_all_expressions_and_cites_a_right_document() {
        let quoted = "At 8, from the\nold pier.";
        assert_eq!(
            grade_of(matches(&["8", "(?i)OLD pier"], "ferry.md"), quoted),
            Grade::Complete
        );
        assert_eq!(
            grade_of(matches(&["the old pier"], "ferry.md"), quoted),
            Grade::Complete
        );
        assert_eq!(
            grade_of(matches(&["8", "free"], "ferry.md"), quoted),
            Grade::Wrong
        );
        assert_eq!(grade_of(matches(&["8"], "bus.md"), quoted), Grade::Wrong);
    }

    #[test]
    fn a_question_in_other_words_may_be_answered_from_any_document() {
        let free = || Criterion::OtherWords(Regex::new("free").unwrap());
        assert_eq!(grade_of(free(), "It is free."), Grade::Complete);
        assert_eq!(grade_of(free(), "At 8, from the"), Grade::Wrong);
    }

    #[test]
    fn a_heading_is_answered_by_a_quotation_from_below_it() {
        let section = || Criterion::Section("At 8, from the old pier.".to_owned());
        assert_eq!(grade_of(section(), "old pier."), Grade::Complete);
        assert_eq!(
            grade_of(section(), "## When does it leave?\n\nAt 8"),
            Grade::Complete
        );
        assert_eq!(grade_of(section(), "## When does it leave?"), Grade::Wrong);
        assert_eq!(grade_of(section(), "It is free."), Grade::Wrong);
        let elsewhere = grade(
            &question(section()),
            &reply("old pier.", Certainty::Answer),
            &HashMap::new(),
        );
        assert_eq!(elsewhere, Grade::Wrong);
    }

    #[test]
    fn whatever_is_shown_for_a_question_without_an_answer_is_wrong() {
        assert_eq!(grade_of(Criterion::Far, "It is free."), Grade::Wrong);
        let near_miss = Criterion::NearMiss { is_answerable: false };
        assert_eq!(grade_of(near_miss, "It is free."), Grade::Wrong);
    }

    #[test]
    fn a_declined_question_is_declined_whatever_the_answer_is() {
        let declined = reply("It is free.", Certainty::None);
        let question = question(Criterion::OtherWords(Regex::new("free").unwrap()));
        assert_eq!(grade(&question, &declined, &HashMap::new()), Grade::Declined);
    }
}
