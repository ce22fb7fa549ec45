//! What an ingestion has come to.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// Kinds of files that are named; the others are summed up.
const KINDS: usize = 8;

/// Counts of documents.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Stored, or unchanged.
    pub(super) done: u64,
    /// Stored before, with the same content.
    pub(super) unchanged: u64,
    /// Passages of all that are stored.
    pub(super) chunks: u64,
    /// Refused, unreadable or not stored.
    pub(super) failed: u64,
    /// Pages that have front matter and no text.
    pub(super) without_text: u64,
}

impl Tally {
    /// Counts a stored document.
    pub(super) fn add(&mut self, entry: &Json) {
        self.done += 1;
        self.unchanged += u64::from(entry["unchanged"] == true);
        self.chunks += entry["chunks"].as_u64().unwrap_or_default();
    }

    /// The counts as a sentence.
    pub(super) fn summary(&self, library: &str) -> String {
        let Self {
            done,
            unchanged,
            chunks,
            failed,
            without_text,
        } = self;
        let mut line = format!("ingested {done} documents ({chunks} passages) into library `{library}`");
        for (count, words) in [
            (unchanged, "unchanged"),
            (without_text, "skipped: pages with front matter alone"),
        ] {
            if *count > 0 {
                line += &format!(", {count} {words}");
            }
        }
        format!("{line}; {failed} failed")
    }
}

/// The counts of files that are not taken, the most frequent kinds first.
pub(super) fn not_taken(counts: &BTreeMap<String, usize>) -> Option<String> {
    let mut kinds: Vec<(&String, &usize)> = counts.iter().collect();
    kinds.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let mut parts: Vec<String> = kinds
        .iter()
        .take(KINDS)
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let others: usize = kinds.iter().skip(KINDS).map(|(_, count)| *count).sum();
    if others > 0 {
        parts.push(format!("{others} others"));
    }
    (!parts.is_empty()).then(|| format!("not taken: {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_taken_are_counted_by_kind() {
        let counts = |kinds: &[(&str, usize)]| -> BTreeMap<String, usize> {
            let kinds = kinds.iter();
            kinds.map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
        };
        let some = counts(&[(".png", 12), (".zip", 3), ("without extension", 4)]);
        assert_eq!(
            not_taken(&some).as_deref(),
            Some("not taken: 12 .png, 4 without extension, 3 .zip")
        );
        let many: BTreeMap<String, usize> = (0..10).map(|kind| (format!(".{kind}"), 1)).collect();
        assert!(not_taken(&many).unwrap().ends_with("1 .7, 2 others"));
        assert_eq!(not_taken(&BTreeMap::new()), None);
    }

    #[test]
    fn a_summary_names_what_happened() {
        let tally = Tally {
            done: 3,
            unchanged: 1,
            chunks: 7,
            failed: 0,
            without_text: 2,
        };
        assert_eq!(
            tally.summary("docs"),
            "ingested 3 documents (7 passages) into library `docs`, 1 unchanged, 2 skipped: pages with front matter alone; \
             0 failed"
        );
    }
}
