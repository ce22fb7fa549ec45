//! Port of the retrieval lanes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;

use super::{error::StoreError, web::WebError};
use crate::domain::{LibraryId, Passage, Question};

/// Why a lane failed.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The store behind the lane failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The web could not be searched or read.
    #[error(transparent)]
    Web(#[from] WebError),
}

/// The passages that a lane found.
#[derive(Debug, Clone, Default)]
pub struct LaneResult {
    /// Passages, best first.
    pub passages: Vec<Passage>,
    /// Inverse document frequency of each term of the question; empty if the lane does not compute it.
    pub weights: BTreeMap<String, f64>,
    /// The terms of the question that the library does not have; empty if the lane does not look them up.
    pub unknown: BTreeSet<String>,
    /// Words of the library in lower case that are spelt like an unknown word of the question, with the number of chunks that
    /// have them; empty if the lane does not look them up.
    pub similar: BTreeMap<String, u64>,
}

/// A retrieval lane: one method of finding passages, such as keyword search.
#[async_trait]
pub trait Lane: Send + Sync {
    /// Returns at most `top_k` passages of the library for the question, best first.
    async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError>;
}

#[async_trait]
impl<L: Lane + ?Sized> Lane for Arc<L> {
    async fn find(
        &self,
        library: &LibraryId,
        question: &Question,
        top_k: usize,
    ) -> Result<LaneResult, LaneError> {
        (**self).find(library, question, top_k).await
    }
}
