//! BEGIN (Dziri et al. 2022): attribution of dialogue responses to a piece of background knowledge.

use std::path::Path;

use anyhow::{Context, ensure};

use super::{
    citation::{self, Request, Source, share_supported},
    dataset,
    dataset::Split,
    table::{Goal, Row},
};
use crate::server::Server;

const FILES: [&str; 3] = ["begin_dev_cmu.tsv", "begin_dev_tc.tsv", "begin_dev_wow.tsv"];

struct Example {
    knowledge: String,
    response: String,
    is_attributable: bool,
}

/// Measures how many attributable and how many other responses (not fully attributable, or generic) are shown as
/// supported.
pub(super) async fn measure(folder: &Path, split: Split, server: &Server) -> anyhow::Result<Vec<Row>> {
    let mut examples = Vec::new();
    for file in FILES {
        let file = folder.join(file);
        let text = dataset::text(&file)?;
        for (index, line) in text
            .lines()
            .enumerate()
            .skip(1)
            .filter(|(_, line)| !line.is_empty())
        {
            examples
                .push(parse_line(line).with_context(|| format!("{}, line {}", file.display(), index + 1))?);
        }
    }
    let examples = split.select(examples);
    let request = |example: &Example| Request {
        text: example.response.clone(),
        source: Source {
            title: String::new(),
            text: example.knowledge.clone(),
        },
    };
    let replies = citation::verify_all("begin", server, examples.iter().map(request).collect()).await?;
    let row = |measure, is_attributable: bool, goal| {
        let of_class: Vec<_> = examples
            .iter()
            .zip(&replies)
            .filter(|(example, _)| example.is_attributable == is_attributable)
            .map(|(_, reply)| reply)
            .collect();
        Row {
            set: "begin",
            measure,
            part: split.as_str().into(),
            examples: of_class.len(),
            value: share_supported(of_class),
            count: None,
            refuted: None,
            floor: None,
            goal: Some(goal),
        }
    };
    Ok(vec![
        row("attributable supported", true, Goal::AtLeast(0.65)),
        row("others supported", false, Goal::AtMost(0.05)),
    ])
}

fn parse_line(line: &str) -> anyhow::Result<Example> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_model, _source, knowledge, _message, response, label] = fields.as_slice() else {
        anyhow::bail!("the line has {} fields instead of 6", fields.len());
    };
    let label = label.trim();
    ensure!(
        ["Fully attributable", "Not fully attributable", "Generic"].contains(&label),
        "unknown label `{label}`"
    );
    Ok(Example {
        knowledge: (*knowledge).to_owned(),
        response: (*response).to_owned(),
        is_attributable: label == "Fully attributable",
    })
}
