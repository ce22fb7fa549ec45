//! Joins lines: words that are hyphenated at the end of a line become whole.

use std::collections::HashSet;

/// The words of a document, in lower case, which tell hyphenated words from compounds.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashSet<String>,
}

impl Vocabulary {
    /// Adds the words of a line. Those at its ends may be parts of words.
    pub(super) fn add(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let whole = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
        for word in whole {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if word.chars().count() > 1 {
                self.words.insert(word);
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word.to_lowercase())
    }

    /// Adds a line to a text.
    pub(super) fn join(&self, text: &mut String, line: &str) {
        let separator = self.separator(text, line);
        if separator.is_none() {
            text.pop();
        }
        text.push_str(separator.unwrap_or_default());
        text.push_str(line);
    }

    /// What separates two lines; nothing when the hyphen at the end of the first is dropped.
    fn separator(&self, text: &str, line: &str) -> Option<&'static str> {
        if text.is_empty() {
            return Some("");
        }
        let Some(head) = text.strip_suffix(['-', '\u{2010}', '\u{AD}']) else {
            let is_apart = !(text.ends_with(is_ideographic) && line.starts_with(is_ideographic));
            let is_dashed = text.ends_with('—') && !text.ends_with(" —");
            return Some(if is_apart && !is_dashed { " " } else { "" });
        };
        let start = head
            .rfind(|c: char| !c.is_alphabetic())
            .map_or(0, |at| at + last_width(head, at));
        let head = head.get(start..).unwrap_or_default();
        let tail: String = line.chars().take_while(|c| c.is_alphabetic()).collect();
        if head.is_empty() {
            // A dash, or a number.
            let is_number = line.starts_with(|c: char| c.is_alphanumeric()) && !text.ends_with(" -");
            return Some(if is_number { "" } else { " " });
        }
        if text.ends_with('\u{AD}') {
            return None;
        }
        if !tail.starts_with(char::is_lowercase) {
            return Some("");
        }
        let is_compound = self.has(&format!("{head}-{tail}"))
            || !self.has(&format!("{head}{tail}"))
                && self.has(head)
                && self.has(&tail)
                && tail.chars().count() > 2;
        if is_compound { Some("") } else { None }
    }
}

fn last_width(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(1, char::len_utf8)
}

/// Whether a character belongs to a script without spaces between words.
pub(super) fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{2FFFF}')
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    fn joined(lines: &[&str], known: &str) -> String {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(&format!("- {known} -"));
        let mut text = String::new();
        for line in lines {
            vocabulary.join(&mut text, line);
        }
        text
    }

    #[test]
    fn hyphenated_words_become_whole() {
        assert_eq!(joined(&["an exam-", "ple of it"], ""), "an example of it");
        assert_eq!(joined(&["soft\u{AD}", "ware"], ""), "software");
        assert_eq!(
            joined(&["data\u{2010}", "base"], "data base database"),
            "database"
        );
    }

    #[test]
    fn compounds_keep_their_hyphen() {
        assert_eq!(
            joined(&["a well-", "known one"], "well-known"),
            "a well-known one"
        );
        assert_eq!(
            joined(&["a data-", "driven one"], "data driven"),
            "a data-driven one"
        );
        assert_eq!(joined(&["Jean-", "Paul"], ""), "Jean-Paul");
        assert_eq!(joined(&["pages 10-", "12"], ""), "pages 10-12");
    }

    #[test]
    fn ideographs_have_no_space_between() {
        assert_eq!(joined(&["日本", "語は"], ""), "日本語は");
        assert_eq!(joined(&["one", "two"], ""), "one two");
    }
}
