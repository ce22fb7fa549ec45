//! Reads a question and tells of its answer while it is made. Events are kept for those who lose their connection; when
//! nobody reads any more, the work ends at the next word.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use shared::{
    answering::Answering,
    config::Config,
    deadline::Deadline,
    domain::{Answer, Ask, Event, Status, Told},
    error::HubError,
    guard,
    http::{
        self, Call, Problem, Request, Response, StatusCode, once, requests,
        stream::{Begun, Kept, Output, StreamBody, Unfinished, respond, resumed},
    },
    listener::{Caller, Listener},
    orchestrator::Orchestrator,
    ports::{Idempotency, KeepEvents, Lease, WorkQueue},
};
use tokio::{sync::mpsc, time::Instant};

/// How long events are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Events are kept at the end, and so long after the first of those that are not.
const KEEPING: Duration = Duration::from_secs(1);
/// After its deadline and this, an invocation has ended.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) struct App {
    pub(crate) orchestrator: Orchestrator,
    pub(crate) questions: Arc<dyn WorkQueue>,
    pub(crate) events: Arc<dyn KeepEvents>,
    pub(crate) kept: Kept,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    pub(crate) unfinished: Unfinished,
    pub(crate) timeout: Duration,
}

impl App {
    /// The clients and ports of this container.
    pub(crate) async fn new(config: Config) -> Self {
        let timeout = config.timeout;
        let Answering {
            orchestrator,
            answers,
            access,
        } = Answering::new(config).await;
        Self {
            orchestrator,
            questions: answers.clone(),
            events: answers.clone(),
            kept: Kept {
                answers: answers.clone(),
                events: answers,
            },
            idempotency: access,
            unfinished: Unfinished::default(),
            timeout,
        }
    }
}

/// Always `Ok`: a failure leaves as a problem, or as the last event.
pub(crate) async fn handle(app: Arc<App>, request: Request) -> Result<Response<StreamBody>, Infallible> {
    let call = Call::new(&request, app.timeout);
    Ok(respond(&call, &app.unfinished, begin(app.clone(), &call)).await)
}

/// Everything that can be said with a status: what comes after it is an event. A question that is sent again is followed.
async fn begin(app: Arc<App>, call: &Call<'_>) -> Result<Begun, HubError> {
    let ask = requests::ask(call.request, |model| app.orchestrator.serves(model))?;
    if ask.dry_run {
        let preview = async { http::json(StatusCode::OK, &app.orchestrator.preview(&ask)) };
        let preview = once(call, &*app.idempotency, Box::pin(preview));
        return preview.await.map(Begun::Whole);
    }
    let mut opened = None;
    let accepted = once(
        call,
        &*app.idempotency,
        Box::pin(async {
            let stream = opened.insert(open(app.clone(), call, ask).await?);
            http::json(StatusCode::OK, &stream.lease.id)
        }),
    );
    let accepted = accepted.await?;
    match opened {
        Some(stream) => Ok(Begun::Events(Box::new(|output, caller| {
            Box::pin(stream.answer(output, caller))
        }))),
        None => {
            let id =
                serde_json::from_slice(accepted.body()).map_err(|error| HubError::Internal(error.into()))?;
            resumed(&app.kept, call, id, 0).await.map(Begun::Replayed)
        }
    }
}

/// Accepts a question: from here on it can be found.
async fn open(app: Arc<App>, call: &Call<'_>, ask: Ask) -> Result<Stream, HubError> {
    let accepted = Answer {
        status: Status::Processing,
        ..app.orchestrator.pending(&ask)
    };
    let lease = Lease::new(call.user.clone(), accepted.query_id);
    let length = SignedDuration::try_from(call.deadline.left() + GRACE).unwrap_or(SignedDuration::MAX);
    app.questions
        .open(&lease, &accepted, Timestamp::now() + length)
        .await?;
    Ok(Stream {
        app,
        ask,
        accepted,
        lease,
        deadline: call.deadline,
        instance: call.instance().to_owned(),
        request_id: call.request_id.clone(),
    })
}

