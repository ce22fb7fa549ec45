//! `attest eval`: measures quality on public data sets and compares it with baselines and goals.

mod answers;
mod begin;
mod citation;
mod dataset;
mod faults;
mod fever_symmetric;
mod halueval;
mod measures;
mod nq;
mod plot;
mod retrieval;
mod scale;
mod scifact;
mod scifact_claims;
mod table;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::{
    target::Target,
    workspace::{SAMPLES, workspace_root},
};
use crate::exit::Exit;
use dataset::Split;
use table::Row;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The data sets to evaluate, in this order.
    #[arg(required = true, value_enum)]
    sets: Vec<Set>,
    /// The folder that contains one subfolder for each data set. For `faults`, any folder or file of texts (.md, .txt,
    /// .jsonl, .jsonl.gz); for `answers`, a folder of questions and documents. For both, by default, the sample library.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Evaluates on the held-out half of each set (every second line; for `faults`, texts with an odd hash) instead of the
    /// training half.
    #[arg(long)]
    held_out: bool,
    /// The most examples of each kind in `faults`, and the number of batches in `scale-writes`.
    #[arg(long, value_name = "N", default_value_t = 40)]
    limit: usize,
    /// Evaluates `answers` on this set of questions only, so that rules can be fitted on one set and reported on another.
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Who answers the questions of `answers`: a model, a provider or `auto`, as in a request. Without it, the extractive
    /// writer does.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Draws this many questions of `answers`, of each kind in turn and the same in every run. One half of them is asked:
    /// with `--held-out`, the other one.
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Prints this many examples with a wrong verdict for each kind in `faults`, and this many questions without a right
    /// answer for each kind in `answers`.
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Writes the results to this JSON file, in addition to the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes a diagram to this SVG file. Of `answers`: the share of wrong answers by the share of questions that are
    /// answered. Of `scale`: quality and read units by the size of the library.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    scale: scale::Options,
    #[command(flatten)]
    target: Target,
}

/// A data set and the quantity measured on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    /// SciFact: retrieval of 5,183 scientific abstracts with claims as queries (nDCG@10). Requires a running server.
    Scifact,
    /// Natural Questions: retrieval of the passage for each question (recall@1 and recall@5). Requires a running server.
    Nq,
    /// BEGIN: share of attributable and of other dialogue responses shown as supported. Requires a running server.
    Begin,
    /// FEVER-Symmetric: verdicts of claims whose supporting and refuting evidence share nearly all words. Requires a
    /// running server.
    FeverSymmetric,
    /// HaluEval: share of right and of hallucinated answers shown as supported. Requires a running server.
    Halueval,
    /// SciFact: verdicts of claims on the abstracts that they cite. Requires a running server.
    ScifactClaims,
    /// Planted faults and true rewritings of sentences of any texts: share shown as supported. Requires a running server.
    Faults,
    /// Answers to graded questions: how many are complete, wrong, and declined. The folder holds the questions
    /// (`questions.jsonl`) and the documents of each set (`SET.jsonl` or `SET.jsonl.gz`); by default, the sample library and
    /// its questions. Near misses that are marked as answerable count only in `all near misses as answer`. Requires a
    /// running server.
    Answers,
    /// QED: share of questions whose answer over HTTP, from a library of all paragraphs, contains the annotated one.
    /// Requires a running server.
    Qed,
    /// Search over HTTP as a library grows: what it finds beside exact BM25 over the same chunks (`corpus.jsonl.gz`,
    /// `queries.jsonl`), read units, latency, and the cost of filling the library. Starts a server in memory, unless one is
    /// named with `--url`, which shows neither cold searches nor write units.
    Scale,
    /// Write units of a document of 600 words: in batches, alone, and as a new version. The texts are those of `scale`.
    /// Starts a server in memory.
    ScaleWrites,
    /// A document of 1 MB of distinct words, while each call of DynamoDB takes 5 ms and writes are throttled at 4,000 units a
    /// second: whether it is stored. Starts a server in memory.
    ScaleThrottled,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let split = if arguments.held_out {
        Split::HeldOut
    } else {
        Split::Training
    };
    let mut rows: Vec<Row> = Vec::new();
    for set in &arguments.sets {
        // Every set but `faults` is in a folder of its own.
        let folder = |name: &str| arguments.folder(name);
        let server = || arguments.target.server();
        rows.extend(match set {
            Set::Scifact => scifact::measure(&folder("scifact")?, &server()?).await?,
            Set::Nq => nq::measure(&folder("nq")?, split, &server()?).await?,
            Set::Begin => begin::measure(&folder("begin")?, split, &server()?).await?,
            Set::FeverSymmetric => {
                fever_symmetric::measure(&folder("fever-symmetric")?, split, &server()?).await?
            }
            Set::Halueval => halueval::measure(&folder("halueval")?, split, &server()?).await?,
            Set::ScifactClaims => scifact_claims::measure(&folder("scifact")?, split, &server()?).await?,
            Set::Faults => {
                let options = faults::Options {
                    limit: arguments.limit,
                    show: arguments.show,
                };
                faults::measure(&arguments.texts()?, split, options, &server()?).await?
            }
            Set::Qed => answers::qed::measure(&folder("qed")?, split, &server()?).await?,
            Set::Scale => {
                let (options, svg) = (&arguments.scale, arguments.svg.as_deref());
                scale::measure(&folder("scale")?, options, svg, arguments.target.named_server()?).await?
            }
            Set::ScaleWrites => {
                scale::writes::measure(&folder("scale")?, &arguments.scale, arguments.limit).await?
            }
            Set::ScaleThrottled => scale::throttled::measure(&arguments.scale).await?,
            Set::Answers => {
                let options = answers::Options {
                    model: arguments.model.as_deref(),
                    sample: arguments.sample.map(|count| (count, split)),
                    set: arguments.set.as_deref(),
                    show: arguments.show,
                    svg: arguments.svg.as_deref(),
                };
                answers::measure(&arguments.questions()?, options, &server()?).await?
            }
        });
    }
    table::print(&rows);
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Exit::Done)
}

impl Arguments {
    /// The folder of a data set.
    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let data = self
            .data
            .as_ref()
            .context("specify the folder of the data sets with --data")?;
        Ok(data.join(name))
    }

    /// The folder of the graded questions: `realdocs` in the folder of the data sets, or that folder itself.
    fn questions(&self) -> anyhow::Result<PathBuf> {
        let data = self.texts()?;
        let among_others = data.join("realdocs");
        Ok(if among_others.is_dir() { among_others } else { data })
    }

    /// The texts that faults are planted in: the sample library by default.
    fn texts(&self) -> anyhow::Result<PathBuf> {
        self.data
            .clone()
            .map_or_else(|| Ok(workspace_root()?.join(SAMPLES)), Ok)
    }
}
