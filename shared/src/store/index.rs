//! Reading the keyword index from the knowledge table.

use std::collections::HashMap;

use async_trait::async_trait;
use ulid::Ulid;

use super::{
    batch,
    documents::{Knowledge, chunk_row},
    key::{self, Key},
    manifest::segment_from_row,
    query,
    rows::{Item, segment_bytes},
};
use crate::{
    domain::LibraryId,
    ports::{Manifest, Ordinal, ReadIndex, RowName, StoreError, StoredChunk},
};

impl Knowledge {
    /// Reads rows that never change, in the order of their keys: with eventual consistency, and those that seem to be missing
    /// consistently.
    async fn immutable_rows(&self, keys: Vec<Key>) -> Result<Vec<Option<Item>>, StoreError> {
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        for consistent in [false, true] {
            let missing: Vec<Key> = keys
                .iter()
                .filter(|key| !found.contains_key(key))
                .cloned()
                .collect();
            if missing.is_empty() {
                break;
            }
            for item in batch::get(&self.client, &self.table, missing, consistent).await? {
                found.extend(Key::from_row(&item).map(|key| (key, item)));
            }
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }
}

#[async_trait]
impl ReadIndex for Knowledge {
    async fn manifest(&self, library: &LibraryId) -> Result<Manifest, StoreError> {
        let rows = query::rows(&self.client, &self.table, &key::manifest_pk(library), "").await?;
        let segments = rows.iter().map(segment_from_row).collect::<Result<_, _>>()?;
        Ok(Manifest::new(segments))
    }

    async fn segment_rows(
        &self,
        library: &LibraryId,
        names: &[(Ulid, RowName)],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys = names
            .iter()
            .map(|&(segment, name)| Key::segment_row(library, segment, name));
        let rows = self.immutable_rows(keys.collect()).await?;
        Ok(rows
            .into_iter()
            .map(|row| row.and_then(|mut row| segment_bytes(&mut row)))
            .collect())
    }

    async fn chunks(
        &self,
        library: &LibraryId,
        ordinals: &[Ordinal],
    ) -> Result<Vec<Option<StoredChunk>>, StoreError> {
        let keys = ordinals.iter().map(|&ordinal| Key::chunk(library, ordinal));
        let rows = self.immutable_rows(keys.collect()).await?;
        rows.into_iter()
            .map(|row| row.map(|row| Ok(chunk_row(row)?.chunk())).transpose())
            .collect()
    }
}
