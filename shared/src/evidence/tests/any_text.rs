//! Properties that hold for any answer and any passages.

use proptest::prelude::*;

use super::library::library;
use crate::{
    domain::{Passage, Verdict},
    evidence::claims::verify,
    retrieval::test_passages::passage,
};

/// Random text with the characters and words that the rules look at.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[a-z]{1,8}",
        "[0-9]{1,6}([.,][0-9]{1,4})?",
        proptest::sample::select(vec![
            " ",
            " ",
            ". ",
            ", ",
            "\n\n",
            "[1]",
            "[2]",
            "【1】",
            "\"",
            "“",
            "”",
            "not",
            "n't",
            "than",
            "more",
            "March",
            "2023",
            "May",
            "ms",
            "%",
            "°C",
            "million",
            "Ada Holm",
            "spawn_blocking",
            "the oven",
            "is",
            "e\u{301}",
            "漢字",
            "😀",
            "# ",
            "- ",
            "```",
            "and",
            "\u{1}",
            "to",
            "from",
            "by",
            "twenty-",
            "99999999999999999999999999999999",
            "İ",
            "\u{2026}",
            "[...]",
            "[the]",
            "(",
            ")",
            "](https://a.example/b)",
            "<em>",
            "{{ x }}",
            "| a | b |\n|---|---|\n",
            "Key: ",
            "which",
            "said that",
            "if",
            "only",
            "may",
            "was lit by",
            "It",
            "According to",
            "Amazon Web Services (AWS)",
            "AWS",
            "2:30 pm",
            "\u{a3}",
            "-",
            "; ",
            "?",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check(answer: &str, passages: &[Passage]) -> Result<(), TestCaseError> {
    for claim in verify(answer, passages) {
        let points = answer.chars().count();
        prop_assert!(claim.start < claim.end && claim.end <= points);
        let needs_quote = matches!(
            claim.verdict,
            Verdict::Supported | Verdict::Refuted | Verdict::Disputed
        );
        prop_assert_eq!(needs_quote, !claim.citations.is_empty());
        prop_assert!(claim.verdict == Verdict::Supported || claim.reason.is_some());
        for citation in &claim.citations {
            let passage = &passages[citation.source - 1];
            let quote: String = passage
                .text
                .chars()
                .skip(citation.quote_start - passage.start)
                .take(citation.quote_end - citation.quote_start)
                .collect();
            prop_assert_eq!(&quote, &citation.quote);
            prop_assert!(!quote.trim().is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_verdict_on_any_text_has_verbatim_quotations(answer in text(), texts in proptest::collection::vec(text(), 0..4)) {
        let mut passages: Vec<Passage> = texts.iter().map(|text| passage("any", text)).collect();
        for passage in &mut passages {
            passage.start = 7;
        }
        check(&answer, &passages)?;
    }

    #[test]
    fn pieces_of_the_sources_in_any_order_are_judged_with_quotations(
        pieces in proptest::collection::vec((0_usize..14, 0_usize..60, 1_usize..14), 1..8),
        joint in proptest::sample::select(vec![" ", ". ", " not ", ", and ", " [3] "]),
    ) {
        let passages = library();
        let piece = |&(source, from, length): &(usize, usize, usize)| {
            let words = passages[source].text.split_whitespace().skip(from).take(length);
            words.collect::<Vec<_>>().join(" ")
        };
        let answer = pieces.iter().map(piece).collect::<Vec<_>>().join(joint);
        check(&answer, &passages)?;
    }
}
