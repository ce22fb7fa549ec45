//! The mean of values, and summaries of them.

use serde::Serialize;

/// The arithmetic mean, or 0 without values.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.fold(0.0, |sum, value| sum + value) / count as f64
}

/// The mean, the median, the 95th percentile and the maximum.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Summary {
    pub(super) mean: f64,
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) max: f64,
}

/// Summarizes values. The percentiles of no values are 0.
pub(super) fn summary(mut values: Vec<f64>) -> Summary {
    values.sort_by(f64::total_cmp);
    // Nearest rank: the smallest value that at least this percentage of the values do not exceed.
    let percentile = |percent: usize| {
        let rank = (values.len() * percent).div_ceil(100).saturating_sub(1);
        values.get(rank).copied().unwrap_or_default()
    };
    Summary {
        p50: percentile(50),
        p95: percentile(95),
        max: percentile(100),
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
    fn percentiles_are_the_nearest_rank() {
        let values = summary((1..=100).map(f64::from).collect());
        assert!(close(values.p95, 95.0) && close(values.mean, 50.5));
        assert!(close(values.p50, 50.0) && close(values.max, 100.0));
        assert!(close(summary(vec![7.0]).p95, 7.0));
    }
}
