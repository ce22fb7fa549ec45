//! Titles of documents that were sent without one.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{ContentType, Document};

/// The longest derived title, in code points.
const MAX_DERIVED_TITLE: usize = 120;

impl Document {
    /// The title of a text without one: its first heading, or its first line that is not blank; at most 120 code points.
    pub fn derive_title(text: &str, content_type: ContentType) -> String {
        let heading = match content_type {
            ContentType::Markdown => first_heading(text),
            ContentType::Plain => None,
        };
        let title = heading.unwrap_or_else(|| first_line(text).to_owned());
        title.chars().take(MAX_DERIVED_TITLE).collect()
    }
}

/// The words of the first CommonMark heading that has any.
fn first_heading(text: &str) -> Option<String> {
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(words) | Event::Code(words), Some(heading)) => heading.push_str(&words),
            (Event::End(TagEnd::Heading(_)), _) => {
                if let Some(words) = heading.take().filter(|words| !words.is_empty()) {
                    return Some(words);
                }
            }
            _ => {}
        }
    }
    None
}

fn first_line(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_derived_where_none_was_sent() {
        assert_eq!(
            Document::derive_title("\n\n# A *fine* day\ntext", ContentType::Markdown),
            "A fine day"
        );
        assert_eq!(
            Document::derive_title("#\n\n## Second\n", ContentType::Markdown),
            "Second"
        );
        assert_eq!(
            Document::derive_title("\n  first line \nsecond", ContentType::Plain),
            "first line"
        );
    }
}
