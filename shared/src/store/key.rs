//! Keys of DynamoDB rows. Parts are joined by `#`; `#` and `%` are percent-encoded inside a part.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use ulid::Ulid;

use crate::{
    domain::{CrawlId, DocumentId, LibraryId, QueryId, UserId},
    ports::{Account, Ordinal, RowName},
};

/// Partition and sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// Reads the key of a row.
    pub(super) fn from_row(row: &HashMap<String, AttributeValue>) -> Option<Self> {
        let part = |name| row.get(name)?.as_s().ok().cloned();
        Some(Self {
            pk: part("pk")?,
            sk: part("sk")?,
        })
    }

    /// Converts the key to attributes.
    pub(super) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".into(), AttributeValue::S(self.pk)),
            ("sk".into(), AttributeValue::S(self.sk)),
        ])
    }

    /// Key of the counter of a library's ordinals.
    pub(super) fn ordinals(library: &LibraryId) -> Self {
        Self::new(library_pk(library), "!")
    }

    /// Key of a library in the list of libraries.
    pub(super) fn library(library: &LibraryId) -> Self {
        Self::new(LIBRARIES_PK.to_owned(), library.as_str())
    }

    /// Key of the note that a document of a library waits or has waited.
    pub(super) fn waiting_document(library: &LibraryId, id: &DocumentId) -> Self {
        Self::new(
            waiting_pk(library),
            format!("{WAITING_DOCUMENT}{}", escape(id.as_str())),
        )
    }

    /// Key of the note that a library has a crawl.
    pub(super) fn waiting_crawl(library: &LibraryId, id: &CrawlId) -> Self {
        Self::new(waiting_pk(library), format!("{WAITING_CRAWL}{}", id.as_str()))
    }

    /// Key of the header of a document.
    pub(super) fn header(library: &LibraryId, id: &DocumentId) -> Self {
        Self::new(library_pk(library), header_sk(id.as_str()))
    }

    /// Key of a chunk. A partition has 256 chunks.
    pub(super) fn chunk(library: &LibraryId, ordinal: Ordinal) -> Self {
        Self::new(chunks_pk(library, ordinal), chunk_sk(ordinal))
    }

    /// Key of a document that waits. Its partition also has its content.
    pub(super) fn pending(library: &LibraryId, id: &DocumentId) -> Self {
        Self::new(pending_pk(library, id), FIRST_SK)
    }

    /// Key of a part of the content of a document that waits.
    pub(super) fn pending_part(
        library: &LibraryId,
        id: &DocumentId,
        acceptance: Ulid,
        number: usize,
    ) -> Self {
        Self::new(pending_pk(library, id), format!("{acceptance}#{number:03}"))
    }

    /// Key of a crawl. Its partition also has its state.
    pub(super) fn crawl(id: &CrawlId) -> Self {
        Self::new(crawl_pk(id), FIRST_SK)
    }

    /// Key of a part of the state of a crawl.
    pub(super) fn crawl_state(id: &CrawlId, save: Ulid, number: usize) -> Self {
        Self::new(crawl_pk(id), format!("{save}#{number:03}"))
    }

    /// Key of the copy of a web page.
    pub(super) fn web_page(id: &DocumentId) -> Self {
        Self::new(format!("WEB#{}", escape(id.as_str())), FIRST_SK)
    }

    /// Key of the manifest row of a segment.
    pub(super) fn manifest(library: &LibraryId, segment: Ulid) -> Self {
        Self::new(manifest_pk(library), segment.to_string())
    }

    /// Key of a row of a segment. Its partitions are 16 ranges of hashes, and the vocabulary.
    pub(super) fn segment_row(library: &LibraryId, segment: Ulid, name: RowName) -> Self {
        match name {
            RowName::Bucket { start } => {
                Self::new(segment_pk(library, segment, start >> 28), format!("{start:08x}"))
            }
            RowName::Block {
                bucket,
                entry,
                number,
            } => Self::new(
                segment_pk(library, segment, bucket >> 28),
                format!("{bucket:08x}-{entry:04x}-{number:04x}"),
            ),
            RowName::Vocabulary { number } => Self::new(
                segment_pk(library, segment, VOCABULARY_PART),
                format!("{number:04x}"),
            ),
        }
    }

    /// Key of an entry of the journal.
    pub(super) fn journal(entry: Ulid) -> Self {
        Self::new(JOURNAL_PK.to_owned(), entry.to_string())
    }

    /// Key of the note that segments of a library wait to be merged.
    pub(super) fn merging(library: &LibraryId) -> Self {
        Self::new(MERGING_PK.to_owned(), library.as_str())
    }

    /// Key of an answer.
    pub(super) fn answer(user: &UserId, id: QueryId) -> Self {
        Self::new(user_pk(user), format!("{ANSWER_PREFIX}{id}"))
    }

    /// Key of a further part of a long answer.
    pub(super) fn answer_part(user: &UserId, id: QueryId, version: u64, part: usize) -> Self {
        let sk = format!("{ANSWER_PREFIX}{id}#P#{version:04}#{part:03}");
        Self::new(user_pk(user), sk)
    }

    /// Key of a part of an earlier version of an answer.
    pub(super) fn version(user: &UserId, id: QueryId, version: u64, part: usize) -> Self {
        let sk = format!("{}{part:03}", Self::version_prefix(id, version));
        Self::new(versions_pk(user), sk)
    }

    /// Sort key prefix of an earlier version of an answer.
    pub(super) fn version_prefix(id: QueryId, version: u64) -> String {
        format!("{id}#{version:04}#")
    }

    /// Key of the feedback on an answer.
    pub(super) fn feedback(user: &UserId, id: QueryId) -> Self {
        Self::new(user_pk(user), format!("{ANSWER_PREFIX}{id}#F"))
    }

    /// Key of a row of stream events; `first` is the number of its first event.
    pub(super) fn events(user: &UserId, id: QueryId, first: u64) -> Self {
        Self::new(events_pk(user), format!("{id}#{first:06}"))
    }

    /// Key of an entry of the answer cache.
    pub(super) fn answer_cache(user: &UserId, key: &str) -> Self {
        Self::new(format!("CACHE#{}", escape(user.as_str())), key)
    }

    /// Key of the usage of a day.
    pub(super) fn usage(user: &UserId, day: jiff::civil::Date) -> Self {
        Self::new(user_pk(user), format!("{USAGE_PREFIX}{day}"))
    }

    /// Key of one of the rows with the usage of a day.
    pub(super) fn usage_share(user: &UserId, day: jiff::civil::Date, number: u64) -> Self {
        Self::new(user_pk(user), format!("{USAGE_SHARE_PREFIX}{day}#{number}"))
    }

    /// Key of the health of a provider's model.
    pub(super) fn health(provider: &str, model: &str) -> Self {
        let sk = format!("{PROVIDER_PREFIX}{}#{}", escape(provider), escape(model));
        Self::new(HEALTH_PK.to_owned(), sk)
    }

    /// Key of the last run of the health check.
    pub(super) fn health_run() -> Self {
        Self::new(HEALTH_PK.to_owned(), HEALTH_RUN_SK)
    }

    /// Key of an idempotency key.
    pub(super) fn idempotency(user: &UserId, key: &str) -> Self {
        Self::new(format!("IDEM#{}", escape(user.as_str())), key)
    }

    /// Key of the spending of an account on a day. `*` stands for everyone, so it is escaped in user ids as well.
    pub(super) fn spend(account: &Account, day: jiff::civil::Date) -> Self {
        let pk = match account {
            Account::User(user) => format!("RATE#{}", escape(user.as_str()).replace('*', "%2A")),
            Account::Everyone => "RATE#*".to_owned(),
        };
        Self::new(pk, format!("SPEND#{day}"))
    }

    /// Key of a reservation on an account. Ids are ULIDs, so the oldest comes first.
    pub(super) fn reservation(account: &Account, day: jiff::civil::Date, id: &str) -> Self {
        let pk = Self::spend(account, day).pk;
        Self::new(pk, format!("RESERVED#{day}#{id}"))
    }
}

