//! Terminal rendering of the server's JSON responses, coloured when stdout is a terminal.

mod excerpt;
#[cfg(test)]
mod tests;

use console::style;
use serde_json::Value as Json;
use url::Url;

use crate::terminal::{one_line, printable_json};

/// The number of closest passages that are shown where there is no answer.
const MAX_CLOSEST: usize = 5;

/// How sure the server is of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    /// The answer is shown as one.
    Answer,
    /// The answer is the closest passage, and may not be one.
    Unsure,
    /// The server abstained.
    None,
}

impl Certainty {
    /// Reads `certainty`. Servers without it either answer or abstain.
    fn of(answer: &Json) -> Self {
        match answer["certainty"].as_str() {
            Some("unsure") => Self::Unsure,
            Some("none") => Self::None,
            _ if answer["abstained"].is_null() => Self::Answer,
            _ => Self::None,
        }
    }
}

/// Whether the server abstained instead of answering.
pub(crate) fn is_abstained(answer: &Json) -> bool {
    Certainty::of(answer) == Certainty::None
}

/// Renders an answer with its sources, or an abstention with the closest passages.
pub(crate) fn answer(answer: &Json) -> String {
    let answer = &printable_json(answer);
    let certainty = Certainty::of(answer);
    let mut lines = readings(answer);
    lines.extend(match certainty {
        Certainty::Answer => vec![text(&answer["answer"]).trim_end().to_owned()],
        Certainty::Unsure => vec![
            style("Not sure; the closest passage:")
                .yellow()
                .bold()
                .to_string(),
            text(&answer["answer"]).trim_end().to_owned(),
        ],
        Certainty::None => vec![abstention(answer)],
    });
    let sources = sources(answer, certainty);
    if !sources.is_empty() {
        lines.push(String::new());
    }
    if certainty == Certainty::None && !sources.is_empty() {
        lines.push("The closest passages:".to_owned());
    }
    lines.extend(sources);
    if certainty != Certainty::None {
        lines.push(String::new());
        lines.extend(confidence(&answer["confidence"]["answer"]));
        lines.extend((1..).zip(list(&answer["claims"])).filter_map(note));
    }
    for part in list(&answer["degraded"]) {
        let part = part.as_str().map_or_else(|| part.to_string(), one_line);
        lines.push(format!("{} {part}", style("degraded:").yellow()));
    }
    lines.push(duration(answer));
    lines.join("\n")
}

/// How the question was read, where not as asked: with the conversation before it, or without misspelt words.
fn readings(answer: &Json) -> Vec<String> {
    let read_as = answer["read_as"].as_str();
    let read_as = read_as.map(|question| format!("Read as: {}", one_line(question)));
    let corrected = list(&answer["corrected"])
        .map(|word| format!("Read {} as {}.", line(&word["from"]), line(&word["to"])));
    let readings = read_as.into_iter().chain(corrected);
    readings.map(|reading| style(reading).dim().to_string()).collect()
}

/// Why there is no answer, as sentences.
fn abstention(answer: &Json) -> String {
    let detail = line(&answer["abstained"]["detail"]);
    let mut letters = detail.chars();
    let label = style("No answer.").yellow().bold();
    match letters.next() {
        None => label.to_string(),
        Some(first) => {
            let end = if detail.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            format!("{label} {}{}{end}", first.to_uppercase(), letters.as_str())
        }
    }
}

/// The sources that the answer cites; without citations, the closest passages. Each has the part that matches.
fn sources(answer: &Json, certainty: Certainty) -> Vec<String> {
    let shown = one_line(text(&answer["answer"]));
    let cites = |source: &&Json| {
        let marker = format!("[{}]", source["number"]);
        quote(answer, source).is_some() || shown.contains(&marker)
    };
    let mut cited: Vec<&Json> = match certainty {
        Certainty::None => Vec::new(),
        Certainty::Answer | Certainty::Unsure => list(&answer["sources"]).filter(cites).collect(),
    };
    if cited.is_empty() {
        cited.extend(list(&answer["sources"]).take(MAX_CLOSEST));
    }
    let shown = without_markers(&shown, &cited);
    let entry = |source: &&Json| {
        let mut entry = format!(
            "{} {}",
            style(format!("[{}]", source["number"])).cyan(),
            heading(source)
        );
        let snippet = line(&source["snippet"]);
        let excerpt = match quote(answer, source) {
            Some(quote) => excerpt::around_quote(&snippet, &quote),
            None => excerpt::around_words(&snippet, text(&answer["query"])),
        };
        // Nobody needs to read the answer twice.
        if !shown.contains(excerpt::words(&excerpt)) {
            entry.push_str("\n    ");
            entry.push_str(&excerpt);
        }
        entry
    };
    cited.iter().map(entry).collect()
}

