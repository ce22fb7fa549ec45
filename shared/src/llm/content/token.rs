//! Recognizes the tags of thoughts and the tokens of chat templates at the start of a text.
//!
//! Models write `<think>`, `[THINK]`, `◁think▷` or `<|channel|>analysis` before thoughts, and their templates' tokens when
//! a server does not strip them: `<|im_end|>`, `<｜end▁of▁sentence｜>`, `</s>`, `<end_of_turn>`, `[/INST]`.

/// The characters that a tag or token starts with.
pub(super) const STARTS: [char; 3] = ['<', '[', '◁'];

/// The longest name, in characters of a token and bytes of a tag.
const MAX_NAME: usize = 48;
/// The longest namespace of a tag, in bytes.
const MAX_NAMESPACE: usize = 8;
/// The longest tag with its attributes, in bytes.
const MAX_TAG: usize = 256;

/// Tags of thoughts, without a namespace such as `seed:`.
const THOUGHTS: [&str; 7] = [
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "scratchpad",
];

/// Template tokens that look like HTML tags.
const TAGS: [(&str, Token); 13] = [
    ("s", Token::Strike { closes: false }),
    ("/s", Token::Strike { closes: true }),
    ("bos", Token::Other),
    ("eos", Token::EndOfTurn),
    ("pad", Token::Other),
    ("unk", Token::Other),
    ("start_of_turn", Token::Header),
    ("end_of_turn", Token::EndOfTurn),
    ("end_of_utterance", Token::EndOfTurn),
    ("end_of_text", Token::EndOfTurn),
    ("endoftext", Token::EndOfTurn),
    ("end_of_sentence", Token::EndOfTurn),
    ("end▁of▁sentence", Token::EndOfTurn),
];

/// Tokens with brackets of their own.
const LITERALS: [(&str, Token); 8] = [
    ("[INST]", Token::Role(Role::Other)),
    ("[/INST]", Token::Role(Role::Assistant)),
    ("<<SYS>>", Token::Role(Role::Other)),
    ("<</SYS>>", Token::Other),
    ("[THINK]", Token::OpenThought),
    ("[/THINK]", Token::CloseThought),
    ("◁think▷", Token::OpenThought),
    ("◁/think▷", Token::CloseThought),
];

/// What a tag or token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    OpenThought,
    CloseThought,
    EndOfTurn,
    /// A role or channel follows as text, up to [`Token::HeaderEnd`] or the end of the line.
    Header,
    HeaderEnd,
    /// A turn begins.
    Role(Role),
    /// `<s>` and `</s>`: the start and end of a text for models, a strikethrough in HTML.
    Strike {
        closes: bool,
    },
    /// Any other token: padding, the start of the text.
    Other,
}

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The model, to the user.
    Assistant,
    /// Somebody else, or the model to itself.
    Other,
}

/// What a text starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scan {
    /// No tag and no token.
    Text,
    /// The text ends before it is known.
    Partial,
    /// A tag or token of this length, in bytes.
    Token(Token, usize),
}

/// Returns the role that a word names; an empty word stands for the assistant's.
pub(super) fn role(word: &str) -> Option<Role> {
    match word.to_ascii_lowercase().as_str() {
        "" | "assistant" | "model" | "bot" | "chatbot" | "ai" | "gpt" | "final" => Some(Role::Assistant),
        "user" | "human" | "system" | "developer" | "tool" | "function" | "observation" | "environment"
        | "ipython" | "analysis" | "commentary" => Some(Role::Other),
        _ => None,
    }
}

/// Recognizes what a text starts with, which is one of [`STARTS`].
pub(super) fn scan(text: &str) -> Scan {
    let mut is_partial = false;
    for (literal, token) in LITERALS {
        if text.starts_with(literal) {
            return Scan::Token(token, literal.len());
        }
        is_partial |= literal.starts_with(text);
    }
    if is_partial {
        return Scan::Partial;
    }
    match text.strip_prefix('<') {
        None => Scan::Text,
        Some(rest) if rest.starts_with(['|', '｜']) => scan_special(text),
        Some(_) => scan_tag(text),
    }
}

/// Recognizes what a text starts with that ends in the middle of a tag or token.
pub(super) fn scan_end(text: &str) -> Scan {
    for end in [">", "|>"] {
        if let Scan::Token(token, _) = scan(&format!("{text}{end}")) {
            return Scan::Token(token, text.len());
        }
    }
    Scan::Text
}

