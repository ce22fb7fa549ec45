//! Operations of `/agents`: the directory, and one operation for each available agent.

use ::http::Method;

use super::{
    operation::{Operation, SuccessResponse, example},
    schemas::Schemas,
};
use crate::{
    agents::directory::{AGENTS, Agent},
    http::{
        CitationReply, EntitiesReply, FactCheckReply, SearchReply,
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
    operations
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
    };
    let operation = Operation::new(Method::POST, path, id, "agents", summary, description)
        .json_body(agent_body(agent), request)
        .responds(response);
    match agent {
        Agent::Synthesis => operation.fails(&[402]),
        _ => operation,
    }
}
