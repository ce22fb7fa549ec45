//! Orchestration patterns, chosen by rules over the words of a question, without a model and without I/O.
//!
//! A comparison is searched once for each side (fork-join); several questions in one are searched separately
//! (scatter-gather); any other question is searched as a whole (pipeline).

use crate::domain::Question;

/// The most parts that a question is split into: each costs a search.
const MAX_PARTS: usize = 4;

/// The pattern of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// `pipeline`, `fork_join` or `scatter_gather`.
    pub(super) name: &'static str,
    /// The parts to search separately: at least two, or none in a pipeline.
    pub(super) parts: Vec<Question>,
}

/// Chooses the pattern for a question.
pub(super) fn pattern(question: &Question) -> Pattern {
    let text = question.as_str().trim();
    let (name, parts) = match sides(text) {
        Some(sides) => ("fork_join", sides.to_vec()),
        None => ("scatter_gather", questions(text)),
    };
    let parts: Vec<Question> = parts
        .iter()
        .filter_map(|part| Question::parse(part).ok())
        .take(MAX_PARTS)
        .collect();
    if parts.len() < 2 {
        return Pattern {
            name: "pipeline",
            parts: Vec::new(),
        };
    }
    Pattern { name, parts }
}

/// The two sides of a comparison, each as a question.
fn sides(text: &str) -> Option<[String; 2]> {
    let text = text.trim_end_matches(['?', '.', '!', ' ']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| bare(word).to_lowercase()).collect();
    let at = |wanted: &[&str]| lower.iter().position(|word| wanted.contains(&word.as_str()));
    let question = |before: &[&str], side: &[&str], after: &[&str]| {
        [before, side, after]
            .concat()
            .join(" ")
            .trim_end_matches([',', ':'])
            .to_owned()
    };

    // "the difference between A and B", "compare A with B": what stands before says nothing about either.
    let opening = [
        ("difference", "between"),
        ("differences", "between"),
        ("comparison", "of"),
        ("comparison", "between"),
    ];
    let opened = lower
        .windows(2)
        .position(|pair| opening.contains(&(pair[0].as_str(), pair[1].as_str())))
        .map(|place| place + 2)
        .or(at(&["compare", "compares"])
            .filter(|place| *place <= 1)
            .map(|place| place + 1));
    if let Some(start) = opened {
        let joint = (start + 1..words.len())
            .find(|place| matches!(lower[*place].as_str(), "and" | "with" | "to" | "against"))?;
        let (first, second) = (&words[start..joint], &words[joint + 1..]);
        return (!second.is_empty()).then(|| [question(&[], first, &[]), question(&[], second, &[])]);
    }

    // "A versus B".
    if let Some(joint) = at(&["vs", "versus"]).filter(|joint| *joint > 0 && joint + 1 < words.len()) {
        return Some([
            question(&[], &words[..joint], &[]),
            question(&[], &words[joint + 1..], &[]),
        ]);
    }

    // "... faster in A than in B", "Is A cheaper than B?".
    let than = at(&["than"]).filter(|than| *than > 1 && than + 1 < words.len())?;
    let (before, after) = (&words[..than], &words[than + 1..]);
    let preposition = ["in", "on", "with", "for", "by", "at"]
        .contains(&lower[than + 1].as_str())
        .then(|| &lower[than + 1]);
    match preposition {
        Some(preposition) => {
            let place = lower[..than].iter().rposition(|word| word == preposition)?;
            let first = question(before, &[], &[]);
            Some([first, question(&before[..place], after, &[])])
        }
        None => {
            let comparative = (1..than).rev().find(|place| is_comparative(&lower[*place]))?;
            // "more than enough", "longer than 30 seconds" and "it is better than" compare nothing that has a name here.
            let is_amount = after[0].starts_with(|c: char| c.is_ascii_digit())
                || (comparative + 1 == than
                    && matches!(lower[comparative].as_str(), "more" | "less" | "fewer"));
            if is_amount || is_no_side(&lower[comparative - 1]) {
                return None;
            }
            let side = comparative - 1;
            let rest = &before[comparative..];
            Some([
                question(&before[..side], &before[side..=side], rest),
                question(&before[..side], after, rest),
            ])
        }
    }
}

fn is_comparative(word: &str) -> bool {
    const NOT: [&str; 8] = [
        "other", "rather", "after", "under", "never", "whether", "either", "number",
    ];
    matches!(word, "more" | "less" | "better" | "worse" | "fewer")
        || (word.len() > 4 && word.ends_with("er") && !NOT.contains(&word))
}

