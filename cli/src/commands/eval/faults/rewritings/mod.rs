//! True rewritings: other forms of a sentence that say what it says.

mod frames;
mod letters;
mod notation;
mod quoting;

use super::{kind::Kind, tables};

/// The kinds of rewritings, in the order of the table.
pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind::rewriting("verbatim", |sample, _| Some(sample.sentence.raw.clone())),
        Kind::rewriting("case", letters::case),
        Kind::rewriting("ellipsis", quoting::ellipsis),
        Kind::rewriting("bracketed insertion", quoting::bracketed),
        Kind::rewriting("trailing adjunct left out", quoting::without_adjunct),
        Kind::rewriting("lead-in", frames::lead_in),
        Kind::rewriting("discourse word", frames::discourse_word),
        Kind::rewriting("number spelled", notation::number_spelled),
        Kind::rewriting("unit or time spelled", notation::unit_spelled),
        Kind::rewriting("date form", notation::date_form),
        Kind::rewriting("contraction", letters::contraction),
        Kind::rewriting("spelling variant", letters::spelling),
        Kind::rewriting("typographic signs", letters::typographic),
        Kind::rewriting_of_markup("without markup", |sample, _| Some(sample.sentence.plain.clone())),
        Kind::table_rewriting("table row", tables::row_said),
    ]
}
