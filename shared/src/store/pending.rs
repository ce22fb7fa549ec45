//! Row format of accepted documents. The content is JSON in further rows, its parts, which are written before the row itself.
//! All rows expire, so that the parts of an acceptance that was interrupted do not remain.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use ulid::Ulid;

use super::{
    answer_rows::pieces,
    error::unbuildable,
    key::{self, Key},
    rows::{Item, SCHEMA, n, number, s, string},
};
use crate::{
    domain::{DocumentId, DocumentStatus, LibraryId, Upload},
    ports::{DocumentLease, PendingDocument, QueuedDocument, StoreError},
};

/// How long the rows are kept. A failure is shown for so long.
const TTL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After this time a document that still waits has failed: the table's stream keeps records for 24 hours, so no worker will
/// acquire it any more.
const MAX_PENDING: SignedDuration = SignedDuration::from_hours(25);
const NEVER_PROCESSED: &str = "it was not processed within a day";
/// Attribute of the parts.
const CONTENT: &str = "content";

/// The rows of an accepted document.
pub(super) struct AcceptedRows {
    pub(super) parts: Vec<Item>,
    /// The note by which the deletion of the library finds the rows. It is left to expire.
    pub(super) note: Item,
    pub(super) row: Item,
}

/// Encodes a document that is accepted now.
pub(super) fn accepted_rows(library: &LibraryId, upload: &Upload) -> Result<AcceptedRows, StoreError> {
    let json = serde_json::to_string(upload).map_err(unreadable)?;
    let (acceptance, accepted_at) = (Ulid::generate(), Timestamp::now());
    let expires_at = n(accepted_at
        .saturating_add(TTL)
        .unwrap_or(Timestamp::MAX)
        .as_second());
    let parts = pieces(&json).into_iter().enumerate().map(|(number, piece)| {
        let mut part = Key::pending_part(library, upload.id(), acceptance, number).attributes();
        part.insert(CONTENT.into(), s(piece));
        part.insert("expires_at".into(), expires_at.clone());
        part
    });
    let parts: Vec<Item> = parts.collect();
    let mut note = Key::waiting_document(library, upload.id()).attributes();
    note.insert("expires_at".into(), expires_at.clone());
    let mut row = Key::pending(library, upload.id()).attributes();
    row.insert("status".into(), s(DocumentStatus::Pending.as_str()));
    row.insert("acceptance".into(), s(acceptance.to_string()));
    row.insert("accepted_at".into(), s(accepted_at.to_string()));
    row.insert("hash".into(), s(upload.content_hash()));
    row.insert("parts".into(), n(parts.len()));
    row.insert("expires_at".into(), expires_at);
    row.insert("schema".into(), n(SCHEMA));
    Ok(AcceptedRows { parts, note, row })
}

/// Decodes the content from its parts.
pub(super) fn content(parts: &[Item]) -> Result<Upload, StoreError> {
    let json: String = parts.iter().filter_map(|part| string(part, CONTENT)).collect();
    serde_json::from_str(&json).map_err(unreadable)
}

/// Decodes what readers see of a row; `None` if it has expired.
pub(super) fn pending_from_row(row: &Item) -> Result<Option<PendingDocument>, StoreError> {
    let now = Timestamp::now();
    if number(row, "expires_at").is_some_and(|at| i64::try_from(at).unwrap_or(i64::MAX) < now.as_second()) {
        return Ok(None);
    }
    let status = string(row, "status").and_then(DocumentStatus::parse);
    let mut pending = PendingDocument {
        status: status.ok_or_else(|| missing("status"))?,
        accepted_at: accepted_at(row)?,
        progress: row
            .get("progress")
            .and_then(|progress| progress.as_n().ok()?.parse().ok())
            .unwrap_or(0.0),
        problem: string(row, "problem").map(str::to_owned),
    };
    if pending.status != DocumentStatus::Failed && now.duration_since(pending.accepted_at) > MAX_PENDING {
        pending.status = DocumentStatus::Failed;
        pending.problem = Some(NEVER_PROCESSED.to_owned());
    }
    Ok(Some(pending))
}

/// Decodes what a worker needs of a row.
pub(super) fn queued_from_row(row: &Item) -> Result<QueuedDocument, StoreError> {
    Ok(QueuedDocument {
        accepted_at: accepted_at(row)?,
        content_hash: string(row, "hash").ok_or_else(|| missing("hash"))?.to_owned(),
        parts: number(row, "parts").ok_or_else(|| missing("parts"))?,
        attempts: number(row, "tries").unwrap_or(1),
    })
}

