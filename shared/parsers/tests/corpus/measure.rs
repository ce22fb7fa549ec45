//! What a file must yield, and the measure of it. The test of the endpoint includes this module as well.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;

/// What a file must yield.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// The program and version that made the file.
    #[serde(default)]
    made_by: Option<String>,
    /// Media type as the sender declares it; the name alone decides when missing.
    #[serde(default)]
    pub(crate) media_type: Option<String>,
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
    places: Vec<(String, Value)>,
    /// Parts of the notes on what was left out.
    #[serde(default)]
    notes: Vec<String>,
    /// Kind of the problem, for a file that has no text: `encrypted`.
    #[serde(default)]
    pub(crate) problem: Option<String>,
}

fn least_f1() -> f64 {
    0.95
}

/// What was found in a file.
pub(crate) struct Found<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) text: &'a str,
    pub(crate) notes: Vec<&'a str>,
    /// Where parts of the text come from, by their start in code points; `None` if that is not told.
    pub(crate) locations: Option<Vec<(usize, Value)>>,
}

/// Words F1 of the files of each folder.
#[derive(Default)]
pub(crate) struct Scores(BTreeMap<String, Vec<(String, f64)>>);

impl Scores {
    fn add(&mut self, file: &Path, f1: f64) {
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let folder = name(file.parent().unwrap());
        self.0.entry(folder).or_default().push((name(file), f1));
    }
}

/// The figure of each file, and the mean and the least of each folder.
impl Display for Scores {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (folder, scores) in &self.0 {
            for (file, f1) in scores {
                writeln!(f, "{f1:.3} {folder}/{file}")?;
            }
        }
        for (folder, scores) in &self.0 {
            let count = scores.len();
            let least = scores.iter().map(|(_, f1)| *f1).fold(1.0, f64::min);
            let mean = scores.iter().map(|(_, f1)| f1).sum::<f64>() / count as f64;
            writeln!(
                f,
                "{folder}: {count} files, words F1 mean {mean:.3}, least {least:.3}"
            )?;
        }
        Ok(())
    }
}

/// Every file below a folder with what it must yield: `NAME.expected.json` for `NAME`.
pub(crate) fn expectations(folder: &Path) -> Vec<(PathBuf, Expected)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(file) = path.to_str().unwrap().strip_suffix(".expected.json") {
                let expected: Expected = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                let is_described = expected.problem.is_some() || expected.made_by.is_some();
                assert!(is_described, "{file}: `made_by` is missing");
                found.push((PathBuf::from(file), expected));
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

impl Expected {
    /// What is wrong with what was found in a file.
    pub(crate) fn faults(&self, file: &Path, found: &Found<'_>, scores: &mut Scores) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(title) = self.title.as_deref()
            && found.title != Some(title)
        {
            faults.push(format!("title {:?} instead of {title:?}", found.title));
        }
        if let Some(words) = &self.words {
            let source = fs::read_to_string(file.with_file_name(words)).unwrap();
            let f1 = words_f1(&source, found.text);
            scores.add(file, f1);
            if f1 < self.f1 {
                faults.push(format!("words F1 {f1:.3} is below {}", self.f1));
            }
        }
        if let Some(headings) = &self.headings {
            let lines: Vec<&str> = found.text.lines().filter(|line| is_heading(line)).collect();
            if lines != *headings {
                faults.push(format!("headings {lines:?} instead of {headings:?}"));
            }
        }
        let lacking = self.contains.iter().filter(|text| !found.text.contains(*text));
        faults.extend(lacking.map(|text| format!("{text:?} is missing")));
        let extra = self.lacks.iter().filter(|text| found.text.contains(*text));
        faults.extend(extra.map(|text| format!("{text:?} is present")));
        if let Some(locations) = &found.locations {
            for (text, place) in &self.places {
                let at = place_of(found.text, locations, text);
                if at != Some(place) {
                    faults.push(format!("{text:?} is at {at:?} instead of {place:?}"));
                }
            }
        }
        let missing = self
            .notes
            .iter()
            .filter(|part| !found.notes.iter().any(|note| note.contains(*part)));
        faults.extend(missing.map(|part| format!("no note has {part:?}: {:?}", found.notes)));
        faults
    }
}

fn is_heading(line: &str) -> bool {
    line.trim_start_matches('#').starts_with(' ') && line.starts_with('#')
}

/// The place that the first occurrence of a part of the text comes from.
fn place_of<'a>(text: &str, locations: &'a [(usize, Value)], part: &str) -> Option<&'a Value> {
    let start = text[..text.find(part)?].chars().count();
    let location = locations.iter().rev().find(|(from, _)| *from <= start)?;
    Some(&location.1)
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
