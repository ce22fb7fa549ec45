//! Titles of documents that were sent without one.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{ContentType, Document, front_matter::FrontMatter, html, text::one_line};

/// The longest derived title, in code points.
const MAX_DERIVED_TITLE: usize = 120;

impl Document {
    /// The title of a text without one. Markdown: the words of the first heading, otherwise the first line of prose.
    /// Plain text: the first line that has a letter. At most 120 code points, without markup and hidden characters.
    pub fn derive_title(text: &str, content_type: ContentType) -> String {
        let derived = match content_type {
            ContentType::Markdown => {
                let scan = Scan::of(text);
                scan.title.or(scan.line)
            }
            ContentType::Plain => None,
        };
        derived.unwrap_or_else(|| first_line(text))
    }

    /// The title that a text as sent has itself: that of its front matter, otherwise its first heading. `None` for
    /// plain text.
    pub fn stated_title(text: &str, content_type: ContentType) -> Option<String> {
        if content_type == ContentType::Plain {
            return None;
        }
        let (front_matter, text) = FrontMatter::split(text);
        front_matter.title.or_else(|| Scan::of(text).title)
    }
}

/// What a Markdown text offers as a title.
#[derive(Default)]
struct Scan {
    /// The words of the first heading that has any.
    title: Option<String>,
    /// The first line of prose that has a letter.
    line: Option<String>,
    /// The heading that is being read.
    open_heading: Option<Words>,
    /// The line of prose that is being read.
    open_line: Words,
    /// Open images, code blocks and other parts whose text is not shown as prose.
    muted: usize,
    /// Open quotations, list items and footnotes, whose headings are not those of the document.
    nested: usize,
    /// The block of HTML that is being read.
    html: String,
}

impl Scan {
    /// Reads a text up to its first heading.
    fn of(text: &str) -> Self {
        let mut scan = Self::default();
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
        let block_start = text
            .split_inclusive('\n')
            .next()
            .filter(|line| line.trim_end() == "---");
        let block_start = block_start.map_or(usize::MAX, str::len);
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let is_block_at_top = range.start == block_start && !text[range].starts_with('#');
            scan.read(event, is_block_at_top);
            if scan.title.is_some() {
                break;
            }
        }
        scan
    }

    /// `is_block_at_top`: the lines between two `---` at the top are front matter that is not valid YAML; CommonMark
    /// takes them for a heading.
    fn read(&mut self, event: Event<'_>, is_block_at_top: bool) {
        match event {
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_)) => self.muted += 1,
            Event::End(TagEnd::Image | TagEnd::CodeBlock) => self.muted = self.muted.saturating_sub(1),
            Event::Start(Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_)) => self.nested += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition) => {
                self.nested = self.nested.saturating_sub(1);
                self.end_line();
            }
            Event::Start(Tag::Heading { .. }) if is_block_at_top => self.muted += 1,
            Event::Start(Tag::Heading { .. }) => self.start_heading(),
            Event::End(TagEnd::Heading(_)) => {
                // Only the block at the top is a muted heading.
                self.muted = 0;
                self.end_heading();
            }
            Event::Start(Tag::HtmlBlock) => self.html.clear(),
            Event::Html(part) => self.html.push_str(&part),
            Event::End(TagEnd::HtmlBlock) => {
                let block = std::mem::take(&mut self.html);
                self.read_html(&block);
                self.end_line();
            }
            Event::InlineHtml(tag) => self.read_html(&tag),
            Event::Text(words) => self.push(&words, false),
            Event::Code(words) => self.push(&words, true),
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            Event::End(TagEnd::TableCell) => self.push(" ", false),
            Event::End(TagEnd::Paragraph | TagEnd::TableHead | TagEnd::TableRow) => self.end_line(),
            _ => {}
        }
    }

    fn read_html(&mut self, source: &str) {
        for part in html::parts(source) {
            match part {
                html::Part::Text(text) => {
                    for line in html::decode(text).split_inclusive('\n') {
                        self.push(line, false);
                        if line.ends_with('\n') {
                            self.end_line();
                        }
                    }
                }
                html::Part::Tag { name, is_end } if is_heading(name) => {
                    if is_end {
                        self.end_heading();
                    } else {
                        self.start_heading();
                    }
                }
                html::Part::Tag { name, .. } if name.eq_ignore_ascii_case("br") => self.end_line(),
                html::Part::Tag { .. } => {}
            }
            if self.title.is_some() {
                return;
            }
        }
    }

    fn push(&mut self, words: &str, is_code: bool) {
        if self.muted == 0 {
            self.open_heading
                .as_mut()
                .unwrap_or(&mut self.open_line)
                .push(words, is_code);
        }
    }

    fn start_heading(&mut self) {
        if self.nested == 0 {
            self.open_heading = Some(Words::default());
        }
    }

    fn end_heading(&mut self) {
        match self.open_heading.take() {
            Some(words) => {
                self.title = words
                    .shown()
                    .filter(|title| title.contains(char::is_alphanumeric))
            }
            None => self.end_line(),
        }
    }

    /// Ends a line: inside a heading it is a space.
    fn end_line(&mut self) {
        if let Some(heading) = &mut self.open_heading {
            heading.push(" ", false);
            return;
        }
        let line = std::mem::take(&mut self.open_line);
        if self.line.is_none() {
            self.line = line
                .shown()
                .filter(|line| line.contains(char::is_alphabetic) && !is_template_tag(line));
        }
    }
}

