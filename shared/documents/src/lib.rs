//! Turns uploads into documents. Files are parsed in a child process; only functions that use this crate link the parsers.

use std::{borrow::Cow, time::Duration};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use parsers::{Format, Original, Parsed, Problem, child};
use shared::{
    deadline::Deadline,
    domain::{
        ContentType, Document, DocumentText, FileUpload, FrontMatter, Location, MAX_TITLE, MAX_URL, Origin,
        Place, Upload, code_points, complete_metadata, one_line,
    },
    error::HubError,
};

/// The longest that parsing a file may take.
pub const MAX_PARSING: Duration = Duration::from_secs(20);

/// Runs this process as a parser if it was started as one; see [`child::serve`].
pub fn is_parser() -> bool {
    child::serve()
}

/// The document of an upload. A file is parsed until the deadline, for at most [`MAX_PARSING`].
///
/// # Errors
/// [`HubError::UnsupportedFile`] and [`HubError::UnreadableFile`]; [`HubError::DeadlineExceeded`] if a later deadline might have
/// been enough.
pub async fn document(upload: &Upload, deadline: Deadline) -> Result<Cow<'_, Document>, HubError> {
    let file = match upload {
        Upload::Document(document) => return Ok(Cow::Borrowed(document)),
        Upload::File(file) => file,
    };
    let original = Original {
        bytes: &file.bytes,
        media_type: file.media_type.as_deref(),
        name: file.name.as_deref(),
        url: file.url.as_deref(),
    };
    // Files wait for each other, so what is left is known only now.
    let left = deadline.left();
    match child::parse(&original, left.min(MAX_PARSING)).await {
        Ok(parsed) => from_file(file, parsed).map(Cow::Owned),
        Err(Problem::TimedOut { .. }) if left < MAX_PARSING => {
            Err(HubError::DeadlineExceeded(deadline.elapsed()))
        }
        Err(problem @ Problem::Unsupported { .. }) => Err(HubError::UnsupportedFile(problem.to_string())),
        Err(problem) => Err(HubError::UnreadableFile(problem.to_string())),
    }
}

/// The document of a parsed file. What the sender states goes before what the file states. The front matter of Markdown is read
/// as that of texts.
fn from_file(file: &FileUpload, parsed: Parsed) -> Result<Document, HubError> {
    let content_type = match parsed.is_plain {
        true => ContentType::Plain,
        false => ContentType::Markdown,
    };
    let text = DocumentText::parse(parsed.text)
        .map_err(|_invalid| HubError::UnreadableFile("the file has no text that can be stored".to_owned()))?;
    let (front_matter, text) = match parsed.media_type == Format::Markdown.media_type() {
        true => text.split_front_matter(),
        false => (FrontMatter::default(), text),
    };
    let stated = |title: String| Some(one_line(&title)).filter(|title| is_title(title));
    let title = file
        .title
        .clone()
        .or_else(|| stated(parsed.title.or(front_matter.title)?));
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
            from_file(&file, parsers::parse(&original).unwrap()).unwrap()
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
