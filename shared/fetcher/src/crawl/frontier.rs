//! The state of a crawl: which pages are known, which come next, what came of each. It is stored as JSON between and
//! within runs; a page stays in the queue until its outcome is known, so a crawl that ends abruptly repeats at most the
//! page at hand.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    counts::Counts,
    filter::{Filter, is_trap, shape},
    normalize::{key, normalize},
    page::{Content, Effect, Outcome, Page, Skip, State, Step},
    settings::Settings,
};
use crate::Validators;

/// Most requests for a page in one run, while it has no result.
const MAX_ATTEMPTS: u8 = 3;
/// Most sitemaps of a run.
const MAX_SITEMAPS: usize = 50;
/// Most known pages, for each page that may be requested.
const KNOWN_PER_PAGE: usize = 20;

/// Settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSettings(String);

/// The state of a crawl.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct Frontier {
    #[serde(flatten)]
    saved: Saved,
    #[serde(skip)]
    filter: Filter,
    /// Pages of each shape.
    #[serde(skip)]
    shapes: HashMap<String, usize>,
    /// Stored pages by their hash.
    #[serde(skip)]
    hashes: HashMap<String, String>,
}

/// The part of the state that is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Saved {
    settings: Settings,
    /// Whether the site is known to answer to https.
    is_secure: bool,
    /// Whether the sitemaps of this run are known.
    is_begun: bool,
    sitemaps: VecDeque<Url>,
    seen_sitemaps: HashSet<Url>,
    queue: VecDeque<String>,
    pages: BTreeMap<String, Page>,
    counts: Counts,
}

impl TryFrom<Saved> for Frontier {
    type Error = InvalidSettings;

    fn try_from(mut saved: Saved) -> Result<Self, InvalidSettings> {
        let filter = Filter::new(&saved.settings).map_err(InvalidSettings)?;
        saved.queue.retain(|key| saved.pages.contains_key(key));
        let (mut shapes, mut hashes) = (HashMap::new(), HashMap::new());
        for (key, page) in &saved.pages {
            if let Some(shape) = shape(&page.url).filter(|_| !page.is_in_sitemap) {
                *shapes.entry(shape).or_default() += 1;
            }
            if let (State::Stored, Some(hash)) = (&page.state, &page.hash) {
                hashes.insert(hash.clone(), key.clone());
            }
        }
        Ok(Self {
            saved,
            filter,
            shapes,
            hashes,
        })
    }
}

impl Frontier {
    /// A crawl that has not begun.
    ///
    /// # Errors
    /// When a pattern is not valid.
    pub fn new(settings: Settings) -> Result<Self, InvalidSettings> {
        let filter = Filter::new(&settings).map_err(InvalidSettings)?;
        let url = normalize(&settings.start);
        let key = key(&url);
        let page = new_page(url, 0, false);
        let saved = Saved {
            is_secure: settings.start.scheme() == "https",
            is_begun: false,
            sitemaps: VecDeque::new(),
            seen_sitemaps: HashSet::new(),
            queue: [key.clone()].into(),
            pages: [(key, page)].into(),
            counts: Counts::default(),
            settings,
        };
        Ok(Self {
            saved,
            filter,
            shapes: HashMap::new(),
            hashes: HashMap::new(),
        })
    }

    /// Begins the next run, with its settings: all known pages are requested again, with what is known of their version.
    ///
    /// # Errors
    /// When a pattern is not valid.
    pub fn restart(&mut self, settings: Settings) -> Result<(), InvalidSettings> {
        self.filter = Filter::new(&settings).map_err(InvalidSettings)?;
        self.saved.settings = settings;
        let mut known: Vec<(u32, &String)> = self
            .saved
            .pages
            .iter()
            .map(|(key, page)| (page.depth, key))
            .collect();
        known.sort();
        self.saved.queue = known.into_iter().map(|(_, key)| key.clone()).collect();
        for page in self.saved.pages.values_mut() {
            page.attempts = 0;
        }
        self.saved.is_begun = false;
        self.saved.sitemaps.clear();
        self.saved.seen_sitemaps.clear();
        self.saved.counts = Counts::default();
        Ok(())
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.saved.settings
    }

    /// What this run has come to.
    pub fn counts(&self) -> Counts {
        self.saved.counts
    }

    /// The known pages, by their address without scheme.
    pub fn pages(&self) -> &BTreeMap<String, Page> {
        &self.saved.pages
    }

