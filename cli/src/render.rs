//! Terminal rendering of the server's JSON responses, coloured when stdout is a terminal.

use console::style;
use serde_json::Value as Json;

/// The maximum length of a displayed passage in characters.
const MAX_SNIPPET_CHARS: usize = 240;

/// Renders an answer with its quotations, or an abstention with the closest passages.
pub(crate) fn answer(answer: &Json) -> String {
    let mut lines = Vec::new();
    let sources: Vec<&Json> = answer["sources"].as_array().into_iter().flatten().collect();
    let title = |number: &Json| {
        let source = sources.iter().find(|source| source["number"] == *number);
        source
            .and_then(|source| source["title"].as_str())
            .unwrap_or("untitled")
            .to_owned()
    };
    if is_abstained(answer) {
        lines.push(format!(
            "{} {}",
            style("No answer:").yellow().bold(),
            text(&answer["abstained"]["detail"])
        ));
        if !sources.is_empty() {
            lines.push("The closest passages:".to_owned());
        }
        lines.extend(sources.iter().map(|source| {
            format!(
                "  {}: {}",
                style(text(&source["title"])).bold(),
                snippet(text(&source["snippet"]))
            )
        }));
    } else {
        lines.push(text(&answer["answer"]).to_owned());
        lines.push(String::new());
        let mut quotations: Vec<String> = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        for (number, claim) in (1..).zip(answer["claims"].as_array().into_iter().flatten()) {
            notes.extend(note(number, claim));
            for citation in claim["citations"].as_array().into_iter().flatten() {
                let number = &citation["source"];
                let marker = style(format!("[{number}]")).cyan();
                let quotation = format!(
                    "{marker} {}: \u{201c}{}\u{201d}",
                    style(title(number)).bold(),
                    text(&citation["quote"])
                );
                if !quotations.contains(&quotation) {
                    quotations.push(quotation);
                }
            }
            if claim["verdict"] != "supported" {
                let verdict = style(text(&claim["verdict"])).yellow();
                quotations.push(format!("{verdict}: {}", text(&claim["text"])));
            }
        }
        lines.append(&mut quotations);
        lines.append(&mut notes);
    }
    for part in answer["degraded"].as_array().into_iter().flatten() {
        let part = part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        lines.push(format!("{} {part}", style("degraded:").yellow()));
    }
    lines.push(style(format!("{} ms", answer["took_ms"])).dim().to_string());
    lines.join("\n")
}

/// What sets a sentence, counted from 1, apart from those that a model wrote and its source supports.
fn note(number: usize, claim: &Json) -> Option<String> {
    let note = if claim["repaired"] == true {
        format!(
            "is quoted from [{}]; the model wrote: {}",
            claim["citations"][0]["source"],
            text(&claim["said"])
        )
    } else if claim["basis"] == "judge" {
        "is judged by a model, not quoted".to_owned()
    } else {
        return None;
    };
    Some(format!("{} {note}", style(format!("Sentence {number}")).yellow()))
}

/// Whether the server abstained instead of answering.
pub(crate) fn is_abstained(answer: &Json) -> bool {
    !answer["abstained"].is_null()
}

/// Renders search results, best first.
pub(crate) fn results(found: &Json) -> String {
    let results = found["results"].as_array().into_iter().flatten();
    let mut lines: Vec<String> = results
        .enumerate()
        .map(|(index, result)| {
            let score = style(format!("{:.2}", result["score"].as_f64().unwrap_or_default())).dim();
            let title = style(text(&result["title"])).bold();
            let id = style(text(&result["document_id"])).dim();
            format!(
                "{:>3}. {title} {score} {id}\n     {}",
                index + 1,
                snippet(text(&result["text"]))
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push("No passages match the query.".to_owned());
    }
    lines.push(style(format!("{} ms", found["took_ms"])).dim().to_string());
    lines.join("\n")
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn snippet(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MAX_SNIPPET_CHARS) {
        Some((end, _)) => format!("{} ...", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_shows_each_quotation_once_with_its_title() {
        console::set_colors_enabled(false);
        let citation = json!({"source": 1, "quote": "verbatim words"});
        let shown = answer(&json!({
            "answer": "So it is [1].", "abstained": null, "took_ms": 12, "degraded": [],
            "sources": [{"number": 1, "title": "A title"}],
            "claims": [
                {"text": "So it is", "verdict": "supported", "citations": [citation.clone(), citation]},
                {"text": "Or is it", "verdict": "unverified", "citations": []}
            ]
        }));
        assert_eq!(
            shown,
            "So it is [1].\n\n[1] A title: \u{201c}verbatim words\u{201d}\nunverified: Or is it\n12 ms"
        );
    }

    #[test]
    fn a_repaired_and_a_judged_sentence_are_marked() {
        console::set_colors_enabled(false);
        let citation = json!({"source": 2, "quote": "It is so."});
        let shown = answer(&json!({
            "answer": "It is so. [2] So be it. [2]", "abstained": null, "took_ms": 12, "degraded": [],
            "sources": [{"number": 2, "title": "A title"}],
            "claims": [
                {"text": "It is so.", "verdict": "supported", "basis": "quote", "citations": [citation.clone()],
                 "repaired": true, "said": "It is not so."},
                {"text": "So be it.", "verdict": "supported", "basis": "judge", "citations": [citation],
                 "repaired": false, "said": null}
            ]
        }));
        assert_eq!(
            shown,
            "It is so. [2] So be it. [2]\n\n[2] A title: \u{201c}It is so.\u{201d}\n\
             Sentence 1 is quoted from [2]; the model wrote: It is not so.\n\
             Sentence 2 is judged by a model, not quoted\n12 ms"
        );
    }

    #[test]
    fn an_abstention_says_why_and_shows_the_closest_passages() {
        console::set_colors_enabled(false);
        let abstained = json!({
            "answer": "", "abstained": {"reason": "weak_retrieval", "detail": "nothing is close"}, "took_ms": 3,
            "sources": [{"number": 1, "title": "A title", "snippet": "some  words"}]
        });
        assert!(is_abstained(&abstained));
        assert_eq!(
            answer(&abstained),
            "No answer: nothing is close\nThe closest passages:\n  A title: some words\n3 ms"
        );
    }
}
