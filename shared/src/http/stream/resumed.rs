//! A stream that goes on where a reader has stopped: what is kept of it, what comes while it is followed, and its end.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{EventSource, Output};
use crate::{
    deadline::Deadline,
    domain::{Event, QueryId, QueryStatus, UserId},
    error::HubError,
    http::{Problem, RequestContext, to_json},
    ports::{ReadAnswers, ReadEvents},
};

/// Between the first two looks at a question that is still being answered; it doubles each time.
const FIRST_LOOK: Duration = Duration::from_millis(125);
const LAST_LOOK: Duration = Duration::from_secs(2);
/// With less time left, the reader is left to come back.
const LEAST_TIME: Duration = Duration::from_secs(1);

/// Where questions and their events are kept.
#[derive(Clone)]
pub struct EventHistory {
    /// The questions.
    pub answers: Arc<dyn ReadAnswers>,
    /// Their events.
    pub events: Arc<dyn ReadEvents>,
}

/// Tells what happened to a question after an event that the reader has.
///
/// # Errors
/// When this user has no such question, or it cannot be read.
pub async fn resumed(
    kept: &EventHistory,
    context: &RequestContext<'_>,
    id: QueryId,
    after: u64,
) -> Result<EventSource, HubError> {
    let query_status = kept.answers.query_status(&context.user, id).await?;
    let query_status = query_status.ok_or(HubError::NotFound("query"))?;
    let resumed = Resumed {
        kept: kept.clone(),
        user: context.user.clone(),
        id,
        deadline: context.deadline,
        instance: context.instance().to_owned(),
        request_id: context.request_id.clone(),
    };
    Ok(Box::new(move |output, cancellation| {
        Box::pin(resumed.tell(output, cancellation, after, query_status))
    }))
}

/// A stream that goes on.
struct Resumed {
    kept: EventHistory,
    user: UserId,
    id: QueryId,
    deadline: Deadline,
    instance: String,
    request_id: String,
}

impl Resumed {
    async fn tell(
        self,
        mut output: Output,
        cancellation: CancellationToken,
        last: u64,
        mut query_status: QueryStatus,
    ) -> Result<(), HubError> {
        output.after(last);
        let mut look = FIRST_LOOK;
        loop {
            // Looked at before the events: what had ended then has all of them.
            let ended = !query_status.status.is_running();
            match self.tell_new(&mut output, &query_status, ended).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => {
                    let problem = Problem::new(&error, &self.instance, &self.request_id);
                    let problem = to_json(&problem)?;
                    output.tell(&Event::Failed { problem }.into());
                    return Err(error);
                }
            }
            if self.deadline.left() < LEAST_TIME || cancellation.is_cancelled() {
                return Ok(());
            }
            tokio::time::sleep(look).await;
            look = LAST_LOOK.min(look * 2);
            if output.heartbeat_at() <= Instant::now() {
                output.heartbeat();
            }
            if let Ok(Some(now)) = self.kept.answers.query_status(&self.user, self.id).await {
                query_status = now;
            }
        }
    }

    /// Tells what has come since, and the end if there is one: whether nothing follows.
    async fn tell_new(
        &self,
        output: &mut Output,
        query_status: &QueryStatus,
        ended: bool,
    ) -> Result<bool, HubError> {
        let events = self.kept.events.events(&self.user, self.id).await?;
        let last = events.last().map_or(0, |(number, _)| *number);
        for (number, event) in &events {
            if *number > output.last() {
                output.after(number - 1);
                output.tell(event);
            }
        }
        if events.last().is_some_and(|(_, event)| event.is_last())
            || ended && last > 0 && output.last() > last
        {
            return Ok(true);
        }
        if ended {
            output.tell(&self.end(query_status).await?.into());
        }
        Ok(ended)
    }

    /// The last event of a question that has ended.
    async fn end(&self, query_status: &QueryStatus) -> Result<Event, HubError> {
        if let Some(error) = &query_status.error {
            let failure = HubError::Ended(error.clone());
            let problem = Problem::new(&failure, &self.instance, &self.request_id);
            let problem = to_json(&problem)?;
            return Ok(Event::Failed { problem });
        }
        let stored = self.kept.answers.get(&self.user, self.id).await?;
        let stored = stored.ok_or(HubError::NotFound("query"))?;
        Ok(Event::end_of(stored.answer))
    }
}