/// Whether a word before a comparative cannot be what is compared.
fn is_no_side(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "is", "are", "was", "were", "be", "it", "that", "this", "there", "they", "do", "does", "did", "what",
        "which", "who", "how", "much", "even", "far", "no", "not",
    ];
    WORDS.contains(&word)
}

/// A word without surrounding punctuation.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The questions in a text that asks several.
fn questions(text: &str) -> Vec<String> {
    const ASKING: [&str; 9] = [
        "how", "why", "what", "when", "who", "where", "which", "whose", "does",
    ];
    let mut questions: Vec<String> = Vec::new();
    for sentence in text.split_inclusive(['?', ';']) {
        let mut part: Vec<&str> = Vec::new();
        let words: Vec<&str> = sentence.split_whitespace().collect();
        for (place, word) in words.iter().enumerate() {
            let next = words.get(place + 1).map(|next| bare(next).to_lowercase());
            let begins_another = matches!(bare(word), "and" | "And")
                && next.is_some_and(|next| ASKING.contains(&next.as_str()));
            if begins_another && part.len() > 2 {
                questions.push(part.join(" "));
                part.clear();
            } else {
                part.push(word);
            }
        }
        questions.push(part.join(" "));
    }
    questions.retain(|question| question.split_whitespace().count() > 1);
    let asked = |question: &String| {
        let first = question
            .split_whitespace()
            .next()
            .map(|word| bare(word).to_lowercase());
        question.ends_with('?') || first.is_some_and(|first| ASKING.contains(&first.as_str()))
    };
    // One question among statements is one question.
    if questions.iter().filter(|question| asked(question)).count() < 2 {
        return Vec::new();
    }
    questions.retain(asked);
    for question in &mut questions {
        question.truncate(question.trim_end_matches(['?', ';', ',', ' ']).len());
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(text: &str) -> (&'static str, Vec<String>) {
        let Pattern { name, parts } = pattern(&Question::parse(text).unwrap());
        (name, parts.iter().map(|part| part.as_str().to_owned()).collect())
    }

    #[test]
    fn comparisons_have_two_sides() {
        for (text, sides) in [
            (
                "What is the difference between a timeout and a deadline?",
                ["a timeout", "a deadline"],
            ),
            ("Compare SQS with EventBridge.", ["SQS", "EventBridge"]),
            ("SQS vs. EventBridge", ["SQS", "EventBridge"]),
            (
                "How much faster is a Lambda cold start in Rust than in Java?",
                [
                    "How much faster is a Lambda cold start in Rust",
                    "How much faster is a Lambda cold start in Java",
                ],
            ),
            (
                "Why does Yusuf like fakes better than mocks?",
                [
                    "Why does Yusuf like fakes better",
                    "Why does Yusuf like mocks better",
                ],
            ),
            ("Is SQS cheaper than SNS?", ["Is SQS cheaper", "Is SNS cheaper"]),
        ] {
            assert_eq!(
                planned(text),
                ("fork_join", sides.map(str::to_owned).to_vec()),
                "{text}"
            );
        }
    }

    #[test]
    fn several_questions_are_asked_each_for_itself() {
        let parts = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            planned("What is a circuit breaker and when does it open? Who invented it?"),
            (
                "scatter_gather",
                parts(&[
                    "What is a circuit breaker",
                    "when does it open",
                    "Who invented it"
                ])
            )
        );
        assert_eq!(
            planned("How does it work; what does it cost; why is it slow?")
                .1
                .len(),
            3
        );
    }

    #[test]
    fn all_else_is_one_pass() {
        for text in [
            "What is a heron?",
            "I have a heron. What does it eat?",
            "Who and what?",
            "than",
            "vs",
            "compare",
            "difference between",
            "What is more than enough?",
            "What takes longer than 30 seconds?",
            "Which costs more than the others?",
            "What is better than that?",
            "Which rules other than these apply?",
            "Bread and what butter is",
            "漢字?",
            "???",
        ] {
            assert_eq!(planned(text), ("pipeline", Vec::new()), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_much(text in "(than|vs|in|and|what|compare|difference|between|\\\\?|;| |[a-zé漢]{1,4}){0,40}") {
            if let Ok(question) = Question::parse(&text) {
                let Pattern { name, parts } = pattern(&question);
                proptest::prop_assert_eq!(name == "pipeline", parts.is_empty());
                proptest::prop_assert!(parts.len() <= MAX_PARTS && parts.len() != 1);
            }
        }
    }
}
