//! Chunker: cuts a document into contiguous chunks at its natural breakpoints. Joined, the chunks are the text again.

mod terms;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

use super::breakpoints;
use crate::{
    domain::{CodePoints, ContentType, Document, Language, Lead, LocationsOfParts, code_points, one_line},
    markup::parser,
    ports::Chunk,
};
use terms::{Counted, count, masked};
pub use terms::{Part, each_stored_term};

/// Maximum length of a chunk, in characters: about 300 words, mostly under one read unit with its terms.
pub const MAX_CHARACTERS: usize = 2_000;

/// Cuts a document: its language, told by its title and what is indexed of its text, and its chunks, at least one.
pub fn cut(document: &Document) -> (Language, Vec<Chunk>) {
    let text = document.text.as_str();
    let masked = masked(text, document.content_type);
    let language = Language::detect(&masked, &document.title);
    let mut points = CodePoints::new(text);
    let mut lead_points = CodePoints::new(text);
    let mut locations = LocationsOfParts::new(&document.locations);
    let chunk = |(number, Piece { bytes, context, lead }): (u32, Piece)| {
        let introduction = lead.clone().map_or("", |lead| &masked[lead]);
        let over = [context.as_str(), introduction].join("\n");
        let Counted { terms, words, length } =
            count([&document.title, over.trim(), &masked[bytes.clone()]], language);
        let span = points.at(bytes.start)..points.at(bytes.end);
        Chunk {
            number,
            context,
            lead: lead.map(|lead| Lead {
                text: text[lead.clone()].to_owned(),
                start: lead_points.at(lead.start),
            }),
            text: text[bytes.clone()].to_owned(),
            locations: locations.next(text, &bytes, &span),
            start: span.start,
            end: span.end,
            terms,
            words,
            length,
        }
    };
    let pieces = (0..).zip(pieces_of(&masked, document.content_type));
    (language, pieces.map(chunk).collect())
}

/// The byte range of a chunk, with the headings over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the text.
    pub bytes: Range<usize>,
    /// The headings over it, joined by ` > `.
    pub context: String,
    /// The bytes of what introduces it, where it begins inside a list, table or block of code.
    pub lead: Option<Range<usize>>,
}

/// The byte ranges of the chunks of a text: at least one, without gaps.
pub fn pieces(text: &str, content_type: ContentType) -> Vec<Piece> {
    pieces_of(&masked(text, content_type), content_type)
}

fn pieces_of(text: &str, content_type: ContentType) -> Vec<Piece> {
    let leads = match content_type {
        ContentType::Markdown => leads(text),
        ContentType::Plain => Vec::new(),
    };
    let headings = match content_type {
        ContentType::Markdown => headings(text),
        ContentType::Plain => Vec::new(),
    };
    let starts = cuts(text, content_type);
    let ends = starts[1..].iter().copied().chain([text.len()]);
    let piece = |(&start, end): (&usize, usize)| Piece {
        bytes: start..end,
        context: context(&headings, start, &text[start..end]),
        lead: leads
            .iter()
            .rfind(|lead| lead.inside.contains(&start))
            .map(|lead| lead.bytes.clone()),
    };
    starts.iter().zip(ends).map(piece).collect()
}

/// Byte offsets at which chunks begin; the first is 0. Each ends at the last of the best breakpoints within its maximum
/// length.
fn cuts(text: &str, content_type: ContentType) -> Vec<usize> {
    let breakpoints = match content_type {
        ContentType::Markdown => breakpoints::in_markdown(text),
        ContentType::Plain => breakpoints::in_plain(text),
    };
    let mut starts = vec![0];
    let mut start = 0;
    while let Some((length, _)) = text[start..].char_indices().nth(MAX_CHARACTERS) {
        let end = start + length;
        let first = breakpoints.partition_point(|breakpoint| breakpoint.at <= start);
        let within = breakpoints[first..]
            .iter()
            .take_while(|breakpoint| breakpoint.at <= end);
        // A block that begins early in the chunk would leave little of it.
        let weight = |breakpoint: &&breakpoints::Breakpoint| {
            let is_early = text[start..breakpoint.at].len() < MAX_CHARACTERS / 4;
            if is_early && breakpoint.weight < breakpoints::HEADING {
                breakpoint.weight.min(breakpoints::LINE)
            } else {
                breakpoint.weight
            }
        };
        start = match within.max_by_key(weight) {
            Some(breakpoint) => breakpoint.at,
            None => start + breakpoints::last_in_prose(&text[start..end]),
        };
        starts.push(start);
    }
    starts
}

