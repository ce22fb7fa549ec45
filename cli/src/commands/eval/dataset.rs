//! Readers for data sets (JSON lines and text, plain or gzipped), and their split into training and held-out halves.

use std::{io::Read, path::Path};

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;

/// One half of a data set. Thresholds are fitted on the training half and reported on the held-out half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// The examples 0, 2, 4 and so on.
    Training,
    /// The examples 1, 3, 5 and so on.
    HeldOut,
}

impl Split {
    /// Selects the examples of this half.
    pub(super) fn select<T>(self, examples: Vec<T>) -> Vec<T> {
        let first = usize::from(self == Self::HeldOut);
        examples.into_iter().skip(first).step_by(2).collect()
    }

    /// The name of the half in tables.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::HeldOut => "held out",
        }
    }
}

/// Parses a file with one JSON value per line. Skips blank lines.
pub(super) fn json_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let text = text(file)?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}", file.display(), index + 1))
        })
        .collect()
}

/// Reads a text file. Decompresses files with the extension `.gz`.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
    let read = || {
        if file.extension().is_some_and(|extension| extension == "gz") {
            let mut text = String::new();
            GzDecoder::new(std::fs::File::open(file)?).read_to_string(&mut text)?;
            Ok(text)
        } else {
            std::fs::read_to_string(file)
        }
    };
    read().with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_is_in_exactly_one_half() {
        assert_eq!(Split::Training.select(vec![0, 1, 2, 3, 4]), [0, 2, 4]);
        assert_eq!(Split::HeldOut.select(vec![0, 1, 2, 3, 4]), [1, 3]);
    }
}
