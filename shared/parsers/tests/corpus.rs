//! Every file below `tests/documents` yields what the file beside it says: `NAME.expected.json` for `NAME`.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use parsers::{Original, Place, Problem};
use serde::Deserialize;

/// What a file must yield.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The program and version that made the file.
    #[serde(default)]
    made_by: Option<String>,
    /// Media type as the sender declares it; the name alone decides when missing.
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    title: Option<String>,
    /// Name of a file in the same folder with the words of the text, in order.
    #[serde(default)]
    words: Option<String>,
    /// Least F1 of the words against it.
    #[serde(default = "least_f1")]
    f1: f64,
    /// Headings, with their level: `## Cleaning the lens`. The text has exactly these, in this order.
    #[serde(default)]
    headings: Option<Vec<String>>,
    /// Texts that must occur verbatim.
    #[serde(default)]
    contains: Vec<String>,
    /// Texts that must not occur.
    #[serde(default)]
    lacks: Vec<String>,
    /// Texts with the place that they come from.
    #[serde(default)]
    places: Vec<(String, Place)>,
    /// Parts of the notes on what was left out.
    #[serde(default)]
    notes: Vec<String>,
    /// Kind of the problem, for a file that has no text: `encrypted`.
    #[serde(default)]
    problem: Option<String>,
}

fn least_f1() -> f64 {
    0.95
}

#[test]
fn every_file_yields_what_is_expected_of_it() {
    let mut faults = Vec::new();
    let mut scores: HashMap<String, Vec<f64>> = HashMap::new();
    for path in expectations() {
        let expected: Expected = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        if matches!(expected.problem.as_deref(), Some("crashed" | "timed_out")) {
            // It would end this process.
            continue;
        }
        let file = PathBuf::from(path.to_str().unwrap().trim_end_matches(".expected.json"));
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let parsed = parsers::parse(&Original {
            bytes: &bytes,
            media_type: expected.media_type.as_deref(),
            name: Some(name),
            url: None,
        });
        for fault in check(&file, &expected, &parsed, &mut scores) {
            faults.push(format!("{}: {fault}", file.display()));
        }
        assert!(
            expected.problem.is_some() || expected.made_by.is_some(),
            "{}: `made_by` is missing",
            file.display()
        );
    }
    let mut scores: Vec<(String, Vec<f64>)> = scores.into_iter().collect();
    scores.sort_by(|one, other| one.0.cmp(&other.0));
    for (folder, scores) in scores {
        let least = scores.iter().copied().fold(1.0, f64::min);
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        println!(
            "{folder}: {} files, words F1 mean {mean:.3}, least {least:.3}",
            scores.len()
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(
    file: &Path,
    expected: &Expected,
    parsed: &Result<parsers::Parsed, Problem>,
    scores: &mut HashMap<String, Vec<f64>>,
) -> Vec<String> {
    let parsed = match (parsed, &expected.problem) {
        (Err(problem), Some(kind)) => {
            let json = serde_json::to_value(problem).unwrap();
            let is_expected = json["kind"] == **kind;
            return (!is_expected)
                .then(|| format!("{problem:?} instead of {kind}"))
                .into_iter()
                .collect();
        }
        (Ok(parsed), None) => parsed,
        (other, _) => return vec![format!("{other:?} instead of {:?}", expected.problem)],
    };
    let mut faults = Vec::new();
    if let Some(title) = &expected.title
        && parsed.title.as_ref() != Some(title)
    {
        faults.push(format!("title {:?} instead of {title:?}", parsed.title));
    }
    if let Some(words) = &expected.words {
        let source = fs::read_to_string(file.with_file_name(words)).unwrap();
        let f1 = words_f1(&source, &parsed.text);
        let folder = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        println!("{f1:.3} {}", file.file_name().unwrap().display());
        scores.entry(folder.to_owned()).or_default().push(f1);
        if f1 < expected.f1 {
            faults.push(format!("words F1 {f1:.3} is below {}", expected.f1));
        }
    }
    if let Some(headings) = &expected.headings {
        let found: Vec<&str> = parsed.text.lines().filter(|line| is_heading(line)).collect();
        if found != *headings {
            faults.push(format!("headings {found:?} instead of {headings:?}"));
        }
    }
    let lacking = expected
        .contains
        .iter()
        .filter(|text| !parsed.text.contains(*text));
    faults.extend(lacking.map(|text| format!("{text:?} is missing")));
    let extra = expected.lacks.iter().filter(|text| parsed.text.contains(*text));
    faults.extend(extra.map(|text| format!("{text:?} is present")));
    for (text, place) in &expected.places {
        match place_of(parsed, text) {
            Some(found) if found == place => {}
            found => faults.push(format!("{text:?} is at {found:?} instead of {place:?}")),
        }
    }
    let missing = expected
        .notes
        .iter()
        .filter(|part| !parsed.notes.iter().any(|note| note.contains(*part)));
    faults.extend(missing.map(|part| format!("no note has {part:?}: {:?}", parsed.notes)));
    faults
}

fn is_heading(line: &str) -> bool {
    line.trim_start_matches('#').starts_with(' ') && line.starts_with('#')
}

/// The place that the first occurrence of a text comes from.
fn place_of<'a>(parsed: &'a parsers::Parsed, text: &str) -> Option<&'a Place> {
    let start = parsed.text[..parsed.text.find(text)?].chars().count();
    let location = parsed
        .locations
        .iter()
        .rev()
        .find(|location| location.start <= start)?;
    Some(&location.place)
}

/// F1 of the words of two texts, in order: twice the longest common subsequence over the number of words of both.
fn words_f1(source: &str, text: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        let words = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (source, text) = (words(source), words(text));
    let mut row = vec![0_usize; text.len() + 1];
    for word in &source {
        let mut diagonal = 0;
        for (place, other) in text.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if word == other {
                diagonal + 1
            } else {
                above.max(row[place])
            };
            diagonal = above;
        }
    }
    2.0 * row[text.len()] as f64 / (source.len() + text.len()).max(1) as f64
}

fn expectations() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(".expected.json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
