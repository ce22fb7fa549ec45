//! Keys of DynamoDB rows. Parts are joined by `#`; `#` and `%` are percent-encoded inside a part.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    domain::{DocumentId, LibraryId, QueryId, UserId},
    ports::{Account, Posting},
};

/// Partition and sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
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

    /// Key of the statistics of a library.
    pub(super) fn library_statistics(library: &LibraryId) -> Self {
        Self::new(library_pk(library), "!")
    }

    /// Key of the header of a document.
    pub(super) fn header(library: &LibraryId, id: &DocumentId) -> Self {
        Self::new(
            library_pk(library),
            format!("{HEADER_PREFIX}{}", escape(id.as_str())),
        )
    }

    /// Key of a chunk.
    pub(super) fn chunk(library: &LibraryId, id: &DocumentId, version: u64, number: u32) -> Self {
        Self::new(chunks_pk(library, id), format!("{version}#{number:05}"))
    }

    /// Key of the document frequency of a term.
    pub(super) fn term_statistics(library: &LibraryId, term: &str) -> Self {
        Self::new(term_pk(library, term), "!")
    }

    /// Key of a posting. Postings sort by their highest impact, descending; the `!` of the statistics sorts first.
    pub(super) fn posting(library: &LibraryId, term: &str, posting: &Posting) -> Self {
        let impact = posting.entries.first().map_or(0, |&(_, impact)| impact);
        let sk = format!(
            "{:04x}#{}#{}",
            u16::MAX - impact,
            escape(posting.document.as_str()),
            posting.version
        );
        Self::new(term_pk(library, term), sk)
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

    /// Key of the health of a provider's model.
    pub(super) fn health(provider: &str, model: &str) -> Self {
        let sk = format!("{PROVIDER_PREFIX}{}#{}", escape(provider), escape(model));
        Self::new(HEALTH_PK.to_owned(), sk)
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
}

/// Sort key prefix of document headers.
pub(super) const HEADER_PREFIX: &str = "D#";
/// Partition key prefix of a user's rows.
const USER_PREFIX: &str = "U#";
/// Sort key prefix of answers.
pub(super) const ANSWER_PREFIX: &str = "Q#";
/// Sort key prefix of daily usage.
pub(super) const USAGE_PREFIX: &str = "USE#";
/// Partition key of the health of providers.
pub(super) const HEALTH_PK: &str = "HEALTH";
/// Sort key prefix of the health of providers.
const PROVIDER_PREFIX: &str = "PROVIDER#";

/// Partition key of a library: statistics and headers.
pub(super) fn library_pk(library: &LibraryId) -> String {
    format!("L#{library}")
}

/// Partition key of the chunks of a document.
pub(super) fn chunks_pk(library: &LibraryId, id: &DocumentId) -> String {
    format!("L#{library}#D#{}", escape(id.as_str()))
}

/// Partition key of a term: statistics and postings.
pub(super) fn term_pk(library: &LibraryId, term: &str) -> String {
    format!("L#{library}#T#{}", escape(term))
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

/// Parses the sort key of a posting into document and version.
pub(super) fn parse_posting(sk: &str) -> Option<(DocumentId, u64)> {
    let mut parts = sk.split('#').skip(1);
    let document = DocumentId::parse(&unescape(parts.next()?)).ok()?;
    Some((document, parts.next()?.parse().ok()?))
}

/// Parses the sort key of a chunk into version and number.
pub(super) fn parse_chunk(sk: &str) -> Option<(u64, u32)> {
    let (version, number) = sk.split_once('#')?;
    Some((version.parse().ok()?, number.parse().ok()?))
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
        fn a_posting_key_round_trips(name in "[^\\p{Cc}]{1,40}", version: u64, impact: u16) {
            let Ok(document) = DocumentId::parse(&name) else {
                return Err(proptest::test_runner::TestCaseError::reject("not a document id"));
            };
            let posting = Posting { document: document.clone(), version, entries: vec![(0, impact)], chunks: 1 };
            let key = Key::posting(&LibraryId::default(), "term", &posting);
            proptest::prop_assert_eq!(parse_posting(&key.sk), Some((document, version)));
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
    fn the_highest_impact_sorts_first_and_the_statistics_before_it() {
        let library = LibraryId::default();
        let key = |impact| {
            let document = DocumentId::parse("d").unwrap();
            Key::posting(
                &library,
                "t",
                &Posting {
                    document,
                    version: 1,
                    entries: vec![(0, impact)],
                    chunks: 1,
                },
            )
        };
        assert!(key(900).sk < key(3).sk);
        assert!(Key::term_statistics(&library, "t").sk < key(u16::MAX).sk);
    }
}
