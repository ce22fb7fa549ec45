//! Tests of quotations: units of every kind, shown clean, with citations that stand verbatim in the document.

use super::{Reading, quote};
use crate::{
    agents::retrieval::Retrieved,
    domain::{Citation, ContentType, Document, DocumentId, DocumentText, Passage, Question},
    retrieval::chunker,
};

/// The passages of a document, as chunks.
fn passages(title: &str, text: &str) -> Vec<Passage> {
    let document = Document {
        id: DocumentId::parse("d").unwrap(),
        title: title.to_owned(),
        url: None,
        text: DocumentText::parse(text.to_owned()).unwrap(),
        content_type: ContentType::Markdown,
        published_at: None,
        metadata: serde_json::Map::new(),
        origin: None,
        locations: Vec::new(),
    };
    let passage = |chunk: crate::ports::Chunk| Passage {
        context: chunk.context,
        lead: chunk.lead,
        start: chunk.start,
        end: chunk.end,
        ..Passage::supplied(1, title.to_owned(), chunk.text)
    };
    let (_, chunks) = chunker::cut(&document);
    chunks.into_iter().map(passage).collect()
}

/// What is shown of a document for a question, with its citations.
fn quoted(title: &str, text: &str, question: &str) -> (String, Vec<Citation>) {
    let retrieved = Retrieved {
        passages: passages(title, text),
        ..Retrieved::default()
    };
    let question = Question::parse(question).unwrap();
    let reading = Reading::new(&question, &retrieved);
    let quotations = quote(&reading, None);
    let units = || quotations.iter().flat_map(|quotation| &quotation.units);
    let shown: Vec<&str> = units().map(|unit| unit.shown.text.as_str()).collect();
    (
        shown.join("\n\n"),
        units().flat_map(|unit| unit.citations.clone()).collect(),
    )
}

fn assert_verbatim(text: &str, citations: &[Citation]) {
    for citation in citations {
        let length = citation.quote_end - citation.quote_start;
        let there: String = text.chars().skip(citation.quote_start).take(length).collect();
        assert_eq!(there, citation.quote);
    }
}

#[test]
fn units_of_every_kind_are_quoted_with_what_introduces_them() {
    for (title, text, question, shown) in [
        (
            "Office",
            "Opening hours: Mon–Fri 9–17",
            "What are the opening hours?",
            "Opening hours: Mon–Fri 9–17",
        ),
        (
            "Lamp",
            "- **Weight**: 12 kg\n- **Height**: 30 cm",
            "What is the weight of the lamp?",
            "- Weight: 12 kg",
        ),
        (
            "Fees",
            "| berth | fee |\n|---|---|\n| north | 40 euros |\n| south | 55 euros |",
            "What is the fee of the south berth?",
            "| berth | fee |\n| --- | --- |\n| south | 55 euros |",
        ),
        (
            "Faq",
            "**Q: Where is the valve?**\n\nA: Under the deck.",
            "Where is the valve?",
            "A: Under the deck.",
        ),
        (
            "Faq",
            "Q: Is there a trial?\nA: Yes, it lasts 21 days.\n\nQ: Is there a card?\nA: No.",
            "Is there a trial?",
            "Q: Is there a trial?\n\nA: Yes, it lasts 21 days.",
        ),
        (
            "Toolbox",
            "## License\n\nIt is published under the MIT license.",
            "Under which license is the toolbox published?",
            "It is published under the MIT license.",
        ),
        (
            "Pump",
            "To restart the pump:\n\n1. Close the valve.\n2. Press the green button.",
            "How do I restart the pump?",
            "To restart the pump:\n\n1. Close the valve.\n2. Press the green button.",
        ),
        (
            "Server",
            "Start the server with:\n\n```sh\nlampd --port 7070\n\nlampd --wait https://lamp.example\n```",
            "How do I start the server?",
            "Start the server with:\n\n```\nlampd --port 7070\n\nlampd --wait https://lamp.example\n```",
        ),
        (
            "Server",
            "Start the server with:\r\n\r\n```sh\r\nlampd\r\nlampd --wait\r\n```",
            "How do I start the server?",
            "Start the server with:\n\n```\nlampd\nlampd --wait\n```",
        ),
        (
            "Ferry",
            "<p>The ferry leaves at <b>8 am</b>.</p>",
            "When does the ferry leave?",
            "The ferry leaves at 8 am.",
        ),
        (
            "Fees",
            "<table><tr><th>berth</th><th>fee</th></tr><tr><td>north</td><td>40 euros</td></tr></table>",
            "What is the fee of the north berth?",
            "| berth | fee |\n| --- | --- |\n| north | 40 euros |",
        ),
        (
            "Terms",
            "Berth\n: A place for a ship.\n\nQuay\n: A wall.",
            "What is a berth?",
            "Berth\n\nA place for a ship.",
        ),
        (
            "Rules",
            "!!! note \"Deposit\"\n    The deposit is 40 euros.\n\nNothing else.",
            "How much is the deposit?",
            "The deposit is 40 euros.",
        ),
        (
            "Mast",
            "> The mast\u{200e} is {{ site.x }} 30 m tall.{: .note }",
            "How tall is the mast?",
            "The mast is 30 m tall.",
        ),
    ] {
        let (answer, citations) = quoted(title, text, question);
        assert_eq!(answer, shown, "{question}");
        assert!(!citations.is_empty());
        assert_verbatim(text, &citations);
    }
}

