//! Character encodings of text files: decodes bytes to a string.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use crate::{Original, Problem};

/// The part of a file in which zeros tell UTF-16, and from which the encoding is guessed.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Decodes a text file. In order: a byte order mark, valid UTF-8, the declared encoding unless it makes errors, and a
/// guess. Valid UTF-8 goes before the declaration, because text in another encoding is hardly ever valid UTF-8 whereas
/// declarations are often wrong.
///
/// `declared` are labels of the Encoding Standard (`windows-1251`), the most reliable first. `domain` is the last label of
/// the host of the file; it helps to guess.
///
/// # Errors
/// [`Problem::Damaged`] for binary files.
pub(crate) fn decode(bytes: &[u8], declared: &[&str], domain: Option<&str>) -> Result<String, Problem> {
    let text = decode_any(bytes, declared, domain);
    let sample = text.chars().take(SAMPLE_BYTES);
    let (mut count, mut strange) = (0_usize, 0_usize);
    for c in sample {
        count += 1;
        strange +=
            usize::from(matches!(c, '\0'..='\x08' | '\x0E'..='\x1A' | '\u{FFFD}' | '\u{80}'..='\u{9F}'));
    }
    match strange * 20 > count {
        true => Err(Problem::damaged("it is not text")),
        false => Ok(text),
    }
}

/// Decodes a text file by what its sender and, after that, the file itself declare, and by the domain of its address.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_original(original: &Original<'_>, by_file: Option<&str>) -> Result<String, Problem> {
    let by_sender = original.media_type.and_then(of_media_type);
    let declared: Vec<&str> = by_sender.into_iter().chain(by_file).collect();
    let url = original.url.and_then(|url| url::Url::parse(url).ok());
    let host = url.as_ref().and_then(url::Url::host_str);
    let domain = host.and_then(|host| host.rsplit('.').next());
    decode(original.bytes, &declared, domain)
}

fn decode_any(bytes: &[u8], declared: &[&str], domain: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    let declared: Vec<&'static Encoding> = declared
        .iter()
        .filter_map(|label| Encoding::for_label(label.as_bytes()))
        .collect();
    // Its escapes are valid UTF-8.
    let is_escaped = bytes.contains(&0x1B) && declared.contains(&ISO_2022_JP);
    if let Some(encoding) = utf_16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !is_escaped
    {
        return text.to_owned();
    }
    for encoding in declared.iter().filter(|encoding| **encoding != UTF_8) {
        let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
        if !has_errors {
            return text.into_owned();
        }
    }
    let guessed = guess(bytes, domain);
    let encoding = match declared.first() {
        // A few damaged characters do not make the declaration wrong.
        Some(encoding) if errors(encoding, bytes) <= errors(guessed, bytes).max(bytes.len() / 500) => {
            encoding
        }
        _ => guessed,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn errors(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

fn guess(bytes: &[u8], domain: Option<&str>) -> &'static Encoding {
    let is_usual = |label: &&str| label.bytes().all(|byte| byte.is_ascii_lowercase()) && !label.is_empty();
    let domain = domain.filter(is_usual).map(str::as_bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(SAMPLE_BYTES)], true);
    detector.guess(domain, Utf8Detection::Allow)
}

/// UTF-16 without a byte order mark, told by the zeros of its Latin letters, digits and spaces.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    if sample.len() < 8 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |start: usize| {
        sample
            .iter()
            .skip(start)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = sample.len() / 2;
    match (even * 100 / pairs, odd * 100 / pairs) {
        (0..=1, 30..) => Some(UTF_16LE),
        (30.., 0..=1) => Some(UTF_16BE),
        _ => None,
    }
}

/// The parameter `charset` of a media type (RFC 9110).
pub(crate) fn of_media_type(media_type: &str) -> Option<&str> {
    let parameters = media_type.split(';').skip(1);
    let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let (_, label) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(label.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], declared: &[&str]) -> String {
        decode(bytes, declared, None).unwrap()
    }

    #[test]
    fn declarations_decide_unless_the_bytes_say_otherwise() {
        assert_eq!(text(b"\xEF\xBB\xBFtea", &["utf-16"]), "tea");
        assert_eq!(text("чай".as_bytes(), &["windows-1251"]), "чай");
        assert_eq!(text(b"\xF7\xE0\xE9", &["windows-1251"]), "чай");
        assert_eq!(text(b"caf\xE9", &["no-such"]), "café");
        assert_eq!(text(b"\x1B$BCc\x1B(B", &["iso-2022-jp"]), "茶");
        assert_eq!(text(b"t\0e\0a\0s\0", &[]), "teas");
        assert_eq!(text(b"\0t\0e\0a\0s", &["utf-8"]), "teas");
        assert_eq!(text(b"+AHQ-ea", &["utf-7"]), "+AHQ-ea");
    }

    #[test]
    fn binary_files_are_refused() {
        let bytes: Vec<u8> = (0..4096_u32).map(|number| (number * 31 % 251) as u8).collect();
        assert!(matches!(
            decode(&bytes, &["utf-8"], None),
            Err(Problem::Damaged { .. })
        ));
    }

    #[test]
    fn media_types_have_a_charset() {
        assert_eq!(of_media_type("text/html; a=b; Charset=\"utf-8\""), Some("utf-8"));
        assert_eq!(of_media_type("text/html"), None);
    }
}
