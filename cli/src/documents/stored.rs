//! Documents that the server has: listing, checking and deleting them.

use std::{
    path::{Component, Path},
    time::Duration,
};

use futures::{Stream, StreamExt, TryStreamExt, future, stream};
use serde_json::Value as Json;

use super::source::{Folder, ORIGIN};
use crate::server::{Server, ServerError};

/// Documents of a page.
const PAGE: usize = 100;
/// The time between two requests to go on with the deletion of a library.
const PAUSE: Duration = Duration::from_secs(1);
/// Documents that are deleted concurrently.
const DELETIONS: usize = 2;

/// The documents of a library whose ids begin with a prefix, without their texts, in the order of their ids.
pub(crate) fn list<'a>(
    server: &'a Server,
    library: &str,
    prefix: &str,
) -> impl Stream<Item = Result<Json, ServerError>> + 'a {
    items(server, list_path(library, prefix, PAGE), "documents")
}

/// The libraries, in the order of their names.
pub(crate) fn list_libraries(server: &Server) -> impl Stream<Item = Result<Json, ServerError>> + '_ {
    items(server, format!("/libraries?limit={PAGE}"), "libraries")
}

/// The items of all pages of a list.
fn items<'a>(
    server: &'a Server,
    path: String,
    name: &'static str,
) -> impl Stream<Item = Result<Json, ServerError>> + 'a {
    let pages = stream::try_unfold(Some(path.clone()), move |next| {
        let path = path.clone();
        async move {
            let Some(next) = next else {
                return Ok(None);
            };
            let page = server.get_with_retry(&next).await?.json;
            let next = page["next_cursor"].as_str();
            let next = next.map(|cursor| format!("{path}&cursor={}", encoded(cursor)));
            let items = page[name].as_array().cloned().unwrap_or_default();
            Ok(Some((stream::iter(items.into_iter().map(Ok)), next)))
        }
    });
    pages.try_flatten()
}

/// Why a document of this origin must not replace the one that the library has under its id; `None` if there is none, or if it
/// has the same origin.
pub(crate) async fn conflict(
    server: &Server,
    library: &str,
    id: &str,
    origin: &str,
) -> Result<Option<String>, ServerError> {
    // The id itself comes before all others that begin with it.
    let path = list_path(library, id, 1);
    let page = server.get_with_retry(&path).await?.json;
    let stored = &page["documents"][0];
    if stored["id"] != id {
        return Ok(None);
    }
    let from = match stored["metadata"][ORIGIN].as_str() {
        Some(stored) if stored == origin => return Ok(None),
        Some(stored) => format!("from {stored}"),
        None => "which was stored in another way".to_owned(),
    };
    Ok(Some(format!(
        "the library has another document with this id, {from}; choose other ids with --prefix NAME/, or replace it with \
         --replace"
    )))
}

/// The ids of the documents that were ingested from a folder under the same ids, and whose files do not exist any more.
pub(crate) async fn missing(
    server: &Server,
    library: &str,
    folder: &Folder,
) -> Result<Vec<String>, ServerError> {
    let is_missing = |document: Json| {
        let id = document["id"].as_str()?;
        let origin = document["metadata"][ORIGIN].as_str()?;
        let path = origin.strip_prefix(&folder.origin)?.strip_prefix('/')?;
        let is_below = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let is_gone = matches!(folder.path.join(path).try_exists(), Ok(false));
        (is_below && is_gone && id == format!("{}{path}", folder.prefix)).then(|| id.to_owned())
    };
    list(server, library, &folder.prefix)
        .try_filter_map(|document| future::ready(Ok(is_missing(document))))
        .try_collect()
        .await
}

/// Deletes documents. Yields each id with why it could not be deleted. Fails only when the server is unreachable.
pub(crate) fn delete(
    server: &Server,
    library: &str,
    ids: Vec<String>,
) -> impl Stream<Item = Result<(String, Option<String>), ServerError>> {
    let deletions = ids.into_iter().map(move |id| async move {
        match server.delete_with_retry(&path(library, &id)).await {
            Err(error @ ServerError::Unreachable { .. }) => Err(error),
            // Somebody else was faster, or an attempt whose response was lost.
            Ok(_) | Err(ServerError::Problem { status: 404, .. }) => Ok((id, None)),
            Err(error) => Ok((id, Some(error.to_string()))),
        }
    });
    stream::iter(deletions).buffer_unordered(DELETIONS)
}

