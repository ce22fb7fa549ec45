//! Forms of words: what a text says, in lower case, before it is stemmed. The same for every language but for stop words.

use std::borrow::Cow;

use super::{
    capitals,
    characters::decoded,
    compounds,
    folding::{lower_into, normal},
    numbers,
    runs::{Run, flag_start},
    scanner::{Kind, Scanner, Token},
    stop_words::StopWords,
    unspaced,
};

/// A word as it is searched for, not stemmed yet.
#[derive(Debug)]
pub(super) struct Form {
    /// In lower case and NFKC, with its accents.
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: FormKind,
    /// Whether it is a word of a language, which has a stem.
    pub(super) has_stem: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormKind {
    /// A word.
    Word,
    /// Another form of words that are there too: a part, or several joined.
    Beside,
    /// A character alone, of a script without spaces; its pairs are there too.
    Character,
    /// A stop word in capitals, which is a name: `WHO`.
    Capitals,
}

/// A stop word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopWord {
    /// Its place in the list of its language.
    pub(super) place: u16,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the word before it is a stop word too.
    pub(super) follows: bool,
}

/// The forms of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) forms: Vec<Form>,
    pub(super) stop_words: Vec<StopWord>,
    /// Number of words, stop words included.
    pub(super) words: usize,
}

/// Reads a text with the stop words of its language.
pub(super) fn read(text: &str, stop_words: &'static StopWords) -> Forms {
    let mut reader = Reader {
        text,
        stop_words,
        found: Forms {
            forms: Vec::with_capacity(text.len() / 8),
            ..Forms::default()
        },
        lower: String::new(),
        run: Run::default(),
        previous: None,
        follows_stop_word: false,
    };
    for token in Scanner::new(text) {
        reader.token(token);
    }
    reader.close_run();
    reader.found
}

/// What the next word may be joined to, although a space is between.
#[derive(Clone, Copy)]
struct Previous {
    end: usize,
    form: usize,
    is_number: bool,
}

/// The longest name before a number and the longest unit behind one that are also indexed with it, in bytes: `RFC 9457`,
/// `148 ms`.
const MAX_NAME: usize = 8;
const MAX_UNIT: usize = 3;

struct Reader<'text> {
    text: &'text str,
    stop_words: &'static StopWords,
    found: Forms,
    /// A word in lower case; kept to save its allocation.
    lower: String,
    run: Run,
    previous: Option<Previous>,
    follows_stop_word: bool,
}

