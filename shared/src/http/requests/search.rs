//! `POST /search` and `POST /agents/retrieval`: a search, and body fields that other requests share with it.

use deserr::Deserr;
use lambda_http::Request;

use super::faults::{at, collect};
use crate::{
    domain::{Ask, InvalidInput, LaneName, LibraryId, Question, TopK},
    error::HubError,
    http::input,
};

/// A valid search.
#[derive(Debug)]
pub struct Search {
    /// The search query.
    pub query: Question,
    /// The library to search.
    pub library: LibraryId,
    /// The most results.
    pub top_k: TopK,
    /// The retrieval lanes to use.
    pub lanes: Vec<LaneName>,
}

/// The JSON body of a search.
#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "SearchRequest", deny_unknown_fields)
)]
pub(crate) struct SearchBody {
    /// The search query.
    #[deserr(try_from(String) = parse_question -> InvalidInput)]
    query: Question,
    /// The library to search.
    #[deserr(default, try_from(Option<String>) = parse_library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// The maximum number of results.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = parse_top_k -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopK>", extend("default" = Ask::DEFAULT_TOP_K)))]
    top_k: TopK,
    /// The retrieval lanes to use. The web is searched only if the list names it.
    #[deserr(default = LaneName::LIBRARY.to_vec(), try_from(Option<Vec<String>>) = parse_lanes -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<LaneName>>", length(min = 1), extend("default" = LaneName::LIBRARY)))]
    lanes: Vec<LaneName>,
}

/// Parses a search.
///
/// # Errors
/// Every fault of the body.
pub fn search(request: &Request) -> Result<Search, HubError> {
    let SearchBody {
        query,
        library,
        top_k,
        lanes,
    } = input::json(request)?;
    Ok(Search {
        query,
        library,
        top_k,
        lanes,
    })
}

/// The question or search query.
///
/// # Errors
/// When it is blank or too long.
pub(super) fn parse_question(text: String) -> Result<Question, InvalidInput> {
    Question::parse(&text)
}

/// The library; the default one when it is omitted.
///
/// # Errors
/// When it is not a library name.
pub(super) fn parse_library(name: Option<String>) -> Result<LibraryId, InvalidInput> {
    name.map_or_else(|| Ok(LibraryId::default()), |name| LibraryId::parse(&name))
}

/// The most passages; [`Ask::DEFAULT_TOP_K`] when it is omitted.
///
/// # Errors
/// When it is out of range.
pub(super) fn parse_top_k(k: Option<u64>) -> Result<TopK, InvalidInput> {
    k.map_or(Ok(Ask::DEFAULT_TOP_K), TopK::parse)
}

/// The lanes to use; those that search the library when the list is omitted. An empty list is refused: it would find nothing, as if the
/// library were empty.
///
/// # Errors
/// When it is empty or names an unknown lane.
pub(super) fn parse_lanes(names: Option<Vec<String>>) -> Result<Vec<LaneName>, InvalidInput> {
    let Some(names) = names else {
        return Ok(LaneName::LIBRARY.to_vec());
    };
    if names.is_empty() {
        return Err(InvalidInput::invalid_value("", "must name at least one lane"));
    }
    let mut faults = None;
    let lane = |(place, name): (usize, &String)| {
        collect(
            LaneName::parse(name).map_err(at(format!("/lanes/{place}"))),
            &mut faults,
        )
    };
    let lanes = names.iter().enumerate().filter_map(lane).collect();
    faults.map_or(Ok(lanes), Err)
}
