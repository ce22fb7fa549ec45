//! E-mail messages (RFC 5322, MIME).

use mail_parser::{Address, Encoding, Message, MessageParser, MimeHeaders, PartType};

use crate::{
    Format, Parsed, Problem, charset, html,
    markdown::{Block, Markdown, clean},
};

/// The most parts that a message may have with parts of their own. They nest, and are dropped recursively.
const MAX_CONTAINERS: usize = 200;
/// The most attachments that the notes name.
const MAX_NAMES: usize = 20;

/// Parses a message: subject, sender, recipients, date and body. The names of attachments are in the notes.
///
/// # Errors
/// [`Problem::Damaged`], [`Problem::TooLarge`], [`Problem::NoText`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Problem> {
    let lower = bytes.to_ascii_lowercase();
    let count = |name: &[u8]| lower.windows(name.len()).filter(|window| *window == name).count();
    if count(b"multipart/") + count(b"message/") > MAX_CONTAINERS {
        return Err(Problem::too_large(format!(
            "it has more than {MAX_CONTAINERS} parts with parts"
        )));
    }
    let message = MessageParser::default().parse(bytes);
    let message = message.filter(|message| !message.parts.is_empty());
    let message = message.ok_or_else(|| Problem::damaged("it has no header"))?;
    let is_told = message.from().is_some() || message.date().is_some() || message.subject().is_some();
    if !is_told && message.content_type().is_none() {
        return Err(Problem::damaged(
            "its header has no sender, date, subject or type",
        ));
    }
    if is_encrypted(&message) {
        return Err(Problem::Encrypted);
    }
    let mut markdown = Markdown::default();
    let subject = clean(message.subject().unwrap_or_default()).replace('\n', " ");
    markdown.block(&Block::Heading(1, subject.clone()))?;
    let fields = [
        ("From", message.from()),
        ("To", message.to()),
        ("Cc", message.cc()),
    ];
    for (name, addresses) in fields {
        field(
            name,
            &addresses.map(addresses_text).unwrap_or_default(),
            &mut markdown,
        )?;
    }
    field(
        "Date",
        message.header_raw("Date").unwrap_or_default().trim(),
        &mut markdown,
    )?;
    body(&message, &mut markdown)?;
    let names = attachments(&message);
    if !names.is_empty() {
        markdown
            .notes
            .push(format!("attachments left out: {}", names.join(", ")));
    }
    let date = message.date().filter(|date| date.is_valid());
    Ok(Parsed {
        title: Some(subject).filter(|subject| !subject.is_empty()),
        published_at: date.map(mail_parser::DateTime::to_rfc3339),
        ..markdown.finish(Format::Email.media_type())?
    })
}

/// Whether the body is encrypted with PGP (RFC 3156) or S/MIME (RFC 8551).
fn is_encrypted(message: &Message<'_>) -> bool {
    let Some(content_type) = message.content_type() else {
        return false;
    };
    let subtype = content_type.subtype().unwrap_or_default();
    let is_signed = content_type
        .attribute("smime-type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("signed-data"));
    match content_type.ctype() {
        "multipart" => subtype == "encrypted",
        "application" => matches!(subtype, "pkcs7-mime" | "x-pkcs7-mime") && !is_signed,
        _ => false,
    }
}

fn field(name: &str, text: &str, markdown: &mut Markdown) -> Result<(), Problem> {
    if text.is_empty() {
        return Ok(());
    }
    markdown.block(&Block::Item {
        depth: 0,
        marker: "-".to_owned(),
        text: format!("{name}: {text}"),
    })
}

fn addresses_text(addresses: &Address<'_>) -> String {
    let texts = addresses
        .iter()
        .filter_map(|one| match (one.name(), one.address()) {
            (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
            (Some(text), None) | (None, Some(text)) => Some(text.to_owned()),
            (None, None) => None,
        });
    texts.collect::<Vec<_>>().join(", ")
}

/// Writes the plain text, or the HTML if there is no text or it is a mere hint, as in newsletters.
fn body(message: &Message<'_>, markdown: &mut Markdown) -> Result<(), Problem> {
    let texts = parts(message, &message.text_body);
    let htmls = parts(message, &message.html_body);
    let length = |parts: &[Body]| parts.iter().map(|part| part.text().trim().len()).sum::<usize>();
    let chosen = if length(&texts) * 4 < length(&htmls) {
        htmls
    } else {
        texts
    };
    chosen.iter().try_for_each(|part| match part {
        Body::Text(text) => plain(text, markdown),
        Body::Markdown(text) => markdown.raw(text),
    })
}

/// The text of a part of the body.
enum Body {
    Text(String),
    Markdown(String),
}

impl Body {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Markdown(text) => text,
        }
    }
}

