//! Variants of a sentence that say the same: a fronted phrase moved to its end, and a passive with a marked agent as an
//! active (Cambridge Grammar, chapters 8 and 16).

use super::{
    scope::is_participle,
    token::{Gap, Kind, Token},
};
use crate::evidence::words::{Class, Lexicon};

/// Maximum number of tokens of a fronted phrase.
const MAX_FRONTED: usize = 12;
/// Maximum number of tokens of the subject after a fronted participle.
const MAX_SUBJECT: usize = 5;
/// Maximum number of tokens between a passive verb and its agent.
const MAX_TO_AGENT: usize = 8;

/// The variants of a claim or sentence, itself first.
pub(super) fn variants(tokens: &[Token], lexicon: &Lexicon) -> Vec<Vec<Token>> {
    let mut variants = vec![tokens.to_vec()];
    variants.extend(fronted_to_end(tokens, lexicon));
    for place in 0..variants.len() {
        variants.extend(active(&variants[place], lexicon));
    }
    variants
}

/// "In 1871, the lamp was lit" as "the lamp was lit in 1871".
fn fronted_to_end(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<Token>> {
    let first = tokens.first()?;
    if first.class != Class::Preposition && !matches!(first.kind, Kind::Date(..)) {
        return None;
    }
    let comma = (1..tokens.len().min(MAX_FRONTED)).find(|&at| tokens[at].gap.has(Gap::BREAK));
    let is_date = |at: usize| {
        matches!(
            tokens.get(at).map(|token| token.kind),
            Some(Kind::Date(..) | Kind::Time(_))
        )
    };
    let from = match comma {
        Some(at) if tokens[at].gap.has(Gap::COMMA) => at,
        _ if is_date(1) => 2,
        _ => return None,
    };
    let phrase = &tokens[..from];
    if phrase.iter().any(|token| token.narrows()) || from >= tokens.len() {
        return None;
    }
    let end = (from + 1..tokens.len()).find(|&at| {
        tokens[at].gap.has(Gap::BREAK)
            || tokens[at].class == Class::Conjunction && tokens[at].text(lexicon) != "and"
    });
    Some(concat(&[
        &tokens[from..end.unwrap_or(tokens.len())],
        phrase,
        &tokens[end.unwrap_or(tokens.len())..],
    ]))
}

/// "Opening at 14:30, the shop closes at 18:00" as "the shop opening at 14:30", with subjects of each length.
pub(super) fn fronted_participles(tokens: &[Token], lexicon: &Lexicon) -> Vec<Vec<Token>> {
    let is_participle = tokens
        .first()
        .is_some_and(|first| is_participle(first.text(lexicon)));
    let comma = (1..tokens.len()).find(|&at| tokens[at].gap.has(Gap::BREAK));
    let Some(comma) = comma.filter(|&at| is_participle && tokens[at].gap.has(Gap::COMMA)) else {
        return Vec::new();
    };
    let is_subject = |length: &usize| {
        let subject = tokens.get(comma..comma + length);
        subject.is_some_and(|subject| {
            subject.iter().any(Token::is_content)
                && !subject
                    .iter()
                    .any(|token| token.narrows() || token.class.is_auxiliary())
        })
    };
    (1..=MAX_SUBJECT)
        .filter(is_subject)
        .map(|length| concat(&[&tokens[comma..comma + length], &tokens[..comma]]))
        .collect()
}

/// "The lamp was lit in 1871 by Ada Holm" as "Ada Holm lit the lamp in 1871".
fn active(tokens: &[Token], lexicon: &Lexicon) -> Option<Vec<Token>> {
    let verb = (1..tokens.len()).find(|&at| tokens[at - 1].class.is_be() && tokens[at].is_content())?;
    let be = verb - 1;
    let by =
        (verb + 1..tokens.len().min(verb + MAX_TO_AGENT)).find(|&at| tokens[at].text(lexicon) == "by")?;
    let agent = tokens.get(by + 1)?;
    // Only a date or an adverb may stand between: "shot in a castle built by Ada" names another agent.
    let is_between = |token: &Token| {
        matches!(token.kind, Kind::Date(..))
            || matches!(token.text(lexicon), "in" | "on" | "first")
            || token.text(lexicon).ends_with("ly")
    };
    if !tokens[verb + 1..by].iter().all(is_between) {
        return None;
    }
    let counts = tokens.get(by + 2).is_some_and(|next| next.text(lexicon) == "of");
    let is_agent = (matches!(agent.kind, Kind::Word(_)) || counts)
        && !(agent.class == Class::Content && agent.text(lexicon).ends_with("ing"));
    let from = (0..be)
        .rev()
        .find(|&at| tokens[at].gap.has(Gap::BREAK))
        .unwrap_or(0);
    let perfect = be - usize::from(be > from && tokens[be - 1].class == Class::Have);
    let subject = &tokens[from..perfect];
    let is_plain = !subject.is_empty()
        && !subject
            .iter()
            .any(|token| token.narrows() || token.class.is_auxiliary());
    if !is_agent
        || !is_plain
        || tokens[verb..by]
            .iter()
            .any(|token| token.narrows() || token.gap.has(Gap::BREAK))
    {
        return None;
    }
    let end = (by + 2..tokens.len()).find(|&at| {
        let token = &tokens[at];
        let is_phrase = token.class == Class::Preposition && token.text(lexicon) != "of";
        token.gap.has(Gap::BREAK) || is_phrase || matches!(token.class, Class::Conjunction | Class::Relative)
    });
    let end = end.unwrap_or(tokens.len());
    let mut active = concat(&[
        &tokens[..from],
        &tokens[by + 1..end],
        &tokens[verb..=verb],
        subject,
        &tokens[verb + 1..by],
        &tokens[end..],
    ]);
    if let (Some(first), Some(before)) = (active.get_mut(from), tokens.get(from)) {
        first.gap = before.gap;
    }
    Some(active)
}

/// "He led the migration, which took eleven weeks" as "the migration took eleven weeks", for each such clause of which
/// nothing before governs.
pub(super) fn relative_clauses(tokens: &[Token], lexicon: &Lexicon) -> Vec<Vec<Token>> {
    let mut clauses = Vec::new();
    for (place, token) in tokens.iter().enumerate().skip(2) {
        if !matches!(token.text(lexicon), "which" | "who") {
            continue;
        }
        let start = (0..place)
            .rev()
            .find(|&at| matches!(tokens[at].class, Class::Determiner | Class::Possessive));
        let Some(start) = start.filter(|&start| start > 0 && place - start <= MAX_SUBJECT) else {
            continue;
        };
        // "The roof of the house, which is red": either may be red.
        let is_plain = tokens[start - 1].text(lexicon) != "of"
            && !tokens[start..place]
                .iter()
                .any(|token| token.class == Class::Preposition)
            && !tokens[..start].iter().any(|token| token.narrows());
        if is_plain {
            clauses.push(concat(&[&tokens[start..place], &tokens[place + 1..]]));
        }
    }
    clauses
}

/// The parts one after another, without punctuation where they were moved.
fn concat(parts: &[&[Token]]) -> Vec<Token> {
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for (number, part) in parts.iter().enumerate() {
        let is_last = number + 1 == parts.len();
        let start = all.len();
        all.extend_from_slice(part);
        // The rest after the last moved part keeps its punctuation.
        if let Some(first) = all.get_mut(start)
            && (!is_last || parts.len() == 2)
        {
            first.gap = Gap::default();
        }
    }
    all
}
