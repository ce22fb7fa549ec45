//! A question and how it is to be answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{InvalidInput, LibraryId};

/// The text of a question: 1 to 10,000 code points, not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Question(String);

impl Question {
    /// The longest question, in code points.
    pub const MAX: usize = 10_000;

    /// Takes the text as it is.
    ///
    /// # Errors
    /// When it is blank or longer than [`Question::MAX`].
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        super::not_blank_within(text, Self::MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many sources an answer may use, or results a search returns: 1 to 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TopK(usize);

impl TopK {
    /// The most that can be asked for.
    pub const MAX: usize = 50;

    /// # Errors
    /// When out of range.
    pub fn parse(k: u64) -> Result<Self, InvalidInput> {
        match usize::try_from(k) {
            Ok(k) if (1..=Self::MAX).contains(&k) => Ok(Self(k)),
            _ => Err(InvalidInput::impossible(
                "",
                format!("must be 1 to {}", Self::MAX),
            )),
        }
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

/// The ways of finding passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaneName {
    /// BM25 over the words of the library.
    Keyword,
    /// Nearest vectors of the library.
    Dense,
    /// Chunks that share entities with the question.
    Graph,
    /// Pages from the web.
    Web,
}

impl LaneName {
    /// Every lane, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Keyword, Self::Dense, Self::Graph, Self::Web];

    /// The name in requests, answers and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Dense => "dense",
            Self::Graph => "graph",
            Self::Web => "web",
        }
    }

    /// # Errors
    /// When there is no lane of this name.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        Self::ALL
            .into_iter()
            .find(|lane| lane.as_str() == name)
            .ok_or_else(|| {
                InvalidInput::impossible(
                    "",
                    "is not a lane; lanes are `keyword`, `dense`, `graph` and `web`",
                )
            })
    }
}

impl fmt::Display for LaneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who is to write the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The best writer there is.
    Auto,
    /// Quote the best evidence; no model.
    Extractive,
    /// This one, by its name, its provider's, or both: `provider/model`.
    Named(String),
}

impl Model {
    /// The longest name, in code points.
    pub const MAX: usize = 300;

    /// Reads a name. Whether it is configured is for those who know the providers.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        match name {
            "auto" => Ok(Self::Auto),
            "extractive" => Ok(Self::Extractive),
            name => super::not_blank_within(name, Self::MAX).map(|()| Self::Named(name.to_owned())),
        }
    }
}

/// A question with everything that was said about how to answer it. Valid by construction; serialized only for the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// What is asked.
    pub question: Question,
    /// Where to look.
    pub library: LibraryId,
    /// The caller's own name for a conversation; stored, not interpreted.
    pub session_id: Option<String>,
    /// Upper bound on the length of the answer, in tokens (about four characters each).
    pub max_tokens: Option<u32>,
    /// Abstain when the answer's confidence is lower, 0 to 1.
    pub confidence_threshold: f64,
    /// Whether a stored answer will do.
    pub cache: bool,
    /// Who writes.
    pub model: Model,
    /// Whether quoting the best evidence will do when no model answers.
    pub extractive: bool,
    /// Whether a model judges the sentences of a model's answer that the rules find no proof for.
    pub judge: bool,
    /// Whether another model may begin anew when one breaks off after something of its answer was shown.
    #[serde(default)]
    pub restart: bool,
    /// Whether to say what else the sources allow, and how good the answer is.
    #[serde(default)]
    pub comprehensive: bool,
    /// The lanes that may be used.
    pub lanes: Vec<LaneName>,
    /// The most sources.
    pub top_k: TopK,
    /// Only say what would be done.
    pub dry_run: bool,
}

impl Ask {
    /// The number of sources when nothing is said.
    pub const DEFAULT_TOP_K: TopK = TopK(8);
    /// The longest name of a conversation, in code points.
    pub const MAX_SESSION_ID: usize = 256;

    /// A question to the default library with every default.
    pub fn new(question: Question) -> Self {
        Self {
            question,
            library: LibraryId::default(),
            session_id: None,
            max_tokens: None,
            confidence_threshold: 0.0,
            cache: true,
            model: Model::Auto,
            extractive: true,
            judge: false,
            restart: false,
            comprehensive: false,
            lanes: LaneName::ALL.to_vec(),
            top_k: Self::DEFAULT_TOP_K,
            dry_run: false,
        }
    }
}
