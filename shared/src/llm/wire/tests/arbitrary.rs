//! Property test: no parser panics on arbitrary bytes.

use proptest::prelude::*;

use super::super::{ApiFormat, read_error, read_models, read_vectors, read_whole};
use super::{read_stream, recorded};

const RECORDED: [&[u8]; 8] = [
    recorded!("openai.sse"),
    recorded!("openai.json"),
    recorded!("anthropic.sse"),
    recorded!("anthropic.json"),
    recorded!("gemini.sse"),
    recorded!("gemini.json"),
    recorded!("ollama.ndjson"),
    recorded!("ollama.json"),
];

/// Fragments that are likely to confuse a parser.
const SPLICES: [&str; 12] = [
    "",
    "\n\n",
    "null",
    "[",
    "{\"",
    "1e300",
    "-1",
    "\"x\"",
    "data: ",
    "\u{feff}",
    "{\"error\":{}}",
    "\\ud800",
];

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let spliced = (
        0..RECORDED.len(),
        any::<prop::sample::Index>(),
        0..40_usize,
        0..SPLICES.len(),
    );
    let spliced = spliced.prop_map(|(reply, at, length, splice)| {
        let mut bytes = RECORDED[reply].to_vec();
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, SPLICES[splice].bytes());
        bytes
    });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), spliced]
}

proptest! {
    #[test]
    fn nothing_panics(bytes in bytes(), cut in any::<prop::sample::Index>()) {
        for kind in ApiFormat::ALL {
            let _ = read_whole(kind, &bytes);
            let _ = read_error(kind, &bytes);
            let _ = read_vectors(kind, &bytes);
            let _ = read_models(kind, &bytes);
            let (before, after) = bytes.split_at(cut.index(bytes.len() + 1));
            prop_assert_eq!(read_stream(kind, [before, after]), read_stream(kind, [bytes.as_slice()]));
        }
    }
}
