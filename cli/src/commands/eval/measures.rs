//! Evaluation measures for classification, and summaries of values.

use serde::Serialize;

/// Balanced accuracy: the mean of both classes' recall. Scores at or above the threshold predict the positive class.
pub(super) fn balanced_accuracy(scored: &[(f32, bool)], threshold: f32) -> f64 {
    let right = |class: bool| {
        let of_class = scored.iter().filter(|(_, truth)| *truth == class);
        let right = of_class
            .clone()
            .filter(|(score, _)| (*score >= threshold) == class);
        share(right.count(), of_class.count())
    };
    f64::midpoint(right(true), right(false))
}

/// The area under the ROC curve: how often a positive example scores above a negative one; a tie counts half.
pub(super) fn area_under_curve(scored: &[(f32, bool)]) -> f64 {
    let of = |class: bool| scored.iter().filter(move |(_, truth)| *truth == class);
    let mut above = 0.0;
    for (right, _) in of(true) {
        for (wrong, _) in of(false) {
            above += match right.total_cmp(wrong) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let pairs = of(true).count() * of(false).count();
    if pairs == 0 { 0.0 } else { above / pairs as f64 }
}

/// Macro-F1: the mean over the labels of the harmonic mean of precision and recall. Each pair is a prediction and the
/// true label.
pub(super) fn macro_f1<L: PartialEq + Copy>(predictions: &[(L, L)], labels: &[L]) -> f64 {
    let f1 = |label: L| {
        let both = predictions.iter().filter(|pair| **pair == (label, label)).count();
        let either = predictions
            .iter()
            .filter(|(predicted, _)| *predicted == label)
            .count()
            + predictions.iter().filter(|(_, truth)| *truth == label).count();
        share(2 * both, either)
    };
    mean(labels.iter().map(|label| f1(*label)))
}

/// The arithmetic mean, or 0 without values.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.fold(0.0, |sum, value| sum + value) / count as f64
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The mean and the 95th percentile.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Summary {
    pub(super) mean: f64,
    pub(super) p95: f64,
}

/// Summarizes values. The percentile of no values is 0.
pub(super) fn summary(mut values: Vec<f64>) -> Summary {
    values.sort_by(f64::total_cmp);
    // Nearest rank: the smallest value that at least 95 % of the values do not exceed.
    let rank = (values.len() * 95).div_ceil(100).saturating_sub(1);
    Summary {
        p95: values.get(rank).copied().unwrap_or_default(),
        mean: mean(values.into_iter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn balanced_accuracy_does_not_depend_on_class_sizes() {
        let scored = [(0.9, true), (0.8, false), (0.1, false), (0.2, false)];
        assert!(close(balanced_accuracy(&scored, 0.5), (1.0 + 2.0 / 3.0) / 2.0));
        assert!(close(balanced_accuracy(&scored, 0.0), 0.5));
        assert!(close(balanced_accuracy(&[], 0.5), 0.0));
    }

    #[test]
    fn the_area_counts_pairs_and_ties_half() {
        assert!(close(area_under_curve(&[(0.9, true), (0.1, false)]), 1.0));
        assert!(close(area_under_curve(&[(0.5, true), (0.5, false)]), 0.5));
        let scored = [(0.9, true), (0.3, true), (0.5, false)];
        assert!(close(area_under_curve(&scored), 0.5));
    }

    #[test]
    fn macro_f1_is_the_mean_over_labels() {
        let predictions = [('a', 'a'), ('a', 'b'), ('b', 'b'), ('b', 'b')];
        let (a, b) = (2.0 / 3.0, 4.0 / 5.0);
        assert!(close(macro_f1(&predictions, &['a', 'b']), (a + b) / 2.0));
        assert!(close(macro_f1(&predictions, &['a', 'b', 'c']), (a + b) / 3.0));
    }

    #[test]
    fn the_95th_percentile_is_the_nearest_rank() {
        let values = summary((1..=100).map(f64::from).collect());
        assert!(close(values.p95, 95.0) && close(values.mean, 50.5));
        assert!(close(summary(vec![7.0]).p95, 7.0));
    }
}
