//! Front matter: a block of YAML between two lines `---` at the top of a Markdown text, with facts about the document.

use jiff::{
    Timestamp,
    civil::{DateTime, Time},
    tz::Offset,
};
use serde_json::{Map, Number, Value};
use serde_norway::Value as Yaml;

use super::{
    html,
    text::{one_line, without_byte_order_mark},
};

/// The largest `metadata` of a document, in bytes of JSON: it is stored in the document header, which every search reads.
pub const MAX_METADATA_BYTES: usize = 2_048;
/// The largest block, in bytes. A larger one is text.
const MAX_BLOCK_BYTES: usize = 32_768;
/// The deepest nesting of brackets in a block: the time to parse YAML grows with its square.
const MAX_NESTING: usize = 100;
/// The most aliases in a block with anchors: each can double what the block expands to.
const MAX_ALIASES: usize = 8;

/// Fields that may state when the document was published, the most specific first.
const PUBLISHED: [&str; 4] = ["published_at", "published", "date", "last_updated"];
/// Fields that may have the address of the document.
const ADDRESSES: [&str; 2] = ["url", "permalink"];
/// Fields that come first in the metadata, because the metadata is bounded.
const FIRST: [&str; 5] = ["tags", "categories", "keywords", "description", "author"];
/// Forms of a date besides RFC 3339: as site generators write them, and in words.
const DATE_FORMS: [&str; 6] = [
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M %z",
    "%B %d, %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%d %b %Y",
];

/// The fields of a front matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    /// `title`, on one line and without inline HTML.
    pub title: Option<String>,
    /// `url` or `permalink`, if it is an absolute `http` or `https` address.
    pub url: Option<String>,
    /// `published_at`, `published`, `date` or `last_updated`. Without a time it is midnight, without an offset UTC.
    pub published_at: Option<Timestamp>,
    /// All other fields that are scalars or lists of scalars. `tags`, `categories`, `keywords`, `description` and
    /// `author` come first.
    pub metadata: Map<String, Value>,
}

impl FrontMatter {
    /// Splits a Markdown text into its front matter and the rest. Byte order marks before the block and blank lines behind
    /// it belong to neither. A text without a valid block is returned whole, as is a text that is nothing but a block.
    pub fn split(text: &str) -> (Self, &str) {
        let text = without_byte_order_mark(text);
        let Some((block, rest)) = split_block(text) else {
            return (Self::default(), text);
        };
        let Some(fields) = parse(block) else {
            return (Self::default(), text);
        };
        let rest = rest.trim_start_matches(['\n', '\r']);
        let rest = if rest.trim().is_empty() { text } else { rest };
        (Self::from_fields(fields), rest)
    }

    /// Whether a Markdown text is nothing but a valid block: a page without text.
    pub fn is_all_of(text: &str) -> bool {
        split_block(without_byte_order_mark(text))
            .is_some_and(|(block, rest)| rest.trim().is_empty() && parse(block).is_some())
    }

    fn from_fields(mut fields: Vec<(String, Value)>) -> Self {
        let title = take(&mut fields, &["title"], title);
        let url = take(&mut fields, &ADDRESSES, |value| address(value.as_str()?));
        let published_at = take(&mut fields, &PUBLISHED, |value| time(value.as_str()?));
        fields.sort_by_key(|(name, _)| !FIRST.contains(&name.as_str()));
        Self {
            title,
            url,
            published_at,
            metadata: fields.into_iter().collect(),
        }
    }
}

/// Adds the fields that the metadata does not have, as far as they fit [`MAX_METADATA_BYTES`].
pub fn complete_metadata(mut metadata: Map<String, Value>, fields: Map<String, Value>) -> Map<String, Value> {
    let length = |json: Value| json.to_string().len();
    let mut total = length(metadata.clone().into());
    for (name, value) in fields {
        // A colon, and a comma to the field before.
        let added = length(name.clone().into()) + length(value.clone()) + 2;
        if total + added <= MAX_METADATA_BYTES && !metadata.contains_key(&name) {
            total += added;
            metadata.insert(name, value);
        }
    }
    metadata
}

/// The lines between `---` in the first line and the next `---` or `...`, and what follows.
fn split_block(text: &str) -> Option<(&str, &str)> {
    let mut lines = text.split_inclusive('\n');
    let start = lines.next().filter(|line| line.trim_end() == "---")?.len();
    let mut end = start;
    for line in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&text[start..end], &text[end + line.len()..]));
        }
        end += line.len();
        if end - start > MAX_BLOCK_BYTES {
            return None;
        }
    }
    None
}

