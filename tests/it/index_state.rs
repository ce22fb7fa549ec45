//! The content of a library's index, read row by row: what it says about current chunks, and that it has no other row.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ops::Range,
};

use serde_json::Value;
use shared::{
    domain::LibraryId,
    ports::{ListDocuments, Manifest, Ordinal, ReadDocuments, ReadIndex, RowName, Segment, WriteDocuments},
    retrieval::segment::{
        bucket::{Entries, Postings},
        merge::is_dead,
        postings::decode_block,
    },
    store::{Knowledge, local_client},
};

use crate::{
    rows,
    support::{Hub, OTHER_VERSION},
};

/// What a library holds, without versions, times and ordinals, so that libraries with the same documents are equal.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    /// The documents: title, number of chunks, of code points and of terms.
    documents: BTreeMap<String, (String, u32, usize, u64)>,
    /// The texts of the chunks, by document and position.
    chunks: BTreeMap<(String, u32), String>,
    /// The chunks of each term, given by its hash, with its impact.
    postings: BTreeMap<u32, BTreeSet<(String, u32, u8)>>,
    /// Number of chunks and of terms by the statistics.
    totals: (u64, u64),
}

/// Reads the content of a library, and checks that every row of its index is used and the journal has no entry of it.
pub(crate) async fn of_library(hub: &Hub, library: &str) -> Content {
    let all = rows::all(hub, "Knowledge");
    let client = local_client(hub.cloud.dynamodb_url());
    let state = State::read(&Knowledge::new(client, "Knowledge"), library).await;
    state.assert_no_orphans(&all, library);
    state.content
}

/// The manifest and content of a library.
pub(crate) struct State {
    pub(crate) manifest: Manifest,
    pub(crate) content: Content,
    current: BTreeMap<Ordinal, (String, u32)>,
}

impl State {
    /// Reads a library that nobody changes meanwhile.
    pub(crate) async fn read(store: &Knowledge, library: &str) -> Self {
        let library = LibraryId::parse(library).unwrap();
        let manifest = store.manifest(&library).await.unwrap();
        let mut content = Content {
            totals: (manifest.chunks(), manifest.terms()),
            ..Content::default()
        };
        let mut current = BTreeMap::new();
        for header in store.list(&library, "", None, 10_000).await.unwrap().items {
            let placed = store.header(&library, &header.id).await.unwrap().unwrap();
            let id = header.id.as_str().to_owned();
            let ordinals: Vec<Ordinal> = placed.as_dead().ordinals().collect();
            let chunks = store.chunks(&library, &ordinals).await.unwrap();
            for (ordinal, chunk) in ordinals.into_iter().zip(chunks) {
                let chunk = chunk.unwrap();
                assert_eq!(
                    (chunk.id.document.as_str(), chunk.id.version),
                    (id.as_str(), header.version)
                );
                current.insert(ordinal, (id.clone(), chunk.id.number));
                // Two versions of the functions may differ in which chunk keeps the blanks.
                let text = if env::var_os(OTHER_VERSION).is_some() {
                    chunk.text.trim().to_owned()
                } else {
                    chunk.text
                };
                content.chunks.insert((id.clone(), chunk.id.number), text);
            }
            content
                .documents
                .insert(id, (header.title, header.chunks, header.characters, header.terms));
        }
        let mut dead: Vec<_> = manifest.dead().copied().collect();
        dead.sort_unstable();
        for segment in &manifest.segments {
            for (term, postings) in terms(store, &library, segment).await {
                for (ordinal, impact) in postings {
                    assert!(segment.ordinals.iter().any(|range| range.contains(&ordinal)));
                    if is_dead(&dead, ordinal) {
                        continue;
                    }
                    let (document, number) = current[&ordinal].clone();
                    let is_new = content
                        .postings
                        .entry(term)
                        .or_default()
                        .insert((document, number, impact));
                    assert!(is_new, "{term} is indexed once");
                }
            }
        }
        Self {
            manifest,
            content,
            current,
        }
    }

    /// Checks that the rows of the library are those of its state, and that the journal has no entry of it.
    fn assert_no_orphans(&self, all: &[Value], library: &str) {
        let is_within = |range: &Range<Ordinal>, ordinal| range.contains(&ordinal);
        for row in all {
            let (pk, sk) = (rows::text(row, "pk"), rows::text(row, "sk"));
            assert!(
                pk != "JOURNAL" || rows::text(row, "library") != library,
                "the journal has an entry of {library}: {row}"
            );
            assert!(
                pk != "MERGING" || sk != library || row["lease_ms"].is_null(),
                "{library} is being merged"
            );
            let Some(rest) = pk.strip_prefix(&format!("L#{library}#")) else {
                continue;
            };
            let parts: Vec<&str> = rest.split('#').collect();
            match parts[..] {
                ["M"] => {}
                // Notes of what waits expire.
                ["W"] => assert!(row["expires_at"]["N"].is_string(), "{row}"),
                // Rows of an acceptance that was interrupted expire.
                ["P", document] => {
                    assert!(sk != "!", "{document} of {library} waits");
                    assert!(row["expires_at"]["N"].is_string(), "{row}");
                }
                ["C", block] => {
                    let number = |hex| u64::from_str_radix(hex, 16).unwrap();
                    let ordinal = number(block) << 8 | number(&sk);
                    assert!(
                        self.current.contains_key(&ordinal),
                        "chunk {ordinal} of {library} is not current"
                    );
                }
                ["S", segment, _] => {
                    let live = self.manifest.segments.iter();
                    let live: Vec<&Segment> = live.filter(|live| live.id.to_string() == segment).collect();
                    assert_eq!(live.len(), 1, "segment {segment} of {library} is not live");
                    let held = &live[0].ordinals;
                    assert!(held.iter().all(|range| is_within(range, range.start)));
                }
                _ => panic!("an unknown row: {row}"),
            }
        }
    }
}

/// The hashes of the terms of a segment, with their postings.
async fn terms(store: &Knowledge, library: &LibraryId, segment: &Segment) -> Vec<(u32, Vec<(Ordinal, u8)>)> {
    let (mut rows, mut after, mut has_more) = (Vec::new(), None, true);
    while has_more {
        let (page, more) = store.scan_segment(library, segment, after).await.unwrap();
        after = page.last().map(|row| row.name).or(after);
        has_more = more;
        rows.extend(page);
    }
    let buckets = rows
        .iter()
        .filter(|row| matches!(row.name, RowName::Bucket { .. }));
    assert_eq!(buckets.count(), segment.buckets as usize);
    let mut terms = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while let Some(bucket) = rows.next() {
        for entry in Entries::new(&bucket.bytes).unwrap() {
            let entry = entry.unwrap();
            let postings = match entry.postings {
                Postings::Inline(postings) => postings,
                Postings::Blocks(highest) => highest
                    .iter()
                    .flat_map(|_| decode_block(&rows.next().unwrap().bytes).unwrap())
                    .collect(),
            };
            assert_eq!(postings.len() as u64, entry.chunks);
            let postings = postings
                .into_iter()
                .map(|posting| (posting.ordinal, posting.impact));
            terms.push((entry.hash, postings.collect()));
        }
    }
    terms
}
