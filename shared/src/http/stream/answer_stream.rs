//! An answer as a stream of events, sent while it is made.

use std::{pin::pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{event_writer::EventWriter, output::EventOutput};
use crate::{
    bootstrap::Services,
    deadline::Deadline,
    domain::{Answer, Ask, Event, QueryId, Status, UserId},
    error::HubError,
    event_sink::EventSink,
    http::{problem::Problem, request_context::RequestContext, responses::to_json},
    isolate,
    orchestrator::AcceptedQuery,
    ports::{Lease, RecordAnswers, StoreError, WorkQueue},
};

/// How long after its deadline an invocation has ended for certain.
const GRACE: Duration = Duration::from_secs(2);
/// How long an answer waits for its events to be stored before it is recorded.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(300);

/// A question that has been accepted, and whose answer is to be streamed.
pub struct AnswerStream {
    services: Arc<Services>,
    ask: Ask,
    accepted: Answer,
    lease: Lease,
    deadline: Deadline,
    instance: String,
    request_id: String,
}

impl AnswerStream {
    /// Accepts a question: from here on it can be read by its id.
    ///
    /// # Errors
    /// When the question cannot be stored.
    pub async fn accept(
        services: Arc<Services>,
        context: &RequestContext<'_>,
        ask: Ask,
    ) -> Result<Self, HubError> {
        let accepted = Answer {
            status: Status::Processing,
            ..services.orchestrator.pending(&ask)
        };
        let lease = Lease::new(context.user.clone(), accepted.query_id);
        let length = SignedDuration::try_from(context.deadline.left() + GRACE).unwrap_or(SignedDuration::MAX);
        services
            .answers
            .start(&lease, &accepted, Timestamp::now() + length)
            .await?;
        Ok(Self {
            services,
            ask,
            accepted,
            lease,
            deadline: context.deadline,
            instance: context.instance().to_owned(),
            request_id: context.request_id.clone(),
        })
    }

    /// The id of the question.
    pub fn id(&self) -> QueryId {
        self.lease.id
    }

    /// Answers the question, and sends and stores the events. A token that is cancelled ends the model call.
    ///
    /// # Errors
    /// When there is no answer; the last event says so.
    pub async fn run(self, output: EventOutput, cancellation: CancellationToken) -> Result<(), HubError> {
        let (sender, mut events) = mpsc::unbounded_channel();
        let sink = EventSink::new(sender, cancellation);
        let Services {
            orchestrator,
            answers,
            ..
        } = &*self.services;
        let (flush, mut flushes) = mpsc::unbounded_channel();
        let recorder = RecordAfterEvents {
            answers: answers.recorder(self.lease.clone()),
            flush,
        };
        let query = AcceptedQuery {
            query_id: self.accepted.query_id,
            created_at: self.accepted.created_at,
            user: &self.lease.user,
            ask: &self.ask,
            recorder: &recorder,
            sink: &sink,
            deadline: self.deadline,
        };
        let limit = self.deadline.left() + GRACE / 4;
        let answer = orchestrator.answer_leased(&query, &**answers, &self.lease);
        let mut answer = pin!(isolate::invocation(limit, answer));
        let mut writer = EventWriter::new(output, &**answers, &self.lease);
        let result = loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => writer.send(event),
                Some(stored) = flushes.recv() => {
                    // Recording the answer matters more than its events.
                    let _ = timeout(FLUSH_TIMEOUT, writer.flush()).await;
                    let _ = stored.send(());
                }
                result = &mut answer => break result,
                () = writer.due() => writer.act().await,
            }
        };
        while let Ok(event) = events.try_recv() {
            writer.send(event);
        }
        match result {
            Ok(answer) => {
                // The last event is not stored: it is made from the answer, which is.
                writer.flush_and_send(Event::final_event(answer)).await;
                Ok(())
            }
            Err(error) => {
                let problem = Problem::new(&error, &self.instance, &self.request_id);
                let problem = to_json(&problem)?;
                writer.store_and_send(Event::Failed { problem }).await;
                if let Err(error) = answers.mark_failed(&self.lease, &error.to_string()).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "question not marked as failed"
                    );
                }
                Err(error)
            }
        }
    }
}

/// Records an answer after the events that came before it are stored: a reader who sees that a question has ended finds all
/// of its events.
struct RecordAfterEvents {
    answers: Box<dyn RecordAnswers>,
    /// Asks the stream to store its events, and to say when it has.
    flush: mpsc::UnboundedSender<oneshot::Sender<()>>,
}

#[async_trait]
impl RecordAnswers for RecordAfterEvents {
    async fn insert(&self, user: &UserId, answer: &Answer) -> Result<(), StoreError> {
        let (stored, is_stored) = oneshot::channel();
        if self.flush.send(stored).is_ok() {
            let _ = is_stored.await;
        }
        self.answers.insert(user, answer).await
    }

    fn write_units(&self, user: &UserId, answer: &Answer) -> f64 {
        self.answers.write_units(user, answer)
    }
}
