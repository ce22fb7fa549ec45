//! The mean of values, and summaries of them.

use serde::Serialize;

/// The arithmetic mean, or 0 without values.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.fold(0.0, |sum, value| sum + value) / count as f64
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
    fn the_95th_percentile_is_the_nearest_rank() {
        let values = summary((1..=100).map(f64::from).collect());
        assert!(close(values.p95, 95.0) && close(values.mean, 50.5));
        assert!(close(summary(vec![7.0]).p95, 7.0));
    }
}
