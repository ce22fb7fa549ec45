//! What people see of each kind of response.

use serde_json::json;

use super::*;
use crate::terminal::forbidden;

#[track_caller]
fn shows(response: &Json, expected: &str) {
    console::set_colors_enabled(false);
    assert_eq!(answer(response), expected);
}

#[test]
fn an_answer_has_its_sources_with_the_place_of_the_first_quotation() {
    let citation = |source: usize, quote: &str| json!({"source": source, "quote": quote});
    let mut response = json!({
        "query": "When was it lit?", "answer": "Lit in 1871 [1], by Ada [2].", "abstained": null, "took_ms": 12,
        "degraded": [], "confidence": {"answer": 0.876},
        "sources": [
            {"number": 1, "document_id": "lamp", "title": "The lamp", "url": "https://a.example/docs/lamp.html?x#y",
             "snippet": "The lamp was lit\nin 1871. It shines."},
            {"number": 2, "document_id": "notes/keepers.md", "title": "", "url": null, "snippet": "Of another place."},
            {"number": 3, "document_id": "c", "title": "C", "url": "https://b.example", "snippet": "Nothing."}
        ],
        "claims": [
            {"text": "Lit in 1871", "verdict": "supported", "citations": [citation(1, "lit in 1871"), citation(1, "shines")]},
            {"text": "by Ada", "verdict": "supported", "citations": [citation(2, "Ada lit it.")]}
        ]
    });
    shows(
        &response,
        "Lit in 1871 [1], by Ada [2].\n\n\
         [1] The lamp - /docs/lamp.html\n    The lamp was lit in 1871. It shines.\n\
         [2] untitled - notes/keepers.md\n    Ada lit it.\n\n\
         Confidence: high (0.88)\n12 ms",
    );
    response["certainty"] = "answer".into();
    response["answer"] =
        "The lamp was lit in 1871. [1] It shines. [1]\n\n- one\n\n```\ncode  here\n```\n".into();
    response["claims"][1]["citations"] = json!([]);
    shows(
        &response,
        "The lamp was lit in 1871. [1] It shines. [1]\n\n- one\n\n```\ncode  here\n```\n\n\
         [1] The lamp - /docs/lamp.html\n\nConfidence: high (0.88)\n12 ms",
    );
}

#[test]
fn an_unsure_answer_says_so() {
    shows(
        &json!({
            "query": "When?", "answer": "It shines.", "abstained": null, "certainty": "unsure", "took_ms": 12,
            "confidence": {"answer": 0.3}, "claims": [],
            "sources": [{"number": 1, "document_id": "a", "title": "A", "url": "https://b.example", "snippet": "It shines."}]
        }),
        "Not sure; the closest passage:\nIt shines.\n\n[1] A - b.example\n\nConfidence: low (0.30)\n12 ms",
    );
}

#[test]
fn an_abstention_says_why_and_shows_the_closest_passages() {
    let filler = "Nothing of the kind stands here. ".repeat(20);
    let mut response = json!({
        "query": "When was Ada born?", "answer": "", "certainty": "none", "took_ms": 3,
        "abstained": {"reason": "weak_retrieval", "detail": "no passage says when Ada was born"},
        "confidence": {"answer": 0.1},
        "sources": [{"number": 1, "document_id": "ada", "title": "Ada", "snippet": format!("{filler}Ada moved. {filler}")}]
    });
    assert!(is_abstained(&response));
    console::set_colors_enabled(false);
    let shown = answer(&response);
    assert!(
        shown.starts_with(
            "No answer. No passage says when Ada was born.\n\nThe closest passages:\n[1] Ada - ada\n    ... "
        ),
        "{shown}"
    );
    assert!(
        shown.contains("here. Ada moved. Nothing") && shown.ends_with(" ...\n3 ms"),
        "{shown}"
    );
    response["sources"] = json!([]);
    response["abstained"]["detail"] = "Nothing.".into();
    shows(&response, "No answer. Nothing.\n3 ms");
    response["certainty"] = Json::Null;
    assert!(is_abstained(&response), "of an earlier release");
}