/// The longest introduction that is repeated, in bytes.
const MAX_LEAD: usize = 400;

/// What introduces a list, table or block of code, and the bytes after its beginning, which need it.
struct Introduction {
    bytes: Range<usize>,
    inside: Range<usize>,
}

/// The introductions of a text: the paragraph before a list, the header of a table, the line that opens a block of code with
/// the paragraph before it.
fn leads(text: &str) -> Vec<Introduction> {
    let mut leads = Vec::new();
    let mut paragraph: Option<Range<usize>> = None;
    let mut table = None;
    let mut depth = 0_usize;
    for (event, range) in parser(text).into_offset_iter() {
        let before = paragraph
            .clone()
            .filter(|before| before.end <= range.start && text[before.end..range.start].trim().is_empty());
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 => paragraph = Some(range),
            Event::Start(Tag::List(_)) => {
                if depth == 0
                    && let Some(bytes) = before
                {
                    leads.push(Introduction {
                        bytes,
                        inside: range.start + 1..range.end,
                    });
                }
                depth += 1;
            }
            Event::End(TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Table(_)) => table = Some(range),
            Event::Start(Tag::TableRow) => {
                if let Some(table) = table.take() {
                    leads.push(Introduction {
                        bytes: table.start..range.start,
                        inside: range.start..table.end,
                    });
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let first_line = text[range.clone()]
                    .find('\n')
                    .map_or(range.end, |end| range.start + end);
                let start = before.map_or(range.start, |before| before.start);
                leads.push(Introduction {
                    bytes: start..first_line,
                    inside: first_line + 1..range.end,
                });
            }
            _ => {}
        }
    }
    for lead in &mut leads {
        lead.bytes.end = lead.bytes.start + text[lead.bytes.clone()].trim_end().len();
    }
    leads.retain(|lead| lead.bytes.len() <= MAX_LEAD && !lead.inside.is_empty());
    leads
}

/// A heading of Markdown, at a byte of the text.
struct Heading {
    at: usize,
    level: HeadingLevel,
    text: String,
}

fn headings(text: &str) -> Vec<Heading> {
    let mut headings = Vec::new();
    let mut open: Option<Heading> = None;
    for (event, range) in parser(text).into_offset_iter() {
        match (event, &mut open) {
            (Event::Start(Tag::Heading { level, .. }), _) => {
                open = Some(Heading {
                    at: range.start,
                    level,
                    text: String::new(),
                });
            }
            (Event::Text(words) | Event::Code(words), Some(heading)) => heading.text.push_str(&words),
            (Event::End(TagEnd::Heading(_)), _) => headings.extend(open.take().map(|heading| Heading {
                text: one_line(&heading.text),
                ..heading
            })),
            _ => {}
        }
    }
    headings
}

/// The headings over the start of the chunk, or over its first words when it starts with headings itself.
fn context(headings: &[Heading], start: usize, chunk: &str) -> String {
    let first_words = start + chunk.len() - chunk.trim_start().len();
    let mut path: Vec<&Heading> = Vec::new();
    for heading in headings.iter().take_while(|heading| heading.at <= first_words) {
        path.retain(|above| above.level < heading.level);
        path.push(heading);
    }
    path.iter()
        .map(|heading| heading.text.as_str())
        .collect::<Vec<_>>()
        .join(" > ")
}

