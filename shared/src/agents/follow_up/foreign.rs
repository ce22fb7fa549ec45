//! Follow-ups in other languages: what they are about is added in brackets, because pronouns and endings agree.

use super::{Turn, end};
use crate::{
    evidence::languages::{Language, has},
    retrieval::analyzer,
};

/// How a language refers to what was said before.
struct Reference {
    /// The language's name in English.
    language: &'static str,
    /// Pronouns and possessives, between spaces.
    pronouns: &'static str,
    /// Articles, which are pronouns as the last word of a question and before its last word, a verb.
    articles: &'static str,
    /// Beginnings of a question about something else of the same kind.
    beginnings: &'static [&'static str],
}

const REFERENCES: [Reference; 6] = [
    Reference {
        language: "German",
        pronouns: "er sie ihn ihm ihnen seine seinen seinem seiner ihr ihre ihren ihrem ihrer dessen deren davon dafür \
                   damit daran darin dazu dort diese dieser dieses",
        articles: "der die das den dem",
        beginnings: &["und ", "was ist mit ", "wie ist es mit "],
    },
    Reference {
        language: "French",
        pronouns: "elle ils elles lui leur leurs son sa ses cela ça celui celle ceux",
        articles: "le la les l",
        beginnings: &["et ", "qu'en est-il de "],
    },
    Reference {
        language: "Spanish",
        pronouns: "él ella ellos ellas su sus eso esto allí ahí",
        articles: "lo la los las",
        beginnings: &["y ", "¿y ", "qué pasa con "],
    },
    Reference {
        language: "Italian",
        pronouns: "egli ella esso essa essi lui lei loro suo sua suoi sue ciò questo quello lì",
        articles: "lo la li le",
        beginnings: &["e ", "che ne è di "],
    },
    Reference {
        language: "Portuguese",
        pronouns: "ele ela eles elas lhe seu sua seus suas dele dela deles delas isso isto ali",
        articles: "o a os as",
        beginnings: &["e ", "e quanto a "],
    },
    Reference {
        language: "Dutch",
        pronouns: "hij zij ze hem haar hun ervan ermee erin daarvan daar deze dit",
        articles: "die dat",
        beginnings: &["en ", "hoe zit het met "],
    },
];

/// The most words of a question that has no noun of its own.
const MAX_WORDS: usize = 6;

/// Whether a question depends on the one before: it begins as a continuation, or is short, has a pronoun and no name.
pub(super) fn depends(language: &Language, question: &str) -> bool {
    let Some(reference) = REFERENCES
        .iter()
        .find(|reference| reference.language == language.name)
    else {
        return false;
    };
    let folded = question.trim().to_lowercase();
    if reference
        .beginnings
        .iter()
        .any(|beginning| folded.starts_with(beginning))
    {
        return true;
    }
    let words: Vec<&str> = words(question).collect();
    let has_name = words
        .iter()
        .skip(1)
        .any(|word| word.starts_with(char::is_uppercase));
    let is_in = |list: &str, word: &str| has(list, &word.to_lowercase());
    let is_object = match words.as_slice() {
        // "Wie ändere ich die?", "Comment la modifier ?"
        [.., last] if is_in(reference.articles, last) => true,
        [asking, article, _] => {
            language.is_common(&analyzer::fold(asking)) && is_in(reference.articles, article)
        }
        _ => false,
    };
    let has_pronoun = words.iter().any(|word| is_in(reference.pronouns, word));
    words.len() <= MAX_WORDS && !has_name && (has_pronoun || is_object)
}

/// Adds what the question before was about.
pub(super) fn complete(language: &Language, question: &str, turn: &Turn<'_>) -> Option<String> {
    let content: Vec<&str> = words(turn.question)
        .filter(|word| !language.is_function_word(&word.to_lowercase()))
        .collect();
    let (first, last) = (content.first()?, content.last()?);
    let start = turn.question.find(first)?;
    let after = turn.question.rfind(last)? + last.len();
    let topic = turn.question.get(start..after)?;
    Some(format!("{} ({topic})?", end(question)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::languages::detect;

    #[test]
    fn a_follow_up_names_what_it_is_about() {
        for (before, question, expected) in [
            (
                "Wann wurde der Leuchtturm von Brannock gebaut?",
                "Wie hoch ist er?",
                "Wie hoch ist er (Leuchtturm von Brannock gebaut)?",
            ),
            (
                "Quand le phare de Brannock a-t-il été construit ?",
                "Et quelle est sa hauteur ?",
                "Et quelle est sa hauteur (phare de Brannock a-t-il été construit)?",
            ),
        ] {
            let language = detect(before).unwrap();
            assert!(depends(language, question), "{question}");
            let turn = Turn {
                question: before,
                answer: "",
            };
            assert_eq!(complete(language, question, &turn).as_deref(), Some(expected));
        }
        for (before, question) in [
            (
                "Quelle est la taille maximale d'un message ?",
                "comment la modifier ?",
            ),
            ("Wat is de standaardpoort van redis?", "hoe verander ik die"),
            ("Qual è la porta predefinita di redis?", "come la cambio"),
        ] {
            assert!(depends(detect(before).unwrap(), question), "{question}");
        }
        for question in [
            "kann die datei auch leer sein",
            "¿Cuál es la capacidad de una cola?",
            "wat zijn de limieten van een bucket",
            "ci sono limiti per le code?",
            "y a-t-il une limite de taille ?",
        ] {
            let language = detect(question).unwrap();
            assert!(!depends(language, question), "{question}");
        }
        let german = detect("Wann wurde der Leuchtturm von Brannock gebaut?").unwrap();
        for question in [
            "Wie hoch ist der Leuchtturm von Farley?",
            "Gibt es eine Grenze für Dokumente?",
        ] {
            assert!(!depends(german, question), "{question}");
        }
    }
}