/// The scalar fields and lists of a block; `None` if it is neither a mapping nor blank.
fn parse(block: &str) -> Option<Vec<(String, Value)>> {
    if block.trim().is_empty() {
        return Some(Vec::new());
    }
    let expands = names(block, b'&') > 0 && names(block, b'*') > MAX_ALIASES;
    if expands || nesting(block) > MAX_NESTING {
        return None;
    }
    let Ok(Yaml::Mapping(fields)) = serde_norway::from_str(block) else {
        return None;
    };
    let field = |(name, value)| match scalar(name)? {
        Value::String(name) => Some((name, scalars(value)?)),
        name => Some((name.to_string(), scalars(value)?)),
    };
    Some(fields.into_iter().filter_map(field).collect())
}

/// The greatest number of brackets that are open at once, wherever they stand.
fn nesting(block: &str) -> usize {
    let mut open = 0_usize;
    let depths = block.bytes().map(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open
    });
    depths.max().unwrap_or_default()
}

/// The number of anchors (`&name`) or aliases (`*name`), or of words that look like them.
fn names(block: &str, sign: u8) -> usize {
    let follows = |c: u8| c.is_ascii_whitespace() || b"[{,:-?".contains(&c);
    let starts = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
    let triples = block.as_bytes().windows(3);
    triples
        .filter(|bytes| follows(bytes[0]) && bytes[1] == sign && starts(bytes[2]))
        .count()
}

/// A scalar or a list of scalars as JSON. Nulls, blank texts, empty lists and anything deeper are left out.
fn scalars(value: Yaml) -> Option<Value> {
    let Yaml::Sequence(items) = value else {
        return scalar(value);
    };
    let items: Vec<Value> = items.into_iter().map(scalar).collect::<Option<_>>()?;
    (!items.is_empty()).then_some(Value::Array(items))
}

fn scalar(value: Yaml) -> Option<Value> {
    match value {
        Yaml::Bool(value) => Some(value.into()),
        Yaml::Number(number) => {
            let whole = number
                .as_i64()
                .map(Number::from)
                .or_else(|| number.as_u64().map(Number::from));
            let number = whole.or_else(|| Number::from_f64(number.as_f64()?))?;
            Some(number.into())
        }
        Yaml::String(text) if !text.trim().is_empty() => Some(text.into()),
        Yaml::Null | Yaml::String(_) | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => None,
    }
}

/// Removes the first of the named fields that has a valid value, and returns that value. Names match in any case.
fn take<T>(
    fields: &mut Vec<(String, Value)>,
    names: &[&str],
    read: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    names.iter().find_map(|name| {
        let at = fields
            .iter()
            .position(|(field, _)| field.eq_ignore_ascii_case(name))?;
        let value = read(&fields[at].1)?;
        fields.remove(at);
        Some(value)
    })
}

fn title(value: &Value) -> Option<String> {
    let title = match value {
        Value::String(text) => one_line(&html::plain(text)),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!title.is_empty()).then_some(title)
}

fn address(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| text.trim().to_owned())
}

fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let exact = || text.parse::<Timestamp>().ok();
    let formatted = || {
        let parse = |form| jiff::fmt::strtime::parse(form, text).ok();
        let parsed = DATE_FORMS.into_iter().find_map(parse)?;
        if let Ok(time) = parsed.to_timestamp() {
            return Some(time);
        }
        let date = parsed.to_date().ok()?;
        utc(date.to_datetime(Time::midnight()))
    };
    let local = || utc(text.parse::<DateTime>().ok()?);
    exact().or_else(formatted).or_else(local)
}

