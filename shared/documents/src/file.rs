//! The document of a file.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use parsers::{Original, Parsed, Problem, child};
use shared::{
    deadline::Deadline,
    domain::{
        ContentType, Document, DocumentText, FileUpload, FrontMatter, Location, MAX_TITLE, MAX_URL, Origin,
        Place, code_points, complete_metadata, one_line,
    },
    error::HubError,
};

use crate::{MAX_PARSING, Reader};

impl Reader {
    /// Parses a file in a child process.
    pub(crate) async fn parse(
        &self,
        original: &Original<'_>,
        deadline: Deadline,
    ) -> Result<Parsed, HubError> {
        let late = || HubError::DeadlineExceeded(deadline.elapsed());
        let Ok(permit) = tokio::time::timeout(deadline.left(), self.parsing.acquire()).await else {
            return Err(late());
        };
        let left = deadline.left();
        let parsed = child::parse(original, left.min(MAX_PARSING)).await;
        drop(permit);
        parsed.map_err(|problem| match problem {
            Problem::TimedOut { .. } if left < MAX_PARSING => late(),
            Problem::Unsupported { .. } => HubError::UnsupportedFile(problem.to_string()),
            problem => HubError::UnreadableFile(problem.to_string()),
        })
    }
}

/// What the parser is given of a file.
pub(crate) fn original(file: &FileUpload) -> Original<'_> {
    Original {
        bytes: &file.bytes,
        media_type: file.media_type.as_deref(),
        name: file.name.as_deref(),
        url: file.url.as_deref(),
    }
}

/// The document of a parsed file. What the sender states goes before what the file states.
pub(crate) fn document(file: &FileUpload, parsed: Parsed) -> Result<Document, HubError> {
    let content_type = match parsed.is_plain {
        true => ContentType::Plain,
        false => ContentType::Markdown,
    };
    let text = DocumentText::parse(parsed.text)
        .map_err(|_invalid| HubError::UnreadableFile("the file has no text that can be stored".to_owned()))?;
    let (front_matter, text) = match parsed.media_type.as_str() {
        "text/markdown" => text.split_front_matter(),
        _ => (FrontMatter::default(), text),
    };
    let stated = |title: String| Some(one_line(&title)).filter(|title| is_title(title));
    let of_file = parsed.title.or(front_matter.title);
    let title = file.title.clone().or_else(|| stated(of_file?));
    Ok(Document {
        id: file.id.clone(),
        title: title.unwrap_or_else(|| Document::derive_title(text.as_str(), content_type)),
        url: file
            .url
            .clone()
            .or(parsed.url)
            .or_else(|| front_matter.url.filter(|url| code_points(url) <= MAX_URL)),
        text,
        content_type,
        published_at: file
            .published_at
            .or_else(|| time(&parsed.published_at?))
            .or(front_matter.published_at),
        metadata: complete_metadata(file.metadata.clone(), front_matter.metadata),
        origin: Some(Origin {
            media_type: parsed.media_type,
            bytes: file.bytes.len() as u64,
            name: file.name.clone(),
            fetched_at: None,
            notes: parsed.notes,
        }),
        locations: parsed.locations.into_iter().map(location).collect(),
    })
}

fn is_title(title: &str) -> bool {
    !title.is_empty() && code_points(title) <= MAX_TITLE
}

/// A time, or the beginning of a date.
fn time(text: &str) -> Option<Timestamp> {
    let midnight = |date: Date| date.to_datetime(Time::midnight());
    let date = || TimeZone::UTC.to_timestamp(midnight(text.parse().ok()?)).ok();
    text.parse().ok().or_else(date)
}

fn location(location: parsers::Location) -> Location {
    Location {
        start: location.start,
        place: match location.place {
            parsers::Place::Page(page) => Place::Page(page),
            parsers::Place::Slide(slide) => Place::Slide(slide),
            parsers::Place::Chapter(chapter) => Place::Chapter(chapter),
            parsers::Place::Cell(cell) => Place::Cell(cell),
            parsers::Place::Sheet { name, row, column } => Place::Sheet { name, row, column },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_files_have_front_matter() {
        let bytes = b"---\ntitle: The lamp\nurl: https://lights.example/lamp\ndate: 1871-05-03\ntags: [oil]\n---\n\nIt is lit.\n";
        let file = |name: &str| FileUpload {
            id: FileUpload::derive_id(None, bytes),
            title: None,
            url: None,
            published_at: None,
            metadata: serde_json::Map::new(),
            bytes: bytes.to_vec(),
            media_type: None,
            name: Some(name.to_owned()),
        };
        let document = |name: &str| {
            let file = file(name);
            let original = Original {
                bytes: &file.bytes,
                name: file.name.as_deref(),
                ..Original::default()
            };
            super::document(&file, parsers::parse(&original).unwrap()).unwrap()
        };
        let markdown = document("lamp.md");
        assert_eq!(markdown.text.as_str(), "It is lit.");
        assert_eq!(markdown.title, "The lamp");
        assert_eq!(markdown.url.as_deref(), Some("https://lights.example/lamp"));
        assert_eq!(markdown.published_at, time("1871-05-03"));
        assert_eq!(markdown.metadata["tags"], serde_json::json!(["oil"]));
        let plain = document("lamp.txt");
        assert!(plain.text.as_str().starts_with("---\ntitle"));
        assert_eq!(plain.content_type, ContentType::Plain);
    }
}