/// Whether a document is stored or waits under an id.
pub(crate) async fn exists(server: &Server, library: &str, id: &str) -> Result<bool, ServerError> {
    match server.get_with_retry(&path(library, id)).await {
        Ok(_) => Ok(true),
        Err(ServerError::Problem { status: 404, .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Deletes a library; returns false if there is none. Repeats the request until the server has deleted everything.
pub(crate) async fn delete_library(server: &Server, library: &str) -> Result<bool, ServerError> {
    let path = format!("/libraries/{}", encoded(library));
    let mut has_begun = false;
    loop {
        match server.delete_with_retry(&path).await {
            // 202: it goes on where it has stopped.
            Ok(response) if !response.json.is_null() => {
                has_begun = true;
                tokio::time::sleep(PAUSE).await;
            }
            Ok(_deleted) => return Ok(true),
            Err(ServerError::Problem { status: 404, .. }) => return Ok(has_begun),
            Err(error) => return Err(error),
        }
    }
}

/// The path of a document.
pub(super) fn path(library: &str, id: &str) -> String {
    // A path has no `+` for a space.
    format!(
        "/documents/{}?library={}",
        encoded(id).replace('+', "%20"),
        encoded(library)
    )
}

fn list_path(library: &str, prefix: &str, limit: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("library", library)
        .append_pair("prefix", prefix);
    query.append_pair("limit", &limit.to_string());
    format!("/documents?{}", query.finish())
}

fn encoded(part: &str) -> String {
    url::form_urlencoded::byte_serialize(part.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::{Json as Body, Router, extract::Query, routing::get};
    use serde_json::json;

    use super::*;

    /// Documents by id, with their origins, two on a page.
    async fn listed(Query(query): Query<HashMap<String, String>>) -> Body<Json> {
        let documents = [
            ("a.md", None),
            ("docs/b.md", Some("example.org/handbook/docs/b.md")),
            ("docs/c.md", Some("example.org/handbook/docs/c.md")),
            ("docs/d.md", Some("example.org/other/docs/d.md")),
            ("docs/e.md", Some("example.org/handbook/docs/x/e.md")),
            ("docs/f.md", None),
            ("docs/sub/g.md", Some("example.org/handbook/docs/sub/g.md")),
            ("docs/../h.md", Some("example.org/handbook/docs/../h.md")),
        ];
        let from: usize = query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
        let limit = query["limit"].parse::<usize>().unwrap().min(2);
        let found: Vec<Json> = documents
            .iter()
            .filter(|(id, _)| id.starts_with(&query["prefix"]) && query["library"] == "lib")
            .map(|(id, origin)| {
                let metadata = origin.map_or_else(|| json!({}), |origin| json!({ ORIGIN: origin }));
                json!({ "id": id, "metadata": metadata })
            })
            .collect();
        let next = (from + limit < found.len()).then(|| (from + limit).to_string());
        let page: Vec<&Json> = found.iter().skip(from).take(limit).collect();
        Body(json!({ "documents": page, "next_cursor": next }))
    }

    async fn with_server<T>(test: impl AsyncFnOnce(Server) -> T) -> T {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().route("/documents", get(listed));
        tokio::select! {
            _ = async { axum::serve(listener, router).await } => unreachable!("the server never stops"),
            result = test(server) => result,
        }
    }

    #[tokio::test]
    async fn only_the_same_origin_replaces_a_document() {
        with_server(async |server| {
            let conflict = async |id: &str, origin: &str| conflict(&server, "lib", id, origin).await.unwrap();
            let origin = "example.org/handbook/docs/b.md";
            assert_eq!(conflict("docs/b.md", origin).await, None);
            assert_eq!(conflict("docs/", origin).await, None, "the beginning of an id");
            assert_eq!(conflict("new.md", origin).await, None);
            let reason = conflict("docs/b.md", "/home/docs/b.md").await.unwrap();
            assert!(reason.contains(origin) && reason.contains("--prefix"), "{reason}");
            let reason = conflict("a.md", "/home/a.md").await.unwrap();
            assert!(
                reason.contains("another way") && reason.contains("--replace"),
                "{reason}"
            );
        })
        .await;
    }

    #[tokio::test]
    async fn documents_of_the_folder_whose_files_have_gone_are_missing() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("b.md"), "text").unwrap();
        let folder = Folder {
            path: root.path().to_owned(),
            origin: "example.org/handbook/docs".to_owned(),
            prefix: "docs/".to_owned(),
            is_empty: false,
        };
        let missing = with_server(async |server| missing(&server, "lib", &folder).await.unwrap()).await;
        assert_eq!(missing, ["docs/c.md", "docs/sub/g.md"]);
    }
}
