//! Planted faults: changes after which a true sentence no longer says what its source says.

mod clauses;
mod joined;
mod names;
mod nouns;
mod opposites;
mod strength;
mod values;

use super::{kind::Kind, tables};

/// The kinds of faults, in the order of the table.
pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind::fault("number changed", values::number_changed),
        Kind::fault("unit changed", values::unit_changed),
        Kind::fault("date changed", values::date_changed),
        Kind::fault("negation added", strength::negation_added),
        Kind::cut("negation removed", strength::negation_removed),
        Kind::fault("name replaced", names::replaced),
        Kind::fault("two names exchanged", names::exchanged),
        Kind::fault("noun replaced", nouns::replaced),
        Kind::fault("opposite word", opposites::replaced_in),
        Kind::cut("hedge dropped", strength::hedge_dropped),
        Kind::cut("hedge made certain", strength::hedge_made_certain),
        Kind::fault("quantifier raised", strength::quantifier_raised),
        Kind::cut("condition dropped", clauses::condition_dropped),
        Kind::cut("only dropped", clauses::only_dropped),
        Kind::cut("attribution dropped", clauses::attribution_dropped),
        Kind::fault("halves of two sentences", joined::halves),
        Kind::fault("subject of another sentence", joined::subject_of_another),
        Kind::fault("invented", joined::invented),
        Kind::table_fault("cell of another row", tables::cell_of_another_row),
    ]
}
