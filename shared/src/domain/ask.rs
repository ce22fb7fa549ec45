//! Questions and their options.

use serde::{Deserialize, Serialize};

use super::{ids::LibraryId, invalid::InvalidInput, lane_name::LaneName, text::not_blank_within};

/// The text of a question: 1 to 10,000 code points, not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Question(String);

impl Question {
    /// Maximum length, in code points.
    pub const MAX: usize = 10_000;

    /// Parses a question. The text is kept as is.
    ///
    /// # Errors
    /// If it is blank or longer than [`Question::MAX`].
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        not_blank_within(text, Self::MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Maximum number of sources of an answer, or of results of a search: 1 to 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TopK(usize);

impl TopK {
    /// Largest value.
    pub const MAX: usize = 50;

    /// Parses a number.
    ///
    /// # Errors
    /// If it is out of range.
    pub fn parse(k: u64) -> Result<Self, InvalidInput> {
        match usize::try_from(k) {
            Ok(k) if (1..=Self::MAX).contains(&k) => Ok(Self(k)),
            _ => Err(InvalidInput::invalid_value(
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

/// The model that writes an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The best model available.
    Auto,
    /// No model: quote the best evidence.
    Extractive,
    /// A model by its name, its provider's name, or both: `provider/model`.
    Named(String),
}

impl Model {
    /// Maximum length of a name, in code points.
    pub const MAX: usize = 300;

    /// Parses a name. Does not check that such a model is configured.
    ///
    /// # Errors
    /// If it is blank or longer than [`Model::MAX`].
    pub fn parse(name: &str) -> Result<Self, InvalidInput> {
        match name {
            "auto" => Ok(Self::Auto),
            "extractive" => Ok(Self::Extractive),
            name => not_blank_within(name, Self::MAX).map(|()| Self::Named(name.to_owned())),
        }
    }
}

/// A question with its options. Valid by construction; serialized only for the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The question.
    pub question: Question,
    /// The library to search.
    pub library: LibraryId,
    /// Id of the conversation, chosen by the caller. Follow-ups are read with the question before them.
    pub session_id: Option<String>,
    /// The question as it is read, if it is a follow-up; `None` until it was read, or when it stands for itself.
    #[serde(default)]
    pub read_as: Option<Question>,
    /// Maximum length of the answer, in tokens (about four characters each).
    pub max_tokens: Option<u32>,
    /// The confidence from which an answer is shown as one, 0 to 1; 0 stands for the default.
    pub confidence_threshold: f64,
    /// Whether a cached answer may be returned.
    pub cache: bool,
    /// The model to use.
    pub model: Model,
    /// Whether to quote the best evidence if no model answers.
    pub extractive: bool,
    /// Whether an LLM judge reviews the claims that the rules cannot verify.
    pub judge: bool,
    /// Whether another model may start over if one breaks off after part of its text was shown.
    #[serde(default)]
    pub restart: bool,
    /// Whether to add alternative answers and quality metrics.
    #[serde(default)]
    pub comprehensive: bool,
    /// The lanes that may be searched.
    pub lanes: Vec<LaneName>,
    /// Maximum number of sources.
    pub top_k: TopK,
    /// Whether to return only the plan, without answering.
    pub dry_run: bool,
}

impl Ask {
    /// Default number of sources.
    pub const DEFAULT_TOP_K: TopK = TopK(8);
    /// Maximum length of a conversation id, in code points.
    pub const MAX_SESSION_ID: usize = 256;

    /// The question to answer: as it is read, by itself.
    #[must_use]
    pub fn as_read(&self) -> Self {
        Self {
            question: self.read_as.clone().unwrap_or_else(|| self.question.clone()),
            ..self.clone()
        }
    }

    /// Creates a question with default options, to the default library.
    pub fn new(question: Question) -> Self {
        Self {
            question,
            library: LibraryId::default(),
            session_id: None,
            read_as: None,
            max_tokens: None,
            confidence_threshold: 0.0,
            cache: true,
            model: Model::Auto,
            extractive: true,
            judge: false,
            restart: false,
            comprehensive: false,
            lanes: LaneName::LIBRARY.to_vec(),
            top_k: Self::DEFAULT_TOP_K,
            dry_run: false,
        }
    }
}