fn utc(time: DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_go_to_the_header_and_the_rest_is_text() {
        let block = "---\ntitle: \"The  <em>Lamp</em>\"\ndate: 2026-01-31\npermalink: https://a.example/lamp\nlayout: page\n\
                     author: Ada\ndraft: false\nrank: 2\nratio: 0.5\ntags: [light, sea]\nnav: {up: 1}\nnone:\nempty: []\n---\n";
        let expected = FrontMatter {
            title: Some("The Lamp".to_owned()),
            url: Some("https://a.example/lamp".to_owned()),
            published_at: Some("2026-01-31T00:00:00Z".parse().unwrap()),
            metadata: json!({ "author": "Ada", "tags": ["light", "sea"], "layout": "page", "draft": false, "rank": 2,
                              "ratio": 0.5 })
            .as_object()
            .unwrap()
            .clone(),
        };
        let text = format!("\u{feff}{block}\n\n# Lamp\r\nbody\n");
        assert_eq!(FrontMatter::split(&text), (expected.clone(), "# Lamp\r\nbody\n"));
        let windows = format!("{}\r\n# Lamp\r\n", block.replace('\n', "\r\n"));
        assert_eq!(FrontMatter::split(&windows), (expected, "# Lamp\r\n"));
        let first = FrontMatter::split(&text).0.metadata;
        assert_eq!(first.keys().next().unwrap(), "author");
    }

    #[test]
    fn what_is_no_front_matter_remains_text() {
        let deep = format!("---\na: {}\n---\nbody", "[".repeat(200));
        let large = format!("---\na: {}\n---\nbody", "x".repeat(MAX_BLOCK_BYTES));
        let level = |n: usize| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1);
        let levels: String = (1..20).map(level).collect();
        let expanding = format!("---\na0: &a0 x\n{levels}---\nbody");
        for text in [
            "body",
            "",
            "---",
            "---\n",
            "---\ntitle: open\nbody",
            "---\nnot: [yaml\n---\nbody",
            "---\na sentence\n---\nbody",
            "---\n- a\n- b\n---\nbody",
            "---\n# Heading\n---\nbody",
            "---\na: 1\na: 2\n---\nbody",
            "\n---\ntitle: late\n---\nbody",
            "--- \u{1}\ntitle: a\n---\nbody",
            &deep,
            &large,
            &expanding,
        ] {
            assert_eq!(FrontMatter::split(text), (FrontMatter::default(), text));
        }
    }

    #[test]
    fn a_blank_block_is_cut_and_a_block_alone_is_kept() {
        assert_eq!(
            FrontMatter::split("---\n---\nbody"),
            (FrontMatter::default(), "body")
        );
        assert_eq!(
            FrontMatter::split("---  \n\n...\nbody"),
            (FrontMatter::default(), "body")
        );
        let alone = "---\ntitle: Alone\n---\n\n";
        let (front_matter, text) = FrontMatter::split(alone);
        assert_eq!((front_matter.title.as_deref(), text), (Some("Alone"), alone));
    }

    #[test]
    fn dates_have_many_forms() {
        for (written, expected) in [
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
            ("2026-01-31 12:00:00 +0100", "2026-01-31T11:00:00Z"),
            ("2026-01-31 12:00 -0530", "2026-01-31T17:30:00Z"),
            ("2026-01-31 12:00:00", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00", "2026-01-31T12:00:00Z"),
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            ("January 31, 2026", "2026-01-31T00:00:00Z"),
            ("31 Jan 2026", "2026-01-31T00:00:00Z"),
        ] {
            assert_eq!(time(written), Some(expected.parse().unwrap()), "{written}");
        }
        for invalid in ["", "soon", "2026-13-01", "31", "2026", "true"] {
            assert_eq!(time(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn fields_that_fit_no_header_field_are_metadata() {
        let text = "---\nTitle: 1984\npermalink: /lamp/\npublished: true\ndate: 2026-01-31\nlast_updated: 2026-02-01\n7: b\n---\nx";
        let (front_matter, _) = FrontMatter::split(text);
        assert_eq!(front_matter.title.as_deref(), Some("1984"));
        assert_eq!(front_matter.url, None);
        assert_eq!(
            front_matter.published_at,
            Some("2026-01-31T00:00:00Z".parse().unwrap())
        );
        assert_eq!(
            Value::from(front_matter.metadata),
            json!({ "permalink": "/lamp/", "published": true, "last_updated": "2026-02-01", "7": "b" })
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_split_without_loss(block in "([a-z&*!|>'\"{}\\[\\]:,# \n-]|\\PC){0,60}", rest in "\\PC{1,20}") {
            let text = format!("---\n{block}\n---\n{rest}");
            let (_, kept) = FrontMatter::split(&text);
            proptest::prop_assert!(text.ends_with(kept) && kept.ends_with(rest.trim_start_matches(['\n', '\r'])));
        }
    }
}
