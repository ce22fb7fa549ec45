//! Every file below `tests/documents` yields what the file beside it says: `NAME.expected.json` for `NAME`.

#![expect(clippy::unwrap_used, reason = "tests and their helpers fail by panicking")]

mod measure;

use std::{fs, path::Path};

use parsers::{Original, Parsed, Problem};

use self::measure::{Expected, Found, Scores, expectations};

#[test]
fn every_file_yields_what_is_expected_of_it() {
    let mut faults = Vec::new();
    let mut scores = Scores::default();
    for (file, expected) in expectations(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents"))
    {
        if matches!(expected.problem.as_deref(), Some("crashed" | "timed_out")) {
            // It would end this process.
            continue;
        }
        let bytes = fs::read(&file).unwrap();
        let parsed = parsers::parse(&Original {
            bytes: &bytes,
            media_type: expected.media_type.as_deref(),
            name: file.file_name().unwrap().to_str(),
            url: None,
        });
        for fault in check(&file, &expected, &parsed, &mut scores) {
            faults.push(format!("{}: {fault}", file.display()));
        }
    }
    println!("{scores}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(
    file: &Path,
    expected: &Expected,
    parsed: &Result<Parsed, Problem>,
    scores: &mut Scores,
) -> Vec<String> {
    match (parsed, &expected.problem) {
        (Err(problem), Some(kind)) => {
            let json = serde_json::to_value(problem).unwrap();
            let is_expected = json["kind"] == **kind;
            let fault = (!is_expected).then(|| format!("{problem:?} instead of {kind}"));
            fault.into_iter().collect()
        }
        (Ok(parsed), None) => expected.faults(file, &found(parsed), scores),
        (other, _) => vec![format!("{other:?} instead of {:?}", expected.problem)],
    }
}

fn found(parsed: &Parsed) -> Found<'_> {
    let place = |location: &parsers::Location| serde_json::to_value(&location.place).unwrap();
    let locations = parsed
        .locations
        .iter()
        .map(|location| (location.start, place(location)));
    Found {
        title: parsed.title.as_deref(),
        text: &parsed.text,
        notes: parsed.notes.iter().map(String::as_str).collect(),
        locations: Some(locations.collect()),
    }
}
