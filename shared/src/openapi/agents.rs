//! `/agents`: the list, and each agent that can be run, whose body and reply are its own.

use ::http::Method;

use super::{
    operation::{Operation, Reply, example},
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

pub(super) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let list = Operation::new(
        Method::GET,
        "/agents",
        "listAgents",
        "agents",
        "Lists the agents",
        "With the shape of each body, and why those that cannot be run here cannot.",
    )
    .answers(Reply::ok(
        "All of them.",
        schemas.written::<AgentList>(),
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

fn run(schemas: &mut Schemas, agent: Agent, description: &str) -> Operation {
    // Timed are those that have stages.
    let (path, id, summary, request, reply) = match agent {
        Agent::Retrieval => (
            "/agents/retrieval",
            "runRetrieval",
            "Finds passages",
            example!("search.request"),
            Reply::ok(
                "What was found.",
                schemas.written::<SearchReply>(),
                example!("search"),
            )
            .header("Server-Timing"),
        ),
        Agent::Entities => (
            "/agents/entities",
            "runEntities",
            "Finds what a text names",
            example!("runEntities.request"),
            Reply::ok(
                "What it names.",
                schemas.written::<EntitiesReply>(),
                example!("runEntities"),
            ),
        ),
        Agent::FactCheck => (
            "/agents/fact-check",
            "runFactCheck",
            "Weighs a claim",
            example!("runFactCheck.request"),
            Reply::ok(
                "What it came to.",
                schemas.written::<FactCheckReply>(),
                example!("runFactCheck"),
            )
            .header("Server-Timing"),
        ),
        Agent::Synthesis => (
            "/agents/synthesis",
            "runSynthesis",
            "Writes an answer",
            example!("runSynthesis.request"),
            Reply::ok(
                "What it wrote.",
                schemas.written::<Synthesized>(),
                example!("runSynthesis"),
            )
            .header("Server-Timing"),
        ),
        Agent::Citation => (
            "/agents/citation",
            "runCitation",
            "Puts the markers of a text right",
            example!("runCitation.request"),
            Reply::ok(
                "The text.",
                schemas.written::<CitationReply>(),
                example!("runCitation"),
            ),
        ),
    };
    let operation = Operation::new(Method::POST, path, id, "agents", summary, description)
        .takes(agent_body(agent), request)
        .answers(reply);
    match agent {
        Agent::Synthesis => operation.fails(&[402]),
        _ => operation,
    }
}