/// A question whose answer is told.
struct Stream {
    app: Arc<App>,
    ask: Ask,
    accepted: Answer,
    lease: Lease,
    deadline: Deadline,
    instance: String,
    request_id: String,
}

impl Stream {
    async fn answer(self, output: Output, caller: Caller) -> Result<(), HubError> {
        let Self {
            app,
            ask,
            accepted,
            lease,
            ..
        } = &self;
        let (sender, mut told) = mpsc::unbounded_channel();
        let listener = Listener::new(sender, caller);
        let recorder = app.questions.recorder(lease.clone());
        let answering = app.orchestrator.answer_accepted(
            &lease.user,
            ask,
            accepted,
            &*recorder,
            &listener,
            self.deadline,
        );
        let mut answering = pin!(guard::within(self.deadline.left() + GRACE / 4, answering));
        let mut telling = Telling::new(output, &*app.events, lease);
        let answered = loop {
            tokio::select! {
                biased;
                Some(event) = told.recv() => telling.tell(event),
                answered = &mut answering => break answered,
                () = telling.due() => telling.act().await,
            }
        };
        while let Ok(event) = told.try_recv() {
            telling.tell(event);
        }
        match answered {
            Ok(answer) => {
                // It is kept as the answer itself.
                telling.keep().await;
                telling.output.tell(&Event::end_of(answer).into());
                Ok(())
            }
            Err(error) => {
                let problem = Problem::new(&error, &self.instance, &self.request_id);
                let problem = http::to_json(&problem)?;
                telling.tell_kept(Event::Failed { problem }).await;
                if let Err(error) = app.questions.give_up(lease, &error.to_string()).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "question not ended");
                }
                Err(error)
            }
        }
    }
}

/// Sends events, and keeps them.
struct Telling<'a> {
    output: Output,
    events: &'a dyn KeepEvents,
    lease: &'a Lease,
    /// Told, and not yet kept.
    unkept: Vec<Told>,
    since: Option<Instant>,
}

impl<'a> Telling<'a> {
    fn new(output: Output, events: &'a dyn KeepEvents, lease: &'a Lease) -> Self {
        Self {
            output,
            events,
            lease,
            unkept: Vec::new(),
            since: None,
        }
    }

    fn tell(&mut self, event: Event) {
        let event = Told::from(event);
        self.output.tell(&event);
        self.unkept.push(event);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Keeps the event before it is told: whoever has read the last one can come back at once.
    async fn tell_kept(&mut self, event: Event) {
        let event = Told::from(event);
        self.unkept.push(event.clone());
        self.keep_from(self.output.last() + 2).await;
        self.output.tell(&event);
    }

    /// Comes to an end when there is something to do without an event.
    async fn due(&self) {
        let at = self
            .since
            .map_or(self.output.heartbeat_at(), |since| since + KEEPING);
        tokio::time::sleep_until(at).await;
    }

    async fn act(&mut self) {
        match self.since {
            Some(_) => self.keep().await,
            None => self.output.heartbeat(),
        }
    }

    async fn keep(&mut self) {
        self.keep_from(self.output.last() + 1).await;
    }

    /// Keeps what is not yet; `next` is the number after the last of it. What cannot be kept cannot be resumed, no more.
    async fn keep_from(&mut self, next: u64) {
        let events = std::mem::take(&mut self.unkept);
        self.since = None;
        if events.is_empty() {
            return;
        }
        let first = next - events.len() as u64;
        let (Lease { user, id, .. }, until) = (self.lease, Timestamp::now() + KEPT);
        let kept = self.events.keep_events(user, *id, first, &events, until).await;
        if let Err(error) = kept {
            tracing::warn!(error = &error as &dyn std::error::Error, "events not kept");
        }
    }
}
