//! Draws some of the questions, the same in every run.

use std::collections::HashMap;

use super::{super::faults::seeded::hash, question::Question};

/// Draws as many questions, two of each kind in turn, so that every second one has about as many of each kind as the others.
pub(super) fn draw(mut questions: Vec<Question>, count: usize) -> Vec<Question> {
    questions.sort_by_cached_key(|question| hash(&[&question.text]));
    let mut of_kind: HashMap<String, usize> = HashMap::new();
    questions.sort_by_cached_key(|question| {
        let rank = of_kind.entry(question.kind.clone()).or_default();
        *rank += 1;
        (rank.div_ceil(2), question.kind.clone())
    });
    questions.truncate(count);
    questions
}

#[cfg(test)]
mod tests {
    use super::{super::question::Criterion, *};

    fn question(kind: &str, text: String) -> Question {
        Question {
            set: "town".to_owned(),
            kind: kind.to_owned(),
            text,
            expected: String::new(),
            criterion: Criterion::Far,
        }
    }

    #[test]
    fn kinds_are_drawn_in_turn_whatever_the_order_of_the_questions() {
        let questions = || {
            let often = (0..20).map(|number| question("heading", format!("What is {number}?")));
            let seldom = (0..3).map(|number| question("howto", format!("How is {number}?")));
            often.chain(seldom).collect::<Vec<_>>()
        };
        let texts = |drawn: Vec<Question>| {
            drawn
                .into_iter()
                .map(|question| question.text)
                .collect::<Vec<_>>()
        };
        let drawn = draw(questions(), 6);
        let kinds: Vec<&str> = drawn.iter().map(|question| question.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["heading", "heading", "howto", "howto", "heading", "heading"]
        );
        let mut reversed = questions();
        reversed.reverse();
        assert_eq!(texts(draw(reversed, 6)), texts(drawn));
        assert_eq!(draw(questions(), 100).len(), 23);
    }
}
