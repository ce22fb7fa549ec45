//! Signs that a part of a page is not its content.

use super::{content::Page, dom::Id};

/// Share of text in links from which a box leads to other pages.
const BOX_DENSITY: f64 = 0.5;
/// The same of a box beside the one that holds most of the text.
const SIDE_DENSITY: f64 = 0.25;
/// The same of a list or table, which may be content.
const LIST_DENSITY: f64 = 0.75;
/// Number of links in a cell of data.
const MAX_CELL_LINKS: usize = 3;
/// Number of fields up to which a form may be a part of the text, such as a calculator.
const MAX_FIELDS: usize = 2;
/// Length of a note on an author.
const PROFILE_LENGTH: usize = 120;
/// Length of a path to the page: `Home / Sports / Pool`.
const PATH_LENGTH: usize = 200;
/// Length of a request for consent.
const CONSENT_LENGTH: std::ops::Range<usize> = 20..4000;
/// Length of such a request for each time that it speaks of cookies.
const CONSENT_SPACING: usize = 800;

impl Page<'_> {
    /// Whether an element is a link. Pages of scripts have links without an address; those with a name are targets of links.
    pub(super) fn is_link(&self, id: Id) -> bool {
        let has = |name: &str| self.dom.attribute(id, name).is_some();
        self.dom.name(id) == "a" && (has("href") || !has("name") && !has("id"))
    }

    /// Whether links in a heading do not lead away: it has other text as well, or they lead to the part that it names.
    pub(super) fn is_own_heading(&self, id: Id) -> bool {
        let place = id as usize;
        matches!(self.dom.name(id), "h2" | "h3" | "h4" | "h5" | "h6")
            && self.linked[place] > 0
            && (self.linked[place] < self.text[place] || self.is_inward(id))
    }

    /// Whether a box speaks of cookies and has buttons.
    pub(super) fn asks_for_consent(&self, id: Id) -> bool {
        if !CONSENT_LENGTH.contains(&self.text[id as usize])
            || !matches!(self.dom.name(id), "div" | "section" | "aside" | "form")
        {
            return false;
        }
        let is_button = |node: Id| {
            let attribute = |name: &str| self.dom.attribute(node, name).unwrap_or_default();
            self.dom.name(node) == "button"
                || attribute("role") == "button"
                || attribute("href") == "#"
                || attribute("href").starts_with("javascript:")
        };
        if !self.dom.tree(id).any(is_button) {
            return false;
        }
        let text = self.dom.text_below(id).to_lowercase();
        let count: usize = ["cookie", "gdpr", "куки"]
            .iter()
            .map(|word| text.matches(word).count())
            .sum();
        count * CONSENT_SPACING > self.text[id as usize]
    }

    /// Whether a part mainly leads to other places.
    pub(super) fn leads_away(&self, id: Id, is_central: bool) -> bool {
        let density = self.density(id);
        match self.dom.name(id) {
            // The title of an entry of a list links to the entry.
            "header" if self.is_head_of_entry(id) => false,
            "div" | "section" | "aside" | "header" | "footer" | "form" => {
                density > if is_central { BOX_DENSITY } else { SIDE_DENSITY }
            }
            "ul" | "ol" | "table" | "dl" => {
                density > LIST_DENSITY && (self.is_inward(id) || !self.follows_text(id))
            }
            // A column of links in a page that is laid out as a table.
            "td" => density > SIDE_DENSITY && self.links(id).nth(MAX_CELL_LINKS).is_some(),
            "p" | "center" => density > 0.9 && !self.follows_text(id),
            _ => false,
        }
    }

    fn is_head_of_entry(&self, id: Id) -> bool {
        let mut above = self.dom.ancestors(id);
        above.any(|up| self.dom.name(up) == "article") && self.has(id, &["h2", "h3", "h4", "h5", "h6"])
    }

    fn links(&self, id: Id) -> impl Iterator<Item = Id> {
        self.dom.tree(id).filter(|node| self.dom.name(*node) == "a")
    }

    /// Whether all links lead to parts of the same page.
    pub(super) fn is_inward(&self, id: Id) -> bool {
        self.links(id).all(|link| {
            self.dom
                .attribute(link, "href")
                .is_some_and(|target| target.starts_with('#'))
        })
    }

    /// Whether the element before is a paragraph or a heading, as before a list that belongs to it.
    fn follows_text(&self, id: Id) -> bool {
        let before = std::iter::successors(self.dom.previous(id), |node| self.dom.previous(*node));
        let mut elements = before.filter(|node| !self.dom.name(*node).is_empty());
        let names = ["p", "h1", "h2", "h3", "h4", "h5", "dl", "pre", "blockquote"];
        elements
            .next()
            .is_some_and(|node| names.contains(&self.dom.name(node)) && !self.is_dropped[node as usize])
    }

    /// Whether links stand in a row with marks between them: `Home / Sports`, `new | past`.
    pub(super) fn is_path(&self, id: Id) -> bool {
        if !(1..PATH_LENGTH).contains(&self.text[id as usize]) {
            return false;
        }
        let is_link = |id: Option<Id>| id.is_some_and(|id| self.dom.name(id) == "a");
        self.dom.children(id).any(|child| {
            let text = self.dom.text(child).unwrap_or_default().trim();
            matches!(text, "/" | ">" | "›" | "»" | "→" | "|" | "·" | "•")
                && is_link(self.dom.previous(child))
                && is_link(self.dom.next(child))
        })
    }

    /// Whether a part is a form to write to the site, with little around it.
    pub(super) fn is_form(&self, id: Id) -> bool {
        let length = self.text[id as usize];
        let is_field = |node: Id| {
            let kind = self.dom.attribute(node, "type").unwrap_or_default();
            let is_input = self.dom.name(node) == "input" && matches!(kind, "email" | "password" | "search");
            is_input || self.dom.name(node) == "textarea"
        };
        matches!(self.dom.name(id), "form" | "div" | "section")
            && length < 200
            && self.dom.tree(id).any(is_field)
    }

    /// Whether a part is a form to fill in: an application, an order.
    pub(super) fn has_fields(&self, id: Id) -> bool {
        let is_field = |node: &Id| {
            let kind = self.dom.attribute(*node, "type").unwrap_or("text");
            let is_input = self.dom.name(*node) == "input"
                && matches!(kind, "text" | "email" | "tel" | "file" | "date" | "number");
            is_input || matches!(self.dom.name(*node), "textarea" | "select")
        };
        self.dom.name(id) == "form" && self.dom.tree(id).filter(is_field).nth(MAX_FIELDS).is_some()
    }

    /// Whether a cell is about the author of the text in the cell beside it, as in forums that are made of small tables.
    pub(super) fn is_profile(&self, id: Id) -> bool {
        if self.dom.name(id) != "td" || self.text[id as usize] > PROFILE_LENGTH {
            return false;
        }
        let table = self.table(id);
        let is_large = |cell: Option<Id>| cell.is_some_and(|cell| self.weight(cell) > 2.0 * self.weight(id));
        let elements = |next: &dyn Fn(Id) -> Option<Id>| {
            std::iter::successors(next(id), |node| next(*node)).find(|node| self.dom.name(*node) == "td")
        };
        let rows = |table: Id| {
            let rows = self.dom.tree(table).filter(|node| self.dom.name(*node) == "tr");
            rows.filter(|row| self.table(*row) == Some(table)).take(3).count()
        };
        let is_beside = is_large(elements(&|node| self.dom.next(node))) && self.linked[id as usize] > 0;
        is_beside && table.is_some_and(|table| rows(table) < 3 && !self.has(table, &["th"]))
    }

    fn table(&self, id: Id) -> Option<Id> {
        self.dom.ancestors(id).find(|up| self.dom.name(*up) == "table")
    }

    /// Whether a part is a note on rights at the end of a page.
    pub(super) fn is_imprint(&self, id: Id) -> bool {
        let length = self.text[id as usize];
        matches!(self.dom.name(id), "div" | "p" | "small" | "center" | "td")
            && (1..300).contains(&length)
            && self.dom.text_below(id).starts_with(['©', 'Ⓒ'])
    }
}