/// Sort key of the header of a document. That of the beginning of an id is the beginning of the sort key.
pub(super) fn header_sk(id: &str) -> String {
    format!("D#{}", escape(id))
}

/// Partition key prefix of a user's rows.
const USER_PREFIX: &str = "U#";
/// Sort key prefix of answers.
pub(super) const ANSWER_PREFIX: &str = "Q#";
/// Sort key prefix of daily usage.
pub(super) const USAGE_PREFIX: &str = "USE#";
/// Sort key prefix of the rows of daily usage.
pub(super) const USAGE_SHARE_PREFIX: &str = "USAGE#";
/// Partition key of health: the last check, and the circuits of providers.
pub(super) const HEALTH_PK: &str = "HEALTH";
/// Sort key prefix of the health of providers.
pub(super) const PROVIDER_PREFIX: &str = "PROVIDER#";
/// Sort key of the last run of the health check.
pub(super) const HEALTH_RUN_SK: &str = "CHECK";

/// Partition key of the journal of unfinished writes.
pub(super) const JOURNAL_PK: &str = "JOURNAL";
/// Partition key of the libraries whose segments wait to be merged.
pub(super) const MERGING_PK: &str = "MERGING";
/// Partition key of the list of libraries.
pub(super) const LIBRARIES_PK: &str = "LIBRARIES";
/// Sort key prefix of notes of documents that wait.
const WAITING_DOCUMENT: &str = "P#";
/// Sort key prefix of notes of crawls.
const WAITING_CRAWL: &str = "CRAWL#";
/// Number of the partition of a segment that holds its vocabulary; those before hold ranges of hashes.
pub(super) const VOCABULARY_PART: u32 = 16;