    /// Pages that wait for a request.
    pub fn queued(&self) -> usize {
        self.saved.queue.len()
    }

    /// Whether the run has used up its requests with pages left.
    pub fn is_exhausted(&self) -> bool {
        !self.saved.queue.is_empty() && self.saved.counts.requested >= self.saved.settings.max_pages
    }

    pub(crate) fn is_begun(&self) -> bool {
        self.saved.is_begun
    }

    /// Begins a run with the sitemaps of the site.
    pub(crate) fn begin(&mut self, sitemaps: Vec<Url>) {
        self.saved.is_begun = true;
        self.add_sitemaps(sitemaps);
    }

    fn add_sitemaps(&mut self, sitemaps: Vec<Url>) {
        for url in sitemaps {
            if self.saved.seen_sitemaps.len() < MAX_SITEMAPS && self.saved.seen_sitemaps.insert(url.clone()) {
                self.saved.sitemaps.push_back(url);
            }
        }
    }

    /// What to request next, or `None` at the end of the run. It stays first until its outcome is known.
    pub fn next(&self) -> Option<Step> {
        if let Some(url) = self.saved.sitemaps.front() {
            return Some(Step::Sitemap(url.clone()));
        }
        if self.is_exhausted() {
            return None;
        }
        let key = self.saved.queue.front()?;
        let page = self.saved.pages.get(key)?;
        // The content of a duplicate is wanted when the other page has gone.
        let is_wanted = match &page.state {
            State::Duplicate { of } => self
                .saved
                .pages
                .get(of)
                .is_none_or(|of| of.state != State::Stored),
            _ => false,
        };
        let is_known = page.hash.is_some() && !page.validators.is_empty() && !is_wanted;
        Some(Step::Page {
            key: key.clone(),
            url: page.url.clone(),
            validators: is_known.then(|| page.validators.clone()),
        })
    }

    /// Takes the addresses of the sitemap that came next.
    pub fn done_sitemap(&mut self, pages: &[Url], sitemaps: Vec<Url>) {
        self.saved.sitemaps.pop_front();
        self.add_sitemaps(sitemaps);
        for url in pages {
            self.add(url, 1, true);
        }
    }

    /// What an outcome means for what is stored.
    pub fn effect(&self, key: &str, outcome: &Outcome) -> Effect {
        let Some(page) = self.saved.pages.get(key) else {
            return Effect::Nothing;
        };
        let was_stored = page.state == State::Stored;
        match self.state_after(key, page, outcome) {
            Some(State::Stored) => match outcome {
                Outcome::Content(content) if !(was_stored && page.hash.as_ref() == Some(&content.hash)) => {
                    Effect::Store
                }
                _ => Effect::Nothing,
            },
            Some(_) if was_stored => Effect::Remove,
            _ => Effect::Nothing,
        }
    }

    /// The state of a page after an outcome; `None` when it stays.
    fn state_after(&self, key: &str, page: &Page, outcome: &Outcome) -> Option<State> {
        match outcome {
            Outcome::Content(content) => Some(self.state_of(key, page, content)),
            Outcome::Moved { to } => Some(State::Moved { to: to.clone() }),
            Outcome::Gone => Some(State::Gone),
            Outcome::NotModified => None,
            // What is stored stays until the site says that it has gone.
            _ if page.state == State::Stored => None,
            Outcome::Skipped(skip) => Some(State::Skipped(*skip)),
            Outcome::Failed { reason, .. } => Some(State::Failed {
                reason: reason.clone(),
            }),
        }
    }

    fn state_of(&self, key: &str, page: &Page, content: &Content) -> State {
        if content.is_noindex {
            return State::Skipped(Skip::NoIndex);
        }
        if !self.filter.is_named(&page.url) {
            return State::Skipped(Skip::Excluded);
        }
        if let Some(of) = self.canonical(key, content) {
            return State::Duplicate { of };
        }
        match self.hashes.get(&content.hash) {
            Some(of) if of != key => State::Duplicate { of: of.clone() },
            _ => State::Stored,
        }
    }

    /// The page that the content names as its own address, if that is another one that may be stored.
    fn canonical(&self, own: &str, content: &Content) -> Option<String> {
        let url = normalize(content.canonical.as_ref()?);
        let is_page = self.filter.is_of_site(&url) && self.filter.is_named(&url) && !is_trap(&url);
        let key = key(&url);
        let may_be_stored = match self.saved.pages.get(&key).map(|page| &page.state) {
            None => self.has_room(),
            Some(state) => matches!(state, State::New | State::Stored),
        };
        (is_page && may_be_stored && key != own).then_some(key)
    }

