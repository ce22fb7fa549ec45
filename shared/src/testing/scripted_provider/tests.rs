//! The provider as its clients see it: through the wire formats of this crate, and through bytes.

mod bytes;
mod formats;
