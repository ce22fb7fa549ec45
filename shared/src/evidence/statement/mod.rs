//! A text with its dates, quantities and negations parsed, ready to be compared with others.

pub(crate) mod dates;
pub(crate) mod negation;
pub(crate) mod quantities;

use dates::Date;
use negation::Polarity;
use quantities::Quantity;

use super::side::Side;

/// A text with its dates, quantities and negations, parsed once for any number of comparisons.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    pub(super) side: Side<'a>,
    pub(super) polarities: Vec<Polarity>,
    pub(super) negates: bool,
    pub(super) dates: Vec<Date>,
    pub(super) quantities: Vec<Quantity>,
}

impl<'a> Statement<'a> {
    /// Parses a text.
    pub fn parse(side: Side<'a>) -> Self {
        let dates = dates::dates(side);
        Self {
            side,
            polarities: negation::polarities(side),
            negates: negation::negates(side),
            quantities: quantities::quantities(side, &dates),
            dates,
        }
    }

    /// The text.
    pub fn side(&self) -> Side<'a> {
        self.side
    }
}
