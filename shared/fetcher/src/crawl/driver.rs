//! Runs a crawl: one request at a time, with a delay, as robots.txt asks, until a deadline.

use std::{collections::HashMap, ops::ControlFlow, time::Duration};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::{
    frontier::Frontier,
    links::{Links, links},
    page::{Content, Effect, Outcome, Skip, Step},
    robots::{Robots, product},
    sitemap::sitemap,
};
use crate::{
    FetchError, Fetched, Fetcher, Status, Validators,
    fetch::{Ask, essence},
};

/// Longest delay that a site may ask for; pages of a site that asks for more are requested this often.
const MAX_DELAY: Duration = Duration::from_secs(60);
/// Most origins whose robots.txt is kept: http and https, with and without `www.`.
const MAX_ORIGINS: usize = 8;

/// A page with new or changed content.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// Its address.
    pub url: &'a Url,
    /// The `Content-Type` header.
    pub media_type: Option<&'a str>,
    /// The content.
    pub bytes: &'a [u8],
}

/// Takes what a crawl finds. After an abrupt end the page at hand is delivered once more, so both `store` and `remove`
/// must be idempotent.
#[async_trait]
pub trait Sink: Send {
    /// What can go wrong. It ends the run.
    type Error: Send;

    /// Stores a page, or its new content.
    async fn store(&mut self, visit: Visit<'_>) -> Result<(), Self::Error>;

    /// Removes a page that was stored: it has gone, moved, or asks not to be stored.
    async fn remove(&mut self, url: &Url) -> Result<(), Self::Error>;

    /// Keeps the state, from which a crawl can be resumed. Called after each step. `Break` ends the run.
    async fn checkpoint(&mut self, frontier: &Frontier) -> Result<ControlFlow<()>, Self::Error>;
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All pages are done.
    Complete,
    /// The run has used up its requests.
    Exhausted,
    /// The deadline has come. The crawl can be resumed.
    Deadline,
    /// The sink asked for it. The crawl can be resumed.
    Stopped,
    /// The robots.txt of the site cannot be read, so nothing may be requested. The crawl can be resumed.
    Unreachable(FetchError),
}

/// Runs a crawl, or resumes it, until its end or a deadline.
///
/// # Errors
/// Those of the sink.
pub async fn crawl<S: Sink>(
    fetcher: &Fetcher,
    frontier: &mut Frontier,
    sink: &mut S,
    deadline: Instant,
) -> Result<End, S::Error> {
    let mut crawler = Crawler {
        fetcher,
        deadline,
        not_before: Instant::now(),
        delay: frontier.settings().delay,
        robots: HashMap::new(),
    };
    match crawler.run(frontier, sink).await {
        Err(Interruption::Sink(error)) => Err(error),
        Err(Interruption::Deadline) => Ok(End::Deadline),
        Ok(end) => Ok(end),
    }
}

enum Interruption<E> {
    Sink(E),
    Deadline,
}

struct Late;

impl<E> From<Late> for Interruption<E> {
    fn from(_: Late) -> Self {
        Self::Deadline
    }
}

struct Crawler<'a> {
    fetcher: &'a Fetcher,
    deadline: Instant,
    not_before: Instant,
    delay: Duration,
    robots: HashMap<String, Robots>,
}

