//! Tests of the scripted provider, through the wire formats of this crate and as raw bytes.

mod bytes;
mod formats;