/// The acceptance of a row.
pub(super) fn acceptance(row: &Item) -> Option<Ulid> {
    Ulid::from_string(string(row, "acceptance")?).ok()
}

fn accepted_at(row: &Item) -> Result<Timestamp, StoreError> {
    let time = string(row, "accepted_at").and_then(|time| time.parse().ok());
    time.ok_or_else(|| missing("accepted_at"))
}

fn missing(attribute: &str) -> StoreError {
    unreadable(format!("its {attribute} is missing or does not parse"))
}

fn unreadable(reason: impl ToString) -> StoreError {
    StoreError::Corrupt {
        row: "accepted document",
        reason: reason.to_string(),
    }
}

/// What removes an accepted document from the queue in the transaction that publishes it.
#[derive(Debug, Clone)]
pub(super) struct Finishing {
    pub(super) lease: DocumentLease,
    pub(super) accepted_at: Timestamp,
}

impl Finishing {
    /// The deletion of the row, which fails if the lease was lost.
    pub(super) fn dequeue(&self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let DocumentLease { library, id, run, .. } = &self.lease;
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(Key::pending(library, id).attributes()))
            .condition_expression("run_id = :run")
            .expression_attribute_values(":run", s(run.to_string()));
        Ok(TransactWriteItem::builder()
            .delete(delete.build().map_err(unbuildable)?)
            .build())
    }
}

/// A document that a record of the table's stream is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDocument {
    /// The library.
    pub library: LibraryId,
    /// The document.
    pub id: DocumentId,
    /// Id of the acceptance.
    pub acceptance: Ulid,
}

/// Returns the accepted document that a record of the table's stream is about; `None` if the record is about another row.
pub fn document_from_record(record: &Json) -> Option<WaitingDocument> {
    let (keys, image) = (&record["dynamodb"]["Keys"], &record["dynamodb"]["NewImage"]);
    let (library, id) = key::parse_pending(keys["pk"]["S"].as_str()?, keys["sk"]["S"].as_str()?)?;
    Some(WaitingDocument {
        library,
        id,
        acceptance: Ulid::from_string(image["acceptance"]["S"].as_str()?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ContentType, Document, DocumentText, FileUpload};

    fn document(text: &str) -> Upload {
        Upload::Document(Box::new(Document {
            id: DocumentId::parse("a#b%23").unwrap(),
            title: "Title".into(),
            url: Some("https://a.example/".into()),
            text: DocumentText::parse(text.into()).unwrap(),
            content_type: ContentType::Plain,
            published_at: Some(Timestamp::UNIX_EPOCH),
            metadata: serde_json::Map::from_iter([("own".into(), serde_json::json!([1]))]),
            origin: None,
            locations: Vec::new(),
        }))
    }

    #[test]
    fn a_document_round_trips() {
        let file = Upload::File(Box::new(FileUpload {
            id: DocumentId::parse("f").unwrap(),
            title: None,
            url: None,
            published_at: None,
            metadata: serde_json::Map::new(),
            bytes: vec![0, 255, 7],
            media_type: Some("application/pdf".into()),
            name: Some("a.pdf".into()),
        }));
        let texts = ["\u{1}漢 \"quoted\"\n".to_owned(), "漢\u{0}".repeat(240_000)];
        for document in texts.map(|text| document(&text)).into_iter().chain([file]) {
            let AcceptedRows { parts, row, .. } = accepted_rows(&LibraryId::default(), &document).unwrap();
            assert_eq!(content(&parts).unwrap(), document);
            let queued = queued_from_row(&row).unwrap();
            assert_eq!(queued.parts, parts.len() as u64);
            assert_eq!(queued.content_hash, document.content_hash());
            let longest = parts
                .iter()
                .filter_map(|part| string(part, CONTENT))
                .map(str::len);
            assert!(longest.max().unwrap() <= 300 * 1024);
        }
    }

    #[test]
    fn a_document_that_waits_for_too_long_has_failed_and_then_expires() {
        let mut row = accepted_rows(&LibraryId::default(), &document("x")).unwrap().row;
        let status = |row: &Item| Some(pending_from_row(row).unwrap()?.status);
        assert_eq!(status(&row), Some(DocumentStatus::Pending));
        let before = Timestamp::now() - SignedDuration::from_hours(26);
        row.insert("accepted_at".into(), s(before.to_string()));
        assert_eq!(status(&row), Some(DocumentStatus::Failed));
        row.insert("expires_at".into(), n(1));
        assert_eq!(status(&row), None);
    }
}
