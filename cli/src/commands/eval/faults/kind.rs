//! A kind of example: what is done to a sentence, and whether its source still says it.

use super::{
    passages::{Passage, Sample},
    seeded::Random,
};

/// How examples of a kind are made.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// From a sentence. `None` if the change does not apply to it.
    FromSentence(fn(&Sample<'_>, &mut Random) -> Option<String>),
    /// From a passage with a table.
    FromPassage(fn(&Passage, &mut Random) -> Option<String>),
}

/// A planted fault or a true rewriting.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The name in the table.
    pub(super) name: &'static str,
    pub(super) is_true: bool,
    /// Whether the words of an example may stand in the source in a row: a part of a sentence that is not true alone.
    pub(super) is_cut: bool,
    /// Whether it is made of sentences with markup only.
    pub(super) needs_markup: bool,
    pub(super) make: Make,
}

type FromSentence = fn(&Sample<'_>, &mut Random) -> Option<String>;
type FromPassage = fn(&Passage, &mut Random) -> Option<String>;

impl Kind {
    /// A fault whose words do not stand in the source in a row.
    pub(super) fn fault(name: &'static str, make: FromSentence) -> Self {
        Self {
            name,
            is_true: false,
            is_cut: false,
            needs_markup: false,
            make: Make::FromSentence(make),
        }
    }

    /// A fault by leaving words out.
    pub(super) fn cut(name: &'static str, make: FromSentence) -> Self {
        Self {
            is_cut: true,
            ..Self::fault(name, make)
        }
    }

    /// A fault in what a table says.
    pub(super) fn table_fault(name: &'static str, make: FromPassage) -> Self {
        Self {
            name,
            is_true: false,
            is_cut: false,
            needs_markup: false,
            make: Make::FromPassage(make),
        }
    }

    /// A rewriting that its source says.
    pub(super) fn rewriting(name: &'static str, make: FromSentence) -> Self {
        Self {
            is_true: true,
            ..Self::fault(name, make)
        }
    }

    /// A rewriting of a sentence with markup.
    pub(super) fn rewriting_of_markup(name: &'static str, make: FromSentence) -> Self {
        Self {
            needs_markup: true,
            ..Self::rewriting(name, make)
        }
    }

    /// What a table says, as a sentence.
    pub(super) fn table_rewriting(name: &'static str, make: FromPassage) -> Self {
        Self {
            is_true: true,
            ..Self::table_fault(name, make)
        }
    }
}
