//! Measures of classification.

use serde::Serialize;

/// The mean of how many of each class were told right, for scores of which those from the threshold on mean "yes".
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

/// How often a right one scores above a wrong one, where a tie counts half: the area under the ROC curve.
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

/// The mean over the labels of the harmonic mean of precision and recall. Each pair is what was told and the truth.
pub(super) fn macro_f1<L: PartialEq + Copy>(told: &[(L, L)], labels: &[L]) -> f64 {
    let f1 = |label: L| {
        let both = told.iter().filter(|pair| **pair == (label, label)).count();
        let either = told.iter().filter(|(told, _)| *told == label).count()
            + told.iter().filter(|(_, truth)| *truth == label).count();
        share(2 * both, either)
    };
    mean(labels.iter().map(|label| f1(*label)))
}

/// The mean of some values; 0 of none.
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

pub(super) fn summary(mut values: Vec<f64>) -> Summary {
    values.sort_by(f64::total_cmp);
    // The nearest rank: the smallest value that at least 95 % do not exceed.
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
    fn balanced_accuracy_does_not_care_how_many_are_of_a_class() {
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
        let told = [('a', 'a'), ('a', 'b'), ('b', 'b'), ('b', 'b')];
        let (a, b) = (2.0 / 3.0, 4.0 / 5.0);
        assert!(close(macro_f1(&told, &['a', 'b']), (a + b) / 2.0));
        assert!(close(macro_f1(&told, &['a', 'b', 'c']), (a + b) / 3.0));
    }

    #[test]
    fn the_95th_percentile_is_the_nearest_rank() {
        let values = summary((1..=100).map(f64::from).collect());
        assert!(close(values.p95, 95.0) && close(values.mean, 50.5));
        assert!(close(summary(vec![7.0]).p95, 7.0));
    }
}
