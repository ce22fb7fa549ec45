//! Crawling a site: which of its pages to get, in which order, how politely.

mod counts;
mod driver;
mod filter;
mod frontier;
#[cfg(test)]
mod fuzz;
mod links;
mod normalize;
mod page;
mod robots;
mod settings;
mod sitemap;

pub use self::{
    counts::Counts,
    driver::{End, Sink, Visit, crawl},
    frontier::{Frontier, InvalidSettings},
    links::{Links, links},
    normalize::normalize,
    page::{Content, Effect, Outcome, Page, Skip, State, Step},
    robots::Robots,
    settings::Settings,
    sitemap::{Sitemap, sitemap},
};
