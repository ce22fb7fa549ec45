//! `GET /agents` and `POST /agents/{agent}`: the directory of agents, and the body of each.

mod limits;
mod reading;
pub(super) mod schema;
#[cfg(test)]
mod tests;

use deserr::Deserr;
use lambda_http::Request;
use serde::Serialize;
use serde_json::Value;

use self::limits::{MAX_CITATION_TEXT, MAX_CLAIM, MAX_ENTITIES_TEXT, MAX_SUPPLIED_TEXT, MAX_SUPPLIED_TEXTS};
pub use self::reading::{browser, pdf};
use super::{
    documents,
    faults::{at, collect},
    queries::{Options, check_writer, parse_max_tokens, parse_model},
    search,
};
use crate::{
    agents::directory::{self, AGENTS, Agent},
    domain::{Ask, InvalidInput, LibraryId, Model, Passage, Question, TopK, not_blank_within},
    error::HubError,
    http::{input, request_context::RequestContext},
};

/// The directory of agents, with the JSON Schema of each body.
pub fn agents() -> AgentList {
    let agent = |entry: &directory::Entry| ListedAgent {
        name: entry.name,
        description: entry.description,
        available: entry.agent.is_ok(),
        reason: entry.agent.err(),
        input: entry.agent.ok().map(schema::agent_body),
    };
    AgentList {
        agents: AGENTS.iter().map(agent).collect(),
    }
}

/// The response of `GET /agents`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AgentList {
    /// Every agent, in a fixed order.
    agents: Vec<ListedAgent>,
}

/// One agent of the directory.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ListedAgent {
    /// The name in the path `/agents/{agent}`.
    name: &'static str,
    /// What the agent does, in one sentence.
    description: &'static str,
    /// Whether this deployment can run the agent.
    available: bool,
    /// Why the agent is not available; null when it is.
    reason: Option<&'static str>,
    /// The JSON Schema of the request body (draft 2020-12); null when the agent is not available.
    input: Option<Value>,
}

