//! Answers over HTTP to graded questions about any documents: how many are complete, wrong, declined.

mod ask;
mod grade;
mod library;
mod question;
mod reply;
mod rows;
mod section;
mod show;

use std::{collections::BTreeSet, path::Path};

use anyhow::ensure;

use super::table::Row;
use crate::server::Server;
use grade::Grade;
use library::Library;
use question::Question;
use reply::Reply;

/// What to ask and to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options<'a> {
    /// The only set of questions that is asked.
    pub(super) set: Option<&'a str>,
    /// How many questions that are not answered right are printed for each kind.
    pub(super) show: usize,
}

/// A question, its reply, and what that is worth.
struct Graded {
    question: Question,
    reply: Reply,
    grade: Grade,
}

/// Fills a library for each set of the folder, asks its questions, and measures the replies for each set and together.
pub(super) async fn measure(
    folder: &Path,
    options: Options<'_>,
    server: &Server,
) -> anyhow::Result<Vec<Row>> {
    let mut questions = Question::read(folder)?;
    questions.retain(|question| options.set.is_none_or(|set| question.set == set));
    ensure!(
        !questions.is_empty(),
        "{} has no such questions",
        folder.display()
    );
    let sets: BTreeSet<String> = questions.iter().map(|question| question.set.clone()).collect();
    let mut graded = Vec::new();
    for set in &sets {
        let of_set: Vec<Question> = questions
            .extract_if(.., |question| question.set == *set)
            .collect();
        graded.extend(ask_and_grade(Library::read(folder, set)?, of_set, server).await?);
    }
    let all: Vec<&Graded> = graded.iter().collect();
    show::show_failures(&all, options.show);
    let mut rows = Vec::new();
    for set in &sets {
        let of_set: Vec<&Graded> = graded
            .iter()
            .filter(|graded| graded.question.set == *set)
            .collect();
        rows.extend(rows::rows(set, &of_set));
    }
    if sets.len() > 1 {
        rows.extend(rows::rows("together", &all));
    }
    rows.extend(rows::rows_of_kinds(&all));
    Ok(rows)
}

async fn ask_and_grade(
    library: Library,
    questions: Vec<Question>,
    server: &Server,
) -> anyhow::Result<Vec<Graded>> {
    let name = library.name.clone();
    let texts = library.texts();
    library.fill(server).await?;
    let asked: Vec<&str> = questions.iter().map(|question| question.text.as_str()).collect();
    let replies = ask::ask_all(server, &name, &asked).await?;
    let pairs = questions.into_iter().zip(replies);
    Ok(pairs
        .map(|(question, reply)| Graded {
            grade: grade::grade(&question, &reply, &texts),
            question,
            reply,
        })
        .collect())
}