impl Reader<'_> {
    fn token(&mut self, token: Token) {
        if !self.run.continues(self.text, token) {
            self.close_run();
            self.run = Run::new(token);
        }
        self.run.extend(self.text, token);
        let slice = &self.text[token.start..token.end];
        let grams = match token.kind {
            Kind::Word => return self.word(token, slice),
            Kind::Unspaced => unspaced::grams(slice, token.start),
            Kind::Hangul => unspaced::korean(slice, token.start),
        };
        self.found.words += grams.len();
        self.previous = None;
        self.follows_stop_word = false;
        for gram in grams {
            self.found.forms.push(Form {
                text: gram.text,
                start: gram.bytes.start,
                end: gram.bytes.end,
                kind: if gram.is_beside {
                    FormKind::Character
                } else {
                    FormKind::Word
                },
                has_stem: false,
            });
        }
    }

    fn word(&mut self, token: Token, slice: &str) {
        self.found.words += 1;
        let shape = token.shape;
        let previous = self.previous.take();
        let forms = self.found.forms.len();
        let is_plain = !(shape.foreign || shape.digits || shape.joints || shape.inner_capital);
        if is_plain {
            self.plain(token, slice);
        } else {
            let word: Cow<'_, str> = if shape.foreign {
                normal(&decoded(slice)).into()
            } else {
                slice.into()
            };
            self.name(token, &word);
        }
        if self.found.forms.len() == forms {
            return;
        }
        let is_number = !shape.letters;
        let form = &self.found.forms[forms];
        // The form and not the word: an accent may be a character of its own in the text.
        let is_name = form.kind == FormKind::Word && (form.text.len() <= MAX_NAME || is_number);
        self.previous = is_name.then_some(Previous {
            end: token.end,
            form: forms,
            is_number,
        });
        if let Some(previous) = previous {
            self.join(previous, token, forms);
        }
    }

    /// Adds a number with the name before it, or a unit with the number before it.
    fn join(&mut self, previous: Previous, token: Token, form: usize) {
        let is_pair = match (previous.is_number, !token.shape.letters) {
            (false, true) => !self.found.forms[previous.form]
                .text
                .bytes()
                .any(|b| b.is_ascii_digit()),
            (true, false) => self.found.forms[form].text.len() <= MAX_UNIT && !token.shape.digits,
            _ => false,
        };
        if !is_pair || !matches!(&self.text[previous.end..token.start], " " | "\u{a0}" | "&nbsp;") {
            return;
        }
        let [first, second] = [previous.form, form].map(|form| &self.found.forms[form]);
        let pair = Form {
            text: [first.text.as_str(), &second.text].concat(),
            start: first.start,
            end: token.end,
            kind: FormKind::Beside,
            has_stem: false,
        };
        self.found.forms.push(pair);
    }

    /// A word of letters.
    fn plain(&mut self, token: Token, word: &str) {
        lower_into(word, &mut self.lower);
        if let Some(place) = self.stop_words.place(&self.lower) {
            if capitals::is_name(self.text, token.start..token.end) {
                self.push(token, word.to_owned(), FormKind::Capitals, false);
            }
            self.found.stop_words.push(StopWord {
                place,
                start: token.start,
                end: token.end,
                follows: std::mem::replace(&mut self.follows_stop_word, true),
            });
            return;
        }
        let text = std::mem::take(&mut self.lower);
        let has_stem = !token.shape.digits;
        self.push(token, text, FormKind::Word, has_stem);
        self.symbols(token, word);
    }

    /// A word that has more than letters, or capitals inside.
    fn name(&mut self, mut token: Token, word: &str) {
        let shape = token.shape;
        if !shape.letters {
            return self.push(token, numbers::normal(word), FormKind::Word, false);
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.measure(token, word);
        }
        let mut word = word;
        if shape.joints && word.contains('\'') {
            lower_into(word, &mut self.lower);
            if self.stop_words.place(&self.lower).is_some() {
                return self.plain(token, word);
            }
            if let Some(at) = compounds::after_elision(word) {
                word = &word[at..];
                token.start += if shape.foreign { 0 } else { at };
            }
            word = word
                .strip_suffix("'s")
                .or_else(|| word.strip_suffix("'S"))
                .unwrap_or(word);
        }
        if shape.digits
            && let Some(version) = version(word)
        {
            return self.push(token, version.to_owned(), FormKind::Word, false);
        }
        if shape.joints && compounds::is_dotted_acronym(word) {
            lower_into(&word.replace('.', ""), &mut self.lower);
            let text = std::mem::take(&mut self.lower);
            return self.push(token, text, FormKind::Word, true);
        }
        let parts = if shape.inner_capital || shape.joints || shape.foreign {
            compounds::parts(word)
        } else {
            Vec::new()
        };
        if parts.is_empty() {
            return self.plain(token, word);
        }
        let whole = if word.starts_with('_') || word.ends_with('_') {
            word.to_owned()
        } else {
            compounds::joined(word)
        };
        lower_into(&whole, &mut self.lower);
        let text = std::mem::take(&mut self.lower);
        self.push(token, text, FormKind::Word, !shape.digits);
        self.symbols(token, word);
        for part in parts {
            let start = token.start;
            let inside = if shape.foreign {
                token
            } else {
                Token {
                    start: start + part.start,
                    end: start + part.end,
                    ..token
                }
            };
            lower_into(&word[part], &mut self.lower);
            if self.stop_words.place(&self.lower).is_none() {
                let text = std::mem::take(&mut self.lower);
                let has_stem = !text.bytes().any(|b| b.is_ascii_digit());
                self.push(inside, text, FormKind::Beside, has_stem);
            }
        }
    }

    /// A number with letters after it, such as `148ms`.
    fn measure(&mut self, token: Token, word: &str) {
        let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'');
        let unit = word.find(|c| !is_of_number(c)).unwrap_or(word.len());
        lower_into(&compounds::joined(&word[unit..]), &mut self.lower);
        let text = numbers::normal(&word[..unit]) + &self.lower;
        self.push(token, text, FormKind::Word, false);
    }

    /// Adds a word with the symbols that tell it apart: `C++`, `C#`, `.NET`.
    fn symbols(&mut self, token: Token, word: &str) {
        let bytes = self.text.as_bytes();
        let (before, after) = (&bytes[..token.start], &bytes[token.end..]);
        // "C++20" is C++, while a letter after the symbols makes something else of them.
        let is_end =
            |byte: Option<&u8>| !byte.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'+' | b'#'));
        let tail = match after {
            [b'+', b'+', ..] if is_end(after.get(2)) => "++",
            [b'#', ..] if word.len() == 1 && is_end(after.get(1)) => "#",
            _ => "",
        };
        let head = match before {
            [.., b'.'] if capitals::is_start(&before[..before.len() - 1]) => ".",
            _ => "",
        };
        if tail.is_empty() && head.is_empty() {
            return;
        }
        let whole = Token {
            start: token.start - head.len(),
            end: token.end + tail.len(),
            ..token
        };
        let text = [head, &word.to_lowercase(), tail].concat();
        self.push(whole, text, FormKind::Beside, false);
    }

    /// Adds the joined form of the words of a run, and the flag that it is.
    fn close_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(start) = flag_start(self.text, &run) {
            let flag = self.text[start..run.end].to_lowercase();
            self.add(start, run.end, flag, FormKind::Beside, false);
        }
        if let Some(joined) = run.joined(self.text) {
            let has_stem = !joined.bytes().any(|b| b.is_ascii_digit());
            self.add(run.start, run.end, joined, FormKind::Beside, has_stem);
        }
    }

    fn push(&mut self, token: Token, text: String, kind: FormKind, has_stem: bool) {
        self.follows_stop_word = false;
        self.add(token.start, token.end, text, kind, has_stem);
    }

    fn add(&mut self, start: usize, end: usize, text: String, kind: FormKind, has_stem: bool) {
        if !text.is_empty() {
            self.found.forms.push(Form {
                text,
                start,
                end,
                kind,
                has_stem,
            });
        }
    }
}

/// The number of a version such as `v1.2.3`.
fn version(word: &str) -> Option<&str> {
    let number = word.strip_prefix(['v', 'V'])?;
    let is_number = number.contains('.') && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_number.then_some(number)
}
