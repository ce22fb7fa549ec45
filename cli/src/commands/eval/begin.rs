//! BEGIN (Dziri et al. 2022): replies in a conversation that should rest on a piece of knowledge.

use std::path::Path;

use anyhow::{Context, ensure};
use shared::evidence::support;

use super::{each, lines, lines::Half, measures::balanced_accuracy, table::Row};

const FILES: [&str; 3] = ["begin_dev_cmu.tsv", "begin_dev_tc.tsv", "begin_dev_wow.tsv"];

struct Reply {
    knowledge: String,
    response: String,
    is_attributable: bool,
}

/// Whether the knowledge bears the whole reply out. A generic reply counts as one that it does not bear out.
pub(super) fn measure(folder: &Path, half: Half) -> anyhow::Result<Vec<Row>> {
    let mut replies = Vec::new();
    for file in FILES {
        let file = folder.join(file);
        let text = lines::text(&file)?;
        for (index, line) in text
            .lines()
            .enumerate()
            .skip(1)
            .filter(|(_, line)| !line.is_empty())
        {
            replies.push(reply(line).with_context(|| format!("{}, line {}", file.display(), index + 1))?);
        }
    }
    let replies = half.of(replies);
    let scored = each("begin", &replies, |reply| {
        let score = support::probability(&reply.response, &reply.knowledge, "");
        (score, reply.is_attributable)
    });
    Ok(vec![Row {
        set: "begin",
        measure: "balanced accuracy",
        part: half.as_str(),
        examples: scored.len(),
        value: balanced_accuracy(&scored, support::LIKELY),
        floor: Some(0.865),
        goal: Some(0.90),
    }])
}

fn reply(line: &str) -> anyhow::Result<Reply> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_model, _source, knowledge, _message, response, label] = fields.as_slice() else {
        anyhow::bail!("it has {} fields and not six", fields.len());
    };
    let label = label.trim();
    ensure!(
        ["Fully attributable", "Not fully attributable", "Generic"].contains(&label),
        "its label is not known"
    );
    Ok(Reply {
        knowledge: (*knowledge).to_owned(),
        response: (*response).to_owned(),
        is_attributable: label == "Fully attributable",
    })
}
