//! Documents on their way into a library: read from files, put into batches, sent.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use futures::{Stream, StreamExt};
use globset::GlobBuilder;
use ignore::WalkBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::server::{self, Server, ServerError};

/// Well under the server's limit of 100: a batch has to be done within one invocation.
const MAX_BATCH_DOCUMENTS: usize = 20;
/// Under Lambda's 6 MB, with room for the escapes that the event adds.
const MAX_BATCH_BYTES: usize = 4_000_000;
const EXTENSIONS: [&str; 3] = ["md", "markdown", "txt"];

/// A document as `POST /documents` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) text: String,
    pub(crate) content_type: &'static str,
}

/// What became of one document.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) id: String,
    /// The server's own words about it, when the batch got through.
    pub(crate) reply: Option<Json>,
    /// Why it failed, if it did.
    pub(crate) failure: Option<String>,
}

/// A file to ingest and the id it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) file: PathBuf,
}

/// What `---` lines at the top of a Markdown file may say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FrontMatter {
    title: Option<String>,
    url: Option<String>,
}

impl Document {
    /// Reads a file. The title is the front matter's, else the first heading, else the file's name.
    pub(crate) fn read(source: &Source) -> anyhow::Result<Self> {
        let bytes =
            std::fs::read(&source.file).with_context(|| format!("cannot read {}", source.file.display()))?;
        let text = String::from_utf8(bytes).map_err(|_invalid| anyhow::anyhow!("is not UTF-8 text"))?;
        let is_plain = source
            .file
            .extension()
            .is_some_and(|extension| extension == "txt");
        let (front, text) = if is_plain {
            (FrontMatter::default(), text.as_str())
        } else {
            split_front_matter(&text)
        };
        let heading = || {
            text.lines()
                .find_map(|line| line.strip_prefix("# "))
                .filter(|_| !is_plain)
        };
        let stem = || {
            source
                .file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        Ok(Self {
            id: source.id.clone(),
            title: front
                .title
                .or_else(|| heading().map(|title| title.trim().to_owned()))
                .unwrap_or_else(stem),
            url: front.url,
            text: text.to_owned(),
            content_type: if is_plain { "text/plain" } else { "text/markdown" },
        })
    }
}

/// Front matter that is not YAML is text like any other.
fn split_front_matter(text: &str) -> (FrontMatter, &str) {
    let parts = text
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
    match parts.map(|(front, rest)| (serde_norway::from_str(front), rest)) {
        Some((Ok(front), rest)) => (front, rest.trim_start_matches('\n')),
        _ => (FrontMatter::default(), text),
    }
}

/// Finds the files. A folder is searched for Markdown and text; ids are the paths relative to what was given, so that
/// the same call gives the same ids on every machine.
pub(crate) fn find(paths: &[String]) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for given in paths {
        let path = Path::new(given);
        if path.is_dir() {
            sources.extend(walk(path, |file| {
                file.extension()
                    .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
            }));
        } else if path.is_file() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            sources.push(Source {
                id: name,
                file: path.to_owned(),
            });
        } else if given.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(given)
                .literal_separator(true)
                .build()?
                .compile_matcher();
            let found = walk(&glob_base(path), |file| glob.is_match(file));
            if found.is_empty() {
                bail!("no file matches {given}");
            }
            sources.extend(found);
        } else {
            bail!("there is no file or folder {given}");
        }
    }
    sources.sort_by(|left, right| left.id.cmp(&right.id));
    if let Some([first, second]) = sources
        .array_windows()
        .find(|[first, second]| first.id == second.id)
    {
        let (one, other) = (first.file.display(), second.file.display());
        bail!(
            "{one} and {other} would both get the id `{}`; give a folder that holds both",
            first.id
        );
    }
    Ok(sources)
}

fn walk(base: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<Source> {
    // What cannot be read is not found; hidden files are left out, ignored ones are not.
    let entries = WalkBuilder::new(base)
        .standard_filters(false)
        .hidden(true)
        .build()
        .flatten();
    let files = entries.filter(|entry| entry.path().is_file() && wanted(entry.path()));
    files
        .map(|entry| {
            let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
            let parts: Vec<_> = relative
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            Source {
                id: parts.join("/"),
                file: entry.path().to_owned(),
            }
        })
        .collect()
}

/// The part of a pattern before its first special character, down to a folder.
fn glob_base(pattern: &Path) -> PathBuf {
    let is_plain =
        |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let base: PathBuf = pattern.components().take_while(is_plain).collect();
    if base.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        base
    }
}

