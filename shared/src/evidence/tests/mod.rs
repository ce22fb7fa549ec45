//! End-to-end tests of the verifier: planted faults, true paraphrases, and properties of any text.

mod any_text;
mod effects;
mod entailment;
mod faults;
mod library;
mod paraphrases;
