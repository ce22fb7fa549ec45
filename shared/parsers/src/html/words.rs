//! What the names that a page gives to its parts say about them.

use super::dom::{Dom, Id};

/// What a part of a page is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ways to other pages, advertisements and the like.
    Noise,
    /// A request for consent.
    Consent,
    /// Comments of readers.
    Comments,
}

/// Parts of words that only requests for consent have.
const CONSENT: [&str; 4] = ["cookie", "consent", "gdpr", "ccpa"];

const COMMENTS: [&str; 5] = ["comments", "comment", "respond", "disqus", "discussion"];

const NOISE: [&str; 88] = [
    "actions",
    "ad",
    "ads",
    "advert",
    "advertisement",
    "advertising",
    "alsobought",
    "banner",
    "bottombar",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "catlinks",
    "colophon",
    "copyright",
    "crosssell",
    "crumb",
    "crumbs",
    "donate",
    "edit",
    "editsection",
    "feedback",
    "foot",
    "footer",
    "gnav",
    "headerlink",
    "helpful",
    "hidden",
    "incut",
    "jumplinks",
    "languages",
    "linklist",
    "login",
    "masthead",
    "mega",
    "megamenu",
    "menu",
    "menubar",
    "metanav",
    "modal",
    "morelinks",
    "nav",
    "navbar",
    "navbox",
    "navi",
    "navigation",
    "newsletter",
    "noprint",
    "outbrain",
    "overlay",
    "pager",
    "pagination",
    "paywall",
    "popup",
    "postprofile",
    "prevnext",
    "printfooter",
    "promo",
    "readmore",
    "recommend",
    "recommendation",
    "recommendations",
    "recommended",
    "related",
    "relatedposts",
    "share",
    "sharebar",
    "sharedaddy",
    "sharing",
    "shoutbox",
    "sidebar",
    "sidenav",
    "signup",
    "sitemap",
    "skip",
    "skiplink",
    "sns",
    "social",
    "sponsor",
    "sponsored",
    "subscribe",
    "subscription",
    "taboola",
    "toc",
    "toolbar",
    "topbar",
    "upsell",
    "widget",
];

/// Words of a name that together say that a part is noise.
const PAIRS: [(&str, &str); 17] = [
    ("also", "like"),
    ("article", "info"),
    ("article", "meta"),
    ("entry", "meta"),
    ("post", "info"),
    ("post", "meta"),
    ("also", "bought"),
    ("cross", "sell"),
    ("most", "read"),
    ("on", "page"),
    ("page", "footer"),
    ("page", "tools"),
    ("read", "more"),
    ("read", "also"),
    ("screen", "reader"),
    ("sr", "only"),
    ("up", "sell"),
];

/// What an element is by its class and identifier.
pub(super) fn kind(dom: &Dom, id: Id) -> Option<Kind> {
    let names = ["class", "id", "data-component", "data-testid"];
    let stated = names.iter().filter_map(|name| dom.attribute(id, name));
    let words: Vec<String> = stated.flat_map(split).take(60).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    if words
        .iter()
        .any(|word| word == "cmp" || CONSENT.iter().any(|part| word.contains(part)))
    {
        return Some(Kind::Consent);
    }
    if COMMENTS.iter().any(|word| has(word)) {
        return Some(Kind::Comments);
    }
    let is_noise =
        NOISE.iter().any(|word| has(word)) || PAIRS.iter().any(|(one, other)| has(one) && has(other));
    is_noise.then_some(Kind::Noise)
}

/// The words of a name in lower case: `siteNav-top_bar` has four.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars().take(400) {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(
            split("siteNav-top_bar  Ünder"),
            ["site", "nav", "top", "bar", "ünder"]
        );
    }

    #[test]
    fn lists_are_in_order() {
        assert!(
            NOISE.is_sorted(),
            "{:?}",
            NOISE.windows(2).find(|pair| pair[0] > pair[1])
        );
    }
}
