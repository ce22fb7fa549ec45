//! SciFact as a retrieval task (Wadden et al. 2020, Thakur et al. 2021): claims as queries against the HTTP API.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::bail;
use serde::Deserialize;

use super::{
    dataset,
    measures::{mean, summary},
    retrieval::{ingest, search_all},
    table::{Goal, Row},
};
use crate::{documents::Document, server::Server};

const LIBRARY: &str = "scifact";
const TOP_K: usize = 10;

/// A document of the corpus.
#[derive(Deserialize)]
pub(super) struct Abstract {
    #[serde(rename = "_id")]
    pub(super) id: String,
    pub(super) title: String,
    sentences: Vec<String>,
}

impl Abstract {
    /// The sentences joined by spaces.
    pub(super) fn text(&self) -> String {
        self.sentences.join(" ")
    }
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

/// The relevance of documents to a query, by document id.
type Relevant = HashMap<String, f64>;

/// Measures nDCG@10, latency and read units on the training queries; the data does not include the test queries.
pub(super) async fn measure(folder: &Path, server: &Server) -> anyhow::Result<Vec<Row>> {
    let corpus: Vec<Abstract> = dataset::json_lines(&folder.join("corpus.jsonl"))?;
    let queries: Vec<Query> = dataset::json_lines(&folder.join("queries_train.jsonl"))?;
    let judged = judgements(&folder.join("qrels_train.tsv"))?;
    let documents = corpus.into_iter().map(|entry| Document {
        text: entry.text(),
        id: entry.id,
        title: Some(entry.title),
        content_type: "text/plain",
    });
    ingest(server, LIBRARY, documents.collect()).await?;

    // Queries without relevance judgements are skipped.
    let (relevant, texts): (Vec<&Relevant>, Vec<String>) = queries
        .into_iter()
        .filter_map(|query| Some((judged.get(&query.id)?, query.text)))
        .unzip();
    let found = search_all(server, LIBRARY, TOP_K, texts).await?;
    let gains = relevant.iter().zip(&found).map(|(relevant, found)| {
        let ranked = found.documents.iter().map(String::as_str);
        ndcg(ranked, relevant)
    });
    let row = |measure, value, floor, goal| Row {
        set: "scifact",
        measure,
        part: "training".into(),
        examples: found.len(),
        value,
        count: None,
        refuted: None,
        floor,
        goal,
    };
    let mut rows = vec![row(
        "nDCG@10",
        mean(gains),
        Some(0.690),
        Some(Goal::AtLeast(0.70)),
    )];
    let took = summary(found.iter().map(|found| found.took_ms).collect());
    rows.push(row("milliseconds, mean", took.mean, None, None));
    rows.push(row("milliseconds, p95", took.p95, None, None));
    let units: Option<Vec<f64>> = found.iter().map(|found| found.read_units).collect();
    if let Some(units) = units.map(summary) {
        rows.push(row("read units, mean", units.mean, None, None));
        rows.push(row("read units, p95", units.p95, None, None));
    }
    Ok(rows)
}

/// nDCG@10 of the distinct documents, ranked by their first passages.
fn ndcg<'a>(ranked: impl Iterator<Item = &'a str>, relevant: &Relevant) -> f64 {
    let mut seen = HashSet::new();
    let distinct = ranked.filter(|id| seen.insert(*id)).take(TOP_K);
    let gained = discounted(distinct.map(|id| relevant.get(id).copied().unwrap_or_default()));
    let mut best: Vec<f64> = relevant.values().copied().collect();
    best.sort_by(|left, right| right.total_cmp(left));
    let ideal = discounted(best.into_iter().take(TOP_K));
    if ideal == 0.0 { 0.0 } else { gained / ideal }
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains
        .zip(2_u32..)
        .map(|(gain, rank_plus_one)| gain / f64::from(rank_plus_one).log2())
        .sum()
}

fn judgements(file: &Path) -> anyhow::Result<HashMap<String, Relevant>> {
    let mut judged: HashMap<String, Relevant> = HashMap::new();
    for line in dataset::text(file)?.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [query, document, gain] = fields.as_slice() else {
            bail!(
                "{}: a line has {} fields instead of 3",
                file.display(),
                fields.len()
            );
        };
        judged
            .entry((*query).to_owned())
            .or_default()
            .insert((*document).to_owned(), gain.trim().parse()?);
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relevant(gains: &[(&str, f64)]) -> Relevant {
        gains.iter().map(|(id, gain)| ((*id).to_owned(), *gain)).collect()
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn ndcg_of_a_perfect_ranking_is_one_and_of_none_is_zero() {
        let two = relevant(&[("a", 1.0), ("b", 1.0)]);
        assert!(close(ndcg(["a", "b", "c"].into_iter(), &two), 1.0));
        assert!(close(ndcg(["c"].into_iter(), &two), 0.0));
        assert!(close(ndcg([].into_iter(), &two), 0.0));
    }

    #[test]
    fn ndcg_discounts_by_the_logarithm_of_the_rank() {
        let one = relevant(&[("a", 1.0)]);
        assert!(close(ndcg(["x", "a"].into_iter(), &one), 1.0 / 3_f64.log2()));
        let two = relevant(&[("a", 1.0), ("b", 1.0)]);
        let expected = (1.0 + 0.5) / (1.0 + 1.0 / 3_f64.log2());
        assert!(close(ndcg(["a", "x", "b"].into_iter(), &two), expected));
    }

    #[test]
    fn a_document_counts_at_its_first_passage_and_only_ten_count() {
        let one = relevant(&[("a", 1.0)]);
        assert!(close(
            ndcg(["x", "x", "x", "a", "a"].into_iter(), &one),
            1.0 / 3_f64.log2()
        ));
        let eleventh: Vec<String> = (0..10)
            .map(|number| number.to_string())
            .chain(["a".to_owned()])
            .collect();
        assert!(close(ndcg(eleventh.iter().map(String::as_str), &one), 0.0));
    }
}
