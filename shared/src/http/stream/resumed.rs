//! Resuming a stream after a lost connection: the stored events, then those of a question that is still running, then the end.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{output::EventOutput, start::EventSource};
use crate::{
    deadline::Deadline,
    domain::{Event, QueryId, QueryStatus, UserId},
    error::HubError,
    http::{problem::Problem, request_context::RequestContext, responses::to_json},
    ports::{ReadAnswers, ReadEvents},
};

/// The first delay between two reads of a question that is still running; it doubles up to [`MAX_POLL_DELAY`].
const MIN_POLL_DELAY: Duration = Duration::from_millis(125);
const MAX_POLL_DELAY: Duration = Duration::from_secs(2);
/// With less time left, the response ends and the reader resumes with a new request.
const MIN_TIME: Duration = Duration::from_secs(1);

/// The stores of questions and of their events.
#[derive(Clone)]
pub struct EventHistory {
    /// The questions.
    pub answers: Arc<dyn ReadAnswers>,
    /// Their events.
    pub events: Arc<dyn ReadEvents>,
}

/// The events of a question after one that the reader has.
///
/// # Errors
/// When this user has no such question, or it cannot be read.
pub async fn resumed(
    history: &EventHistory,
    context: &RequestContext<'_>,
    id: QueryId,
    after: u64,
) -> Result<EventSource, HubError> {
    let status = history.answers.query_status(&context.user, id).await?;
    let status = status.ok_or(HubError::NotFound("query"))?;
    let resumed = Resumed {
        history: history.clone(),
        user: context.user.clone(),
        id,
        deadline: context.deadline,
        instance: context.instance().to_owned(),
        request_id: context.request_id.clone(),
    };
    Ok(Box::new(move |output, cancellation| {
        Box::pin(resumed.follow(output, cancellation, after, status))
    }))
}

/// A resumed stream.
struct Resumed {
    history: EventHistory,
    user: UserId,
    id: QueryId,
    deadline: Deadline,
    instance: String,
    request_id: String,
}

impl Resumed {
    async fn follow(
        self,
        mut output: EventOutput,
        cancellation: CancellationToken,
        last: u64,
        mut status: QueryStatus,
    ) -> Result<(), HubError> {
        output.resume_after(last);
        let mut delay = MIN_POLL_DELAY;
        loop {
            // The status is read before the events: a question that had ended then has all of them.
            let ended = !status.status.is_running();
            match self.send_new(&mut output, &status, ended).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => {
                    let problem = Problem::new(&error, &self.instance, &self.request_id);
                    let problem = to_json(&problem)?;
                    output.send(&Event::Failed { problem }.into());
                    return Err(error);
                }
            }
            if self.deadline.left() < MIN_TIME || cancellation.is_cancelled() {
                return Ok(());
            }
            tokio::time::sleep(delay).await;
            delay = MAX_POLL_DELAY.min(delay * 2);
            if output.heartbeat_at() <= Instant::now() {
                output.heartbeat();
            }
            if let Ok(Some(now)) = self.history.answers.query_status(&self.user, self.id).await {
                status = now;
            }
        }
    }

    /// Sends the events since the last one, and the end if there is one. Returns whether the stream is complete.
    async fn send_new(
        &self,
        output: &mut EventOutput,
        status: &QueryStatus,
        ended: bool,
    ) -> Result<bool, HubError> {
        let events = self.history.events.events(&self.user, self.id).await?;
        let last = events.last().map_or(0, |(number, _)| *number);
        for (number, event) in &events {
            if *number > output.last_id() {
                output.resume_after(number - 1);
                output.send(event);
            }
        }
        if events.last().is_some_and(|(_, event)| event.is_last())
            || ended && last > 0 && output.last_id() > last
        {
            return Ok(true);
        }
        if ended {
            output.send(&self.end(status).await?.into());
        }
        Ok(ended)
    }

    /// The last event of a question that has ended.
    async fn end(&self, status: &QueryStatus) -> Result<Event, HubError> {
        if let Some(error) = &status.error {
            let failure = HubError::QueryFailed(error.clone());
            let problem = Problem::new(&failure, &self.instance, &self.request_id);
            let problem = to_json(&problem)?;
            return Ok(Event::Failed { problem });
        }
        let stored = self.history.answers.get(&self.user, self.id).await?;
        let stored = stored.ok_or(HubError::NotFound("query"))?;
        Ok(Event::final_event(stored.answer))
    }
}