/// Sends documents in batches, `at_once` requests at a time. Fails only when the server cannot be reached.
pub(crate) fn send(
    server: &Server,
    library: &str,
    documents: impl Iterator<Item = Document>,
    at_once: usize,
) -> impl Stream<Item = Result<Vec<Outcome>, ServerError>> {
    let requests = batches(documents).map(move |batch| send_batch(server, library, batch));
    futures::stream::iter(requests).buffer_unordered(at_once)
}

/// The same content again is a no-op, so a batch may be repeated, and the part of it that met a passing failure.
async fn send_batch(
    server: &Server,
    library: &str,
    mut batch: Vec<Document>,
) -> Result<Vec<Outcome>, ServerError> {
    let mut settled = Vec::new();
    let mut pauses = server::pauses();
    loop {
        let body = json!({ "library": library, "documents": batch });
        let reply = match server.post_until_it_passes("/documents", &body).await {
            Ok(reply) => reply,
            Err(error @ ServerError::Unreachable { .. }) => return Err(error),
            Err(problem) => {
                let failure = problem.to_string();
                settled.extend(batch.into_iter().map(|document| Outcome {
                    id: document.id,
                    reply: None,
                    failure: Some(failure.clone()),
                }));
                return Ok(settled);
            }
        };
        let replies: Vec<&Json> = reply.json["documents"].as_array().into_iter().flatten().collect();
        let (passing, done): (Vec<&Json>, Vec<&Json>) = replies
            .into_iter()
            .partition(|reply| is_passing(&reply["problem"]));
        settled.extend(done.into_iter().map(outcome));
        batch.retain(|document| passing.iter().any(|reply| reply["id"] == document.id));
        match pauses.next() {
            Some(pause) if !batch.is_empty() => tokio::time::sleep(pause).await,
            _ => {
                settled.extend(passing.into_iter().map(outcome));
                return Ok(settled);
            }
        }
    }
}