/// Partition key of a library: its counter and the headers.
pub(super) fn library_pk(library: &LibraryId) -> String {
    format!("L#{library}")
}

/// Partition key of a chunk.
pub(super) fn chunks_pk(library: &LibraryId, ordinal: Ordinal) -> String {
    format!("L#{library}#C#{:x}", ordinal >> 8)
}

/// Sort key of a chunk.
pub(super) fn chunk_sk(ordinal: Ordinal) -> String {
    format!("{:02x}", ordinal & 0xff)
}

/// Sort key of what has a partition of its own: a document that waits, a crawl or the copy of a web page. Before those of its
/// parts.
const FIRST_SK: &str = "!";

/// Partition key of the notes of what waits in a library: documents and crawls.
pub(super) fn waiting_pk(library: &LibraryId) -> String {
    format!("L#{library}#W")
}

/// The partition of what a note is about.
pub(super) fn noted_pk(library: &LibraryId, sk: &str) -> Option<String> {
    match sk.strip_prefix(WAITING_DOCUMENT) {
        Some(id) => Some(pending_pk(library, &DocumentId::parse(&unescape(id)).ok()?)),
        None => Some(crawl_pk(&CrawlId::parse(sk.strip_prefix(WAITING_CRAWL)?).ok()?)),
    }
}

/// Partition key of a document that waits.
pub(super) fn pending_pk(library: &LibraryId, id: &DocumentId) -> String {
    format!("L#{library}#P#{}", escape(id.as_str()))
}

/// Partition key of a crawl.
pub(super) fn crawl_pk(id: &CrawlId) -> String {
    format!("CRAWL#{}", id.as_str())
}

/// Parses the key of a crawl.
pub(super) fn parse_crawl(pk: &str, sk: &str) -> Option<CrawlId> {
    let id = pk.strip_prefix("CRAWL#").filter(|_| sk == FIRST_SK)?;
    CrawlId::parse(id).ok()
}

/// Sort keys of the parts of one acceptance, or of all acceptances up to it: the first, and one after the last.
pub(super) fn parts_of(acceptance: Ulid) -> (String, String) {
    (format!("{acceptance}#"), format!("{acceptance}#~"))
}

/// Parses the key of a document that waits.
pub(super) fn parse_pending(pk: &str, sk: &str) -> Option<(LibraryId, DocumentId)> {
    if sk != FIRST_SK {
        return None;
    }
    let (library, id) = pk.strip_prefix("L#")?.split_once("#P#")?;
    Some((
        LibraryId::parse(library).ok()?,
        DocumentId::parse(&unescape(id)).ok()?,
    ))
}

/// Partition key of the manifest of a library.
pub(super) fn manifest_pk(library: &LibraryId) -> String {
    format!("L#{library}#M")
}

/// Partition key of a part of a segment.
pub(super) fn segment_pk(library: &LibraryId, segment: Ulid, part: u32) -> String {
    format!("L#{library}#S#{segment}#{part:x}")
}

/// Partition key of a user: answers, feedback and usage.
pub(super) fn user_pk(user: &UserId) -> String {
    format!("{USER_PREFIX}{}", escape(user.as_str()))
}

/// Partition key of the earlier versions of a user's answers.
pub(super) fn versions_pk(user: &UserId) -> String {
    format!("VERSIONS#{}", escape(user.as_str()))
}

/// Partition key of the stream events of a user.
pub(super) fn events_pk(user: &UserId) -> String {
    format!("EVENTS#{}", escape(user.as_str()))
}

/// Parses the key of an answer into user and question.
pub(super) fn parse_answer(pk: &str, sk: &str) -> Option<(UserId, QueryId)> {
    let user = unescape(pk.strip_prefix(USER_PREFIX)?);
    Some((UserId::new(&user), sk.strip_prefix(ANSWER_PREFIX)?.parse().ok()?))
}