/// The number of code points of all chunks of a document together.
pub fn characters(document: &Document) -> usize {
    code_points(document.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::{terms::TITLE_WEIGHT, *};
    use crate::domain::{DocumentId, DocumentText};

    fn chunks(text: &str, content_type: ContentType) -> Vec<Chunk> {
        let document = Document {
            id: DocumentId::parse("d").unwrap(),
            title: "Title".to_owned(),
            url: None,
            text: DocumentText::parse(text.to_owned()).unwrap(),
            content_type,
            published_at: None,
            metadata: serde_json::Map::new(),
            origin: None,
            locations: Vec::new(),
        };
        cut(&document).1
    }

    #[test]
    fn headings_are_the_context_of_the_chunks_under_them() {
        let filler = "Words that fill a paragraph. ".repeat(60);
        let text = format!("# Top\n\n{filler}\n\n## Cold `start`\n\n{filler}\n\n## Warm\n\n{filler}");
        let contexts: Vec<_> = chunks(&text, ContentType::Markdown)
            .into_iter()
            .map(|chunk| chunk.context)
            .collect();
        assert_eq!(contexts, ["Top", "Top > Cold start", "Top > Warm"]);
    }

    #[test]
    fn the_words_of_the_title_count() {
        let chunk = chunks("Something else.", ContentType::Plain).remove(0);
        assert_eq!(chunk.terms.get("titl"), Some(&TITLE_WEIGHT));
        assert_eq!(chunk.length, 2 + TITLE_WEIGHT);
    }

    #[test]
    fn a_chunk_inside_a_list_table_or_code_repeats_what_introduces_it() {
        let rows: String = (0..200)
            .map(|row| format!("| row {row} | value {row} |\n"))
            .collect();
        let items: String = (0..200).map(|item| format!("- item {item} of many\n")).collect();
        let code: String = (0..200).map(|line| format!("line {line} of code\n")).collect();
        let head = "| name | value |\n|---|---|\n";
        for (text, lead) in [
            (format!("Top.\n\n{head}{rows}"), head),
            (format!("Top.\n\nDo this:\n\n{items}"), "Do this:"),
            (
                format!("Top.\n\nRun this:\n\n```sh\n{code}```\n"),
                "Run this:\n\n```sh",
            ),
        ] {
            let chunks = chunks(&text, ContentType::Markdown);
            assert!(chunks.len() > 1 && chunks[0].lead.is_none());
            for chunk in &chunks[1..] {
                let own = chunk.lead.as_ref().unwrap();
                assert_eq!(own.text.trim_end(), lead.trim_end());
                let there: String = text
                    .chars()
                    .skip(own.start)
                    .take(own.text.chars().count())
                    .collect();
                assert_eq!(there, own.text);
            }
        }
    }

    #[test]
    fn template_markup_and_tags_are_not_indexed() {
        let text = "{% include banner.html %}\n\n<p class=\"zebra\">The ferry leaves.</p>\n";
        let chunk = chunks(text, ContentType::Markdown).remove(0);
        assert_eq!(chunk.text, text);
        let has = |term: &str| chunk.terms.contains_key(term);
        assert!(has("ferri") && !has("banner") && !has("zebra") && !has("includ"));
    }

    proptest::proptest! {
        #[test]
        fn joined_chunks_are_the_text(text in "([a-z]{1,12}|[ \n#*`>-]|\\PC){1,4000}", markdown: bool) {
            proptest::prop_assume!(!text.trim().is_empty());
            let content_type = if markdown { ContentType::Markdown } else { ContentType::Plain };
            let chunks = chunks(&text, content_type);
            let joined: String = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
            proptest::prop_assert_eq!(&joined, &text);
            let mut end = 0;
            for chunk in &chunks {
                proptest::prop_assert_eq!(chunk.start, end);
                end = chunk.end;
                proptest::prop_assert_eq!(code_points(&chunk.text), chunk.end - chunk.start);
                proptest::prop_assert!(code_points(&chunk.text) <= MAX_CHARACTERS);
            }
            proptest::prop_assert_eq!(end, code_points(&text));
        }
    }
}
