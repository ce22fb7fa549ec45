//! Finds the main content of a page.
//!
//! The page is pruned rather than searched for its best part: forums, shops and tables of contents spread their content
//! over many boxes, of which a search for one article finds a single one.

use super::{
    dom::{Dom, Id, ROOT},
    metadata,
    render::is_silent,
    words::{self, Kind},
};

/// Share of the text of a page from which its element `main` or `article` is believed.
const MAIN_SHARE: f64 = 0.4;
/// Share of the text of the content up to which a part may be dropped for its name alone.
const NAMED_SHARE: f64 = 0.4;
/// Share of text in links from which a page is an index.
const INDEX_DENSITY: f64 = 0.55;
/// Share of the text that makes a box the one that holds most of it.
const CENTER_SHARE: f64 = 0.7;
/// Share of the text up to which a short form may be dropped.
const FORM_SHARE: f64 = 0.2;
/// Share of the text up to which a form with several fields may be dropped.
const FIELDS_SHARE: f64 = 0.4;
/// Length of a remark below the text: when it was changed, where it was published.
const REMARK_LENGTH: usize = 100;
/// Length of text outside comments that can stand alone.
const ENOUGH: usize = 250;

/// The main content of a page.
#[derive(Debug)]
pub(super) struct Content {
    /// The element that holds it.
    pub(super) root: Id,
    /// Whether a node is left out, by its number.
    pub(super) is_dropped: Vec<bool>,
}

/// Finds the main content.
pub(super) fn find(dom: &Dom) -> Content {
    let mut page = Page::new(dom);
    let body = dom.find("body").unwrap_or(ROOT);
    page.drop_consent(body);
    page.drop_landmarks(body);
    page.measure();
    let root = page.main(body);
    page.prune(root);
    Content {
        root,
        is_dropped: page.is_dropped,
    }
}

/// A page while it is pruned. Lengths are in characters without spaces.
pub(super) struct Page<'a> {
    pub(super) dom: &'a Dom,
    pub(super) is_dropped: Vec<bool>,
    /// Length of the text of each node.
    pub(super) text: Vec<usize>,
    /// Length of its text in links.
    pub(super) linked: Vec<usize>,
}

impl<'a> Page<'a> {
    fn new(dom: &'a Dom) -> Self {
        let is_dropped = (0..dom.len()).map(|id| is_silent(dom, id as Id)).collect();
        let mut page = Self {
            dom,
            is_dropped,
            text: Vec::new(),
            linked: Vec::new(),
        };
        page.measure();
        page
    }

    /// Measures the text that is left.
    fn measure(&mut self) {
        self.text = vec![0; self.dom.len()];
        self.linked = vec![0; self.dom.len()];
        let mut order: Vec<Id> = Vec::new();
        let mut open = vec![ROOT];
        while let Some(id) = open.pop() {
            if !self.is_dropped[id as usize] {
                order.push(id);
                open.extend(self.dom.children(id));
            }
        }
        for &id in order.iter().rev() {
            let place = id as usize;
            if let Some(text) = self.dom.text(id) {
                self.text[place] = text.chars().filter(|c| !c.is_whitespace()).count();
            }
            if self.is_link(id) {
                self.linked[place] = self.text[place];
            } else if self.is_own_heading(id) {
                self.linked[place] = 0;
            }
            if let Some(parent) = self.dom.parent(id) {
                self.text[parent as usize] += self.text[place];
                self.linked[parent as usize] += self.linked[place];
            }
        }
    }

    fn drop(&mut self, id: Id) {
        self.is_dropped[id as usize] = true;
    }

    /// Length of the text outside links.
    fn prose(&self, id: Id) -> usize {
        self.text[id as usize] - self.linked[id as usize]
    }

    /// Share of the text that is in links.
    pub(super) fn density(&self, id: Id) -> f64 {
        self.linked[id as usize] as f64 / self.text[id as usize].max(1) as f64
    }

