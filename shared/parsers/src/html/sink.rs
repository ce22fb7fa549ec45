//! Builds the tree from the tokens of the HTML parser.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

use html5ever::{
    Attribute, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult},
    tree_builder::TreeBuilder,
};

use super::{
    dom::{Content, Id, MAX_NODES, Node, ROOT},
    limits::MAX_ATTRIBUTES,
};

/// Number of elements within each other. Deeper ones become their parents' children, so that walks may recurse.
const MAX_DEPTH: u32 = 200;

/// Passes tokens on until the tree is full; start tags below the greatest depth are dropped.
pub(super) struct Limited {
    pub(super) builder: TreeBuilder<Id, Sink>,
}

impl TokenSink for Limited {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Id> {
        let sink = &self.builder.sink;
        let is_start = matches!(
            &token,
            Token::TagToken(Tag {
                kind: TagKind::StartTag,
                ..
            })
        );
        let is_dropped =
            is_start && sink.depth.get() >= MAX_DEPTH || sink.is_full() && token != Token::EOFToken;
        match is_dropped {
            true => TokenSinkResult::Continue,
            false => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Receives the tree.
pub(super) struct Sink {
    pub(super) nodes: RefCell<Vec<Node>>,
    /// Depth of the open element.
    depth: Cell<u32>,
}

impl Sink {
    pub(super) fn new() -> Self {
        Self {
            nodes: RefCell::new(vec![Node::default()]),
            depth: Cell::new(0),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.nodes.borrow().len() > MAX_NODES
    }

    fn create(&self, content: Content) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            content,
            ..Node::default()
        });
        // `MAX_NODES` and the few that one token makes fit.
        (nodes.len() - 1) as Id
    }

    /// Inserts a node before a sibling, or as the last child.
    fn insert(&self, parent: Id, before: Option<Id>, child: NodeOrText<Id>) {
        let previous = match before {
            Some(sibling) => self.nodes.borrow()[sibling as usize].previous,
            None => self.nodes.borrow()[parent as usize].last,
        };
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                if let Some(previous) = previous
                    && let Content::Text(before) = &mut self.nodes.borrow_mut()[previous as usize].content
                {
                    before.push_str(&text);
                    return;
                }
                self.create(Content::Text(text.to_string()))
            }
        };
        self.remove_from_parent(&child);
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent as usize].depth + 1;
        let node = &mut nodes[child as usize];
        (node.parent, node.previous, node.next, node.depth) = (Some(parent), previous, before, depth);
        let is_element = matches!(node.content, Content::Element(..));
        match previous {
            Some(previous) => nodes[previous as usize].next = Some(child),
            None => nodes[parent as usize].first = Some(child),
        }
        match before {
            Some(sibling) => nodes[sibling as usize].previous = Some(child),
            None => nodes[parent as usize].last = Some(child),
        }
        if is_element {
            self.depth.set(depth);
        }
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Self;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| {
            match &nodes[*target as usize].content {
                Content::Element(name, _) => name,
                _ => &NO_NAME,
            }
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _flags: ElementFlags) -> Id {
        self.create(Content::Element(name, attributes))
    }

    fn create_comment(&self, _text: StrTendril) -> Id {
        self.create(Content::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Id {
        self.create(Content::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let parent = self.nodes.borrow()[*element as usize].parent;
        match parent {
            Some(parent) => self.insert(parent, Some(*element), child),
            None => self.insert(*previous, None, child),
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    fn pop(&self, node: &Id) {
        let depth = self.nodes.borrow()[*node as usize].depth;
        self.depth.set(depth.saturating_sub(1));
    }

    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let parent = self.nodes.borrow()[*sibling as usize].parent;
        if let Some(parent) = parent {
            self.insert(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, more: Vec<Attribute>) {
        if let Content::Element(_, attributes) = &mut self.nodes.borrow_mut()[*target as usize].content {
            for attribute in more.into_iter().take(MAX_ATTRIBUTES) {
                if attributes.len() < MAX_ATTRIBUTES
                    && attributes.iter().all(|other| other.name != attribute.name)
                {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        let mut nodes = self.nodes.borrow_mut();
        let node = &mut nodes[*target as usize];
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        let Some(parent) = parent else {
            return;
        };
        match previous {
            Some(previous) => nodes[previous as usize].next = next,
            None => nodes[parent as usize].first = next,
        }
        match next {
            Some(next) => nodes[next as usize].previous = previous,
            None => nodes[parent as usize].last = previous,
        }
    }

    fn reparent_children(&self, node: &Id, parent: &Id) {
        loop {
            let child = self.nodes.borrow()[*node as usize].first;
            let Some(child) = child else {
                return;
            };
            self.insert(*parent, None, NodeOrText::AppendNode(child));
        }
    }
}

static NO_NAME: QualName = QualName {
    prefix: None,
    ns: ns!(html),
    local: local_name!(""),
};
