//! Answers over HTTP to graded questions about any documents: how many are complete, wrong, declined.

mod ask;
mod grade;
mod library;
mod model_rows;
pub(super) mod qed;
mod question;
mod reply;
mod risk_coverage;
mod rows;
mod sample;
mod samples;
mod section;
mod show;

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, ensure};
use shared::agents::synthesis::EXTRACTIVE;

use super::{dataset::Split, table::Row};
use crate::server::Server;
use grade::Grade;
use library::Library;
use question::Question;
use reply::Reply;

/// What to ask and to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options<'a> {
    /// Who answers: a model, a provider, `auto`, or the extractive writer without it.
    pub(super) model: Option<&'a str>,
    /// How many questions are drawn, and which half of them is asked. All without it.
    pub(super) sample: Option<(usize, Split)>,
    /// The only set of questions that is asked.
    pub(super) set: Option<&'a str>,
    /// How many questions that are not answered right are printed for each kind.
    pub(super) show: usize,
    /// The file that the risk-coverage curve is written to.
    pub(super) svg: Option<&'a Path>,
}

/// A question, its reply, and what that is worth.
struct Graded {
    question: Question,
    reply: Reply,
    grade: Grade,
}

/// Fills a library for each set of the folder, asks its questions, and measures the replies for each set and together.
/// The folder is a data set or the sample library, which has no goals.
pub(super) async fn measure(
    folder: &Path,
    options: Options<'_>,
    server: &Server,
) -> anyhow::Result<Vec<Row>> {
    let is_samples = samples::is_in(folder);
    let mut questions = if is_samples {
        samples::questions(folder)?
    } else {
        Question::read(folder)?
    };
    questions.retain(|question| options.set.is_none_or(|set| question.set == set));
    if let Some((count, split)) = options.sample {
        questions = split.select(sample::draw(questions, count));
    }
    ensure!(
        !questions.is_empty(),
        "{} has no questions of that set",
        folder.display()
    );
    let sets: BTreeSet<String> = questions.iter().map(|question| question.set.clone()).collect();
    let mut graded = Vec::new();
    for set in &sets {
        let library = if is_samples {
            Library::new(set, samples::documents(folder)?)?
        } else {
            Library::read(folder, set)?
        };
        let of_set: Vec<Question> = questions
            .extract_if(.., |question| question.set == *set)
            .collect();
        graded.extend(ask_and_grade(library, of_set, options.model, server).await?);
    }
    let all: Vec<&Graded> = graded.iter().collect();
    show::show_failures(&all, options.show);
    if let Some(file) = options.svg {
        std::fs::write(file, risk_coverage::diagram(&all))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut rows = rows(&sets, &all);
    if options.model.is_some() {
        rows.extend(model_rows::rows(&all));
    }
    if is_samples {
        rows.iter_mut().for_each(|row| row.goal = None);
    }
    Ok(rows)
}

/// The rows of each set, those of all together, and those of each kind of question.
fn rows(sets: &BTreeSet<String>, graded: &[&Graded]) -> Vec<Row> {
    let mut rows = Vec::new();
    for set in sets {
        let of_set = graded.iter().filter(|graded| graded.question.set == *set);
        rows.extend(rows::rows(set, &of_set.copied().collect::<Vec<_>>()));
    }
    if sets.len() > 1 {
        rows.extend(rows::rows("together", graded));
    }
    rows.extend(rows::rows_of_kinds(graded));
    rows
}

async fn ask_and_grade(
    library: Library,
    questions: Vec<Question>,
    model: Option<&str>,
    server: &Server,
) -> anyhow::Result<Vec<Graded>> {
    let name = library.name.clone();
    library.fill(server).await?;
    let asked: Vec<&str> = questions.iter().map(|question| question.text.as_str()).collect();
    let replies = ask::ask_all(server, &name, model.unwrap_or(EXTRACTIVE), &asked).await?;
    let quotations = replies.iter().flat_map(|reply| &reply.quotations);
    let cited = quotations.map(|quotation| quotation.document.as_str()).collect();
    let texts = library::stored_texts(server, &name, cited).await?;
    let pairs = questions.into_iter().zip(replies);
    Ok(pairs
        .map(|(question, reply)| Graded {
            grade: grade::grade(&question, &reply, &texts),
            question,
            reply,
        })
        .collect())
}
