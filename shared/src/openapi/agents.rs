//! Operations of `/agents`: the directory, and one operation for each available agent.

use ::http::Method;
use serde_json::json;

use super::{
    operation::{Operation, SuccessResponse, example},
    schemas::Schemas,
};
use crate::{
    agents::directory::{AGENTS, Agent},
    domain::{Crawl, CrawlId},
    http::{
        BrowserReply, CitationReply, EntitiesReply, FactCheckReply, PdfReply, SearchReply,
        requests::{AgentList, described::agent_body},
    },
    orchestrator::Synthesized,
};

/// Every operation of the group.
pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let list = Operation::new(
        Method::GET,
        "/agents",
        "listAgents",
        "agents",
        "List agents",
        "Returns every agent with the JSON Schema of its request body. An agent that is not available in this deployment has \
         the reason instead.",
    )
    .responds(SuccessResponse::ok(
        "The agents.",
        schemas.response::<AgentList>(),
        example!("listAgents"),
    ));
    let mut operations = vec![list];
    for entry in AGENTS {
        if let Ok(agent) = entry.agent {
            operations.push(run(schemas, agent, entry.description));
        }
    }
    operations.push(on_crawl(
        schemas,
        Method::GET,
        "/crawls/{id}",
        "getCrawl",
        "Retrieve a crawl",
        "Returns the status of a crawl and what its last run has come to. A crawl is deleted 90 days after its last run; its \
         documents stay.",
    ));
    let cancel = on_crawl(
        schemas,
        Method::POST,
        "/crawls/{id}/cancel",
        "cancelCrawl",
        "Cancel a crawl",
        "Stops the run of a crawl, which takes some seconds. Pages that are stored stay. Start the crawl again to go on.",
    );
    let empty = json!({ "type": "object", "additionalProperties": false });
    let accepted = SuccessResponse::new(202, "The crawl is running and will stop.");
    operations.push(
        cancel
            .body(
                false,
                json!({ "application/json": { "schema": empty, "example": {} } }),
            )
            .responds(accepted.json(schemas.response::<Crawl>(), example!("startCrawl"))),
    );
    operations
}

/// An operation on one crawl.
fn on_crawl(
    schemas: &mut Schemas,
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
) -> Operation {
    Operation::new(method, path, id, "agents", summary, description)
        .path_part("id", schemas.request::<CrawlId>(), "The `crawl_id` of the crawl.")
        .fails(&[404])
        .responds(SuccessResponse::ok(
            "The crawl.",
            schemas.response::<Crawl>(),
            example!("getCrawl"),
        ))
}

/// The operation of one agent.
fn run(schemas: &mut Schemas, agent: Agent, description: &str) -> Operation {
    // Only agents with stages set `Server-Timing`.
    let (path, id, summary, request, response) = match agent {
        Agent::Retrieval => (
            "/agents/retrieval",
            "runRetrieval",
            "Search for passages",
            example!("search.request"),
            SuccessResponse::ok(
                "The passages found.",
                schemas.response::<SearchReply>(),
                example!("search"),
            )
            .header("Server-Timing"),
        ),
        Agent::Entities => (
            "/agents/entities",
            "runEntities",
            "Extract entities",
            example!("runEntities.request"),
            SuccessResponse::ok(
                "The entities of the text.",
                schemas.response::<EntitiesReply>(),
                example!("runEntities"),
            ),
        ),
        Agent::FactCheck => (
            "/agents/fact-check",
            "runFactCheck",
            "Check a claim",
            example!("runFactCheck.request"),
            SuccessResponse::ok(
                "The verdict and its evidence.",
                schemas.response::<FactCheckReply>(),
                example!("runFactCheck"),
            )
            .header("Server-Timing"),
        ),
        Agent::Synthesis => (
            "/agents/synthesis",
            "runSynthesis",
            "Write an answer",
            example!("runSynthesis.request"),
            SuccessResponse::ok(
                "The answer.",
                schemas.response::<Synthesized>(),
                example!("runSynthesis"),
            )
            .header("Server-Timing"),
        ),
        Agent::Citation => (
            "/agents/citation",
            "runCitation",
            "Correct citation markers",
            example!("runCitation.request"),
            SuccessResponse::ok(
                "The text with corrected markers, and its claims.",
                schemas.response::<CitationReply>(),
                example!("runCitation"),
            ),
        ),
        Agent::Browser => (
            "/agents/browser",
            "runBrowser",
            "Read a page",
            example!("runBrowser.request"),
            SuccessResponse::ok(
                "The text of the page.",
                schemas.response::<BrowserReply>(),
                example!("runBrowser"),
            ),
        ),
        Agent::Pdf => (
            "/agents/pdf",
            "runPdf",
            "Read a PDF",
            example!("runPdf.request"),
            SuccessResponse::ok(
                "The text of each page.",
                schemas.response::<PdfReply>(),
                example!("runPdf"),
            ),
        ),
        Agent::Crawler => (
            "/agents/crawler",
            "startCrawl",
            "Crawl a site",
            example!("startCrawl.request"),
            SuccessResponse::new(202, "The crawl is accepted, or runs already with these settings.")
                .json(schemas.response::<Crawl>(), example!("startCrawl"))
                .header("Location")
                .links(&["getCrawl", "cancelCrawl"], "id", "$response.body#/crawl_id"),
        ),
    };
    let operation = Operation::new(Method::POST, path, id, "agents", summary, description)
        .json_body(agent_body(agent), request)
        .responds(response);
    match agent {
        Agent::Synthesis => operation.fails(&[402]),
        Agent::Browser | Agent::Pdf => operation.fails(&[415, 422, 502]),
        _ => operation,
    }
}
