//! The tree of an HTML document, bounded in depth and size.

use html5ever::{
    Attribute, QualName, TokenizerResult,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

use super::{
    limits,
    sink::{Limited, Sink},
};
use crate::Problem;

/// Number of nodes of a document.
pub(super) const MAX_NODES: usize = 500_000;

/// Number of a node in its document.
pub(super) type Id = u32;

/// The document itself.
pub(super) const ROOT: Id = 0;

/// A node and its neighbours.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) parent: Option<Id>,
    pub(super) previous: Option<Id>,
    pub(super) next: Option<Id>,
    pub(super) first: Option<Id>,
    pub(super) last: Option<Id>,
    pub(super) depth: u32,
    pub(super) content: Content,
}

/// What a node is.
#[derive(Debug, Default)]
pub(super) enum Content {
    #[default]
    Other,
    Text(String),
    Element(QualName, Vec<Attribute>),
}

/// A parsed document.
#[derive(Debug, Default)]
pub(super) struct Dom {
    nodes: Vec<Node>,
}

impl Dom {
    /// Parses a document or fragment; every text is one.
    ///
    /// # Errors
    /// [`Problem::TooLarge`].
    pub(super) fn parse(html: &str) -> Result<Self, Problem> {
        limits::check(html)?;
        let builder = TreeBuilder::new(Sink::new(), TreeBuilderOpts::default());
        let tokenizer = Tokenizer::new(Limited { builder }, TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(html));
        // Each script interrupts the tokenizer.
        while let TokenizerResult::Script(_) | TokenizerResult::EncodingIndicator(_) = tokenizer.feed(&queue)
        {
        }
        tokenizer.end();
        let sink = tokenizer.sink.builder.sink;
        if sink.is_full() {
            return Err(Problem::too_large(format!("it has more than {MAX_NODES} nodes")));
        }
        Ok(Self {
            nodes: sink.nodes.into_inner(),
        })
    }

    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// The number of nodes; all numbers are below.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.node(id)?.parent
    }

    pub(super) fn next(&self, id: Id) -> Option<Id> {
        self.node(id)?.next
    }

    pub(super) fn previous(&self, id: Id) -> Option<Id> {
        self.node(id)?.previous
    }

    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let first = self.node(id).and_then(|node| node.first);
        std::iter::successors(first, |child| self.next(*child))
    }

    /// The ancestors of a node, the nearest first.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.parent(id), |ancestor| self.parent(*ancestor))
    }

    /// A node and all below it, in the order of the document.
    pub(super) fn tree(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let current = next?;
            next = self.node(current).and_then(|node| node.first).or_else(|| {
                let ends = std::iter::successors(Some(current), |node| self.parent(*node));
                let mut below = ends.take_while(|node| *node != id);
                below.find_map(|node| self.next(node))
            });
            Some(current)
        })
    }

    /// The name of an element; empty for other nodes.
    pub(super) fn name(&self, id: Id) -> &str {
        match self.node(id).map(|node| &node.content) {
            Some(Content::Element(name, _)) => &name.local,
            _ => "",
        }
    }

    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        let Content::Element(_, attributes) = &self.node(id)?.content else {
            return None;
        };
        let found = attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)?;
        Some(&found.value)
    }

    /// The text of a text node.
    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match &self.node(id)?.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// All text below a node, with single spaces.
    pub(super) fn text_below(&self, id: Id) -> String {
        let texts = self.tree(id).filter_map(|node| self.text(node));
        let words: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
        words.join(" ")
    }

    /// The first element with a name.
    pub(super) fn find(&self, name: &str) -> Option<Id> {
        self.tree(ROOT).find(|node| self.name(*node) == name)
    }
}
