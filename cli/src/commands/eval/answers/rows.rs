//! The measures of graded replies.

use std::borrow::Cow;

use super::{
    super::{
        measures::{mean, summary},
        table::{Goal, Row},
    },
    Graded,
    grade::Grade,
    question::Criterion,
    reply::Certainty,
};

const SET: &str = "answers";

/// The questions of a kind of criterion.
fn of<'a>(graded: &[&'a Graded], is: impl Fn(&Criterion) -> bool) -> Vec<&'a Graded> {
    let graded = graded.iter().copied();
    graded.filter(|graded| is(&graded.question.criterion)).collect()
}

/// The rows of a set of questions, or of all sets together. Measures without questions have no row.
pub(super) fn rows(part: &str, graded: &[&Graded]) -> Vec<Row> {
    let part: Cow<'static, str> = part.to_owned().into();
    let answerable = of(graded, |criterion| matches!(criterion, Criterion::Matches { .. }));
    let near_misses = of(graded, |criterion| {
        matches!(criterion, Criterion::NearMiss { .. })
    });
    let unanswerable_near_misses = of(graded, |criterion| {
        matches!(criterion, Criterion::NearMiss { is_answerable: false })
    });
    let far = of(graded, |criterion| matches!(criterion, Criterion::Far));
    let headings = of(graded, |criterion| matches!(criterion, Criterion::Section(_)));
    let other_words = of(graded, |criterion| matches!(criterion, Criterion::OtherWords(_)));

    let is_complete = |graded: &Graded| graded.grade == Grade::Complete;
    let is_wrong = |graded: &Graded| graded.grade == Grade::Wrong;
    let is_declined = |graded: &Graded| graded.grade == Grade::Declined;
    let is_answer = |graded: &Graded| graded.reply.certainty == Certainty::Answer;
    let is_complete_answer = |graded: &Graded| is_answer(graded) && is_complete(graded);
    let is_wrong_answer = |graded: &Graded| is_answer(graded) && is_wrong(graded);

    let counted: [(&'static str, &[&Graded], &dyn Fn(&Graded) -> bool, Option<Goal>); 16] = [
        (
            "complete, as answer or unsure",
            &answerable,
            &is_complete,
            at_least(44.0 / 64.0),
        ),
        (
            "complete, as answer",
            &answerable,
            &is_complete_answer,
            at_least(32.0 / 64.0),
        ),
        (
            "wrong, as answer",
            &answerable,
            &is_wrong_answer,
            at_most(5.0 / 64.0),
        ),
        ("wrong, as answer or unsure", &answerable, &is_wrong, None),
        ("declined", &answerable, &is_declined, None),
        (
            "near misses as answer",
            &unanswerable_near_misses,
            &is_answer,
            at_most(1.0 / 11.0),
        ),
        ("all near misses as answer", &near_misses, &is_answer, None),
        ("far questions as answer", &far, &is_answer, at_most(0.0)),
        (
            "headings: section quoted",
            &headings,
            &is_complete,
            at_least(185.0 / 218.0),
        ),
        (
            "headings: section, as answer",
            &headings,
            &is_complete_answer,
            None,
        ),
        ("headings: wrong, as answer", &headings, &is_wrong_answer, None),
        ("headings: declined", &headings, &is_declined, None),
        (
            "other words: complete",
            &other_words,
            &is_complete,
            at_least(8.0 / 24.0),
        ),
        (
            "other words: complete, as answer",
            &other_words,
            &is_complete_answer,
            None,
        ),
        (
            "other words: wrong, as answer",
            &other_words,
            &is_wrong_answer,
            at_most(2.0 / 24.0),
        ),
        ("other words: declined", &other_words, &is_declined, None),
    ];
    let counted = counted.into_iter().filter(|(_, graded, ..)| !graded.is_empty());
    let mut rows: Vec<Row> = counted
        .map(|(measure, graded, is, goal)| row(&part, measure, graded, is, goal))
        .collect();
    rows.extend(totals(&part, graded));
    rows
}

/// The measures of all replies, whatever they are worth.
fn totals(part: &Cow<'static, str>, graded: &[&Graded]) -> Vec<Row> {
    let shown: Vec<f64> = graded
        .iter()
        .filter(|graded| graded.reply.is_shown())
        .map(|graded| graded.reply.answer.chars().count() as f64)
        .collect();
    let times = summary(graded.iter().map(|graded| graded.reply.took_ms).collect());
    let disagrees = |graded: &Graded| graded.reply.disagreements > 0;
    let value = |measure, examples, value, goal| Row {
        set: SET,
        measure,
        part: part.clone(),
        examples,
        value,
        count: None,
        refuted: None,
        floor: None,
        goal,
    };
    vec![
        row(part, "with a disagreement", graded, &disagrees, at_most(0.0)),
        value(
            "length, mean, characters",
            shown.len(),
            mean(shown.into_iter()),
            at_most(600.0),
        ),
        value("took_ms, mean", graded.len(), times.mean, None),
        value("took_ms, 95th percentile", graded.len(), times.p95, None),
    ]
}

/// What is wrong and what is declined, for each kind of answerable question.
pub(super) fn rows_of_kinds(graded: &[&Graded]) -> Vec<Row> {
    let answerable = of(graded, |criterion| matches!(criterion, Criterion::Matches { .. }));
    let mut kinds: Vec<&str> = answerable
        .iter()
        .map(|graded| graded.question.kind.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let rows = kinds.into_iter().flat_map(|kind| {
        let graded: Vec<&Graded> = answerable
            .iter()
            .copied()
            .filter(|graded| graded.question.kind == kind)
            .collect();
        let part = kind.to_owned().into();
        [
            ("wrong, by kind", Grade::Wrong),
            ("declined, by kind", Grade::Declined),
        ]
        .map(|(measure, grade)| row(&part, measure, &graded, &|graded| graded.grade == grade, None))
    });
    rows.collect()
}

fn row(
    part: &Cow<'static, str>,
    measure: &'static str,
    graded: &[&Graded],
    is: &dyn Fn(&Graded) -> bool,
    goal: Option<Goal>,
) -> Row {
    let count = graded.iter().filter(|graded| is(graded)).count();
    Row {
        set: SET,
        measure,
        part: part.clone(),
        examples: graded.len(),
        value: count as f64 / graded.len().max(1) as f64,
        count: Some(count),
        refuted: None,
        floor: None,
        goal,
    }
}

fn at_least(share: f64) -> Option<Goal> {
    Some(Goal::AtLeast(share))
}

fn at_most(share: f64) -> Option<Goal> {
    Some(Goal::AtMost(share))
}
