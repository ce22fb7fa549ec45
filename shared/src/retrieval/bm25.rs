//! BM25 weights (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009).

/// Term-frequency saturation.
pub const K1: f64 = 1.5;
/// Length normalization.
pub const B: f64 = 0.75;
/// The average length, in terms, that impacts assume. It is fixed so that postings stay valid when the average of the
/// library changes; the exact score uses the real average.
pub const REFERENCE_LENGTH: f64 = 128.0;

/// Inverse document frequency of a term. `chunks` is the size of the library.
pub fn idf(document_frequency: u64, chunks: u64) -> f64 {
    let (n, df) = (chunks.max(document_frequency) as f64, document_frequency as f64);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}

/// The factor on a term's idf in the score of a chunk: from 0 up to, but not including, `K1 + 1`.
pub fn saturation(frequency: u32, length: u32, average_length: f64) -> f64 {
    let frequency = f64::from(frequency);
    let norm = 1.0 - B + B * f64::from(length) / average_length.max(1.0);
    frequency * (K1 + 1.0) / (frequency + K1 * norm)
}

/// [`saturation`] at the reference length, scaled to 1 to 255: the weight of postings.
pub fn impact(frequency: u32, length: u32) -> u8 {
    let share = saturation(frequency, length, REFERENCE_LENGTH) / (K1 + 1.0);
    (share * f64::from(u8::MAX)).round().max(1.0) as u8
}

/// The factor on a term's idf that an impact encodes.
pub fn from_impact(impact: u8) -> f64 {
    f64::from(impact) / f64::from(u8::MAX) * (K1 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impacts_keep_the_order_of_the_exact_weight() {
        assert!(impact(3, 100) > impact(2, 100));
        assert!(impact(2, 100) > impact(2, 400));
        assert!(impact(u32::MAX, 1) == u8::MAX);
        assert_eq!(impact(1, u32::MAX), 1);
        let exact = saturation(2, 150, REFERENCE_LENGTH);
        assert!((from_impact(impact(2, 150)) - exact).abs() < 0.01);
    }

    #[test]
    fn rare_terms_weigh_more() {
        assert!(idf(1, 1_000) > idf(500, 1_000));
        assert!(
            idf(1_000, 1_000) > 0.0,
            "a term in every chunk never counts against it"
        );
        assert!(
            idf(12, 10) > 0.0,
            "the idf stays positive when the document frequency exceeds the count of chunks"
        );
    }
}
