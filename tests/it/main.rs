//! One binary of tests that start the real functions over an embedded DynamoDB.

mod hub;
mod support;
