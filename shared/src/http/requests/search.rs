//! `POST /search`.

use deserr::Deserr;
use lambda_http::Request;

use super::{super::input, all, at};
use crate::{
    domain::{Ask, InvalidInput, LaneName, LibraryId, Question, TopK},
    error::HubError,
};

/// A valid search.
#[derive(Debug)]
pub struct Search {
    /// What to find.
    pub query: Question,
    /// Where.
    pub library: LibraryId,
    /// How much.
    pub top_k: TopK,
    /// The lanes that may be used.
    pub lanes: Vec<LaneName>,
}

#[derive(Debug, Deserr)]
#[deserr(error = InvalidInput, deny_unknown_fields)]
#[cfg_attr(
    feature = "openapi",
    derive(schemars::JsonSchema),
    schemars(rename = "SearchRequest", deny_unknown_fields)
)]
pub(crate) struct Body {
    /// What to find.
    #[deserr(try_from(String) = question -> InvalidInput)]
    query: Question,
    /// Where.
    #[deserr(default, try_from(Option<String>) = super::search::library -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<LibraryId>", extend("default" = "default")))]
    library: LibraryId,
    /// How much, at most.
    #[deserr(default = Ask::DEFAULT_TOP_K, try_from(Option<u64>) = super::search::top_k -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TopK>", extend("default" = Ask::DEFAULT_TOP_K)))]
    top_k: TopK,
    /// The lanes that may be used.
    #[deserr(default = LaneName::ALL.to_vec(), try_from(Option<Vec<String>>) = super::search::lanes -> InvalidInput)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<LaneName>>", length(min = 1), extend("default" = LaneName::ALL)))]
    lanes: Vec<LaneName>,
}

/// Reads a search.
///
/// # Errors
/// Every fault of the body.
pub fn search(request: &Request) -> Result<Search, HubError> {
    let Body {
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

pub(super) fn question(text: String) -> Result<Question, InvalidInput> {
    Question::parse(&text)
}

pub(super) fn library(name: Option<String>) -> Result<LibraryId, InvalidInput> {
    name.map_or_else(|| Ok(LibraryId::default()), |name| LibraryId::parse(&name))
}

pub(super) fn top_k(k: Option<u64>) -> Result<TopK, InvalidInput> {
    k.map_or(Ok(Ask::DEFAULT_TOP_K), TopK::parse)
}

/// An empty list is refused: it would find nothing and look like an empty library.
pub(super) fn lanes(names: Option<Vec<String>>) -> Result<Vec<LaneName>, InvalidInput> {
    let Some(names) = names else {
        return Ok(LaneName::ALL.to_vec());
    };
    if names.is_empty() {
        return Err(InvalidInput::impossible("", "must name at least one lane"));
    }
    let mut faults = None;
    let lane = |(place, name): (usize, &String)| {
        all(
            LaneName::parse(name).map_err(at(format!("/lanes/{place}"))),
            &mut faults,
        )
    };
    let lanes = names.iter().enumerate().filter_map(lane).collect();
    faults.map_or(Ok(lanes), Err)
}
