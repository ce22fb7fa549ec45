//! The ledger as a whole: planted faults, true paraphrases, and what has to hold for any text.

mod any_text;
mod faults;
mod library;
mod paraphrases;