/// Recognizes `<|NAME|>`.
fn scan_special(text: &str) -> Scan {
    let is_bar = |character| matches!(character, '|' | '｜');
    let mut name = String::new();
    // The first two characters are the bracket and its bar.
    let mut characters = text.char_indices().skip(2);
    for (count, (_, character)) in characters.by_ref().enumerate() {
        if is_bar(character) {
            break;
        }
        let is_name = character.is_alphanumeric() || matches!(character, '_' | '-' | '▁' | '/' | ' ' | ':');
        if !is_name || count >= MAX_NAME {
            return Scan::Text;
        }
        name.push(character);
    }
    match characters.next() {
        None => Scan::Partial,
        Some((at, '>')) if name.contains(char::is_alphanumeric) => Scan::Token(meaning(&name), at + 1),
        Some(_) => Scan::Text,
    }
}

/// Returns the meaning of `<|NAME|>`.
fn meaning(name: &str) -> Token {
    let is_closing = name.trim_start().starts_with('/');
    let name: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect();
    let name = name.to_lowercase();
    let is_end = is_closing || name.starts_with("end") || name.ends_with("end");
    if name.starts_with("no") {
        return Token::Other;
    }
    if ["think", "thought", "reason"]
        .iter()
        .any(|word| name.contains(word))
    {
        return if is_end {
            Token::CloseThought
        } else {
            Token::OpenThought
        };
    }
    if let Some(role) = role(name.trim_end_matches("token")) {
        return Token::Role(role);
    }
    match name.as_str() {
        "channel" | "imstart" | "start" | "startheaderid" | "headerstart" | "startofrole" | "startofturn"
        | "startofturntoken" | "imassistant" | "imuser" | "imsystem" => Token::Header,
        "message" | "endheaderid" | "headerend" | "endofrole" | "immiddle" | "imsep" => Token::HeaderEnd,
        "eos" | "eot" | "eotid" | "eom" | "eomid" | "eod" | "return" | "call" | "stop" => Token::EndOfTurn,
        _ if is_end => Token::EndOfTurn,
        _ => Token::Other,
    }
}

/// Recognizes `<NAME>`, `</NAME>`, `<NAME ATTRIBUTES>` and `<NAME/>`, with blanks anywhere.
fn scan_tag(text: &str) -> Scan {
    let inner = text[1..].trim_start();
    let (slash, inner) = match inner.strip_prefix('/') {
        Some(inner) => ("/", inner.trim_start()),
        None => ("", inner),
    };
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '▁' | ':');
    let end = inner.find(|character| !is_name(character));
    let (full_name, rest) = inner.split_at(end.unwrap_or(inner.len()));
    if full_name.len() > MAX_NAME {
        return Scan::Text;
    }
    let full_name = full_name.to_ascii_lowercase();
    let (namespace, name) = full_name.split_once(':').unwrap_or(("", &full_name));
    let is_thought = THOUGHTS.contains(&name) && namespace.len() <= MAX_NAMESPACE;
    let tag = format!("{slash}{full_name}");
    let token = TAGS.into_iter().find(|(known, _)| *known == tag);

    if rest.is_empty() {
        let is_prefix = THOUGHTS.iter().any(|thought| thought.starts_with(name))
            || TAGS.iter().any(|(known, _)| known.starts_with(&tag))
            || (namespace.is_empty() && name.len() <= MAX_NAMESPACE);
        return if is_prefix { Scan::Partial } else { Scan::Text };
    }
    if !(is_thought || token.is_some())
        || !rest.starts_with(|next: char| next.is_whitespace() || matches!(next, '/' | '>'))
    {
        return Scan::Text;
    }
    let start = text.len() - rest.len();
    let Some(close) = rest.find(['<', '>']).filter(|close| start + close < MAX_TAG) else {
        return if text.len() < MAX_TAG {
            Scan::Partial
        } else {
            Scan::Text
        };
    };
    let attributes = rest[..close].trim();
    let token = match token {
        _ if rest[close..].starts_with('<') => None,
        Some((_, token)) => attributes.is_empty().then_some(token),
        None if slash == "/" => Some(Token::CloseThought),
        None if attributes.ends_with('/') => Some(Token::Other),
        None => Some(Token::OpenThought),
    };
    token.map_or(Scan::Text, |token| Scan::Token(token, start + close + 1))
}
