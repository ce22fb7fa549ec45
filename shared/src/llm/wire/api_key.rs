//! API keys: repaired when they were copied with something around them, and always valid as a header value.

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::format::ApiFormat;

/// An API key that is valid as a header value.
#[derive(Debug, Clone)]
pub struct ApiKey {
    secret: SecretString,
    repair: Option<&'static str>,
}

/// Pairs of quotation marks around a value.
const QUOTES: [(char, char); 5] = [
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('\u{201c}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
];

/// Prefixes of keys, the longest first, and the provider that issues them.
const ISSUERS: [(&str, ApiFormat); 6] = [
    ("sk-ant-", ApiFormat::Anthropic),
    ("sk-or-", ApiFormat::Openrouter),
    ("sk-", ApiFormat::Openai),
    ("gsk_", ApiFormat::Groq),
    ("hf_", ApiFormat::Huggingface),
    ("AIza", ApiFormat::Gemini),
];

impl ApiKey {
    /// Parses a key as it was configured. Removes white space, quotes, `Bearer`, the name of a header and the name of a
    /// variable around it.
    ///
    /// # Errors
    /// The reason why it cannot be sent. Never contains the key.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut key = text;
        let mut repair = None;
        while let Some((rest, what)) = repaired(key) {
            repair = repair.or(Some(what));
            key = rest;
        }
        if key.is_empty() {
            return Err("it is empty");
        }
        if key.starts_with('{') {
            return Err("it is a JSON object; append #FIELD to its reference");
        }
        if !key.is_ascii() {
            return Err("it has a character that is not ASCII, which no header may have");
        }
        if key.bytes().any(|byte| byte.is_ascii_control()) {
            return Err("it has a line break or another control character, which no header may have");
        }
        if key.contains(' ') {
            return Err("it has a blank in the middle");
        }
        Ok(Self {
            secret: SecretString::from(key),
            repair,
        })
    }

    /// Returns what was around the key, such as "it is in quotes"; `None` when nothing was.
    pub fn repair(&self) -> Option<&'static str> {
        self.repair
    }

    /// Returns the provider whose keys have this form; `None` for forms that several have.
    pub fn issuer(&self) -> Option<ApiFormat> {
        let key = self.secret.expose_secret();
        let issuer = ISSUERS.iter().find(|(prefix, _)| key.starts_with(prefix));
        issuer.map(|(_, kind)| *kind)
    }

    /// Returns the header value, marked as sensitive.
    pub(super) fn header(&self, prefix: &str) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("{prefix}{}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// Removes one thing around a key, and says what it was.
fn repaired(key: &str) -> Option<(&str, &'static str)> {
    // A byte order mark or a zero-width character is as invisible as a blank. A key has no backslash.
    let is_blank = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\0'
            )
    };
    let trimmed = key.trim_matches(is_blank);
    let trimmed = trimmed
        .strip_suffix("\\n")
        .or_else(|| trimmed.strip_suffix("\\r"))
        .unwrap_or(trimmed);
    if trimmed.len() < key.len() {
        return Some((trimmed, "it has white space around it"));
    }
    for (open, close) in QUOTES {
        let inner = key.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner {
            return Some((inner, "it is in quotes"));
        }
    }
    for name in ["authorization:", "x-api-key:", "api-key:", "x-goog-api-key:"] {
        if let Some(rest) = strip_prefix_ignoring_case(key, name) {
            return Some((rest, "it starts with the name of a header"));
        }
    }
    let bearer = strip_prefix_ignoring_case(key, "bearer");
    if let Some(rest) = bearer.filter(|rest| rest.is_empty() || rest.starts_with(is_blank)) {
        return Some((rest, "it starts with `Bearer`"));
    }
    let assignment = key.strip_prefix("export ").unwrap_or(key).trim_start();
    let (name, value) = assignment.split_once('=')?;
    let is_variable = name.contains('_')
        && name
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    // The end of a key in base64 is no value.
    (is_variable && value.contains(|character| character != '='))
        .then_some((value, "it starts with the name of a variable"))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_freed_of_what_was_copied_with_it() {
        for text in [
            "sk-1",
            "sk-1\n",
            "\r\n sk-1\t",
            "\"sk-1\"",
            "'sk-1'\n",
            "Bearer sk-1",
            "bearer   sk-1\n",
            "\"Bearer sk-1\"",
            "Authorization: Bearer sk-1",
            "x-api-key: sk-1",
            "export OPENAI_API_KEY='sk-1'",
            "OPENAI_API_KEY=sk-1",
            "\u{feff}sk-1",
            "\u{201c}sk-1\u{201d}",
            "sk-1\\n",
        ] {
            let key = ApiKey::parse(text).unwrap();
            assert_eq!(key.secret.expose_secret(), "sk-1", "{text:?}");
            assert_eq!(key.repair().is_none(), text == "sk-1", "{text:?}");
            assert_eq!(key.header("Bearer ").unwrap(), "Bearer sk-1");
        }
        for text in ["bearertoken", "A_B==", "abc=", "=", "o'brien"] {
            assert_eq!(ApiKey::parse(text).unwrap().secret.expose_secret(), text);
        }
    }

    #[test]
    fn a_key_that_no_header_may_have_is_an_error_without_the_key() {
        for (text, reason) in [
            ("", "empty"),
            (" \n", "empty"),
            ("\"\"", "empty"),
            ("Bearer ", "empty"),
            ("sk-secret\nsk-other", "line break"),
            ("sk-secret\u{7}", "control character"),
            ("sk-secr\u{e9}t", "not ASCII"),
            ("sk-\u{2026}", "not ASCII"),
            ("sk-secret other", "blank"),
            (r#"{"openai": "sk-secret"}"#, "#FIELD"),
        ] {
            let error = ApiKey::parse(text).unwrap_err();
            assert!(
                error.contains(reason) && !error.contains("secret"),
                "{text:?}: {error}"
            );
        }
    }

    #[test]
    fn the_issuer_is_known_by_the_prefix() {
        let issuer = |text| ApiKey::parse(text).unwrap().issuer();
        assert_eq!(issuer("sk-ant-1"), Some(ApiFormat::Anthropic));
        assert_eq!(issuer("sk-proj-1"), Some(ApiFormat::Openai));
        assert_eq!(issuer("0f3a"), None);
    }
}
