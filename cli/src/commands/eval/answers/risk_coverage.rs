//! Risk-coverage curves (El-Yaniv and Wiener 2010): the share of wrong answers among those that are shown, by the share of
//! questions that are answered.

use super::{
    super::plot::{Axis, Plot},
    Graded,
    grade::Grade,
    question::Criterion,
    reply::{Certainty, Reply},
};

/// The share of answerable questions that are shown, and the share of what is shown that is not complete.
type Point = (f64, f64);

/// Draws the curve over all thresholds of the confidence, and the point that the product's certainty chooses. Questions
/// that are headings are left out: they are many, and alike.
pub(super) fn diagram(graded: &[&Graded]) -> String {
    let mut plot = Plot::new(
        "Share of wrong answers by share of questions answered",
        Axis::share("share of answerable questions shown"),
        Axis::share("share of shown that is not complete"),
    );
    plot.line(&curve(graded));
    plot.dot(chosen(graded), "shown as answer");
    plot.finish()
}

/// The points of the curve, from the highest threshold to the lowest. Replies of the same confidence are shown together.
fn curve(graded: &[&Graded]) -> Vec<Point> {
    let mut thresholds: Vec<f64> = graded
        .iter()
        .filter(|graded| graded.reply.is_shown())
        .map(|graded| graded.reply.confidence)
        .collect();
    thresholds.sort_by(|left, right| right.total_cmp(left));
    thresholds.dedup();
    let points = thresholds
        .into_iter()
        .map(|threshold| point(graded, |reply| reply.is_shown() && reply.confidence >= threshold));
    points.collect()
}

/// The point of the replies that are shown as answers.
fn chosen(graded: &[&Graded]) -> Point {
    point(graded, |reply| reply.certainty == Certainty::Answer)
}

fn point(graded: &[&Graded], is_shown: impl Fn(&Reply) -> bool) -> Point {
    let counted = graded.iter().filter(|graded| is_counted(graded));
    let is_answerable = |graded: &Graded| {
        !matches!(
            graded.question.criterion,
            Criterion::NearMiss { .. } | Criterion::Far
        )
    };
    let (mut answerable, mut shown_answerable, mut shown, mut wrong) = (0_usize, 0_usize, 0_usize, 0_usize);
    for graded in counted {
        answerable += usize::from(is_answerable(graded));
        if is_shown(&graded.reply) {
            shown += 1;
            shown_answerable += usize::from(is_answerable(graded));
            wrong += usize::from(graded.grade != Grade::Complete);
        }
    }
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    (share(shown_answerable, answerable), share(wrong, shown))
}

/// Whether the question is neither a heading nor graded neither way.
fn is_counted(graded: &Graded) -> bool {
    !matches!(
        graded.question.criterion,
        Criterion::Section(_) | Criterion::NearMiss { is_answerable: true }
    )
}

#[cfg(test)]
mod tests {
    use super::{
        super::{question::Question, reply::Writing},
        *,
    };

    fn graded(criterion: Criterion, certainty: Certainty, confidence: f64, grade: Grade) -> Graded {
        Graded {
            question: Question {
                set: String::new(),
                kind: String::new(),
                text: String::new(),
                expected: String::new(),
                criterion,
            },
            reply: Reply {
                answer: String::new(),
                certainty,
                confidence,
                quotations: Vec::new(),
                disagreements: 0,
                took_ms: 1.0,
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

    #[test]
    fn wrong_answers_and_answers_to_nothing_are_risk() {
        let all = [
            graded(matches(), Certainty::Answer, 0.9, Grade::Complete),
            graded(matches(), Certainty::Answer, 0.9, Grade::Complete),
            graded(Criterion::Far, Certainty::Answer, 0.8, Grade::Wrong),
            graded(matches(), Certainty::Unsure, 0.3, Grade::Wrong),
            graded(matches(), Certainty::None, 0.95, Grade::Declined),
            graded(
                Criterion::Section(String::new()),
                Certainty::Answer,
                0.8,
                Grade::Wrong,
            ),
        ];
        let all: Vec<&Graded> = all.iter().collect();
        assert_eq!(curve(&all), [(0.5, 0.0), (0.5, 1.0 / 3.0), (0.75, 0.5)]);
        assert_eq!(chosen(&all), (0.5, 1.0 / 3.0));
    }

    #[test]
    fn the_diagram_has_the_curve_and_the_chosen_point() {
        let one = graded(matches(), Certainty::Answer, 0.9, Grade::Complete);
        let svg = diagram(&[&one]);
        assert!(svg.contains("<polyline points=\"460.0,460.0\""), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 1);
        assert!(diagram(&[]).ends_with("</svg>\n"));
    }
}