impl Crawler<'_> {
    async fn run<S: Sink>(
        &mut self,
        frontier: &mut Frontier,
        sink: &mut S,
    ) -> Result<End, Interruption<S::Error>> {
        let start = frontier.settings().start.clone();
        let robots = match self.read_robots(&start).await? {
            Ok(robots) => robots,
            Err(_) if self.is_late() => return Ok(End::Deadline),
            Err(error) => return Ok(End::Unreachable(error)),
        };
        self.delay = self.delay.max(robots.delay.unwrap_or_default().min(MAX_DELAY));
        if !frontier.is_begun() {
            let mut sitemaps: Vec<Url> = robots
                .sitemaps
                .iter()
                .filter_map(|text| start.join(text).ok())
                .collect();
            if sitemaps.is_empty() {
                sitemaps.extend(start.join("/sitemap.xml"));
            }
            frontier.begin(sitemaps);
        }
        self.robots.insert(origin(&start), robots);
        while let Some(step) = frontier.next() {
            match step {
                Step::Sitemap(url) => self.sitemap(frontier, &url).await?,
                Step::Page { key, url, validators } => {
                    self.page(frontier, sink, &key, &url, validators.as_ref()).await?;
                }
            }
            let flow = sink.checkpoint(frontier).await.map_err(Interruption::Sink)?;
            if flow.is_break() {
                return Ok(End::Stopped);
            }
        }
        Ok(if frontier.is_exhausted() {
            End::Exhausted
        } else {
            End::Complete
        })
    }

    async fn sitemap(&mut self, frontier: &mut Frontier, url: &Url) -> Result<(), Late> {
        let fetched = self.get(url, None, true, &|_| true).await?;
        let limit = self.fetcher.policy().max_bytes;
        if fetched.is_err() && self.is_late() {
            return Err(Late);
        }
        // A sitemap that cannot be read costs its own pages, which links may lead to as well.
        let found = fetched
            .and_then(|fetched| sitemap(&fetched.bytes, &fetched.url, limit))
            .unwrap_or_default();
        frontier.done_sitemap(&found.pages, found.sitemaps);
        Ok(())
    }

    async fn page<S: Sink>(
        &mut self,
        frontier: &mut Frontier,
        sink: &mut S,
        key: &str,
        url: &Url,
        validators: Option<&Validators>,
    ) -> Result<(), Interruption<S::Error>> {
        if !self.allows(url).await? {
            frontier.done(key, Outcome::Skipped(Skip::Robots));
            return Ok(());
        }
        let settings = frontier.settings();
        let fetched = self
            .get(url, validators, false, &|media_type| settings.accepts(media_type))
            .await?;
        let outcome = match &fetched {
            Ok(fetched) => self.outcome(fetched),
            Err(error) => {
                self.wait_as_asked(error);
                outcome_of(error, url)
            }
        };
        let stored = match (frontier.effect(key, &outcome), &fetched) {
            (Effect::Store, Ok(fetched)) => {
                let media_type = fetched.media_type.as_deref();
                sink.store(Visit {
                    url,
                    media_type,
                    bytes: &fetched.bytes,
                })
                .await
            }
            (Effect::Remove, _) => sink.remove(url).await,
            _ => Ok(()),
        };
        stored.map_err(Interruption::Sink)?;
        frontier.done(key, outcome);
        Ok(())
    }

    fn outcome(&self, fetched: &Fetched) -> Outcome {
        if fetched.status == Status::NotModified {
            return Outcome::NotModified;
        }
        let media_type = fetched.media_type.as_deref().map(essence).unwrap_or_default();
        let agent = product(&self.fetcher.policy().user_agent);
        let is_html = matches!(media_type.as_str(), "" | "text/html" | "application/xhtml+xml");
        // The header may ask something of other files too.
        let markup = if is_html { fetched.bytes.as_slice() } else { &[] };
        let Links {
            urls,
            canonical,
            is_noindex,
        } = links(markup, &fetched.url, fetched.robots.as_deref(), agent);
        let hash = Sha256::digest(&fetched.bytes);
        Outcome::Content(Content {
            validators: fetched.validators.clone(),
            hash: hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
            links: urls,
            canonical,
            is_noindex,
        })
    }

    /// Whether the robots.txt of the origin of an address allows it.
    async fn allows(&mut self, url: &Url) -> Result<bool, Late> {
        let origin = origin(url);
        if !self.robots.contains_key(&origin) {
            if self.robots.len() == MAX_ORIGINS {
                return Ok(false);
            }
            let robots = self
                .read_robots(url)
                .await?
                .unwrap_or_else(|_| Robots::disallow_all());
            self.robots.insert(origin.clone(), robots);
        }
        Ok(self.robots.get(&origin).is_some_and(|robots| robots.allows(url)))
    }

    /// The robots.txt of an origin. A site that says that it has none allows everything; one that fails, nothing.
    async fn read_robots(&mut self, url: &Url) -> Result<Result<Robots, FetchError>, Late> {
        let Ok(url) = url.join("/robots.txt") else {
            return Ok(Ok(Robots::disallow_all()));
        };
        Ok(match self.get(&url, None, true, &|_| true).await? {
            Ok(fetched) => Ok(Robots::parse(&fetched.bytes, &self.fetcher.policy().user_agent)),
            Err(FetchError::Status {
                status: 400..=499, ..
            }) => Ok(Robots::default()),
            Err(error) => Err(error),
        })
    }

    /// Sends one request, after the delay. `Late` when the deadline comes first. A request that the deadline cuts short
    /// has timed out: a page that is always cut short does not keep the others waiting.
    async fn get(
        &mut self,
        url: &Url,
        validators: Option<&Validators>,
        follows: bool,
        accepts: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Result<Fetched, FetchError>, Late> {
        if self.not_before >= self.deadline {
            return Err(Late);
        }
        sleep_until(self.not_before).await;
        let deadline = self.deadline.saturating_duration_since(Instant::now());
        let fetched = self
            .fetcher
            .ask(
                url,
                Ask {
                    validators,
                    deadline,
                    follows,
                    accepts,
                },
            )
            .await;
        self.not_before = Instant::now() + self.delay;
        Ok(fetched)
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Waits before the next request as long as a busy server asks.
    fn wait_as_asked(&mut self, error: &FetchError) {
        if let FetchError::Status {
            retry_after: Some(time),
            ..
        } = error
        {
            self.not_before = self.not_before.max(Instant::now() + (*time).min(MAX_DELAY));
        }
    }
}

fn outcome_of(error: &FetchError, url: &Url) -> Outcome {
    match error {
        FetchError::Redirected { url: to, .. } if url.scheme() == "https" && to.scheme() == "http" => {
            let reason = FetchError::Downgrade.to_string();
            Outcome::Failed {
                reason,
                is_temporary: false,
            }
        }
        FetchError::Redirected { url, .. } => Outcome::Moved { to: (**url).clone() },
        FetchError::Status {
            status: 404 | 410, ..
        } => Outcome::Gone,
        FetchError::MediaType { .. } => Outcome::Skipped(Skip::MediaType),
        FetchError::TooLarge { .. } => Outcome::Skipped(Skip::TooLarge),
        error => Outcome::Failed {
            reason: error.to_string(),
            is_temporary: error.is_temporary(),
        },
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
