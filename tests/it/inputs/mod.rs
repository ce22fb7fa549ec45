//! Invalid input: the problem lists every error with its place, and nothing is written.

mod agents;
mod cases;
mod documents;
mod history;
mod lists;
mod paths;
mod questions;
