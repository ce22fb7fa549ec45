//! What faults and rewritings of known sentences are.

use std::collections::BTreeMap;

use shared::domain::ContentType;

use super::{
    examples::{Example, examples, half},
    kind::Kind,
    planted, rewritings,
    texts::Text,
    words::{is_content_word, normal, tokens},
};
use crate::commands::eval::dataset::Split;

const TEXT: &str = "# The lamp of Skarv Rock\n\n\
    Ada Holm moved the lamp of the tower from Bergen on 3 May 1871. \
    The keeper of the lamp earned 1,200 crowns a year, and the storm of March 1880 broke 12 windows. \
    The oil may run out after 30 minutes if nobody turns the valve. \
    The boat does not land at the rock when the colour of the sea is grey. \
    Bo Lind said that the tower is higher than the church of Visby. \
    Most visitors of the harbour often arrive before the first boat leaves. \
    The **old bell** of the church rings at 14:30 every day, which annoys the fishermen. \
    The guild of the pilots, founded by the merchants of Visby, pays for the oil (and the wicks) of the lamp. \
    The report suggests that the foundation of the tower should be repaired by the council. \
    The council pays only for the oil of the lamp. \
    Only the harbour master can open the gate of the pier, unless the council has closed the road. \
    The harbour has a quay for three boats, including the boat of the pilots. \
    The letters of the keepers are kept in the museum of Bergen for 20 years.\n\n\
    | Tower | Height | Keeper |\n| --- | --- | --- |\n| Skarv Rock | 31 metres | Ada Holm |\n\
    | North Point | 24 metres | Bo Lind |\n";

fn text(name: &str) -> Text {
    Text {
        name: name.to_owned(),
        title: "Skarv Rock".to_owned(),
        text: TEXT.to_owned(),
        content_type: ContentType::Markdown,
    }
}

fn all(kinds: &[Kind], names: &[&str]) -> Vec<Example> {
    let texts: Vec<Text> = names.iter().map(|name| text(name)).collect();
    examples(kinds, &texts, 1_000)
}

#[test]
fn the_same_texts_give_the_same_examples() {
    let kinds = planted::kinds();
    let claims = |examples: Vec<Example>| -> Vec<String> {
        examples.into_iter().map(|example| example.request.text).collect()
    };
    let first = claims(all(&kinds, &["a", "b"]));
    assert_eq!(first, claims(all(&kinds, &["a", "b"])));
    assert_ne!(first, claims(all(&kinds, &["c", "d"])));
}

#[test]
fn each_kind_of_fault_and_rewriting_applies_somewhere() {
    for kinds in [planted::kinds(), rewritings::kinds()] {
        let found = all(&kinds, &["a", "b", "c", "d", "e"]);
        for (number, kind) in kinds.iter().enumerate() {
            assert!(
                found.iter().any(|example| example.kind == number),
                "{}",
                kind.name
            );
        }
    }
}

#[test]
fn a_fault_is_not_what_the_source_says() {
    let kinds = planted::kinds();
    for example in all(&kinds, &["a", "b", "c", "d", "e"]) {
        let (claim, source) = (
            normal(&example.request.text),
            normal(&example.request.source.text),
        );
        assert_ne!(claim, normal(&example.original), "{}", kinds[example.kind].name);
        assert!(kinds[example.kind].is_cut || !source.contains(&claim), "{claim}");
    }
}

#[test]
fn a_rewriting_has_only_content_words_of_its_source() {
    let kinds = rewritings::kinds();
    // These write words in another way, or add some.
    let others = [
        "case",
        "bracketed insertion",
        "lead-in",
        "discourse word",
        "number spelled",
        "unit or time spelled",
        "date form",
        "spelling variant",
    ];
    for example in all(&kinds, &["a", "b", "c"]) {
        let name = kinds[example.kind].name;
        if others.contains(&name) {
            continue;
        }
        let source = normal(&example.request.source.text);
        let claim = example.request.text.replace('\u{2011}', "-");
        for word in tokens(&claim).into_iter().filter(|word| is_content_word(word)) {
            assert!(source.contains(&normal(word)), "{name}: {word} in {claim}");
        }
    }
}

#[test]
fn each_change_is_the_one_that_its_kind_names() {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kinds in [planted::kinds(), rewritings::kinds()] {
        for example in all(&kinds, &["a", "b", "c", "d", "e", "f", "g", "h"]) {
            let texts = found.entry(kinds[example.kind].name).or_default();
            texts.push(example.request.text);
        }
    }
    for (kind, expected) in [
        (
            "negation removed",
            "The boat does land at the rock when the colour of the sea is grey.",
        ),
        (
            "hedge dropped",
            "The oil runs out after 30 minutes if nobody turns the valve.",
        ),
        (
            "hedge dropped",
            "The foundation of the tower should be repaired by the council.",
        ),
        ("condition dropped", "The oil may run out after 30 minutes."),
        ("only dropped", "The council pays for the oil of the lamp."),
        (
            "attribution dropped",
            "The tower is higher than the church of Visby.",
        ),
        (
            "quantifier raised",
            "All visitors of the harbour often arrive before the first boat leaves.",
        ),
        (
            "opposite word",
            "Bo Lind said that the tower is lower than the church of Visby.",
        ),
        (
            "contraction",
            "The boat doesn't land at the rock when the colour of the sea is grey.",
        ),
        (
            "spelling variant",
            "The boat does not land at the rock when the color of the sea is grey.",
        ),
        (
            "date form",
            "Ada Holm moved the lamp of the tower from Bergen on May 3, 1871.",
        ),
        (
            "unit or time spelled",
            "The oil may run out after 30 min if nobody turns the valve.",
        ),
        (
            "number spelled",
            "The letters of the keepers are kept in the museum of Bergen for twenty years.",
        ),
        (
            "without markup",
            "The old bell of the church rings at 14:30 every day, which annoys the fishermen.",
        ),
        ("table row", "The Height of Skarv Rock is 31 metres."),
        ("cell of another row", "The Height of Skarv Rock is 24 metres."),
    ] {
        let texts = &found[kind];
        assert!(texts.iter().any(|text| text == expected), "{kind}: {texts:#?}");
    }
}

#[test]
fn each_text_is_in_exactly_one_half() {
    let texts: Vec<Text> = (0..100).map(|number| text(&number.to_string())).collect();
    let of = |split| {
        half(texts.clone(), split)
            .into_iter()
            .map(|text| text.name)
            .collect::<Vec<_>>()
    };
    let (training, held_out) = (of(Split::Training), of(Split::HeldOut));
    assert_eq!(training.len() + held_out.len(), texts.len());
    assert!(training.len() > 30 && held_out.len() > 30);
    assert!(!training.iter().any(|name| held_out.contains(name)));
}
