//! A stream that goes on where a reader has stopped: what is kept of it, what comes while it is followed, and its end.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Make, Output};
use crate::{
    deadline::Deadline,
    domain::{Event, QueryId, Standing, UserId},
    error::HubError,
    http::{Call, Problem, to_json},
    listener::Caller,
    ports::{ReadAnswers, ReadEvents},
};

/// Between the first two looks at a question that is still being answered; it doubles each time.
const FIRST_LOOK: Duration = Duration::from_millis(125);
const LAST_LOOK: Duration = Duration::from_secs(2);
/// With less time left, the reader is left to come back.
const LEAST_TIME: Duration = Duration::from_secs(1);

/// Where questions and their events are kept.
#[derive(Clone)]
pub struct Kept {
    /// The questions.
    pub answers: Arc<dyn ReadAnswers>,
    /// Their events.
    pub events: Arc<dyn ReadEvents>,
}

/// Tells what happened to a question after an event that the reader has.
///
/// # Errors
/// When this user has no such question, or it cannot be read.
pub async fn resumed(kept: &Kept, call: &Call<'_>, id: QueryId, after: u64) -> Result<Make, HubError> {
    let standing = kept.answers.standing(&call.user, id).await?;
    let standing = standing.ok_or(HubError::NotFound("query"))?;
    let resumed = Resumed {
        kept: kept.clone(),
        user: call.user.clone(),
        id,
        deadline: call.deadline,
        instance: call.instance().to_owned(),
        request_id: call.request_id.clone(),
    };
    Ok(Box::new(move |output, caller| {
        Box::pin(resumed.tell(output, caller, after, standing))
    }))
}

/// A stream that goes on.
struct Resumed {
    kept: Kept,
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
        caller: Caller,
        last: u64,
        mut standing: Standing,
    ) -> Result<(), HubError> {
        output.after(last);
        let mut look = FIRST_LOOK;
        loop {
            // Looked at before the events: what had ended then has all of them.
            let ended = !standing.status.is_running();
            match self.tell_new(&mut output, &standing, ended).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => {
                    let problem = Problem::new(&error, &self.instance, &self.request_id);
                    let problem = to_json(&problem)?;
                    output.tell(&Event::Failed { problem }.into());
                    return Err(error);
                }
            }
            if self.deadline.left() < LEAST_TIME || caller.has_left() {
                return Ok(());
            }
            tokio::time::sleep(look).await;
            look = LAST_LOOK.min(look * 2);
            if output.heartbeat_at() <= Instant::now() {
                output.heartbeat();
            }
            if let Ok(Some(now)) = self.kept.answers.standing(&self.user, self.id).await {
                standing = now;
            }
        }
    }

    /// Tells what has come since, and the end if there is one: whether nothing follows.
    async fn tell_new(
        &self,
        output: &mut Output,
        standing: &Standing,
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
            output.tell(&self.end(standing).await?.into());
        }
        Ok(ended)
    }

    /// The last event of a question that has ended.
    async fn end(&self, standing: &Standing) -> Result<Event, HubError> {
        if let Some(error) = &standing.error {
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
