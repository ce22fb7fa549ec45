//! One valid request for every route that needs DynamoDB.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::Hub;

/// A request, with the function that handles it.
pub(crate) struct Route {
    pub(crate) function: &'static str,
    method: &'static str,
    path: String,
    body: Value,
}

impl Route {
    /// Whether a success is an answer, which usage counts.
    pub(crate) fn is_answered(&self) -> bool {
        let paths = ["/queries", "/queries/comprehensive", "/queries/stream"];
        self.method == "POST" && paths.contains(&self.path.as_str()) || self.path.ends_with("/reprocess")
    }

    /// The path and the body, if this is a POST.
    pub(crate) fn post(&self) -> Option<(&str, &Value)> {
        (self.method == "POST").then_some((self.path.as_str(), &self.body))
    }

    /// Sends the request.
    pub(crate) async fn send(&self, hub: &Hub) -> Response {
        match self.method {
            "GET" => hub.get(&self.path).await,
            "DELETE" => hub.delete(&self.path).await,
            "PUT" => hub.put(&self.path, &self.body, None).await,
            "PATCH" => hub.patch(&self.path, Some(&self.body)).await,
            _ => hub.post(&self.path, &self.body).await,
        }
    }
}

/// What the requests refer to: a query to read, and a document and a query to delete.
pub(crate) struct Fixtures {
    query_id: String,
    spare_document: &'static str,
    spare_query: String,
}

/// Every route that needs DynamoDB.
pub(crate) fn routes(fixtures: &Fixtures) -> Vec<Route> {
    let Fixtures {
        query_id,
        spare_document,
        spare_query,
    } = fixtures;
    let route = |function, method, path: &str, body| Route {
        function,
        method,
        path: path.to_owned(),
        body,
    };
    let question = json!({ "query": "Where does the Periwinkle grow?" });
    let claim = json!({ "claim": "The Periwinkle grows in the shade." });
    let documents =
        json!({ "documents": [{ "id": "new", "text": format!("Wintergreen of {spare_document}.") }] });
    vec![
        route("search", "POST", "/search", question.clone()),
        route("ask", "POST", "/queries", question.clone()),
        route(
            "ask-comprehensive",
            "POST",
            "/queries/comprehensive",
            question.clone(),
        ),
        route("ask-stream", "POST", "/queries/stream", question.clone()),
        route(
            "query-events",
            "GET",
            &format!("/queries/{query_id}/events"),
            json!(null),
        ),
        route("agents", "POST", "/agents/retrieval", question.clone()),
        route("agents", "POST", "/agents/synthesis", question),
        route("agents", "POST", "/agents/fact-check", claim),
        route(
            "verify-query",
            "POST",
            &format!("/queries/{query_id}/verify"),
            json!({}),
        ),
        route("get-query", "GET", &format!("/queries/{query_id}"), json!(null)),
        route(
            "query-status",
            "GET",
            &format!("/queries/{query_id}/status"),
            json!(null),
        ),
        route(
            "cancel-query",
            "POST",
            &format!("/queries/{query_id}/cancel"),
            json!({}),
        ),
        route(
            "update-query",
            "PUT",
            &format!("/queries/{query_id}"),
            json!({ "notes": "The Wintergreen is evergreen." }),
        ),
        route(
            "reprocess-query",
            "PATCH",
            &format!("/queries/{query_id}/reprocess"),
            json!({}),
        ),
        route(
            "feedback",
            "POST",
            &format!("/queries/{query_id}/feedback"),
            json!({ "rating": 4, "comment": "The Periwinkle is missing." }),
        ),
        route(
            "delete-query",
            "DELETE",
            &format!("/queries/{spare_query}"),
            json!(null),
        ),
        route("usage", "GET", "/usage", json!(null)),
        route("list-queries", "GET", "/queries", json!(null)),
        route("get-document", "GET", "/documents/guide", json!(null)),
        route("list-documents", "GET", "/documents", json!(null)),
        route("ingest-documents", "POST", "/documents", documents),
        route(
            "delete-document",
            "DELETE",
            &format!("/documents/{spare_document}"),
            json!(null),
        ),
        route("list-libraries", "GET", "/libraries", json!(null)),
        route(
            "delete-library",
            "DELETE",
            &format!("/libraries/{spare_document}"),
            json!(null),
        ),
    ]
}

/// Stores what the requests refer to. Returns two sets, because each can be deleted once.
pub(crate) async fn prepare(hub: &Hub) -> [Fixtures; 2] {
    let guide = "The Periwinkle grows in the shade. The Wintergreen grows on the moor.";
    let spare = "Wintergreen and Periwinkle.";
    let spares = ["spare-1", "spare-2"];
    hub.ingest(
        "default",
        &[("guide", guide), (spares[0], spare), (spares[1], spare)],
    )
    .await;
    for library in spares {
        hub.ingest(library, &[("spare", spare)]).await;
    }
    let ask = async || {
        let answer = hub.ask("default", "Where does the Wintergreen grow?").await;
        answer["query_id"].as_str().unwrap().to_owned()
    };
    let query_id = ask().await;
    let fixtures = async |spare_document| Fixtures {
        query_id: query_id.clone(),
        spare_document,
        spare_query: ask().await,
    };
    [fixtures(spares[0]).await, fixtures(spares[1]).await]
}
