//! BEGIN (Dziri et al. 2022): attribution of dialogue responses to a piece of background knowledge.

use std::path::Path;

use anyhow::{Context, ensure};
use shared::evidence::support;

use super::{dataset, dataset::Split, measures::balanced_accuracy, progress::map_with_progress, table::Row};

const FILES: [&str; 3] = ["begin_dev_cmu.tsv", "begin_dev_tc.tsv", "begin_dev_wow.tsv"];

struct Example {
    knowledge: String,
    response: String,
    is_attributable: bool,
}

/// Measures the balanced accuracy of "the knowledge supports the whole response". Generic responses count as unsupported.
pub(super) fn measure(folder: &Path, split: Split) -> anyhow::Result<Vec<Row>> {
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
    let scored = map_with_progress("begin", &examples, |example| {
        let score = support::probability(&example.response, &example.knowledge, "");
        (score, example.is_attributable)
    });
    Ok(vec![Row {
        set: "begin",
        measure: "balanced accuracy",
        part: split.as_str(),
        examples: scored.len(),
        value: balanced_accuracy(&scored, support::LIKELY),
        floor: Some(0.865),
        goal: Some(0.90),
    }])
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
