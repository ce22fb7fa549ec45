//! What searches over HTTP find, beside the exact result over the same chunks.

use super::{
    corpus::Query,
    reference::Reference,
    searches::{Search, TOP_K},
};

/// The quality of the searches of all questions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Quality {
    pub(super) http: Hits,
    pub(super) exact: Hits,
    /// The mean share of the exact result's chunks that the searches found.
    pub(super) overlap: f64,
}

/// The shares of questions whose page is found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Hits {
    /// Whose page has the best chunk.
    pub(super) at_1: f64,
    /// Whose page has one of the best ten chunks.
    pub(super) at_10: f64,
}

impl Hits {
    fn count(&mut self, page: &str, documents: &[String]) {
        self.at_1 += f64::from(documents.first().is_some_and(|document| document == page));
        self.at_10 += f64::from(documents.iter().any(|document| document == page));
    }

    fn divided_by(self, count: f64) -> Self {
        Self {
            at_1: self.at_1 / count,
            at_10: self.at_10 / count,
        }
    }
}

/// Compares searches with the exact results. Both lists are in the same order.
pub(super) fn measure(
    reference: &Reference,
    queries: &[Query],
    searches: &[Search],
) -> anyhow::Result<Quality> {
    let mut quality = Quality::default();
    let mut compared = 0_usize;
    for (query, search) in queries.iter().zip(searches) {
        let exact = reference.search(&query.text, TOP_K);
        quality.http.count(&query.page, &search.result.documents);
        quality.exact.count(&query.page, &exact.documents);
        if let Some(overlap) = exact.overlap(&search.result)? {
            quality.overlap += overlap;
            compared += 1;
        }
    }
    let count = queries.len().max(1) as f64;
    Ok(Quality {
        http: quality.http.divided_by(count),
        exact: quality.exact.divided_by(count),
        overlap: quality.overlap / compared.max(1) as f64,
    })
}
