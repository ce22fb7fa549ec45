//! template.yaml as text: the blocks of its resources, for properties that the local cloud does not parse.

use crate::{files::read, support::root};

/// The text of template.yaml.
pub(crate) fn template_text() -> String {
    read(&root().join("template.yaml"))
}

/// The resources of this type, such as `AWS::DynamoDB::Table`: logical id and block.
pub(crate) fn resources<'a>(template: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    blocks(template)
        .into_iter()
        .filter(|(_, block)| block.contains(&format!("    Type: {kind}\n")))
        .collect()
}

/// The block of the resource with this logical id.
pub(crate) fn block<'a>(template: &'a str, logical_id: &str) -> &'a str {
    let found = blocks(template).into_iter().find(|(name, _)| *name == logical_id);
    found.unwrap_or_else(|| panic!("there is no {logical_id}")).1
}

/// All resources: logical id and block.
fn blocks(template: &str) -> Vec<(&str, &str)> {
    let (_, resources) = template.split_once("\nResources:\n").unwrap();
    let (resources, _) = resources.split_once("\nOutputs:\n").unwrap();
    let is_name =
        |line: &str| line.starts_with("  ") && line[2..].starts_with(|c: char| c.is_ascii_uppercase());
    let mut starts = Vec::new();
    let mut at = 0;
    for line in resources.split_inclusive('\n') {
        if is_name(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([resources.len()]);
    let blocks = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &resources[*start..end]);
    blocks
        .map(|block| (block.trim_start().split(':').next().unwrap(), block))
        .collect()
}