/// Words of a heading or a line.
#[derive(Default)]
struct Words {
    text: String,
    /// The end of the last code span, in bytes: braces before it are not attributes.
    code_end: usize,
}

impl Words {
    fn push(&mut self, words: &str, is_code: bool) {
        self.text.push_str(words);
        if is_code {
            self.code_end = self.text.len();
        }
    }

    /// The words as a title: without attributes such as `{#anchor}` and `{: .class}` behind them.
    fn shown(&self) -> Option<String> {
        let mut text = self.text.trim_end();
        while let Some(start) = attributes(text).filter(|start| *start >= self.code_end) {
            text = text[..start].trim_end();
        }
        title(text)
    }
}

/// The start of a group of attributes at the end of a heading.
fn attributes(text: &str) -> Option<usize> {
    let inner = text.strip_suffix('}')?;
    let start = inner.rfind('{')?;
    let inner = inner[start + 1..].trim_start();
    (inner.starts_with(['#', '.', ':', '-']) || inner.contains('=')).then_some(start)
}

/// A text on one line, without hidden characters and shortened to the longest title; `None` if nothing remains.
fn title(text: &str) -> Option<String> {
    let title: String = one_line(text).chars().take(MAX_DERIVED_TITLE).collect();
    Some(title.trim_end().to_owned()).filter(|title| !title.is_empty())
}

/// The first line that has a letter, otherwise the first that is not blank.
fn first_line(text: &str) -> String {
    let has_letter = text.lines().find(|line| line.contains(char::is_alphabetic));
    let lines = has_letter.into_iter().chain(text.lines());
    lines.filter_map(title).next().unwrap_or_default()
}

