//! Reliability diagrams (Murphy and Winkler 1977) as SVG: accuracy by confidence, in ten bins.

use super::plot::Plot;

const BINS: usize = 10;

/// Answers of similar confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bin {
    /// The number of answers.
    pub(super) count: usize,
    /// The mean confidence.
    pub(super) confidence: f64,
    /// The share of right answers.
    pub(super) accuracy: f64,
}

/// Groups predictions (confidence, whether right) into ten bins of equal width, some of which may be empty.
pub(super) fn bins(predictions: &[(f64, bool)]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (confidence, is_right) in predictions {
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.confidence += confidence;
        bin.accuracy += f64::from(u8::from(*is_right));
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.confidence /= bin.count as f64;
        bin.accuracy /= bin.count as f64;
    }
    bins
}

/// Draws each non-empty bin as a dot with its count.
pub(super) fn diagram(bins: &[Bin]) -> String {
    let mut plot = Plot::new(
        "Share of right answers by confidence",
        "confidence",
        "share of right answers",
    );
    plot.diagonal();
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        plot.dot((bin.confidence, bin.accuracy), &bin.count.to_string());
    }
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_falls_into_one_bin() {
        let bins = bins(&[(0.0, false), (0.05, true), (0.99, true), (1.0, true)]);
        assert_eq!(
            bins.iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        );
        assert_eq!(
            (bins[0].confidence, bins[0].accuracy, bins[9].accuracy),
            (0.025, 0.5, 1.0)
        );
    }

    #[test]
    fn the_diagram_has_a_dot_and_a_count_for_each_bin_that_is_not_empty() {
        let svg = diagram(&bins(&[(0.25, true), (0.95, true), (0.96, false)]));
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains(">2</text>") && svg.contains(">confidence</text>") && svg.ends_with("</svg>\n"));
    }
}