fn parts(message: &Message<'_>, ids: &[u32]) -> Vec<Body> {
    let parts = ids.iter().filter_map(|id| message.part(*id));
    let bodies = parts.filter_map(|part| {
        let (PartType::Text(text) | PartType::Html(text)) = &part.body else {
            return None;
        };
        let is_html = matches!(part.body, PartType::Html(_));
        // Old programs send the bytes of their system without saying its encoding.
        let range = part.offset_body as usize..part.offset_end as usize;
        let bytes = message
            .raw_message
            .get(range)
            .filter(|_| part.encoding == Encoding::None);
        let again = bytes.filter(|_| text.contains(char::REPLACEMENT_CHARACTER));
        let text = again
            .and_then(|bytes| charset::decode(bytes, &[], None).ok())
            .unwrap_or_else(|| text.to_string());
        Some(match is_html {
            true => Body::Markdown(html::fragment_to_markdown(&text)),
            false => Body::Text(text.replace("\r\n", "\n").replace(['\r', '\x0C'], "\n")),
        })
    });
    bodies.collect()
}

/// Writes a plain text: lines that begin with `>` are quotations, blank lines divide paragraphs.
fn plain(text: &str, markdown: &mut Markdown) -> Result<(), Problem> {
    let quoted = |line: &str| {
        line.starts_with('>')
            .then(|| line.trim_start_matches(['>', ' ']).to_owned())
    };
    let mut lines = text
        .lines()
        .map(|line| (quoted(line).is_some(), quoted(line).unwrap_or(line.to_owned())));
    let mut block = (false, Vec::new());
    loop {
        let next = lines.next();
        let is_end = next
            .as_ref()
            .is_none_or(|(is_quote, line)| line.trim().is_empty() || *is_quote != block.0);
        if is_end {
            let (is_quote, lines) = std::mem::take(&mut block);
            let text = lines.join("\n");
            markdown.block(&if is_quote {
                Block::Quote(text)
            } else {
                Block::Paragraph(text)
            })?;
        }
        let Some((is_quote, line)) = next else {
            return Ok(());
        };
        block.0 = is_quote;
        block.1.push(line);
    }
}

/// The names of the attachments, or their types.
fn attachments(message: &Message<'_>) -> Vec<String> {
    let names = message.attachments().map(|part| {
        let content_type = part.content_type();
        let by_type = content_type.map(|found| match found.subtype() {
            Some(subtype) => format!("{}/{subtype}", found.ctype()),
            None => found.ctype().to_owned(),
        });
        let forwarded = part.message().and_then(|message| message.subject());
        let name = part
            .attachment_name()
            .or(forwarded)
            .map(str::to_owned)
            .or(by_type);
        let name = name.unwrap_or_else(|| "without name".to_owned());
        clean(&name)
            .replace('\n', " ")
            .chars()
            .take(100)
            .collect::<String>()
    });
    let count = message.attachment_count();
    let mut names: Vec<String> = names.take(MAX_NAMES).collect();
    if count > MAX_NAMES {
        names.push(format!("{} more", count - MAX_NAMES));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_and_paragraphs_are_told_apart() {
        let mut markdown = Markdown::default();
        plain("Yes.\n> Is it\n> > lit?\n\n- a\nCheers\n--\nAda", &mut markdown).unwrap();
        let text = markdown.finish("").unwrap().text;
        assert_eq!(text, "Yes.\n\n> Is it\n> lit?\n\n\\- a\nCheers\n\\--\nAda");
    }

    #[test]
    fn messages_without_a_header_are_refused() {
        assert!(matches!(parse(b"no header at all"), Err(Problem::Damaged { .. })));
    }
}
