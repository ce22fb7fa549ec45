//! Fetches addresses that users supply: only public ones, within limits.
//!
//! [`Fetcher::fetch`] gets one address. The guard refuses everything that could reach a machine of the network that the
//! function runs in (server-side request forgery): other schemes and ports, user names in the address, and names with
//! any address that is not public. The connection goes to the addresses that were checked.
//!
//! [`crawl`] gets the pages of a site, politely, and can be resumed after an abrupt end.

mod address;
mod body;
mod crawl;

mod error;
mod fetch;
mod policy;
mod resolve;

pub use self::{
    crawl::*,
    error::FetchError,
    fetch::{Fetched, Fetcher, Status, Validators},
    policy::{Policy, parse_url},
    resolve::{Resolve, SystemResolver},
};
