//! `GET /agents`, `POST /agents/{agent}`: the list, and the body of each agent beside its JSON Schema.

pub(super) mod schema;

use deserr::Deserr;
use lambda_http::Request;
use serde::Serialize;
use serde_json::Value;

use super::{
    super::{RequestContext, input},
    all, at, documents,
    queries::{self, Options, parse_max_tokens, parse_model},
    search,
};
use crate::{
    agents::directory::{self, AGENTS, Agent},
    domain::{Ask, InvalidInput, LibraryId, Model, Passage, Question, TopK, not_blank_within},
    error::HubError,
};

/// The longest text that entities are looked for in, in code points.
const MAX_ENTITIES_TEXT: usize = 10_000;
/// The longest claim, in code points.
const MAX_CLAIM: usize = 2_000;
/// The longest answer whose markers are put right, in code points.
const MAX_ANSWER: usize = 20_000;
/// The most texts that a request may give.
const MAX_GIVEN: usize = 40;
/// The longest of them, in code points.
const MAX_GIVEN_TEXT: usize = 20_000;

/// The list of agents.
pub fn agents() -> AgentList {
    let agent = |entry: &directory::Entry| ListedAgent {
        name: entry.name,
        description: entry.description,
        available: entry.agent.is_ok(),
        reason: entry.agent.err(),
        input: entry.agent.ok().map(schema::of),
    };
    AgentList {
        agents: AGENTS.iter().map(agent).collect(),
    }
}

/// The agents, in the order of the list.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AgentList {
    agents: Vec<ListedAgent>,
}

/// An agent, as the list shows it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ListedAgent {
    /// Its name in paths.
    name: &'static str,
    /// What it does, in a sentence.
    description: &'static str,
    /// Whether it can be run here.
    available: bool,
    /// Why it cannot.
    reason: Option<&'static str>,
    /// What its body may hold, as JSON Schema (draft 2020-12).
    input: Option<Value>,
}

/// The agent that the path names.
///
/// # Errors
/// When there is none of this name, or it cannot be run here.
pub fn agent(context: &RequestContext<'_>) -> Result<Agent, HubError> {
    directory::named(&context.path("agent"))
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct EntitiesBody {
    #[deserr(try_from(String) = within::<MAX_ENTITIES_TEXT> -> InvalidInput)]
    text: String,
}

/// Reads the text whose entities are wanted.
///
/// # Errors
/// Every fault of the body.
pub fn entities(request: &Request) -> Result<String, HubError> {
    let EntitiesBody { text } = input::json(request)?;
    Ok(text)
}

/// A claim, and what it is to be weighed against.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
pub struct FactCheck {
    /// The claim, which is also what is searched for.
    #[deserr(try_from(String) = parse_claim -> InvalidInput)]
    pub claim: Question,
    /// The texts; where there are none, the library is searched.
    #[deserr(default, try_from(Option<Vec<String>>) = parse_evidence -> InvalidInput)]
    pub evidence: Vec<String>,
    /// Where to search.
    #[deserr(default, try_from(Option<String>) = search::library -> InvalidInput)]
    pub library: LibraryId,
    /// How many passages to weigh.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = search::top_k -> InvalidInput)]
    pub top_k: TopK,
}

/// Reads a claim with its evidence.
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
    is_number_of_texts(texts.len())?;
    let mut faults = None;
    for (place, text) in texts.iter().enumerate() {
        let fault = not_blank_within(text, MAX_GIVEN_TEXT).map_err(at(format!("/evidence/{place}")));
        all(fault, &mut faults);
    }
    faults.map_or(Ok(texts), Err)
}

