//! The answer cache: a user who repeats a question to an unchanged library gets the answer that they got before. The key
//! holds everything that the answer depends on.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::{
    deadline::Deadline,
    domain::{AbstentionReason, Answer, Ask, LaneName, QueryId, Stage, Status, UserId},
    isolate::{Branch, branch},
    ports::{CacheAnswers, ReadIndex, StoreError},
};

/// How long an answer is served from the cache.
const TTL: SignedDuration = SignedDuration::from_hours(24);
/// The longest that a lookup may take.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Finds and keeps the answers that questions were given.
pub struct AnswerCache {
    index: Arc<dyn ReadIndex>,
    answers: Arc<dyn CacheAnswers>,
    settings: String,
}

/// The result of a lookup.
#[derive(Default)]
pub(super) struct CacheLookup {
    /// The cached answer, if there is one.
    pub(super) answer: Option<Answer>,
    /// The key under which to cache a new answer.
    key: Option<String>,
    /// The stage of the lookup, if one took place.
    pub(super) stage: Option<Stage>,
}

impl AnswerCache {
    /// Caches answers in `answers`. `settings` identifies whatever else answers depend on in this deployment.
    pub fn new(index: Arc<dyn ReadIndex>, answers: Arc<dyn CacheAnswers>, settings: String) -> Self {
        Self {
            index,
            answers,
            settings,
        }
    }

    /// Looks up the answer to a question, unless the request asks for a new one.
    pub(super) async fn get(&self, user: &UserId, ask: &Ask, deadline: Deadline) -> CacheLookup {
        // The web changes without a version of the library.
        if !ask.cache || ask.lanes.contains(&LaneName::Web) {
            return CacheLookup::default();
        }
        let lookup = async {
            let manifest = self.index.manifest(&ask.library).await?;
            // Versions begin anew after a library was deleted.
            let state = (manifest.version(), manifest.changed_at());
            let key = key(ask, state, &self.settings);
            let found = self.answers.get_cached(user, &key, Timestamp::now()).await?;
            Ok::<_, StoreError>((found, key))
        };
        let Branch { stage, result } = branch("cache", deadline.cap(TIMEOUT), lookup).await;
        let (answer, key) = match result {
            Ok((found, key)) => {
                // An answer that was made again may have had other options.
                let found = found.filter(|stored| stored.version == 1);
                (found.map(|stored| stored.answer).filter(is_cacheable), Some(key))
            }
            Err(_) => (None, None),
        };
        CacheLookup {
            answer,
            key,
            stage: Some(stage),
        }
    }

    /// Caches an answer. A failure is logged: the next request makes the answer again.
    pub(super) async fn put(&self, user: &UserId, key: &str, id: QueryId) {
        let until = Timestamp::now() + TTL;
        if let Err(error) = self.answers.put_cached(user, key, id, until).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "answer not cached");
        }
    }
}

impl CacheLookup {
    /// The key under which to cache this answer; `None` when it should not be cached.
    pub(super) fn key_for(&self, answer: &Answer) -> Option<&str> {
        self.key.as_deref().filter(|_| is_cacheable(answer))
    }
}

/// Whether another run would give the same answer: nothing was missing, and neither time nor money had run out.
fn is_cacheable(answer: &Answer) -> bool {
    let ran_out = answer.abstained.as_ref().is_some_and(|abstained| {
        matches!(
            abstained.reason,
            AbstentionReason::Deadline | AbstentionReason::BudgetExhausted
        )
    });
    answer.status == Status::Completed && answer.degraded.is_empty() && !ran_out
}

/// A digest of everything that the answer depends on.
fn key(ask: &Ask, library_state: (u64, Option<Timestamp>), settings: &str) -> String {
    // No `..`: a new field must be handled here, so that it cannot be forgotten in the key.
    let Ask {
        question,
        library,
        session_id: _,
        // The question is the one that was read.
        read_as: _,
        max_tokens,
        confidence_threshold,
        cache: _,
        model,
        extractive,
        judge,
        // Interrupted answers are never cached.
        restart: _,
        comprehensive,
        lanes,
        top_k,
        dry_run: _,
    } = ask;
    // Case is kept: it distinguishes names.
    let question: String = question.as_str().nfc().collect();
    let question: Vec<&str> = question.split_whitespace().collect();
    let mut lanes = lanes.clone();
    lanes.sort_unstable();
    lanes.dedup();
    let asked = (question, library, library_state, max_tokens, confidence_threshold);
    let how = (model, extractive, judge, comprehensive, lanes, top_k);
    let all = format!("{:?}", (asked, how, settings, env!("ATTEST_BUILD")));
    URL_SAFE_NO_PAD.encode(Sha256::digest(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LibraryId, Model, Question, TopK};

    /// The state of a library at this version.
    fn at(version: u64) -> (u64, Option<Timestamp>) {
        (version, Some(Timestamp::UNIX_EPOCH))
    }

    fn ask(question: &str) -> Ask {
        Ask::new(Question::parse(question).unwrap())
    }

    #[test]
    fn the_same_question_has_the_same_key() {
        let one = key(&ask("Who lit the café's lamp?"), at(3), "");
        assert_eq!(one, key(&ask("  Who lit\tthe cafe\u{301}'s lamp?\n"), at(3), ""));
        let mut other = ask("Who lit the café's lamp?");
        other.session_id = Some("mine".to_owned());
        other.lanes.reverse();
        other.lanes.push(LaneName::Keyword);
        assert_eq!(one, key(&other, at(3), ""));
    }

    #[test]
    fn whatever_can_make_a_difference_makes_another_key() {
        let changed = |change: fn(&mut Ask)| {
            let mut ask = ask("Who?");
            change(&mut ask);
            key(&ask, at(3), "")
        };
        let keys = [
            key(&ask("Who?"), at(3), ""),
            key(&ask("who?"), at(3), ""),
            key(&ask("Who?"), at(4), ""),
            key(&ask("Who?"), (3, Some(Timestamp::MAX)), ""),
            key(&ask("Who?"), at(3), "other caps"),
            changed(|ask| ask.library = LibraryId::parse("other").unwrap()),
            changed(|ask| ask.max_tokens = Some(3)),
            changed(|ask| ask.confidence_threshold = 0.5),
            changed(|ask| ask.model = Model::Extractive),
            changed(|ask| ask.model = Model::Named("Extractive".to_owned())),
            changed(|ask| ask.extractive = false),
            changed(|ask| ask.judge = true),
            changed(|ask| ask.comprehensive = true),
            changed(|ask| ask.lanes = vec![LaneName::Keyword]),
            changed(|ask| ask.top_k = TopK::parse(3).unwrap()),
        ];
        let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
