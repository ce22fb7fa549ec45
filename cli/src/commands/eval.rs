//! `attest eval`: measures retrieval quality on public data, over HTTP, as a user would get it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use futures::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Target;
use crate::documents::{self, Document};
use crate::exit::Exit;
use crate::server::Server;

/// Requests at the same time. Ingesting is work for the database, which serves all of them.
const SEARCHES_AT_ONCE: usize = 4;
const INGESTS_AT_ONCE: usize = 2;
const LIBRARY: &str = "scifact";
const TOP_K: usize = 10;
/// Elasticsearch reaches 0.690 on the test queries of the same set.
const GOAL: f64 = 0.69;

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// Science: 5,183 abstracts, claims as queries; nDCG@10.
    Scifact(Scifact),
}

#[derive(Debug, Args)]
pub(super) struct Scifact {
    /// The folder that holds the corpus, the queries and the judgements.
    #[arg(long)]
    data: PathBuf,
    /// Which queries.
    #[arg(long, default_value = "train")]
    split: String,
    /// Also write the measures to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

#[derive(Deserialize)]
struct Abstract {
    _id: String,
    title: String,
    sentences: Vec<String>,
}

#[derive(Deserialize)]
struct Query {
    _id: String,
    text: String,
}

/// Which documents are relevant to a query, and how much.
type Relevant = HashMap<String, f64>;

/// One query's result.
struct Measured {
    ndcg: f64,
    took_ms: f64,
    read_units: Option<f64>,
}

#[derive(Serialize)]
struct Report {
    data_set: &'static str,
    split: String,
    documents: usize,
    queries: usize,
    ndcg_at_10: f64,
    goal: f64,
    took_ms: Summary,
    read_units: Option<Summary>,
}

#[derive(Serialize)]
struct Summary {
    mean: f64,
    p95: f64,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let Arguments::Scifact(arguments) = arguments;
    let server = arguments.target.server()?;
    let file = |name: String| arguments.data.join(name);
    let corpus: Vec<Abstract> = json_lines(&file("corpus.jsonl".into()))?;
    let queries: Vec<Query> = json_lines(&file(format!("queries_{}.jsonl", arguments.split)))?;
    let judged = judgements(&file(format!("qrels_{}.tsv", arguments.split)))?;

    let documents = corpus.len();
    ingest(&server, corpus).await?;
    let measured = search_all(&server, queries, &judged).await?;

    let read_units: Vec<f64> = measured.iter().filter_map(|query| query.read_units).collect();
    let report = Report {
        data_set: "scifact",
        split: arguments.split,
        documents,
        queries: measured.len(),
        ndcg_at_10: mean(measured.iter().map(|query| query.ndcg)),
        goal: GOAL,
        took_ms: summary(measured.iter().map(|query| query.took_ms).collect()),
        read_units: (!read_units.is_empty()).then(|| summary(read_units)),
    };
    print(&report);
    if let Some(file) = arguments.json {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(&file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Exit::Done)
}

async fn ingest(server: &Server, corpus: Vec<Abstract>) -> anyhow::Result<()> {
    let progress = ProgressBar::new(corpus.len() as u64);
    let documents = corpus.into_iter().map(|entry| Document {
        id: entry._id,
        title: entry.title,
        url: None,
        text: entry.sentences.join(" "),
        content_type: "text/plain",
    });
    let mut outcomes = pin!(documents::send(server, LIBRARY, documents, INGESTS_AT_ONCE));
    while let Some(batch) = outcomes.try_next().await? {
        progress.inc(batch.len() as u64);
        if let Some((id, failure)) = batch
            .into_iter()
            .find_map(|outcome| Some((outcome.id, outcome.failure?)))
        {
            bail!("document {id} could not be ingested: {failure}");
        }
    }
    progress.finish_and_clear();
    Ok(())
}

/// Only queries with judgements count.
async fn search_all(
    server: &Server,
    queries: Vec<Query>,
    judged: &HashMap<String, Relevant>,
) -> anyhow::Result<Vec<Measured>> {
    let queries: Vec<_> = queries
        .into_iter()
        .filter_map(|query| Some((judged.get(&query._id)?, query.text)))
        .collect();
    if queries.is_empty() {
        bail!("no query has a judgement");
    }
    let progress = ProgressBar::new(queries.len() as u64);
    let searches = queries
        .into_iter()
        .map(|(relevant, text)| search(server, relevant, text));
    let measured = futures::stream::iter(searches).buffer_unordered(SEARCHES_AT_ONCE);
    let measured = measured.inspect_ok(|_| progress.inc(1)).try_collect().await;
    progress.finish_and_clear();
    measured
}

async fn search(server: &Server, relevant: &Relevant, text: String) -> anyhow::Result<Measured> {
    let body = json!({ "query": text, "library": LIBRARY, "top_k": TOP_K });
    let found = server.post_until_it_passes("/search", &body).await?.json;
    let results = found["results"]
        .as_array()
        .context("a search response has no `results`")?;
    let ids = results.iter().filter_map(|result| result["document_id"].as_str());
    Ok(Measured {
        ndcg: ndcg(ids, relevant),
        took_ms: found["took_ms"]
            .as_f64()
            .context("a search response has no `took_ms`")?,
        read_units: found["usage"]["read_units"].as_f64(),
    })
}

/// nDCG@10 over the distinct documents in the order of their first passages.
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
    for line in read(file)?.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [query, document, gain] = fields.as_slice() else {
            bail!("{}: a line does not have three fields", file.display());
        };
        judged
            .entry((*query).to_owned())
            .or_default()
            .insert((*document).to_owned(), gain.trim().parse()?);
    }
    Ok(judged)
}

fn json_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let text = read(file)?;
    let lines = text.lines().filter(|line| !line.is_empty()).enumerate();
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}", file.display(), index + 1))
        })
        .collect()
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.sum::<f64>() / count as f64
}

fn summary(mut values: Vec<f64>) -> Summary {
    values.sort_by(f64::total_cmp);
    // The nearest rank: the smallest value that at least 95 % do not exceed.
    let rank = (values.len() * 95).div_ceil(100).saturating_sub(1);
    Summary {
        p95: values.get(rank).copied().unwrap_or_default(),
        mean: mean(values.into_iter()),
    }
}

fn print(report: &Report) {
    let verdict = if report.ndcg_at_10 >= report.goal {
        "reached"
    } else {
        "missed"
    };
    println!(
        "{} ({}): {} documents, {} queries",
        report.data_set, report.split, report.documents, report.queries
    );
    println!("{:<12} {:>9}  {:>9}", "measure", "value", "goal");
    println!(
        "{:<12} {:>9.4}  {:>9.4}  {verdict} (Elasticsearch 0.690)",
        "nDCG@10", report.ndcg_at_10, report.goal
    );
    println!("{:<12} {:>9}  {:>9}", "", "mean", "p95");
    println!(
        "{:<12} {:>9.1}  {:>9.1}",
        "took_ms", report.took_ms.mean, report.took_ms.p95
    );
    match &report.read_units {
        Some(units) => println!("{:<12} {:>9.1}  {:>9.1}", "read units", units.mean, units.p95),
        None => println!("{:<12} {:>9}", "read units", "not told"),
    }
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

    #[test]
    fn the_95th_percentile_is_the_nearest_rank() {
        let values = summary((1..=100).map(f64::from).collect());
        assert!(close(values.p95, 95.0) && close(values.mean, 50.5));
        assert!(close(summary(vec![7.0]).p95, 7.0));
    }
}
