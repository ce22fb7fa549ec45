//! Reading data sets: JSON lines, plain or gzipped, and tables; and the half of a set that is measured.

use std::{io::Read, path::Path};

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;

/// Thresholds are fixed on one half of a set and reported on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// Lines 0, 2, 4 and so on.
    Training,
    /// The others.
    HeldOut,
}

impl Half {
    /// The examples of this half.
    pub(super) fn of<T>(self, examples: Vec<T>) -> Vec<T> {
        let first = usize::from(self == Self::HeldOut);
        examples.into_iter().skip(first).step_by(2).collect()
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::HeldOut => "held out",
        }
    }
}

/// One value for each line that is not blank.
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

/// The whole text of a file; a name that ends in `.gz` is unpacked.
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
    fn the_halves_have_every_line_once() {
        assert_eq!(Half::Training.of(vec![0, 1, 2, 3, 4]), [0, 2, 4]);
        assert_eq!(Half::HeldOut.of(vec![0, 1, 2, 3, 4]), [1, 3]);
    }
}