/// The first quotation from a source.
fn quote(answer: &Json, source: &Json) -> Option<String> {
    let mut citations = list(&answer["claims"]).flat_map(|claim| list(&claim["citations"]));
    let citation = citations.find(|citation| citation["source"] == source["number"])?;
    Some(line(&citation["quote"])).filter(|quote| !quote.is_empty())
}

/// The answer on one line without its markers, as the sources have it.
fn without_markers(answer: &str, sources: &[&Json]) -> String {
    let unmarked = sources.iter().fold(answer.to_owned(), |answer, source| {
        answer.replace(&format!("[{}]", source["number"]), "")
    });
    one_line(&unmarked)
}

/// `title - path` of a source or result.
fn heading(source: &Json) -> String {
    let title = line(&source["title"]);
    let title = if title.is_empty() { "untitled" } else { &title };
    let path = path(source);
    let path = style(format!("- {path}")).dim();
    format!("{} {path}", style(title).bold())
}

/// The path of the URL, or its host if it has none, or the id of the document.
fn path(source: &Json) -> String {
    let Ok(url) = Url::parse(text(&source["url"])) else {
        return line(&source["document_id"]);
    };
    match (url.path(), url.host_str()) {
        ("" | "/", Some(host)) => host.to_owned(),
        (path, _) => path.to_owned(),
    }
}

/// The confidence as a word and a number.
fn confidence(score: &Json) -> Option<String> {
    let score = score.as_f64()?;
    let word = match score {
        0.8.. => "high",
        0.5..0.8 => "medium",
        _ => "low",
    };
    Some(format!("Confidence: {word} ({score:.2})"))
}

/// What sets a sentence, counted from 1, apart from those that a model wrote and its source supports.
fn note((number, claim): (usize, &Json)) -> Option<String> {
    let note = if claim["repaired"] == true {
        format!(
            "is quoted from [{}]; the model wrote: {}",
            claim["citations"][0]["source"],
            line(&claim["said"])
        )
    } else if claim["basis"] == "judge" {
        "is judged by a model, not quoted".to_owned()
    } else {
        match claim["verdict"].as_str()? {
            "supported" | "no_claim" => return None,
            verdict => {
                let reason = line(&claim["reason"]);
                let reason = if reason.is_empty() {
                    reason
                } else {
                    format!(": {reason}")
                };
                format!("is {}{reason}", one_line(verdict))
            }
        }
    };
    Some(format!("{} {note}", style(format!("Sentence {number}")).yellow()))
}

/// Renders the results of a search for a query, best first.
pub(crate) fn results(found: &Json, query: &str) -> String {
    let found = &printable_json(found);
    let result = |(number, result): (usize, &Json)| {
        let score = style(format!("{:.2}", result["score"].as_f64().unwrap_or_default())).dim();
        let excerpt = excerpt::around_words(&line(&result["text"]), query);
        format!("{number:>3}. {} {score}\n     {excerpt}", heading(result))
    };
    let mut lines: Vec<String> = (1..).zip(list(&found["results"])).map(result).collect();
    if lines.is_empty() {
        lines.push("No passages match the query.".to_owned());
    }
    lines.push(duration(found));
    lines.join("\n")
}

fn duration(response: &Json) -> String {
    style(format!("{} ms", response["took_ms"])).dim().to_string()
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text on one line.
fn line(value: &Json) -> String {
    one_line(text(value))
}
