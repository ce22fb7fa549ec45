//! Codes of number formats (ECMA-376 part 1, 18.8.31).

/// The longest code that is followed; Excel takes 255 characters.
const MAX_CODE_BYTES: usize = 1024;

/// A part of a code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+` or `E-`; whether a plus is shown.
    Exponent(bool),
    /// A run of one of the letters y, m, d, h and s.
    Date(char, usize),
    /// The same in brackets: hours, minutes or seconds that are not carried over.
    Elapsed(char, usize),
    /// `AM/PM`.
    HalfDay,
    General,
    Fraction,
}

/// The section of a code for a number.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) tokens: Vec<Token>,
    /// The section is for negative numbers only, and shows their sign itself.
    pub(super) is_signed: bool,
}

/// Chooses the section for a number: by its conditions, else positive, negative, zero.
pub(super) fn choose(code: &str, number: f64) -> Section {
    let code = if code.len() > MAX_CODE_BYTES {
        "General"
    } else {
        code
    };
    let sections: Vec<(Vec<Token>, Option<Condition>)> =
        sections(code).iter().map(|text| tokens(text)).collect();
    let numeric = sections.len().min(3);
    let has_conditions = sections.iter().any(|(_, condition)| condition.is_some());
    let index = if has_conditions {
        let fits =
            |(_, condition): &(_, Option<Condition>)| condition.as_ref().is_none_or(|one| one.holds(number));
        sections.iter().position(fits).unwrap_or(0)
    } else {
        match numeric {
            2.. if number < 0.0 => 1,
            3 if number == 0.0 => 2,
            _ => 0,
        }
    };
    let is_signed = index == 1 && !has_conditions;
    let tokens = sections.into_iter().nth(index).map(|(tokens, _)| tokens);
    Section {
        tokens: tokens.unwrap_or_default(),
        is_signed,
    }
}

#[derive(Debug)]
struct Condition {
    operator: String,
    limit: f64,
}

impl Condition {
    fn parse(text: &str) -> Option<Self> {
        let number = text.trim_start_matches(['<', '>', '=']);
        let operator = &text[..text.len() - number.len()];
        let limit = number.trim().parse().ok()?;
        let operator = (!operator.is_empty()).then(|| operator.to_owned())?;
        Some(Self { operator, limit })
    }

    fn holds(&self, number: f64) -> bool {
        match self.operator.as_str() {
            "<" => number < self.limit,
            "<=" => number <= self.limit,
            ">" => number > self.limit,
            ">=" => number >= self.limit,
            "=" => number == self.limit,
            _ => number != self.limit,
        }
    }
}

/// Splits a code at semicolons outside of quotes, brackets and escapes.
fn sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for c in code.chars() {
        let is_plain = !is_quoted && !is_bracketed && !is_escaped;
        if is_plain && c == ';' {
            sections.push(String::new());
            continue;
        }
        match c {
            _ if is_escaped => is_escaped = false,
            '"' if !is_bracketed => is_quoted = !is_quoted,
            '\\' | '_' | '*' if is_plain => is_escaped = true,
            '[' if is_plain => is_bracketed = true,
            ']' if is_bracketed => is_bracketed = false,
            _ => {}
        }
        if let Some(section) = sections.last_mut() {
            section.push(c);
        }
    }
    sections
}

fn tokens(section: &str) -> (Vec<Token>, Option<Condition>) {
    let mut tokens = Vec::new();
    let mut condition = None;
    let mut rest = section;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '"' => {
                let (text, after) = after.split_once('"').unwrap_or((after, ""));
                tokens.push(Token::Literal(text.to_owned()));
                after
            }
            '\\' => {
                let mut escaped = after.chars();
                tokens.extend(escaped.next().map(|c| Token::Literal(c.to_string())));
                escaped.as_str()
            }
            // The width of a character, and a character that fills the cell.
            '_' | '*' => {
                let mut escaped = after.chars();
                escaped.next();
                escaped.as_str()
            }
            '[' => {
                let (text, after) = after.split_once(']').unwrap_or((after, ""));
                condition = Condition::parse(text).or(condition);
                tokens.extend(bracketed(text));
                after
            }
            _ => match word(rest) {
                Some((token, length)) => {
                    tokens.push(token);
                    &rest[length..]
                }
                None => {
                    tokens.push(Token::Literal(c.to_string()));
                    after
                }
            },
        };
    }
    (tokens, condition)
}

/// A currency, or elapsed time. Colours, conditions and locales show nothing.
fn bracketed(text: &str) -> Option<Token> {
    if let Some(currency) = text.strip_prefix('$') {
        let symbol = currency.split('-').next().unwrap_or_default();
        return Some(Token::Literal(symbol.to_owned()));
    }
    let letter = text.chars().next()?.to_ascii_lowercase();
    let is_run = text.chars().all(|c| c.to_ascii_lowercase() == letter);
    (matches!(letter, 'h' | 'm' | 's') && is_run).then_some(Token::Elapsed(letter, text.len()))
}

fn word(rest: &str) -> Option<(Token, usize)> {
    let starts_with = |word: &str| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let first = rest.chars().next()?.to_ascii_lowercase();
    let run = rest
        .chars()
        .take_while(|c| c.to_ascii_lowercase() == first)
        .count();
    Some(match first {
        _ if starts_with("General") => (Token::General, 7),
        _ if starts_with("AM/PM") => (Token::HalfDay, 5),
        _ if starts_with("A/P") => (Token::HalfDay, 3),
        'e' if starts_with("E+") => (Token::Exponent(true), 2),
        'e' if starts_with("E-") => (Token::Exponent(false), 2),
        '0' | '#' | '?' => (Token::Digit(first), 1),
        '.' => (Token::Point, 1),
        ',' => (Token::Comma, 1),
        '%' => (Token::Percent, 1),
        '@' => (Token::General, 1),
        '/' => (Token::Fraction, 1),
        'y' | 'm' | 'd' | 'h' | 's' => (Token::Date(first, run), run),
        'e' => (Token::Date('y', 4), run),
        _ => return None,
    })
}
