//! What holds for any text.

use unicode_normalization::UnicodeNormalization;

use super::super::{Language::*, term::MAX_TERM_BYTES, *};

/// Every language of a library that has all of them.
const ALL: [Language; 19] = [
    Arabic, Danish, Dutch, English, Finnish, French, German, Greek, Hungarian, Italian, Norwegian, Other,
    Portuguese, Romanian, Russian, Spanish, Swedish, Tamil, Turkish,
];

proptest::proptest! {
    #[test]
    fn any_text_gives_bounded_terms_at_valid_offsets(text in "([a-zA-Z0-9.,'_&;#+ \n-]|\\PC|&#(26085|49436|1088|233|x3042|173);){0,80}", language in 0..ALL.len()) {
        for term in analyze(&text, ALL[language]) {
            proptest::prop_assert!(!term.text.is_empty() && term.text.len() <= MAX_TERM_BYTES);
            proptest::prop_assert!(!term.text.contains(char::is_whitespace));
            proptest::prop_assert!(text.get(term.start..term.end).is_some_and(|word| !word.is_empty()));
        }
        for term in query_terms(&text, &ALL) {
            proptest::prop_assert!(!term.variants.is_empty() && text.get(term.start..term.end).is_some());
        }
        let _ = Language::detect(&text, &text);
    }

    #[test]
    fn words_of_every_script_have_terms_in_every_language(
        words in proptest::collection::vec("(\\p{Latin}|\\p{Greek}|\\p{Cyrillic}|\\p{Arabic}|\\p{Tamil}|\\p{Hebrew}|\\p{Mn}|'){1,24}", 1..20),
        language in 0..ALL.len(),
    ) {
        let text = words.join(" ");
        let _ = analyze(&text, ALL[language]);
    }

    #[test]
    fn composed_and_decomposed_texts_have_the_same_terms(text in "([a-zA-Z0-9.'-]|[à-ž]|[Ά-ώ]|[가-힣]|[ぁ-ヿ]|\\PC){0,40}") {
        let of = |text: &str| -> Vec<(String, bool)> {
            analyze(text, French).into_iter().map(|term| (term.text, term.counts)).collect()
        };
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        proptest::prop_assert_eq!(of(&composed), of(&decomposed));
    }
}

#[test]
fn an_accent_of_its_own_does_not_change_what_is_joined_to_a_number() {
    let of =
        |text: &str| -> Vec<String> { analyze(text, French).into_iter().map(|term| term.text).collect() };
    for (composed, joined) in [("7 \u{1f20} ", "7\u{3b7}"), ("Énergie 9457", "energie9457")] {
        let decomposed: String = composed.nfd().collect();
        assert!(
            of(composed).iter().any(|term| term == joined),
            "{:?}",
            of(composed)
        );
        assert_eq!(of(composed), of(&decomposed));
    }
}
