//! The agent directory: the agents of the API, with the reasons why some are unavailable. The API lists and runs agents
//! from this table.

use crate::error::HubError;

/// An agent that can be run on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// Finds passages.
    Retrieval,
    /// Finds the entities that a text names.
    Entities,
    /// Weighs the evidence for and against a claim.
    FactCheck,
    /// Writes an answer from passages.
    Synthesis,
    /// Corrects the citation markers of a text.
    Citation,
    /// Reads a page of the web.
    Browser,
    /// Reads a PDF.
    Pdf,
    /// Reads a site.
    Crawler,
}

/// An entry of the directory.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name in URL paths.
    pub name: &'static str,
    /// Description, one sentence.
    pub description: &'static str,
    /// The agent, or why it is unavailable.
    pub agent: Result<Agent, &'static str>,
}

/// All agents.
pub const AGENTS: [Entry; 9] = [
    Entry {
        name: "retrieval",
        description: "Finds the passages of a library that say most about a query.",
        agent: Ok(Agent::Retrieval),
    },
    Entry {
        name: "entities",
        description: "Finds the names, dates, numbers, quoted words and identifiers of a text.",
        agent: Ok(Agent::Entities),
    },
    Entry {
        name: "fact-check",
        description: "Weighs a claim against texts that are given, or against what a library has.",
        agent: Ok(Agent::FactCheck),
    },
    Entry {
        name: "synthesis",
        description: "Writes an answer from passages that are given, or from what a library has, and proves each \
                      sentence.",
        agent: Ok(Agent::Synthesis),
    },
    Entry {
        name: "citation",
        description: "Gives each sentence of a text the numbers of the sources that support it.",
        agent: Ok(Agent::Citation),
    },
    Entry {
        name: "knowledge-graph",
        description: "Finds passages that share entities with a question.",
        agent: Err("there is no entity index"),
    },
    Entry {
        name: "browser",
        description: "Reads a page or file of the web, without storing it.",
        agent: Ok(Agent::Browser),
    },
    Entry {
        name: "pdf",
        description: "Takes the text out of a PDF page by page, without storing it.",
        agent: Ok(Agent::Pdf),
    },
    Entry {
        name: "crawler",
        description: "Reads a site of the web page by page, and stores the pages in a library.",
        agent: Ok(Agent::Crawler),
    },
];

/// Finds an agent by name.
///
/// # Errors
/// [`HubError::NotFound`] if there is no such agent; [`HubError::AgentUnavailable`] if it is unavailable.
pub fn find(name: &str) -> Result<Agent, HubError> {
    let entry = AGENTS.iter().find(|entry| entry.name == name);
    let entry = entry.ok_or(HubError::NotFound("agent"))?;
    entry.agent.map_err(|reason| HubError::AgentUnavailable {
        name: entry.name,
        reason,
    })
}