fn is_passing(problem: &Json) -> bool {
    let status = problem["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    status.is_some_and(server::is_passing)
}

fn outcome(reply: &Json) -> Outcome {
    let problem = &reply["problem"];
    let detail = || {
        problem["detail"]
            .as_str()
            .or(problem.as_str())
            .unwrap_or("the server gave no reason")
    };
    Outcome {
        id: reply["id"].as_str().unwrap_or_default().to_owned(),
        failure: (!problem.is_null()).then(|| detail().to_owned()),
        reply: Some(reply.clone()),
    }
}

fn batches(documents: impl Iterator<Item = Document>) -> impl Iterator<Item = Vec<Document>> {
    let mut documents = documents.peekable();
    std::iter::from_fn(move || {
        let mut batch = vec![documents.next()?];
        let mut bytes = size(&batch[0]);
        while let Some(next) = documents
            .next_if(|next| batch.len() < MAX_BATCH_DOCUMENTS && bytes + size(next) <= MAX_BATCH_BYTES)
        {
            bytes += size(&next);
            batch.push(next);
        }
        Some(batch)
    })
}

/// Bytes as JSON, where a line break or a quotation mark takes two.
fn size(document: &Document) -> usize {
    let text = &document.text;
    let escaped = text
        .bytes()
        .filter(|byte| matches!(byte, b'\n' | b'"' | b'\\' | b'\t' | b'\r'))
        .count();
    text.len() + escaped + document.title.len() + document.id.len() + 200
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: usize, bytes: usize) -> Document {
        let text = "x".repeat(bytes);
        Document {
            id: id.to_string(),
            title: String::new(),
            url: None,
            text,
            content_type: "text/plain",
        }
    }

    #[test]
    fn batches_keep_order_and_both_limits() {
        let many = (0..45).map(|id| document(id, 10));
        let sizes: Vec<usize> = batches(many).map(|batch| batch.len()).collect();
        assert_eq!(sizes, [20, 20, 5]);
        let large = (0..3).map(|id| document(id, 1_900_000));
        assert_eq!(
            batches(large).map(|batch| batch.len()).collect::<Vec<_>>(),
            [2, 1]
        );
        let huge = [document(0, 9_000_000), document(1, 1)].into_iter();
        assert_eq!(batches(huge).map(|batch| batch.len()).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn ids_are_relative_to_what_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        for name in ["b.md", "sub/a.txt", "sub/c.rs", ".hidden.md"] {
            std::fs::write(root.join(name), "text").unwrap();
        }
        let ids = |given: String| -> Vec<String> {
            find(&[given])
                .unwrap()
                .into_iter()
                .map(|source| source.id)
                .collect()
        };
        assert_eq!(ids(root.display().to_string()), ["b.md", "sub/a.txt"]);
        assert_eq!(ids(root.join("sub/c.rs").display().to_string()), ["c.rs"]);
        assert_eq!(ids(root.join("*/*.txt").display().to_string()), ["sub/a.txt"]);
        assert!(find(&[root.join("none").display().to_string()]).is_err());
        let twice = root.join("b.md").display().to_string();
        assert!(
            find(&[twice.clone(), twice])
                .unwrap_err()
                .to_string()
                .contains("both get the id `b.md`")
        );
    }

    #[tokio::test]
    async fn only_the_part_that_met_a_passing_failure_is_sent_again() {
        use axum::{Json as Body, Router, extract::State, routing::post};
        use std::sync::{Arc, Mutex};

        type Seen = Arc<Mutex<Vec<Vec<String>>>>;
        async fn ingest(State(seen): State<Seen>, Body(body): Body<Json>) -> Body<Json> {
            let documents = body["documents"].as_array().unwrap();
            let ids: Vec<String> = documents
                .iter()
                .map(|document| document["id"].as_str().unwrap().into())
                .collect();
            let mut seen = seen.lock().unwrap();
            let is_first = seen.is_empty();
            let problem = |id: &str| match id {
                "1" if is_first => json!({"status": 503, "detail": "later"}),
                "2" => json!({"status": 422, "detail": "never"}),
                _ => Json::Null,
            };
            let replies: Vec<Json> = ids
                .iter()
                .map(|id| json!({"id": id, "problem": problem(id)}))
                .collect();
            seen.push(ids);
            Body(json!({ "documents": replies }))
        }
        let seen = Seen::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new()
            .route("/documents", post(ingest))
            .with_state(Arc::clone(&seen));
        let batch = (0..3).map(|id| document(id, 1)).collect();
        let outcomes = tokio::select! {
            _ = async { axum::serve(listener, router).await } => unreachable!("the server serves on"),
            outcomes = send_batch(&server, "default", batch) => outcomes.unwrap(),
        };
        assert_eq!(*seen.lock().unwrap(), [vec!["0", "1", "2"], vec!["1"]]);
        let mut failures: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| (outcome.id, outcome.failure))
            .collect();
        failures.sort();
        assert_eq!(
            failures,
            [
                ("0".into(), None),
                ("1".into(), None),
                ("2".into(), Some("never".into()))
            ]
        );
    }

    #[test]
    fn the_title_comes_from_front_matter_then_heading_then_name() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            Document::read(&Source {
                id: name.into(),
                file,
            })
            .unwrap()
        };
        let front = read(
            "a.md",
            "---\ntitle: Front\nurl: https://example.org\n---\n\n# Heading\nbody",
        );
        assert_eq!(
            (front.title.as_str(), front.text.as_str()),
            ("Front", "# Heading\nbody")
        );
        assert_eq!(front.url.as_deref(), Some("https://example.org"));
        assert_eq!(read("b.md", "# Heading\nbody").title, "Heading");
        assert_eq!(
            read("c.md", "---\nnot: [yaml\n---\nbody").text,
            "---\nnot: [yaml\n---\nbody"
        );
        assert_eq!(
            (read("d.txt", "# no").title, read("d.txt", "# no").content_type),
            ("d".into(), "text/plain")
        );
    }
}
