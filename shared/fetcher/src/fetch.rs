//! Fetching one address: the guard, redirects by hand, limits.

use std::{collections::HashSet, sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
    },
    redirect,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{FetchError, Policy, Resolve, SystemResolver, body, resolve::Guard};

/// Most bytes of a header that is kept.
const MAX_HEADER_BYTES: usize = 1_000;

/// What a server said of a version of its content, to ask later whether it has changed (RFC 9110, section 13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether the server said nothing that it could be asked with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// Whether there is content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Content in `bytes`.
    Content,
    /// The content has not changed since the validators were sent.
    NotModified,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The address after redirects, without fragment.
    pub url: Url,
    /// Whether there is content.
    pub status: Status,
    /// The `Content-Type` header, with its parameters.
    pub media_type: Option<String>,
    /// The content, unpacked.
    pub bytes: Vec<u8>,
    /// What to ask with the next time.
    pub validators: Validators,
    /// The `X-Robots-Tag` headers, joined by commas.
    pub robots: Option<String>,
    /// Whether every redirect on the way was a permanent one, and there was at least one.
    pub is_moved: bool,
}

/// Gets addresses within a policy.
pub struct Fetcher {
    client: Client,
    policy: Arc<Policy>,
}

/// What a caller asks of one address beyond the policy.
pub(crate) struct Ask<'a> {
    pub(crate) validators: Option<&'a Validators>,
    pub(crate) deadline: Duration,
    /// Whether redirects are followed.
    pub(crate) follows: bool,
    /// Which media types are read; the type is in lower case and without parameters.
    pub(crate) accepts: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Fetcher {
    /// A fetcher that resolves names with the system's resolver. The builder brings the trusted roots of TLS; redirects,
    /// proxies and the resolver are set here.
    ///
    /// # Errors
    /// [`FetchError::Tls`] when the client cannot be set up.
    pub fn new(builder: ClientBuilder, policy: Policy) -> Result<Self, FetchError> {
        Self::with_resolver(builder, policy, Arc::new(SystemResolver))
    }

    /// A fetcher with a resolver of its own.
    ///
    /// # Errors
    /// [`FetchError::Tls`] when the client cannot be set up.
    pub fn with_resolver(
        builder: ClientBuilder,
        policy: Policy,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, FetchError> {
        let policy = Arc::new(policy);
        let guard = Guard {
            resolver,
            policy: Arc::clone(&policy),
        };
        let client = builder
            .user_agent(&policy.user_agent)
            .dns_resolver(Arc::new(guard))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // Ends attempts of requests that have been given up.
            .connect_timeout(policy.timeout * 2)
            .build()
            .map_err(|error| FetchError::Tls {
                detail: error.to_string(),
            })?;
        Ok(Self { client, policy })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Fetches an address. It takes at most `deadline`, and at most the timeout of the policy. With validators, content
    /// that has not changed is [`Status::NotModified`]. Validators are not sent to other hosts.
    ///
    /// # Errors
    /// Every [`FetchError`] but `Redirected` and `MediaType`.
    pub async fn fetch(
        &self,
        url: &Url,
        validators: Option<&Validators>,
        deadline: Duration,
    ) -> Result<Fetched, FetchError> {
        self.ask(
            url,
            Ask {
                validators,
                deadline,
                follows: true,
                accepts: &|_| true,
            },
        )
        .await
    }

    pub(crate) async fn ask(&self, url: &Url, ask: Ask<'_>) -> Result<Fetched, FetchError> {
        let limit = ask.deadline.min(self.policy.timeout);
        match tokio::time::timeout(limit, self.follow(url, &ask)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(FetchError::TimedOut { limit }),
        }
    }

    async fn follow(&self, start: &Url, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let mut url = start.clone();
        url.set_fragment(None);
        let mut visited = HashSet::new();
        let mut is_moved = true;
        loop {
            self.policy.check(&url)?;
            let validators = ask.validators.filter(|_| url.origin() == start.origin());
            let response = self.send(&url, validators).await?;
            let Some(next) = redirect_of(&response, &url)? else {
                let mut fetched = self.read(url, response, validators.is_some(), ask).await?;
                fetched.is_moved = is_moved && !visited.is_empty();
                return Ok(fetched);
            };
            // The check comes first, so that no forbidden address is named to the caller as reachable.
            self.policy.check(&next)?;
            let is_permanent = matches!(response.status().as_u16(), 301 | 308);
            is_moved &= is_permanent;
            if !ask.follows {
                return Err(FetchError::Redirected {
                    url: Box::new(next),
                    is_permanent,
                });
            }
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(FetchError::Downgrade);
            }
            if visited.len() == self.policy.max_redirects {
                return Err(FetchError::TooManyRedirects {
                    limit: self.policy.max_redirects,
                });
            }
            visited.insert(url);
            if visited.contains(&next) {
                return Err(FetchError::RedirectLoop);
            }
            url = next;
        }
    }

    async fn send(&self, url: &Url, validators: Option<&Validators>) -> Result<Response, FetchError> {
        let mut request = self
            .client
            .get(url.clone())
            .header(ACCEPT, "text/html, application/xhtml+xml, */*;q=0.8")
            .header(ACCEPT_ENCODING, body::ENCODINGS);
        if let Some(validators) = validators {
            let stored = [
                (IF_NONE_MATCH, &validators.etag),
                (IF_MODIFIED_SINCE, &validators.last_modified),
            ];
            for (name, value) in stored {
                // A stored value that is no header value is left out: the content is then sent again.
                let value = value
                    .as_deref()
                    .and_then(|value| HeaderValue::from_str(value).ok());
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        request
            .send()
            .await
            .map_err(|error| FetchError::of_client(&error))
    }

    async fn read(
        &self,
        url: Url,
        response: Response,
        is_conditional: bool,
        ask: &Ask<'_>,
    ) -> Result<Fetched, FetchError> {
        let status = response.status();
        let headers = response.headers();
        let is_unchanged = status == StatusCode::NOT_MODIFIED && is_conditional;
        if !is_unchanged && (!status.is_success() || status == StatusCode::PARTIAL_CONTENT) {
            let retry_after = header(headers, &RETRY_AFTER).and_then(|value| value.trim().parse().ok());
            let retry_after = retry_after.map(Duration::from_secs);
            return Err(FetchError::Status {
                status: status.as_u16(),
                retry_after,
            });
        }
        let media_type = header(headers, &CONTENT_TYPE);
        let validators = Validators {
            etag: header(headers, &ETAG),
            last_modified: header(headers, &LAST_MODIFIED),
        };
        let robots = robots_of(headers);
        if is_unchanged {
            let status = Status::NotModified;
            return Ok(Fetched {
                url,
                status,
                media_type,
                bytes: Vec::new(),
                validators,
                robots,
                is_moved: false,
            });
        }
        if let Some(media_type) = media_type.as_deref().map(essence)
            && !(ask.accepts)(&media_type)
        {
            return Err(FetchError::MediaType { media_type });
        }
        let bytes = body::read(response, self.policy.max_bytes).await?;
        let status = Status::Content;
        Ok(Fetched {
            url,
            status,
            media_type,
            bytes,
            validators,
            robots,
            is_moved: false,
        })
    }
}

/// The address that a reply redirects to.
fn redirect_of(response: &Response, url: &Url) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    // Servers send UTF-8 here, which `to_str` would refuse.
    let location = String::from_utf8_lossy(location.as_bytes());
    let mut next = url.join(&location).map_err(|error| FetchError::Broken {
        detail: format!("it redirects to an address that is not valid: {error}"),
    })?;
    next.set_fragment(None);
    Ok(Some(next))
}

/// A media type in lower case, without parameters.
pub(crate) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= MAX_HEADER_BYTES).then(|| value.to_owned())
}

fn robots_of(headers: &HeaderMap) -> Option<String> {
    let values: Vec<&str> = headers
        .get_all("x-robots-tag")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| value.len() <= MAX_HEADER_BYTES)
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}