#[test]
fn sentences_that_are_not_simply_quoted_are_marked() {
    let citation = json!({"source": 2, "quote": "It is so."});
    shows(
        &json!({
            "answer": "It is so. [2] So be it. [2] Or is it?", "abstained": null, "took_ms": 12, "degraded": ["dense"],
            "sources": [{"number": 2, "document_id": "a", "title": "A title", "snippet": "It is so."}],
            "claims": [
                {"text": "It is so.", "verdict": "supported", "basis": "quote", "citations": [citation.clone()],
                 "repaired": true, "said": "It is not so."},
                {"text": "So be it.", "verdict": "supported", "basis": "judge", "citations": [citation],
                 "repaired": false, "said": null},
                {"text": "Or is it?", "verdict": "disputed", "reason": "two sources differ", "citations": []}
            ]
        }),
        "It is so. [2] So be it. [2] Or is it?\n\n[2] A title - a\n\n\
         Sentence 1 is quoted from [2]; the model wrote: It is not so.\n\
         Sentence 2 is judged by a model, not quoted\n\
         Sentence 3 is disputed: two sources differ\ndegraded: dense\n12 ms",
    );
}

#[test]
fn results_show_the_place_that_matched() {
    console::set_colors_enabled(false);
    let filler = "Nothing of the kind stands here. ".repeat(20);
    let found = json!({ "took_ms": 5, "results": [
        {"title": "Lamp", "document_id": "lamp", "url": null, "score": 1.234, "text": format!("{filler}\n\nThe lamp is lit.")}
    ]});
    let shown = results(&found, "lit lamps");
    assert!(shown.starts_with("  1. Lamp - lamp 1.23\n     ... "), "{shown}");
    assert!(shown.ends_with(" The lamp is lit.\n5 ms"), "{shown}");
    assert_eq!(
        results(&json!({ "results": [], "took_ms": 5 }), "x"),
        "No passages match the query.\n5 ms"
    );
}

#[test]
fn no_field_reaches_the_terminal_with_a_control_character() {
    console::set_colors_enabled(false);
    let bad: String = forbidden().flat_map(|c| [c, 'x']).collect();
    let source =
        json!({"number": 1, "document_id": bad, "title": bad, "url": null, "snippet": bad, "text": bad});
    let mut linked = source.clone();
    linked["number"] = 2.into();
    linked["url"] = format!("https://a.example/{bad}").into();
    let claim =
        json!({"text": bad, "verdict": bad, "reason": bad, "citations": [{"source": 1, "quote": bad}]});
    let repaired =
        json!({"text": bad, "repaired": true, "said": bad, "citations": [{"source": bad, "quote": bad}]});
    let response = json!({
        "query": bad, "answer": format!("{bad} [2]"), "abstained": null, "took_ms": bad, "degraded": [bad, {"a": bad}],
        "sources": [source, linked], "claims": [claim, repaired], "confidence": {"answer": 0.5}
    });
    let mut declined = response.clone();
    declined["abstained"] = json!({"reason": bad, "detail": bad});
    let mut unsure = response.clone();
    unsure["certainty"] = "unsure".into();
    let found = json!({ "took_ms": bad, "results": response["sources"] });
    for shown in [
        answer(&response),
        answer(&declined),
        answer(&unsure),
        results(&found, &bad),
    ] {
        for c in forbidden() {
            assert!(!shown.contains(c), "{}", c.escape_unicode());
        }
    }
}

#[test]
fn a_question_that_was_not_read_as_asked_is_shown_as_it_was_read() {
    shows(
        &json!({
            "query": "How tal is it?", "answer": "34 metres.", "abstained": null, "certainty": "answer", "took_ms": 12,
            "read_as": "How tal is the\nlamp?", "corrected": [{"from": "tal", "to": "tall"}],
            "confidence": {"answer": 0.9}, "claims": [], "sources": []
        }),
        "Read as: How tal is the lamp?\nRead tal as tall.\n34 metres.\n\nConfidence: high (0.90)\n12 ms",
    );
}
