//! Limits on what takes the HTML parser long.

use crate::Problem;

/// Size of a document in bytes.
const MAX_BYTES: usize = 16_000_000;
/// Number of attributes of a tag. The tokenizer compares each with all before it.
pub(super) const MAX_ATTRIBUTES: usize = 4_000;

/// Refuses large documents, and tags with more attributes than any page has.
///
/// # Errors
/// [`Problem::TooLarge`].
pub(super) fn check(html: &str) -> Result<(), Problem> {
    if html.len() > MAX_BYTES {
        return Err(Problem::too_large(format!("it has more than {MAX_BYTES} bytes")));
    }
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            continue;
        }
        let (attributes, end) = tag(after.as_bytes());
        if attributes > MAX_ATTRIBUTES {
            let detail = format!("a tag has more than {MAX_ATTRIBUTES} attributes");
            return Err(Problem::too_large(detail));
        }
        rest = after.get(end..).unwrap_or_default();
        let is_raw = |name: &str| {
            let start = after.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        // Code is no tag, whatever it compares.
        if ["script", "style", "textarea", "title"]
            .iter()
            .any(|name| is_raw(name))
        {
            rest = rest.find("</").map_or("", |end| &rest[end..]);
        }
    }
    Ok(())
}

/// The number of attributes of a tag, and where it ends.
fn tag(bytes: &[u8]) -> (usize, usize) {
    let (mut count, mut is_gap, mut is_value, mut is_unquoted) = (0, false, false, false);
    let mut quote = None;
    for (place, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (count, place + 1),
            (None, byte) if byte.is_ascii_whitespace() => (is_gap, is_unquoted) = (true, false),
            (None, _) if is_unquoted => {}
            (None, b'"' | b'\'') if is_value => (quote, is_value) = (Some(byte), false),
            (None, _) if is_value => (is_unquoted, is_value) = (true, false),
            (None, b'=') => is_value = true,
            (None, b'/') => is_gap = true,
            (None, _) => {
                count += usize::from(is_gap);
                is_gap = false;
            }
        }
    }
    (count, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_outside_values() {
        let count = |html: &str| tag(html.as_bytes()).0;
        assert_eq!(count("p a b=c d = 'e f/g' h=\"<i j\"/k>l m"), 5);
        assert_eq!(count("img src=data:a/b/c>"), 1);
        assert_eq!(count("p"), 0);
    }

    #[test]
    fn code_is_not_counted() {
        let words = "x ".repeat(MAX_ATTRIBUTES * 2);
        assert!(check(&format!("<script>if (a <b {words})</script>")).is_ok());
        assert!(check(&format!("<p title='{words}'>")).is_ok());
        assert!(check(&format!("<p {words}>")).is_err());
    }
}
