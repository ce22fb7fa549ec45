//! The measures of replies of a model: who wrote them, whether in time, and what was shown.

use super::{
    super::{measures::mean, table::Row},
    Graded,
    grade::Grade,
    question::Criterion,
    rows::{Measure, SET, count},
};

/// The part of the table.
const PART: &str = "model";

/// The counts, in the order of the table.
const MEASURES: [Measure; 9] = [
    measure("complete", is_answerable, |graded| {
        graded.grade == Grade::Complete
    }),
    measure("beside the point", is_answerable, |graded| {
        graded.grade == Grade::Wrong
    }),
    measure("declined", is_answerable, |graded| {
        graded.grade == Grade::Declined
    }),
    measure(
        "unanswerable, shown as answer or unsure",
        is_unanswerable,
        |graded| graded.reply.is_shown(),
    ),
    measure("written by a model", any, |graded| {
        graded.reply.writing.is_by_model
    }),
    measure("complete, by a model", is_answerable, |graded| {
        graded.grade == Grade::Complete && graded.reply.writing.is_by_model
    }),
    measure("in time", any, |graded| graded.reply.writing.is_in_time),
    measure("supported in a model's words", any, |graded| {
        shows_a_model(graded) && graded.reply.writing.repaired < graded.reply.writing.claims
    }),
    measure("repaired", any, |graded| {
        shows_a_model(graded) && graded.reply.writing.repaired > 0
    }),
];

const fn measure(name: &'static str, of: fn(&Criterion) -> bool, counts: fn(&Graded) -> bool) -> Measure {
    Measure {
        name,
        of,
        counts,
        goal: None,
    }
}

fn any(_: &Criterion) -> bool {
    true
}

/// Whether a question has an answer in the documents.
fn is_answerable(criterion: &Criterion) -> bool {
    !matches!(criterion, Criterion::NearMiss { .. } | Criterion::Far)
}

/// Whether a question has none.
fn is_unanswerable(criterion: &Criterion) -> bool {
    matches!(
        criterion,
        Criterion::NearMiss { is_answerable: false } | Criterion::Far
    )
}

fn shows_a_model(graded: &Graded) -> bool {
    graded.reply.writing.is_by_model && graded.reply.is_shown()
}

/// The rows of all questions.
pub(super) fn rows(graded: &[&Graded]) -> Vec<Row> {
    let counted = MEASURES.iter().map(|measure| {
        let of = graded.iter().copied();
        let of: Vec<&Graded> = of
            .filter(|graded| (measure.of)(&graded.question.criterion))
            .collect();
        count(PART, measure.name, &of, measure.counts, None)
    });
    let tokens = mean(
        graded
            .iter()
            .map(|graded| graded.reply.writing.output_tokens as f64),
    );
    let seconds = mean(graded.iter().map(|graded| graded.reply.took_ms / 1_000.0));
    let means = [("output tokens, mean", tokens), ("seconds, mean", seconds)];
    let means = means.map(|(measure, value)| Row {
        set: SET,
        measure,
        part: PART.into(),
        examples: graded.len(),
        value,
        count: None,
        refuted: None,
        floor: None,
        goal: None,
    });
    counted.chain(means).collect()
}