#[test]
fn a_row_of_a_long_table_is_quoted_with_the_header_of_another_chunk() {
    let rows: String = (0..200)
        .map(|row| format!("| E{row} | restart part {row} |\n"))
        .collect();
    let text = format!("The table lists all codes.\n\n| code | action |\n|---|---|\n{rows}");
    let (answer, citations) = quoted("Codes", &text, "What is the action for E177?");
    assert_eq!(
        answer,
        "| code | action |\n| --- | --- |\n| E177 | restart part 177 |"
    );
    assert_eq!(citations.len(), 2);
    assert_verbatim(&text, &citations);
}

#[test]
fn unrelated_paragraphs_introduce_nothing() {
    let text = "We ship to Norway only.\n\n| Item | Price |\n|---|---|\n| Kettle | €45 |\n| Pot | €30 |";
    let (answer, _) = quoted("Shop", text, "How much is the kettle?");
    assert_eq!(answer, "| Item | Price |\n| --- | --- |\n| Kettle | €45 |");
}

proptest::proptest! {
    #[test]
    fn quotations_of_any_markup_are_verbatim_and_clean(
        pieces in proptest::collection::vec(
            "(The lamp is (\\*\\*)?lit(\\*\\*)? in May\\.|# Lamp|- lamp: lit|1\\. lamp|\\| lamp \\| lit \\||\\|---\\|---\\||```|    lamp|\
             <p>The lamp</p>|<li>lamp|</li>|<table>|<tr><td>lamp|\\{% x %\\}|\\{\\{ y \\}\\}|!!! note|> lamp lit|\\[lamp\\]\\(https://a\\.b\\)|\
             !\\[lamp\\]\\(x\\)|Lamp\\?|lamp = lit|\\[\\^1\\]: lamp|: lamp lit|\\PC{0,12}|é漢😀 lamp)(\n|\r\n|\n\n| )",
            0..40,
        )
    ) {
        let text: String = pieces.concat();
        if let Ok(parsed) = DocumentText::parse(text.clone()) {
            let (answer, citations) = quoted("Lamp", parsed.as_str(), "When is the lamp lit?");
            assert_verbatim(parsed.as_str(), &citations);
            let is_hidden = |c: char| crate::domain::is_hidden(c);
            proptest::prop_assert!(!answer.contains(is_hidden), "{answer:?}");
            for tag in ["<p>", "<li>", "<td>", "{% x %}", "](https://a.b)", "![lamp]"] {
                let outside = answer.split("```").step_by(2).any(|part| part.contains(tag));
                let in_code = text.contains('`') || text.contains("    ");
                proptest::prop_assert!(!outside || in_code, "{tag} in {answer:?}");
            }
        }
    }
}