    pub(super) fn has(&self, id: Id, names: &[&str]) -> bool {
        let mut kept = self.dom.tree(id);
        kept.any(|node| !self.is_dropped[node as usize] && names.contains(&self.dom.name(node)))
    }
}

impl Page<'_> {
    /// Drops dialogues and requests for consent, which often cover the page.
    fn drop_consent(&mut self, body: Id) {
        let nodes: Vec<Id> = self.dom.tree(body).collect();
        for id in nodes {
            if id == body || self.dom.name(id).is_empty() || self.is_dropped[id as usize] {
                continue;
            }
            let role = self.dom.attribute(id, "role").unwrap_or_default();
            let is_dialog = matches!(role, "dialog" | "alertdialog")
                || self.dom.attribute(id, "aria-modal") == Some("true")
                || self.dom.name(id) == "dialog";
            let is_consent = words::kind(self.dom, id) == Some(Kind::Consent) || self.asks_for_consent(id);
            if is_dialog || is_consent && !self.has(id, &["main", "article", "h1"]) {
                self.drop(id);
            }
        }
    }

    /// Drops the parts of a page that are not content by their element or role.
    fn drop_landmarks(&mut self, body: Id) {
        self.measure();
        let total = self.prose(body);
        let nodes: Vec<Id> = self.dom.tree(body).collect();
        // A heading that is a link is the name of the site; the title of the page is a heading without a link.
        let has_title = nodes
            .iter()
            .any(|id| self.dom.name(*id) == "h1" && self.density(*id) < 0.5);
        for id in nodes {
            let role = self.dom.attribute(id, "role").unwrap_or_default();
            let name = self.dom.name(id);
            let is_inner = || {
                let inner = ["article", "main", "section", "blockquote", "td"];
                self.dom
                    .ancestors(id)
                    .any(|up| inner.contains(&self.dom.name(up)))
            };
            let is_landmark = match (name, role) {
                ("nav", _) | (_, "navigation" | "search" | "toolbar" | "menubar" | "menu") => true,
                (_, "banner" | "contentinfo") => true,
                ("h1", _) => metadata::leads_home(self.dom, id) || has_title && self.density(id) > 0.5,
                ("header" | "footer", _) => !is_inner(),
                ("aside", _) | (_, "complementary") => !is_inner() || self.density(id) > 0.3,
                _ => false,
            };
            // Some pages put everything into one of them.
            if is_landmark && self.prose(id) * 2 <= total {
                self.drop(id);
            }
        }
    }

    /// The element that holds the main content: `main` or the one `article`, else the body.
    fn main(&self, body: Id) -> Id {
        let is_kept = |id: &Id| !self.is_dropped[*id as usize] && self.text[*id as usize] > 0;
        let is_main =
            |id: &Id| self.dom.name(*id) == "main" || self.dom.attribute(*id, "role") == Some("main");
        let is_large = |id: Id, of: Id| self.weight(id) >= MAIN_SHARE * self.weight(of);
        let main = self.dom.tree(body).filter(is_kept).find(is_main);
        let main = main.filter(|main| is_large(*main, body)).unwrap_or(body);
        let is_article = |id: &Id| {
            self.dom.name(*id) == "article" || self.dom.attribute(*id, "itemprop") == Some("articleBody")
        };
        let mut articles: Vec<Id> = self.dom.tree(main).filter(is_kept).filter(is_article).collect();
        articles.retain(|id| !self.dom.ancestors(*id).any(|up| up != main && is_article(&up)));
        articles.sort_by_key(|id| std::cmp::Reverse(self.text[*id as usize]));
        match articles.as_slice() {
            [article, others @ ..]
                if is_large(*article, main)
                    && others.iter().map(|id| self.weight(*id)).sum::<f64>() * 4.0
                        < self.weight(*article) =>
            {
                *article
            }
            _ => main,
        }
    }

    /// Length of the text, of which that in links counts little.
    pub(super) fn weight(&self, id: Id) -> f64 {
        self.prose(id) as f64 + 0.3 * self.linked[id as usize] as f64
    }

    /// Drops what is not content below the root.
    fn prune(&mut self, root: Id) {
        self.drop_named(root);
        self.measure();
        self.drop_remarks(root);
        self.measure();
        let is_index = self.density(root) > INDEX_DENSITY;
        let total = self.weight(root);
        let center = self.center(root);
        let mut open: Vec<(Id, bool)> = self.dom.children(root).map(|id| (id, root == center)).collect();
        while let Some((id, is_central)) = open.pop() {
            if self.is_dropped[id as usize] || matches!(self.dom.name(id), "" | "pre") {
                continue;
            }
            let is_central = is_central || id == center;
            let leads_away = !is_index && self.leads_away(id, is_central) || self.is_path(id);
            let is_noise = leads_away && self.weight(id) < NAMED_SHARE * total
                || self.is_imprint(id)
                || self.is_profile(id)
                || self.is_form(id) && self.weight(id) < FORM_SHARE * total
                || self.has_fields(id) && self.weight(id) < FIELDS_SHARE * total;
            match is_noise && !self.has(id, &["h1"]) {
                true => self.drop(id),
                false => open.extend(self.dom.children(id).map(|id| (id, is_central))),
            }
        }
        self.measure();
    }

    /// Drops short remarks below the box that holds most of the text.
    fn drop_remarks(&mut self, root: Id) {
        let mut last = self.center(root);
        let longest = (self.text[root as usize] / 10).min(REMARK_LENGTH);
        while last != root {
            let mut below = self.dom.next(last);
            while let Some(id) = below {
                let is_short = self.text[id as usize] < longest && !self.dom.name(id).is_empty();
                if is_short && !self.has(id, &["h1", "h2", "h3", "ul", "ol", "dl", "pre", "table"]) {
                    self.drop(id);
                }
                below = self.dom.next(id);
            }
            let Some(parent) = self.dom.parent(last) else {
                return;
            };
            last = parent;
        }
    }

    /// The innermost element that holds most of the text of the root.
    fn center(&self, root: Id) -> Id {
        let mut center = root;
        let least = CENTER_SHARE * self.weight(root);
        while let Some(child) = self.dom.children(center).find(|child| {
            !self.is_dropped[*child as usize]
                && !self.dom.name(*child).is_empty()
                && self.weight(*child) >= least
        }) {
            center = child;
        }
        center
    }

    /// Drops what has a name of noise, and comments below an article.
    fn drop_named(&mut self, root: Id) {
        let total = self.weight(root);
        let nodes: Vec<Id> = self.dom.tree(root).skip(1).collect();
        let mut comments = Vec::new();
        for id in nodes {
            // In code, names are those of the highlighter.
            let is_code = |up: Id| matches!(self.dom.name(up), "pre" | "code");
            let is_inner = self
                .dom
                .ancestors(id)
                .any(|up| self.is_dropped[up as usize] || is_code(up));
            if is_inner || self.is_dropped[id as usize] || self.dom.name(id).is_empty() {
                continue;
            }
            match words::kind(self.dom, id) {
                Some(Kind::Comments) => comments.push(id),
                Some(Kind::Noise | Kind::Consent)
                    if self.weight(id) < NAMED_SHARE * total && !self.has(id, &["h1"]) =>
                {
                    self.drop(id);
                }
                _ => {}
            }
        }
        self.measure();
        let mut outer: Vec<Id> = Vec::new();
        for id in comments {
            if !self.dom.ancestors(id).any(|up| outer.contains(&up)) {
                outer.push(id);
            }
        }
        let inside: usize = outer.iter().map(|id| self.prose(*id)).sum();
        let outside = self.prose(root).saturating_sub(inside);
        if outside >= ENOUGH && outside * 3 >= inside {
            outer.into_iter().for_each(|id| self.drop(id));
        }
    }
}
