//! Pagination.

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items of the page, in list order.
    pub items: Vec<T>,
    /// Whether another page follows.
    pub has_more: bool,
}
