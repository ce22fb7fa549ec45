//! Write units of documents of 600 words, merges in the background included: in batches, alone, and as new versions.

use std::path::Path;

use anyhow::ensure;

use super::{
    super::table::{Goal, Row},
    Filling, Options,
    corpus::{self, Page},
    fill,
    hub::Hub,
};

const WORDS: usize = 600;
/// How many documents are sent alone for each batch that is sent.
const ALONE_PER_BATCH: usize = 5;
const LIBRARY: &str = "scale-writes";

/// Sends `batches` batches of documents, then five times as many documents one by one, then a new version of each of the
/// latter, to a server of its own in memory. Each text is a different page of the corpus, cut to 600 words.
pub(in super::super) async fn measure(
    folder: &Path,
    options: &Options,
    batches: usize,
) -> anyhow::Result<Vec<Row>> {
    let (batch, alone) = (usize::from(options.batch), batches * ALONE_PER_BATCH);
    let in_batches = batches * batch;
    let needed = in_batches + 2 * alone;
    let texts = corpus::pages(folder, needed)?.into_iter().filter_map(shortened);
    let pages: Vec<Page> = texts.take(needed).collect();
    ensure!(
        pages.len() == needed,
        "the corpus has {} pages of {WORDS} words; {needed} are needed, or a lower --limit",
        pages.len()
    );
    let (together, others) = pages.split_at(in_batches);
    let (first, second) = others.split_at(alone);
    let second: Vec<Page> = first
        .iter()
        .zip(second)
        .map(|(first, second)| Page {
            id: first.id.clone(),
            ..second.clone()
        })
        .collect();

    let hub = Hub::in_memory(options.profile()).await?;
    let mut rows = Vec::new();
    let mut add = |measure, filling: &Filling, goal| {
        let units = filling.write_units.as_ref();
        let documents = filling.documents.max(1) as f64;
        rows.extend(units.map(|units| Row {
            set: "scale-writes",
            measure,
            // Units of failed attempts are included, so the value is too high if there were several.
            part: match filling.attempts {
                1 => format!("{WORDS} words").into(),
                attempts => format!("{attempts} attempts").into(),
            },
            examples: filling.documents,
            value: units.total() / documents,
            count: None,
            refuted: None,
            floor: None,
            goal: Some(Goal::AtMost(goal)),
        }));
    };
    add(
        "write units, in batches",
        &fill(&hub, LIBRARY, together, batch).await?,
        40.0,
    );
    add("write units, alone", &fill(&hub, LIBRARY, first, 1).await?, 50.0);
    add(
        "write units, as a new version",
        &fill(&hub, LIBRARY, &second, 1).await?,
        60.0,
    );
    hub.stop().await;
    Ok(rows)
}

/// The page cut after its first 600 words; `None` if it has fewer.
fn shortened(page: Page) -> Option<Page> {
    let (last, _) = page
        .text
        .split_whitespace()
        .map(|word| {
            (
                word.as_ptr() as usize - page.text.as_ptr() as usize + word.len(),
                word,
            )
        })
        .nth(WORDS - 1)?;
    Some(Page {
        text: page.text[..last].to_owned(),
        ..page
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_after_its_last_word_that_counts() {
        let page = |words: usize| Page {
            id: "1".to_owned(),
            title: "Title".to_owned(),
            text: "wörd\n".repeat(words),
        };
        assert!(shortened(page(WORDS - 1)).is_none());
        let text = shortened(page(WORDS + 5)).unwrap().text;
        assert_eq!(text.split_whitespace().count(), WORDS);
        assert!(text.ends_with("wörd"));
    }
}
