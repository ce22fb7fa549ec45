//! Keys of rows. Parts are joined by `#`, so `#` and the escape itself are escaped inside a part.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    domain::{DocumentId, LibraryId, QueryId, UserId},
    ports::{Account, Posting},
};

/// `pk` and `sk` of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// The key of a row.
    pub(super) fn of(row: &HashMap<String, AttributeValue>) -> Option<Self> {
        let part = |name| row.get(name)?.as_s().ok().cloned();
        Some(Self {
            pk: part("pk")?,
            sk: part("sk")?,
        })
    }

    pub(super) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".into(), AttributeValue::S(self.pk)),
            ("sk".into(), AttributeValue::S(self.sk)),
        ])
    }

    pub(super) fn library_statistics(library: &LibraryId) -> Self {
        Self::new(library_pk(library), "!")
    }

    pub(super) fn header(library: &LibraryId, id: &DocumentId) -> Self {
        Self::new(
            library_pk(library),
            format!("{HEADER_PREFIX}{}", escape(id.as_str())),
        )
    }

    pub(super) fn chunk(library: &LibraryId, id: &DocumentId, version: u64, number: u32) -> Self {
        Self::new(chunks_pk(library, id), format!("{version}#{number:05}"))
    }

    pub(super) fn term_statistics(library: &LibraryId, term: &str) -> Self {
        Self::new(term_pk(library, term), "!")
    }

    /// Sorts by the best impact, highest first; `!` of the statistics sorts before every one.
    pub(super) fn posting(library: &LibraryId, term: &str, posting: &Posting) -> Self {
        let best = posting.entries.first().map_or(0, |&(_, impact)| impact);
        let sk = format!(
            "{:04x}#{}#{}",
            u16::MAX - best,
            escape(posting.document.as_str()),
            posting.version
        );
        Self::new(term_pk(library, term), sk)
    }

    pub(super) fn answer(user: &UserId, id: QueryId) -> Self {
        Self::new(user_pk(user), format!("{ANSWER_PREFIX}{id}"))
    }

    pub(super) fn answer_part(user: &UserId, id: QueryId, version: u64, part: usize) -> Self {
        let sk = format!("{ANSWER_PREFIX}{id}#P#{version:04}#{part:03}");
        Self::new(user_pk(user), sk)
    }

    pub(super) fn version(user: &UserId, id: QueryId, version: u64, part: usize) -> Self {
        let sk = format!("{}{part:03}", Self::version_prefix(id, version));
        Self::new(versions_pk(user), sk)
    }

    /// What the keys of an earlier answer begin with.
    pub(super) fn version_prefix(id: QueryId, version: u64) -> String {
        format!("{id}#{version:04}#")
    }

    pub(super) fn feedback(user: &UserId, id: QueryId) -> Self {
        Self::new(user_pk(user), format!("{ANSWER_PREFIX}{id}#F"))
    }

    pub(super) fn events(user: &UserId, id: QueryId, first: u64) -> Self {
        Self::new(events_pk(user), format!("{id}#{first:06}"))
    }

    pub(super) fn answer_cache(user: &UserId, key: &str) -> Self {
        Self::new(format!("CACHE#{}", escape(user.as_str())), key)
    }

    pub(super) fn usage(user: &UserId, day: jiff::civil::Date) -> Self {
        Self::new(user_pk(user), format!("{USAGE_PREFIX}{day}"))
    }

    pub(super) fn health(provider: &str, model: &str) -> Self {
        let sk = format!("{PROVIDER_PREFIX}{}#{}", escape(provider), escape(model));
        Self::new(HEALTH_PK.to_owned(), sk)
    }

    pub(super) fn idempotency(user: &UserId, key: &str) -> Self {
        Self::new(format!("IDEM#{}", escape(user.as_str())), key)
    }

    /// `*` is everyone, so in a user's name it is escaped as well.
    pub(super) fn spend(account: &Account, day: jiff::civil::Date) -> Self {
        let pk = match account {
            Account::User(user) => format!("RATE#{}", escape(user.as_str()).replace('*', "%2A")),
            Account::Everyone => "RATE#*".to_owned(),
        };
        Self::new(pk, format!("SPEND#{day}"))
    }
}

