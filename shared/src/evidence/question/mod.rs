//! A parsed question: its weighted terms, and the kind of answer it expects.

mod answer_kind;
mod answer_match;
mod foreign;
mod forms;
mod synonyms;
mod terms;

#[cfg(test)]
mod tests;

pub use answer_kind::AnswerKind;
pub use terms::{QuestionTerm, QuestionTerms, TermKind};