    /// Takes the outcome of the page that came next.
    pub fn done(&mut self, key: &str, outcome: Outcome) {
        if self.saved.queue.front().is_some_and(|first| first == key) {
            self.saved.queue.pop_front();
        }
        let Some(page) = self.saved.pages.get(key) else {
            return;
        };
        let depth = page.depth;
        let is_skipped_unasked = matches!(outcome, Outcome::Skipped(Skip::Robots));
        self.saved.counts.requested += usize::from(!is_skipped_unasked);
        if self.is_repeated(key, &outcome) {
            return;
        }
        let effect = self.effect(key, &outcome);
        let Some(page) = self.saved.pages.get(key) else {
            return;
        };
        let state = self.state_after(key, page, &outcome);
        self.saved.counts.add(&outcome, state.as_ref(), effect);
        let Some(page) = self.saved.pages.get_mut(key) else {
            return;
        };
        if let Some(hash) = page
            .hash
            .as_ref()
            .filter(|hash| self.hashes.get(*hash).is_some_and(|of| of == key))
            && state.is_some()
        {
            self.hashes.remove(hash);
        }
        if let Some(state) = state {
            page.state = state;
        }
        match outcome {
            Outcome::Content(content) => {
                page.hash = Some(content.hash.clone());
                page.validators = content.validators;
                if page.state == State::Stored {
                    self.hashes.insert(content.hash, key.to_owned());
                } else if let Some(canonical) = &content.canonical {
                    self.add(canonical, depth, false);
                }
                for url in &content.links {
                    self.add(url, depth + 1, false);
                }
            }
            Outcome::Moved { to } => {
                (page.hash, page.validators) = (None, Validators::default());
                self.add(&to, depth, false);
            }
            _ => {}
        }
    }

    /// Whether the page is requested again: after a temporary failure, or at another spelling of its address.
    fn is_repeated(&mut self, own: &str, outcome: &Outcome) -> bool {
        let Some(page) = self.saved.pages.get_mut(own) else {
            return false;
        };
        let has_attempts = page.attempts + 1 < MAX_ATTEMPTS;
        match outcome {
            Outcome::Failed {
                is_temporary: true, ..
            } if has_attempts => self.saved.queue.push_back(own.to_owned()),
            Outcome::Moved { to } if key(&normalize(to)) == own && has_attempts && *to != page.url => {
                self.saved.is_secure |= to.scheme() == "https";
                page.url = to.clone();
                self.saved.queue.push_front(own.to_owned());
            }
            _ => return false,
        }
        page.attempts += 1;
        true
    }

    fn has_room(&self) -> bool {
        self.saved.pages.len() < self.saved.settings.max_pages.saturating_mul(KNOWN_PER_PAGE)
    }

    /// Queues a page, if it is one of the site, wanted and not known.
    fn add(&mut self, url: &Url, depth: u32, is_in_sitemap: bool) {
        let mut url = normalize(url);
        if !self.filter.is_of_site(&url)
            || !self.filter.is_named(&url)
            || depth > self.saved.settings.max_depth
        {
            return;
        }
        if self.saved.is_secure && url.port().is_none() {
            // Fails for no URL of http.
            let _is_set = url.set_scheme("https");
        }
        let key = key(&url);
        if self.saved.pages.contains_key(&key) || !self.has_room() {
            return;
        }
        if is_trap(&url) {
            self.saved.counts.traps += 1;
            return;
        }
        if let Some(shape) = shape(&url).filter(|_| !is_in_sitemap) {
            let variants = self.shapes.entry(shape).or_default();
            if *variants >= self.saved.settings.max_variants {
                self.saved.counts.traps += 1;
                return;
            }
            *variants += 1;
        }
        self.saved
            .pages
            .insert(key.clone(), new_page(url, depth, is_in_sitemap));
        self.saved.queue.push_back(key);
    }
}

fn new_page(url: Url, depth: u32, is_in_sitemap: bool) -> Page {
    Page {
        url,
        depth,
        is_in_sitemap,
        state: State::New,
        validators: Validators::default(),
        hash: None,
        attempts: 0,
    }
}