/// Before the id in the `sk` of a document's header.
pub(super) const HEADER_PREFIX: &str = "D#";
/// Before the name in the `pk` of what is a user's.
const USER_PREFIX: &str = "U#";
/// Before the id in the `sk` of an answer.
pub(super) const ANSWER_PREFIX: &str = "Q#";
/// Before the day in the `sk` of what was used on it.
pub(super) const USAGE_PREFIX: &str = "USE#";
/// The `pk` of what is known of the health of providers.
pub(super) const HEALTH_PK: &str = "HEALTH";
/// Before provider and model in the `sk` of their health.
const PROVIDER_PREFIX: &str = "PROVIDER#";

pub(super) fn library_pk(library: &LibraryId) -> String {
    format!("L#{library}")
}

pub(super) fn chunks_pk(library: &LibraryId, id: &DocumentId) -> String {
    format!("L#{library}#D#{}", escape(id.as_str()))
}

pub(super) fn term_pk(library: &LibraryId, term: &str) -> String {
    format!("L#{library}#T#{}", escape(term))
}

pub(super) fn user_pk(user: &UserId) -> String {
    format!("{USER_PREFIX}{}", escape(user.as_str()))
}

pub(super) fn versions_pk(user: &UserId) -> String {
    format!("VERSIONS#{}", escape(user.as_str()))
}

pub(super) fn events_pk(user: &UserId) -> String {
    format!("EVENTS#{}", escape(user.as_str()))
}

/// User and question of an answer's key.
pub(super) fn parse_answer(pk: &str, sk: &str) -> Option<(UserId, QueryId)> {
    let user = unescape(pk.strip_prefix(USER_PREFIX)?);
    Some((UserId::new(&user), sk.strip_prefix(ANSWER_PREFIX)?.parse().ok()?))
}

/// Document and version of a posting's `sk`.
pub(super) fn parse_posting(sk: &str) -> Option<(DocumentId, u64)> {
    let mut parts = sk.split('#').skip(1);
    let document = DocumentId::parse(&unescape(parts.next()?)).ok()?;
    Some((document, parts.next()?.parse().ok()?))
}

/// Version and number of a chunk's `sk`.
pub(super) fn parse_chunk(sk: &str) -> Option<(u64, u32)> {
    let (version, number) = sk.split_once('#')?;
    Some((version.parse().ok()?, number.parse().ok()?))
}

/// Provider and model of the `sk` of their health.
pub(super) fn parse_health(sk: &str) -> Option<(String, String)> {
    let (provider, model) = sk.strip_prefix(PROVIDER_PREFIX)?.split_once('#')?;
    Some((unescape(provider), unescape(model)))
}

pub(super) fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('#', "%23")
}

pub(super) fn unescape(part: &str) -> String {
    part.replace("%23", "#").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn names_come_back_out_of_keys(name in "[^\\p{Cc}]{1,40}", version: u64, impact: u16) {
            let Ok(document) = DocumentId::parse(&name) else {
                return Err(proptest::test_runner::TestCaseError::reject("no name of a document"));
            };
            let posting = Posting { document: document.clone(), version, entries: vec![(0, impact)], chunks: 1 };
            let key = Key::posting(&LibraryId::default(), "term", &posting);
            proptest::prop_assert_eq!(parse_posting(&key.sk), Some((document, version)));
        }

        #[test]
        fn user_and_question_come_back_out_of_keys(name in "[a#%2-5]{1,8}") {
            let (user, id) = (UserId::new(&name), QueryId::generate());
            let key = Key::answer(&user, id);
            proptest::prop_assert_eq!(parse_answer(&key.pk, &key.sk), Some((user.clone(), id)));
            let part = Key::answer_part(&user, id, 1, 1);
            proptest::prop_assert_eq!(parse_answer(&part.pk, &part.sk), None);
        }

        #[test]
        fn provider_and_model_come_back_out_of_keys(provider in "[a#%2-5]{0,8}", model in ".{0,20}") {
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
    fn nobody_can_call_himself_everyone() {
        let star = Account::User(UserId::new("*"));
        let day = jiff::civil::date(2026, 1, 31);
        assert_eq!(Key::spend(&star, day).pk, "RATE#%2A");
        assert_eq!(Key::spend(&Account::Everyone, day).pk, "RATE#*");
        assert_eq!(Key::spend(&star, day).sk, "SPEND#2026-01-31");
    }

    #[test]
    fn the_best_impact_sorts_first_and_the_statistics_before_it() {
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