/// What an answer is to be written from.
#[derive(Debug)]
pub struct Synthesis {
    /// The question and who writes.
    pub ask: Ask,
    /// The passages that came with it; where there are none, the library is searched.
    pub passages: Vec<Passage>,
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct SynthesisBody {
    #[deserr(try_from(String) = search::question -> InvalidInput)]
    query: Question,
    #[deserr(default, try_from(Option<Vec<Text>>) = parse_passages_if_any -> InvalidInput)]
    passages: Vec<Passage>,
    #[deserr(default, try_from(Option<String>) = search::library -> InvalidInput)]
    library: LibraryId,
    #[deserr(default = Model::Auto, try_from(Option<String>) = parse_model -> InvalidInput)]
    model: Model,
    #[deserr(default, try_from(Option<u64>) = parse_max_tokens -> InvalidInput)]
    max_tokens: Option<u32>,
    #[deserr(default)]
    options: Option<Options>,
}

/// Reads a question with its passages. `serves` knows the models that are configured.
///
/// # Errors
/// Every fault of the body.
pub fn synthesis(request: &Request, serves: impl Fn(&str) -> bool) -> Result<Synthesis, HubError> {
    let body: SynthesisBody = input::json(request)?;
    let options = body.options.unwrap_or_default();
    let extractive = options.extractive.unwrap_or(true);
    queries::writer(&body.model, extractive, serves)?;
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
    #[deserr(try_from(String) = within::<MAX_ANSWER> -> InvalidInput)]
    text: String,
    #[deserr(try_from(Vec<Text>) = parse_passages -> InvalidInput)]
    sources: Vec<Passage>,
}

/// Reads an answer and its sources.
///
/// # Errors
/// Every fault of the body.
pub fn citation(request: &Request) -> Result<(String, Vec<Passage>), HubError> {
    let CitationBody { text, sources } = input::json(request)?;
    Ok((text, sources))
}

/// A text that a request gives, with its title.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
struct Text {
    #[deserr(try_from(String) = within::<MAX_GIVEN_TEXT> -> InvalidInput)]
    text: String,
    #[deserr(default, try_from(Option<String>) = parse_title -> InvalidInput)]
    title: String,
}

fn parse_title(title: Option<String>) -> Result<String, InvalidInput> {
    title.map_or_else(|| Ok(String::new()), documents::title)
}

fn parse_passages_if_any(texts: Option<Vec<Text>>) -> Result<Vec<Passage>, InvalidInput> {
    texts.map_or_else(|| Ok(Vec::new()), parse_passages)
}

fn parse_passages(texts: Vec<Text>) -> Result<Vec<Passage>, InvalidInput> {
    is_number_of_texts(texts.len())?;
    let passage = |(number, Text { text, title })| Passage::given(number, title, text);
    Ok((1..).zip(texts).map(passage).collect())
}

/// An empty list is refused: what was meant is not plain, none at all or a search instead.
fn is_number_of_texts(number: usize) -> Result<(), InvalidInput> {
    if (1..=MAX_GIVEN).contains(&number) {
        return Ok(());
    }
    let detail = format!("must have 1 to {MAX_GIVEN} texts");
    Err(InvalidInput::impossible("", detail))
}

fn within<const MOST: usize>(text: String) -> Result<String, InvalidInput> {
    not_blank_within(&text, MOST).map(|()| text)
}

#[cfg(test)]
mod tests {
    use lambda_http::http::header::CONTENT_TYPE;

    use super::*;

    fn refused(agent: Agent, body: &str) -> Vec<crate::domain::FieldError> {
        let mut request = Request::new(body.into());
        request
            .headers_mut()
            .insert(CONTENT_TYPE, "application/json".parse().unwrap());
        let error = match agent {
            Agent::Retrieval => super::super::search(&request).err(),
            Agent::Entities => entities(&request).err(),
            Agent::FactCheck => fact_check(&request).err(),
            Agent::Synthesis => synthesis(&request, |_| true).err(),
            Agent::Citation => citation(&request).err(),
        };
        let Some(HubError::Invalid(input)) = error else {
            panic!("{agent:?} takes {body}")
        };
        input.errors
    }

    #[test]
    fn the_schemas_list_the_fields_that_are_taken_and_those_that_must_be_there() {
        for entry in AGENTS {
            let Ok(agent) = entry.agent else { continue };
            let schema = schema::of(agent);
            let names = schema["properties"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str);
            let known = format!(
                "is not known; known are `{}`",
                names.collect::<Vec<_>>().join("`, `")
            );
            let missing = schema["required"].as_array().unwrap().iter();
            let missing =
                missing.map(|name| (format!("/{}", name.as_str().unwrap()), "is required".to_owned()));
            let mut wanted: Vec<(String, String)> = vec![("/?".to_owned(), known)];
            wanted.extend(missing);
            let told = refused(agent, r#"{"?":1}"#).into_iter();
            let told: Vec<(String, String)> = told.map(|error| (error.pointer, error.detail)).collect();
            assert_eq!(told, wanted, "{}", entry.name);
        }
    }

    #[test]
    fn what_is_not_listed_is_not_an_agent_and_what_is_off_says_why() {
        assert!(matches!(
            directory::named("oracle"),
            Err(HubError::NotFound("agent"))
        ));
        for entry in AGENTS {
            match directory::named(entry.name) {
                Ok(agent) => assert_eq!(Ok(agent), entry.agent),
                Err(error) => assert!(error.to_string().contains(entry.agent.unwrap_err())),
            }
        }
    }
}
