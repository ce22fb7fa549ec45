//! Citation markers of an answer: `[1]`, `[1][2]`, `[1, 2]`, `[1-3]`, `[^1]`, `【1†source】`, `(source 1)`.

use std::ops::Range;

/// A citation marker: its place in the text, and the source numbers as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The numbers of the sources that it cites, from 1; they are not checked here.
    pub sources: Vec<usize>,
}

/// Maximum length of a marker, in bytes between its brackets.
const MAX_BYTES: usize = 48;
/// Maximum number of sources in one marker; a longer range is text.
const MAX_SOURCES: usize = 20;

/// The markers of a text, in order. Markers in code are text.
pub fn markers(text: &str) -> Vec<Marker> {
    let mut found: Vec<Marker> = Vec::new();
    for (start, open) in text.char_indices() {
        let Some(close) = closing(open) else { continue };
        let inside = start + open.len_utf8();
        let limit = text.floor_char_boundary((inside + MAX_BYTES).min(text.len()));
        let Some(length) = text[inside..limit].find(close) else {
            continue;
        };
        let Some(sources) = numbers(&text[inside..inside + length], open == '(') else {
            continue;
        };
        let end = inside + length + close.len_utf8();
        found.push(Marker {
            range: start..end + link(&text[end..]),
            sources,
        });
    }
    if found.is_empty() {
        return found;
    }
    let code = code(text);
    found.retain(|marker| {
        let next = code.partition_point(|code| code.end <= marker.range.start);
        code.get(next).is_none_or(|code| marker.range.start < code.start)
    });
    found
}

/// The length, in bytes, of the part of an unfinished text that is final: what follows may be the beginning of a
/// marker.
pub fn stable_prefix_len(text: &str) -> usize {
    let from = text.ceil_char_boundary(text.len().saturating_sub(MAX_BYTES));
    let tail = &text[from..];
    let is_open =
        |&(at, open): &(usize, char)| closing(open).is_some_and(|close| !tail[at..].contains(close));
    tail.char_indices()
        .find(is_open)
        .map_or(text.len(), |(at, _)| from + at)
}

/// The bracket that closes a marker.
fn closing(open: char) -> Option<char> {
    match open {
        '[' => Some(']'),
        '［' => Some('］'),
        '【' => Some('】'),
        '(' => Some(')'),
        _ => None,
    }
}

/// The numbers in a marker; `None` if it is not one. Round brackets need a word: `(1)` is a list.
fn numbers(inside: &str, needs_word: bool) -> Option<Vec<usize>> {
    let mut rest = inside.trim();
    rest = rest.strip_prefix('^').unwrap_or(rest);
    let mut has_word = false;
    for word in [
        "sources", "source", "passages", "passage", "refs", "ref", "citation",
    ] {
        if let Some(after) = strip_prefix_ignoring_case(rest, word) {
            rest = after.trim_start_matches(['.', ':', '#', ' ']);
            has_word = true;
            break;
        }
    }
    if needs_word && !has_word {
        return None;
    }
    let rest = rest.split('†').next().unwrap_or_default();
    let mut sources = Vec::new();
    for part in rest.replace(" and ", ",").split([',', ';', '&']) {
        let mut ends = part.split(['-', '\u{2013}', '\u{2014}']).map(number);
        let first = ends.next()??;
        let last = ends.next().unwrap_or(Some(first))?;
        if ends.next().is_some()
            || last < first
            || last - first >= MAX_SOURCES
            || sources.len() >= MAX_SOURCES
        {
            return None;
        }
        sources.extend(first..=last);
    }
    Some(sources)
}

fn number(text: &str) -> Option<usize> {
    let text = text.trim().trim_start_matches(['^', '#']);
    let is_short = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_short.then(|| text.parse().ok()).flatten()
}

fn strip_prefix_ignoring_case<'text>(text: &'text str, prefix: &str) -> Option<&'text str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// The length, in bytes, of the link target after a marker: `[1](https://...)`.
fn link(after: &str) -> usize {
    let is_link = after.starts_with("(http") || after.starts_with("(#");
    let end = after.find([')', ' ', '\n']);
    end.filter(|&end| is_link && after[end..].starts_with(')'))
        .map_or(0, |end| end + 1)
}

/// The bytes of fenced code blocks and of code spans. A span ends on its line, so that a stray back tick hides no more.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut code = Vec::new();
    let mut fence: Option<usize> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        match (is_fence, fence) {
            (true, Some(start)) => {
                code.push(start..at + line.len());
                fence = None;
            }
            (true, None) => fence = Some(at),
            (false, Some(_)) => {}
            (false, None) => {
                let ticks: Vec<usize> = line.match_indices('`').map(|(tick, _)| at + tick).collect();
                code.extend(ticks.chunks_exact(2).map(|pair| pair[0]..pair[1]));
            }
        }
        at += line.len();
    }
    code.extend(fence.map(|start| start..text.len()));
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Vec<Vec<usize>> {
        markers(text).into_iter().map(|marker| marker.sources).collect()
    }

    #[test]
    fn every_form_of_marker_is_read() {
        for (text, expected) in [
            ("a [1]", vec![vec![1]]),
            ("a [1][2]", vec![vec![1], vec![2]]),
            ("a [1, 2]", vec![vec![1, 2]]),
            ("a [1; 3 and 4]", vec![vec![1, 3, 4]]),
            ("a [1-3]", vec![vec![1, 2, 3]]),
            ("a [2–3]", vec![vec![2, 3]]),
            ("a [^4]", vec![vec![4]]),
            ("a 【1】 b【2†source】", vec![vec![1], vec![2]]),
            ("a ［5］", vec![vec![5]]),
            ("a (source 1) b (Sources: 2, 3)", vec![vec![1], vec![2, 3]]),
            ("a [Source 2]", vec![vec![2]]),
            ("a [0] [999]", vec![vec![0], vec![999]]),
        ] {
            assert_eq!(sources(text), expected, "{text}");
        }
    }

    #[test]
    fn text_that_only_looks_like_a_marker_is_text() {
        for text in [
            "[x]",
            "[]",
            "(1)",
            "[2024]",
            "[3-1]",
            "[1-99]",
            "[1.5]",
            "[-1]",
            "[1",
            "1]",
            "[a 1]",
            "(see 1)",
            "`a[1]`",
            "```\na[1]\n```",
            "[99999999999999999999999]",
        ] {
            assert_eq!(sources(text), Vec::<Vec<usize>>::new(), "{text}");
        }
    }

    #[test]
    fn a_link_is_part_of_its_marker() {
        let text = "It is so [1](https://a.example/b). Next.";
        assert_eq!(&text[markers(text)[0].range.clone()], "[1](https://a.example/b)");
        assert_eq!(markers("a [1] (http x)")[0].range, 2..5);
    }

    proptest::proptest! {
        #[test]
        fn markers_of_any_text_are_in_order(text in "(\\PC|[\\[\\]()0-9,`^【】-]|source){0,80}") {
            let mut end = 0;
            for marker in markers(&text) {
                proptest::prop_assert!(marker.range.start >= end && text.get(marker.range.clone()).is_some());
                end = marker.range.end;
            }
        }
    }
}