/// Parses the sort key of a bucket of a segment, or of a block.
pub(super) fn parse_segment_row(sk: &str) -> Option<RowName> {
    let hex = |text: &str| u32::from_str_radix(text, 16).ok();
    let mut parts = sk.split('-');
    let bucket = hex(parts.next()?)?;
    let Some(entry) = parts.next() else {
        return Some(RowName::Bucket { start: bucket });
    };
    Some(RowName::Block {
        bucket,
        entry: hex(entry)?.try_into().ok()?,
        number: hex(parts.next()?)?.try_into().ok()?,
    })
}

/// Parses the sort key of a provider's health into provider and model.
pub(super) fn parse_health(sk: &str) -> Option<(String, String)> {
    let (provider, model) = sk.strip_prefix(PROVIDER_PREFIX)?.split_once('#')?;
    Some((unescape(provider), unescape(model)))
}

/// Escapes a part of a key.
fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('#', "%23")
}

/// Reverses [`escape`].
pub(super) fn unescape(part: &str) -> String {
    part.replace("%23", "#").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_key_of_a_bucket_or_block_round_trips(hash: u32, entry: u16, number: u16) {
            let library = LibraryId::default();
            for name in [RowName::Bucket { start: hash }, RowName::Block { bucket: hash, entry, number }] {
                let key = Key::segment_row(&library, Ulid::nil(), name);
                proptest::prop_assert_eq!(parse_segment_row(&key.sk), Some(name));
                proptest::prop_assert_eq!(key.pk, segment_pk(&library, Ulid::nil(), hash >> 28));
            }
        }

        #[test]
        fn an_answer_key_round_trips(name in "[a#%2-5]{1,8}") {
            let (user, id) = (UserId::new(&name), QueryId::generate());
            let key = Key::answer(&user, id);
            proptest::prop_assert_eq!(parse_answer(&key.pk, &key.sk), Some((user.clone(), id)));
            let part = Key::answer_part(&user, id, 1, 1);
            proptest::prop_assert_eq!(parse_answer(&part.pk, &part.sk), None);
        }

        #[test]
        fn the_key_of_a_waiting_document_round_trips(id in "[a#P%2-5]{1,8}") {
            let (library, id) = (LibraryId::default(), DocumentId::parse(&id).unwrap());
            let key = Key::pending(&library, &id);
            proptest::prop_assert_eq!(parse_pending(&key.pk, &key.sk), Some((library.clone(), id.clone())));
            let part = Key::pending_part(&library, &id, Ulid::nil(), 2);
            proptest::prop_assert_eq!(parse_pending(&part.pk, &part.sk), None);
            let note = Key::waiting_document(&library, &id);
            proptest::prop_assert_eq!(noted_pk(&library, &note.sk), Some(key.pk.clone()));
            let (first, last) = parts_of(Ulid::nil());
            proptest::prop_assert!([key.sk, first, part.sk, last].is_sorted());
        }

        #[test]
        fn a_health_key_round_trips(provider in "[a#%2-5]{0,8}", model in ".{0,20}") {
            let key = Key::health(&provider, &model);
            proptest::prop_assert_eq!(parse_health(&key.sk), Some((provider, model)));
        }

        #[test]
        fn no_two_accounts_share_a_row(one in "[a#%*2-5A]{0,6}", other in "[a#%*2-5A]{0,6}") {
            let user = |name: &str| Account::User(UserId::new(name));
            let pk = |account: Account| Key::spend(&account, jiff::civil::Date::ZERO).pk;
            let same = pk(user(&one)) == pk(user(&other));
            proptest::prop_assert_eq!(same, user(&one) == user(&other));
            proptest::prop_assert_ne!(pk(user(&one)), pk(Account::Everyone));
        }
    }

    #[test]
    fn no_user_id_collides_with_the_account_of_everyone() {
        let star = Account::User(UserId::new("*"));
        let day = jiff::civil::date(2026, 1, 31);
        assert_eq!(Key::spend(&star, day).pk, "RATE#%2A");
        assert_eq!(Key::spend(&Account::Everyone, day).pk, "RATE#*");
        assert_eq!(Key::spend(&star, day).sk, "SPEND#2026-01-31");
    }

    #[test]
    fn the_blocks_of_a_bucket_follow_it() {
        let library = LibraryId::default();
        let sk = |name| Key::segment_row(&library, Ulid::nil(), name).sk;
        let bucket = sk(RowName::Bucket { start: 0x8000_0000 });
        let block = |entry, number| {
            sk(RowName::Block {
                bucket: 0x8000_0000,
                entry,
                number,
            })
        };
        let next = sk(RowName::Bucket { start: 0x8000_0001 });
        assert!([bucket, block(0, 0), block(0, 10), block(300, 9), next].is_sorted());
    }
}
