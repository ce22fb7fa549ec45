//! Fetches addresses that users supply: only public ones, within limits.