/// Whether a line is a tag of a template language, such as `{% include nav.html %}`.
fn is_template_tag(line: &str) -> bool {
    (line.starts_with("{%") && line.ends_with("%}")) || (line.starts_with("{{") && line.ends_with("}}"))
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h' | b'H', b'1'..=b'6'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::is_hidden;

    #[track_caller]
    fn derives(cases: &[(&str, &str)]) {
        for (text, title) in cases {
            assert_eq!(
                Document::derive_title(text, ContentType::Markdown),
                *title,
                "{text}"
            );
        }
    }

    #[test]
    fn the_first_heading_is_the_title() {
        derives(&[
            ("\n\n# A fine day\ntext", "A fine day"),
            ("#\n\n## Second\n", "Second"),
            ("A fine\r\nday\r\n===\r\n\r\ntext", "A fine day"),
            ("A day\n---\ntext", "A day"),
            ("```sh\n# comment\n```\n\n# Title", "Title"),
            ("    # indented\n\n# Title", "Title"),
            ("~~~\n<h1>no</h1>\n~~~\n\nprose\n\n## Title", "Title"),
            ("<!-- # hidden -->\n\n# Title", "Title"),
            ("> # Quoted\n\n# Title", "Title"),
            ("- # Item\n\n# Title", "Title"),
            ("---\nnot: [yaml\n---\nbody", "body"),
            ("---\n# Title\n---\nbody", "Title"),
        ]);
    }

    #[test]
    fn markup_is_not_part_of_the_title() {
        derives(&[
            ("# A *fine* `day` ~~old~~", "A fine day old"),
            ("# See [the docs](https://a.b/c \"x\")", "See the docs"),
            ("# Setup {#setup}", "Setup"),
            ("# Setup { #setup data-x=\"1\" }", "Setup"),
            ("## Setup {: .no_toc }{#b}", "Setup"),
            ("# Sets {1, 2}", "Sets {1, 2}"),
            ("# Use `{#id}`", "Use {#id}"),
            ("# Q &amp; A &#8211; &lt;x&gt;", "Q & A \u{2013} <x>"),
            ("# A\u{200b}B\u{ad}C\u{feff} \u{202e}D", "ABC D"),
            ("# <a name=\"x\"></a>Title<br/>more", "Title more"),
            ("# Title[^1]\n\n[^1]: note", "Title"),
            ("# ![Logo](a.svg) Pump", "Pump"),
            ("# [![Build status](b.svg)](https://ci)\n\n# Pump\n", "Pump"),
            ("# \u{1f680}\n\n## Pump", "Pump"),
        ]);
    }

    #[test]
    fn an_html_heading_is_a_heading() {
        derives(&[
            ("<h1 align=\"center\">Pump</h1>\n\n## Usage", "Pump"),
            (
                "<p align=\"center\">\n  <img src=\"a>b.png\" alt=\"Logo\">\n</p>\n<h1\n  align=\"center\">\n  <a href=\"/\">Pump</a>\n  &amp; <b>Valve</b>\n</h1>\n\n# No",
                "Pump & Valve",
            ),
            ("<H1>\n\n[Pump](https://a.b) 2\n\n</H1>\n\n## Usage", "Pump 2"),
            ("<h1><img src=\"a\"></h1>\n\n# Pump", "Pump"),
            ("<div align=\"center\">\n\n# Pump\n\n</div>", "Pump"),
            ("<script>\nx = '<h1>no</h1>'\n</script>\n\n# Pump", "Pump"),
            ("<!-- <h1>no</h1> -->\n# Pump", "Pump"),
            ("<h1>Open\n\n# Pump", "Pump"),
        ]);
    }

    #[test]
    fn the_first_line_of_prose_is_the_title_where_there_is_no_heading() {
        derives(&[
            ("\n  first *line* \nsecond", "first line"),
            (
                "[![Build](b.svg)](https://ci)\n\nProse &amp; more.",
                "Prose & more.",
            ),
            ("{% include nav.html %}\n\n* * *\n\n1. One\n2. Two", "One"),
            ("<p>One</p>\n<p>Two</p>", "One"),
            ("| a | b |\n|---|---|\n| c | d |", "a b"),
            ("```\nonly code\n```", "only code"),
            ("42", "42"),
            ("\u{feff}\u{200b}", ""),
        ]);
        let long = Document::derive_title(&"word ".repeat(100), ContentType::Markdown);
        assert_eq!(long.chars().count(), 119);
    }

    #[test]
    fn plain_text_has_its_first_line_with_a_letter() {
        for (text, title) in [
            ("\n  first line \nsecond", "first line"),
            ("=====\n12\n# not *markup*\n", "# not *markup*"),
            ("\u{200b}\n漢字\n", "漢字"),
            ("--\n12\n", "--"),
        ] {
            assert_eq!(Document::derive_title(text, ContentType::Plain), title);
        }
    }

    #[test]
    fn a_text_states_a_title_in_front_matter_or_a_heading() {
        let stated = |text| Document::stated_title(text, ContentType::Markdown);
        assert_eq!(
            stated("\u{feff}---\ntitle: Front\n---\n# Heading").as_deref(),
            Some("Front")
        );
        assert_eq!(stated("---\ndate: x\n---\n# Heading").as_deref(), Some("Heading"));
        assert_eq!(stated("only prose"), None);
        assert_eq!(Document::stated_title("# Heading", ContentType::Plain), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_title_on_one_line(text in "(\\PC|[#<>/h1&;{}\\[\\]!`=\n -]){0,80}") {
            for content_type in [ContentType::Markdown, ContentType::Plain] {
                let title = Document::derive_title(&text, content_type);
                proptest::prop_assert!(title.chars().count() <= MAX_DERIVED_TITLE);
                proptest::prop_assert!(!title.contains(|c: char| c == '\n' || is_hidden(c)));
            }
        }
    }
}
