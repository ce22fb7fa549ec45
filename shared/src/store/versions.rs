//! Earlier versions of answers: a few rows each, in a separate partition so that lists do not read them.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::Update;
use jiff::Timestamp;

use super::{
    answer_rows::{
        REVISION, Rows, USAGE_UNITS, from_json, pieces, row_units, rows_of_version, to_json, unreadable,
    },
    answers::Answers,
    batch,
    key::{self, Key},
    query,
    rows::{n, s, string},
};
use crate::{
    domain::{Answer, QueryId, Status, UserId},
    ports::{ReadVersions, RecordAnswers, ReplaceAnswers, StoreError, StoredAnswer},
};

/// Maximum number of earlier versions of one question.
const MAX_VERSIONS: u64 = 20;

impl ReplaceAnswers for Answers {
    fn replacing(&self, old: StoredAnswer) -> Box<dyn RecordAnswers> {
        Box::new(Replacement {
            answers: self.clone(),
            old,
        })
    }
}

#[async_trait]
impl ReadVersions for Answers {
    async fn version(&self, user: &UserId, id: QueryId, version: u64) -> Result<Option<Answer>, StoreError> {
        let prefix = Key::version_prefix(id, version);
        let rows = query::rows(&self.client, &self.table, &key::versions_pk(user), &prefix).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let pieces: String = rows.iter().filter_map(|row| string(row, "answer")).collect();
        from_json(&pieces).map(Some)
    }
}

/// Recorder that stores an answer as the next version of another one.
struct Replacement {
    answers: Answers,
    old: StoredAnswer,
}

#[async_trait]
impl RecordAnswers for Replacement {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let Self { answers, old } = self;
        let version = old.version + 1;
        self.archive_old(user).await?;
        let Rows { parts, mut row } = rows_of_version(user, answer, version)?;
        for part in parts {
            answers.put(part).await?;
        }
        let mut take = |name| row.remove(name).unwrap_or_else(|| s(""));
        let unchanged = match old.revision {
            0 => "attribute_not_exists(#revision)",
            _ => "#revision = :revision",
        };
        let mut replace = Update::builder()
            .table_name(&answers.table)
            .set_key(Some(Key::answer(user, answer.query_id).attributes()))
            .update_expression(
                "SET answer = :answer, parts = :parts, summary = :summary, #status = :status, status_pk = :status_pk, \
                 version = :version REMOVE #error, lease_ms, run_id ADD #revision :one",
            )
            .condition_expression(format!(
                "attribute_exists(#status) AND (NOT #status IN (:pending, :processing) OR lease_ms < :now) AND {unchanged}"
            ))
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#error", "error")
            .expression_attribute_names("#revision", REVISION)
            // A question whose lease has expired is not being answered any more.
            .expression_attribute_values(":now", n(Timestamp::now().as_millisecond()))
            .expression_attribute_values(":pending", s(Status::Pending.as_str()))
            .expression_attribute_values(":processing", s(Status::Processing.as_str()))
            .expression_attribute_values(":answer", take("answer"))
            .expression_attribute_values(":parts", take("parts"))
            .expression_attribute_values(":summary", take("summary"))
            .expression_attribute_values(":status", take("status"))
            .expression_attribute_values(":status_pk", take("status_pk"))
            .expression_attribute_values(":version", n(version))
            .expression_attribute_values(":one", n(1));
        if old.revision > 0 {
            replace = replace.expression_attribute_values(":revision", n(old.revision));
        }
        let replace = replace.build().map_err(|error| unreadable(error.to_string()))?;
        let count = answers.usage_update(user, answer)?;
        answers.write_both(replace, count).await?;
        if let Err(error) = self.remove_outdated_rows(user).await {
            // The next replacement or a deletion removes the rows.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old version not removed"
            );
        }
        Ok(())
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        // A transaction writes the new answer twice; the old one is written once more.
        2.0 * row_units(user, answer) + row_units(user, &self.old.answer) + USAGE_UNITS
    }
}

impl Replacement {
    /// Stores the old answer as an earlier version.
    async fn archive_old(&self, user: &UserId) -> Result<(), StoreError> {
        let StoredAnswer { answer, version, .. } = &self.old;
        let json = to_json(answer)?;
        for (number, piece) in (0..).zip(pieces(&json)) {
            let mut row = Key::version(user, answer.query_id, *version, number).attributes();
            row.insert("answer".into(), s(piece));
            self.answers.put(row).await?;
        }
        Ok(())
    }

    /// Deletes the parts of the replaced answer, and the version that exceeds [`MAX_VERSIONS`].
    async fn remove_outdated_rows(&self, user: &UserId) -> Result<(), StoreError> {
        let Self { answers, old } = self;
        let (id, version) = (old.answer.query_id, old.version);
        let mut outdated: Vec<Key> = Vec::new();
        let parts = rows_of_version(user, &old.answer, version)?.parts;
        outdated.extend(parts.iter().filter_map(Key::from_row));
        if let Some(oldest) = version.checked_sub(MAX_VERSIONS).filter(|&oldest| oldest > 0) {
            let prefix = Key::version_prefix(id, oldest);
            let pk = key::versions_pk(user);
            let rows = query::rows(&answers.client, &answers.table, &pk, &prefix).await?;
            outdated.extend(rows.iter().filter_map(Key::from_row));
        }
        batch::delete(&answers.client, &answers.table, outdated).await
    }
}
