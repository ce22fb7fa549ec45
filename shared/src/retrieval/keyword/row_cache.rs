//! Rows of segments in the memory of a warm container. A row never changes, so a kept one is never stale.

use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use ulid::Ulid;

use crate::{
    domain::LibraryId,
    ports::{ReadIndex, RowName, StoreError},
};

/// Maximum size of all kept rows, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Name of a row among those of all segments.
pub(super) type Name = (Ulid, RowName);

/// The rows that were read before.
#[derive(Default)]
pub(super) struct RowCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    rows: HashMap<Name, Arc<[u8]>>,
    bytes: usize,
}

/// Reads rows of the segments of a library.
pub(super) struct Reader<'a> {
    pub(super) index: &'a dyn ReadIndex,
    pub(super) rows: &'a RowCache,
    pub(super) library: &'a LibraryId,
}

impl Reader<'_> {
    /// The rows with these names, which are distinct; `None` if one of them is gone.
    pub(super) async fn rows(&self, names: &[Name]) -> Result<Option<HashMap<Name, Arc<[u8]>>>, StoreError> {
        let mut rows = self.rows.get(names);
        let missing: Vec<Name> = names
            .iter()
            .filter(|name| !rows.contains_key(*name))
            .copied()
            .collect();
        if missing.is_empty() {
            return Ok(Some(rows));
        }
        let read = self.index.segment_rows(self.library, &missing).await?;
        for (name, row) in missing.into_iter().zip(read) {
            let Some(row) = row else { return Ok(None) };
            let row: Arc<[u8]> = row.into();
            self.rows.keep(name, row.clone());
            rows.insert(name, row);
        }
        Ok(Some(rows))
    }
}

impl RowCache {
    fn get(&self, names: &[Name]) -> HashMap<Name, Arc<[u8]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = |name: &Name| Some((*name, kept.rows.get(name)?.clone()));
        names.iter().filter_map(row).collect()
    }

    fn keep(&self, name: Name, row: Arc<[u8]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + row.len() > MAX_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += row.len();
        kept.rows.insert(name, row);
    }
}
