//! The measures of graded replies.

use std::collections::BTreeSet;

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

pub(super) const SET: &str = "answers";

/// A count of questions.
pub(super) struct Measure {
    pub(super) name: &'static str,
    /// The questions that it is about.
    pub(super) of: fn(&Criterion) -> bool,
    /// Those of them that are counted.
    pub(super) counts: fn(&Graded) -> bool,
    pub(super) goal: Option<Goal>,
}

/// The counts, in the order of the table. Goals are shares of the sets that they were set for.
const MEASURES: [Measure; 17] = [
    Measure {
        name: "complete, as answer or unsure",
        of: is_graded_by_matches,
        counts: is_complete,
        goal: Some(Goal::AtLeast(44.0 / 64.0)),
    },
    Measure {
        name: "complete, as answer",
        of: is_graded_by_matches,
        counts: is_complete_answer,
        goal: Some(Goal::AtLeast(32.0 / 64.0)),
    },
    Measure {
        name: "wrong, as answer",
        of: is_graded_by_matches,
        counts: is_wrong_answer,
        goal: Some(Goal::AtMost(5.0 / 64.0)),
    },
    Measure {
        name: "wrong, as answer or unsure",
        of: is_graded_by_matches,
        counts: is_wrong,
        goal: None,
    },
    Measure {
        name: "declined",
        of: is_graded_by_matches,
        counts: is_declined,
        goal: None,
    },
    Measure {
        name: "near misses as answer",
        of: |criterion| matches!(criterion, Criterion::NearMiss { is_answerable: false }),
        counts: is_answer,
        goal: Some(Goal::AtMost(1.0 / 11.0)),
    },
    Measure {
        name: "all near misses as answer",
        of: |criterion| matches!(criterion, Criterion::NearMiss { .. }),
        counts: is_answer,
        goal: None,
    },
    Measure {
        name: "far questions as answer",
        of: is_far,
        counts: is_answer,
        goal: Some(Goal::AtMost(0.0)),
    },
    Measure {
        name: "far questions declined",
        of: is_far,
        counts: is_declined,
        goal: None,
    },
    Measure {
        name: "headings: section quoted",
        of: is_heading,
        counts: is_complete,
        goal: Some(Goal::AtLeast(185.0 / 218.0)),
    },
    Measure {
        name: "headings: section, as answer",
        of: is_heading,
        counts: is_complete_answer,
        goal: None,
    },
    Measure {
        name: "headings: wrong, as answer",
        of: is_heading,
        counts: is_wrong_answer,
        goal: None,
    },
    Measure {
        name: "headings: declined",
        of: is_heading,
        counts: is_declined,
        goal: None,
    },
    Measure {
        name: "other words: complete",
        of: is_in_other_words,
        counts: is_complete,
        goal: Some(Goal::AtLeast(8.0 / 24.0)),
    },
    Measure {
        name: "other words: complete, as answer",
        of: is_in_other_words,
        counts: is_complete_answer,
        goal: None,
    },
    Measure {
        name: "other words: wrong, as answer",
        of: is_in_other_words,
        counts: is_wrong_answer,
        goal: Some(Goal::AtMost(2.0 / 24.0)),
    },
    Measure {
        name: "other words: declined",
        of: is_in_other_words,
        counts: is_declined,
        goal: None,
    },
];
/// The highest mean length of an answer, in characters.
const MAX_MEAN_LENGTH: f64 = 600.0;

fn is_graded_by_matches(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::Matches { .. })
}

fn is_far(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::Far)
}

fn is_heading(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::Section(_))
}

fn is_in_other_words(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::OtherWords(_))
}

fn is_answer(graded: &Graded) -> bool {
    graded.reply.certainty == Certainty::Answer
}

fn is_complete(graded: &Graded) -> bool {
    graded.grade == Grade::Complete
}

fn is_complete_answer(graded: &Graded) -> bool {
    is_answer(graded) && is_complete(graded)
}

fn is_wrong(graded: &Graded) -> bool {
    graded.grade == Grade::Wrong
}

fn is_wrong_answer(graded: &Graded) -> bool {
    is_answer(graded) && is_wrong(graded)
}

fn is_declined(graded: &Graded) -> bool {
    graded.grade == Grade::Declined
}

/// The rows of a set of questions, or of all sets together. Measures without questions have no row.
pub(super) fn rows(part: &str, graded: &[&Graded]) -> Vec<Row> {
    let counted = MEASURES.iter().filter_map(|measure| {
        let graded = of(graded, measure.of);
        let row = || count(part, measure.name, &graded, measure.counts, measure.goal);
        (!graded.is_empty()).then(row)
    });
    let totals = totals(part, graded).into_iter();
    counted.chain(totals.filter(|row| row.examples > 0)).collect()
}