/// The agent named in the path.
///
/// # Errors
/// [`HubError::NotFound`] when there is no agent of this name, or [`HubError::AgentUnavailable`] when it is not available here.
pub fn agent(context: &RequestContext<'_>) -> Result<Agent, HubError> {
    directory::find(&context.path("agent"))
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct EntitiesBody {
    #[deserr(try_from(String) = within::<MAX_ENTITIES_TEXT> -> InvalidInput)]
    text: String,
}

/// Parses the text of the entities agent.
///
/// # Errors
/// Every fault of the body.
pub fn entities(request: &Request) -> Result<String, HubError> {
    let EntitiesBody { text } = input::json(request)?;
    Ok(text)
}

/// The input of the fact-check agent.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
pub struct FactCheck {
    /// The claim; also the search query when there is no evidence.
    #[deserr(try_from(String) = parse_claim -> InvalidInput)]
    pub claim: Question,
    /// The texts to check the claim against; when empty, the library is searched.
    #[deserr(default, try_from(Option<Vec<String>>) = parse_evidence -> InvalidInput)]
    pub evidence: Vec<String>,
    /// The library to search.
    #[deserr(default, try_from(Option<String>) = search::parse_library -> InvalidInput)]
    pub library: LibraryId,
    /// The most passages to check the claim against.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = search::parse_top_k -> InvalidInput)]
    pub top_k: TopK,
}

/// Parses a claim and its evidence.
///
/// # Errors
/// Every fault of the body.
pub fn fact_check(request: &Request) -> Result<FactCheck, HubError> {
    input::json(request)
}

fn parse_claim(text: String) -> Result<Question, InvalidInput> {
    not_blank_within(&text, MAX_CLAIM)?;
    Question::parse(&text)
}

fn parse_evidence(texts: Option<Vec<String>>) -> Result<Vec<String>, InvalidInput> {
    let Some(texts) = texts else { return Ok(Vec::new()) };
    check_number_of_texts(texts.len())?;
    let mut faults = None;
    for (place, text) in texts.iter().enumerate() {
        let fault = not_blank_within(text, MAX_SUPPLIED_TEXT).map_err(at(format!("/evidence/{place}")));
        collect(fault, &mut faults);
    }
    faults.map_or(Ok(texts), Err)
}

/// The input of the synthesis agent.
#[derive(Debug)]
pub struct Synthesis {
    /// The question and the settings of its answer.
    pub ask: Ask,
    /// The passages to write from; when empty, the library is searched.
    pub passages: Vec<Passage>,
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct SynthesisBody {
    #[deserr(try_from(String) = search::parse_question -> InvalidInput)]
    query: Question,
    #[deserr(default, try_from(Option<Vec<SuppliedText>>) = parse_passages_if_any -> InvalidInput)]
    passages: Vec<Passage>,
    #[deserr(default, try_from(Option<String>) = search::parse_library -> InvalidInput)]
    library: LibraryId,
    #[deserr(default = Model::Auto, try_from(Option<String>) = parse_model -> InvalidInput)]
    model: Model,
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    max_tokens: Option<u32>,
    #[deserr(default)]
    options: Option<Options>,
}

/// Parses a question and its passages. `serves` knows the configured models.
///
/// # Errors
/// Every fault of the body.
pub fn synthesis(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Synthesis, HubError> {
    let body: SynthesisBody = input::json(request)?;
    let options = body.options.unwrap_or_default();
    let extractive = options.extractive.unwrap_or(true);
    check_writer(&body.model, extractive, serves)?;
    Ok(Synthesis {
        ask: Ask {
            library: body.library,
            max_tokens: body.max_tokens,
            model: body.model,
            extractive,
            judge: options.judge.unwrap_or(false),
            ..Ask::new(body.query)
        },
        passages: body.passages,
    })
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct CitationBody {
    #[deserr(try_from(String) = within::<MAX_CITATION_TEXT> -> InvalidInput)]
    text: String,
    #[deserr(try_from(Vec<SuppliedText>) = parse_passages -> InvalidInput)]
    sources: Vec<Passage>,
}

/// Parses the text and the sources of the citation agent.
///
/// # Errors
/// Every fault of the body.
pub fn citation(request: &Request) -> Result<(String, Vec<Passage>), HubError> {
    let CitationBody { text, sources } = input::json(request)?;
    Ok((text, sources))
}

/// A text of the request body, with an optional title.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct SuppliedText {
    #[deserr(try_from(String) = within::<MAX_SUPPLIED_TEXT> -> InvalidInput)]
    text: String,
    #[deserr(default, try_from(Option<String>) = parse_title -> InvalidInput)]
    title: String,
}

fn parse_title(title: Option<String>) -> Result<String, InvalidInput> {
    title.map_or_else(|| Ok(String::new()), documents::title)
}

fn parse_passages_if_any(texts: Option<Vec<SuppliedText>>) -> Result<Vec<Passage>, InvalidInput> {
    texts.map_or_else(|| Ok(Vec::new()), parse_passages)
}

fn parse_passages(texts: Vec<SuppliedText>) -> Result<Vec<Passage>, InvalidInput> {
    check_number_of_texts(texts.len())?;
    let passage = |(number, SuppliedText { text, title })| Passage::supplied(number, title, text);
    Ok((1..).zip(texts).map(passage).collect())
}

/// Checks the length of a list. An empty list is refused, because it could mean no texts or a search instead.
fn check_number_of_texts(number: usize) -> Result<(), InvalidInput> {
    if (1..=MAX_SUPPLIED_TEXTS).contains(&number) {
        return Ok(());
    }
    let detail = format!("must have 1 to {MAX_SUPPLIED_TEXTS} texts");
    Err(InvalidInput::invalid_value("", detail))
}

/// A text that is not blank and has at most `MAX` code points.
fn within<const MAX: usize>(text: String) -> Result<String, InvalidInput> {
    not_blank_within(&text, MAX).map(|()| text)
}