/// The measures of all replies, whatever they are worth.
fn totals(part: &str, graded: &[&Graded]) -> [Row; 4] {
    let shown = graded.iter().filter(|graded| graded.reply.is_shown());
    let lengths: Vec<f64> = shown
        .map(|graded| graded.reply.answer.chars().count() as f64)
        .collect();
    let times = summary(graded.iter().map(|graded| graded.reply.took_ms).collect());
    let row = |measure, examples, value, goal| Row {
        set: SET,
        measure,
        part: part.to_owned().into(),
        examples,
        value,
        count: None,
        refuted: None,
        floor: None,
        goal,
    };
    let disagrees = |graded: &Graded| graded.reply.disagreements > 0;
    [
        count(
            part,
            "with a disagreement",
            graded,
            disagrees,
            Some(Goal::AtMost(0.0)),
        ),
        row(
            "length, mean, characters",
            lengths.len(),
            mean(lengths.into_iter()),
            Some(Goal::AtMost(MAX_MEAN_LENGTH)),
        ),
        row("took_ms, mean", graded.len(), times.mean, None),
        row("took_ms, 95th percentile", graded.len(), times.p95, None),
    ]
}

/// The kinds of questions, each once, in alphabetical order.
pub(super) fn kinds<'a>(graded: &[&'a Graded]) -> BTreeSet<&'a str> {
    graded
        .iter()
        .map(|graded| graded.question.kind.as_str())
        .collect()
}

/// What is wrong and what is declined, for each kind of question that is graded by what it matches.
pub(super) fn rows_of_kinds(graded: &[&Graded]) -> Vec<Row> {
    let graded = of(graded, is_graded_by_matches);
    let rows = kinds(&graded).into_iter().flat_map(|kind| {
        let of_kind = graded.iter().filter(|graded| graded.question.kind == kind);
        let of_kind: Vec<&Graded> = of_kind.copied().collect();
        [
            count(kind, "wrong, by kind", &of_kind, is_wrong, None),
            count(kind, "declined, by kind", &of_kind, is_declined, None),
        ]
    });
    rows.collect()
}

fn of<'a>(graded: &[&'a Graded], is: fn(&Criterion) -> bool) -> Vec<&'a Graded> {
    let graded = graded.iter().copied();
    graded.filter(|graded| is(&graded.question.criterion)).collect()
}

pub(super) fn count(
    part: &str,
    measure: &'static str,
    graded: &[&Graded],
    counts: fn(&Graded) -> bool,
    goal: Option<Goal>,
) -> Row {
    let count = graded.iter().filter(|graded| counts(graded)).count();
    Row {
        set: SET,
        measure,
        part: part.to_owned().into(),
        examples: graded.len(),
        value: count as f64 / graded.len().max(1) as f64,
        count: Some(count),
        refuted: None,
        floor: None,
        goal,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            question::Question,
            reply::{Reply, Writing},
        },
        *,
    };

    fn graded(criterion: Criterion, certainty: Certainty, grade: Grade) -> Graded {
        Graded {
            question: Question {
                set: "town".to_owned(),
                kind: "howto".to_owned(),
                text: String::new(),
                expected: String::new(),
                criterion,
            },
            reply: Reply {
                answer: "At 8.".to_owned(),
                certainty,
                confidence: 0.5,
                quotations: Vec::new(),
                disagreements: 0,
                took_ms: 10.0,
                writing: Writing::default(),
            },
            grade,
        }
    }

    fn matches() -> Criterion {
        Criterion::Matches {
            must: Vec::new(),
            documents: Vec::new(),
        }
    }

    fn counts(rows: &[Row], measure: &str) -> Option<(usize, usize)> {
        let row = rows.iter().find(|row| row.measure == measure)?;
        Some((row.count?, row.examples))
    }

    #[test]
    fn each_outcome_is_counted_where_it_belongs() {
        let near_miss = |is_answerable| Criterion::NearMiss { is_answerable };
        let all = [
            graded(matches(), Certainty::Answer, Grade::Complete),
            graded(matches(), Certainty::Unsure, Grade::Complete),
            graded(matches(), Certainty::Unsure, Grade::Wrong),
            graded(matches(), Certainty::Answer, Grade::Wrong),
            graded(matches(), Certainty::None, Grade::Declined),
            graded(near_miss(false), Certainty::Unsure, Grade::Wrong),
            graded(near_miss(false), Certainty::Answer, Grade::Wrong),
            graded(near_miss(true), Certainty::Answer, Grade::Wrong),
            graded(Criterion::Far, Certainty::None, Grade::Declined),
        ];
        let all: Vec<&Graded> = all.iter().collect();
        let rows = rows("town", &all);
        for (measure, expected) in [
            ("complete, as answer or unsure", Some((2, 5))),
            ("complete, as answer", Some((1, 5))),
            ("wrong, as answer", Some((1, 5))),
            ("wrong, as answer or unsure", Some((2, 5))),
            ("declined", Some((1, 5))),
            ("near misses as answer", Some((1, 2))),
            ("all near misses as answer", Some((2, 3))),
            ("far questions as answer", Some((0, 1))),
            ("far questions declined", Some((1, 1))),
            ("headings: section quoted", None),
            ("with a disagreement", Some((0, 9))),
        ] {
            assert_eq!(counts(&rows, measure), expected, "{measure}");
        }
        let length = rows.iter().find(|row| row.measure == "length, mean, characters");
        assert_eq!(
            length.map(|row| row.examples),
            Some(7),
            "declined answers have none"
        );
        let kinds = rows_of_kinds(&all);
        assert_eq!(counts(&kinds, "wrong, by kind"), Some((2, 5)));
        assert_eq!(counts(&kinds, "declined, by kind"), Some((1, 5)));
    }
}
