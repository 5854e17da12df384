//! What the lines gave, and which of it is an item.

use super::line::{Lead, Row};
use super::prose::{announces_tasks, asks, clean, is_numbered, is_reference_section};
use crate::item::{Item, ItemKind};
use crate::lines::Line;
use crate::marks::{Mark, mark_at, mark_at_end};
use crate::tick::reference_in;

/// The form a node was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Marked,
    Row,
    Step,
    Bullet,
    Heading,
}

/// Something that may be an item.
#[derive(Debug)]
pub(crate) struct Node {
    shape: Shape,
    /// The index of its line.
    line: usize,
    /// The character its mark or its text starts with.
    column: usize,
    indent: usize,
    text: String,
    mark: Option<Mark>,
    parent: Option<usize>,
    headings: Vec<String>,
    level: usize,
    numbered: bool,
    /// Whether it stands where no list of things to do stands.
    apart: bool,
    details: Vec<String>,
    last_line: usize,
    reference_at: Option<usize>,
}

impl Node {
    pub(crate) fn new(shape: Shape, found: &Lead, line: &Line, index: usize) -> Self {
        let text: String =
            line.glyphs.iter().take(found.end).skip(found.text).map(|glyph| glyph.meant).collect();
        Node {
            shape,
            line: index,
            column: found.mark.map_or(found.text, |mark| mark.first),
            indent: line.indent(),
            text: clean(&text),
            mark: found.mark,
            parent: None,
            headings: Vec::new(),
            level: 0,
            numbered: found.numbered,
            apart: false,
            details: Vec::new(),
            last_line: index,
            reference_at: None,
        }
    }
}

/// All nodes of a file, in order.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    nodes: Vec<Node>,
    /// The open list items, the innermost last.
    open: Vec<usize>,
    /// The headings that hold, by level.
    headings: Vec<(usize, String)>,
    /// What announced the lines that follow.
    lead_in: Option<String>,
    /// Whether it said that they are no list of things to do.
    apart: bool,
}

impl Nodes {
    /// Adds an item, below the open one that it is indented under.
    pub(crate) fn item(&mut self, mut node: Node, nests: bool) {
        self.close(node.indent);
        if !nests {
            self.open.clear();
        }
        node.parent = self.open.last().copied();
        node.headings = self.context();
        node.apart = self.is_apart();
        self.open.push(self.nodes.len());
        self.nodes.push(node);
    }

    /// Adds a row of a table.
    pub(crate) fn row(&mut self, row: Row, index: usize) {
        self.open.clear();
        let node = Node {
            shape: Shape::Row,
            line: index,
            column: row.mark.first,
            indent: 0,
            text: row.text,
            mark: Some(row.mark),
            parent: None,
            headings: self.context(),
            level: 0,
            numbered: false,
            apart: false,
            details: Vec::new(),
            last_line: index,
            reference_at: Some(row.reference_at),
        };
        self.nodes.push(node);
    }

    /// Adds a heading.
    pub(crate) fn heading(&mut self, level: usize, line: &Line, first: usize, index: usize) {
        self.open.clear();
        self.lead_in = None;
        self.apart = false;
        self.headings.retain(|(above, _)| *above < level);
        let glyphs = line.own();
        let mark = mark_at(glyphs, first).or_else(|| mark_at_end(glyphs, first, glyphs.len()));
        let words: String = glyphs
            .iter()
            .enumerate()
            .skip(first)
            .filter(|(at, _)| mark.is_none_or(|mark| !(mark.first..mark.last).contains(at)))
            .map(|(_, glyph)| glyph.meant)
            .collect();
        let text = clean(words.trim().trim_end_matches('#'));
        let node = Node {
            shape: Shape::Heading,
            line: index,
            column: mark.map_or(first, |mark| mark.first),
            indent: 0,
            text: text.clone(),
            mark,
            parent: None,
            headings: self.context(),
            level,
            numbered: is_numbered(&text),
            apart: self.is_apart() || is_reference_section(&text),
            details: Vec::new(),
            last_line: index,
            reference_at: None,
        };
        self.nodes.push(node);
        self.headings.push((level, text));
    }

    /// What announces the lines that follow.
    pub(crate) fn lead_in(&mut self, title: String, apart: bool) {
        self.lead_in = Some(title);
        self.apart = apart;
    }

    /// Closes the open items that a line of this indentation is not inside of.
    pub(crate) fn close(&mut self, indent: usize) {
        let nodes = &self.nodes;
        self.open.retain(|open| nodes.get(*open).is_some_and(|node| node.indent < indent));
    }

    /// Whether an item is open.
    pub(crate) fn inside(&self) -> bool {
        !self.open.is_empty()
    }

    /// Adds a line to the text of the innermost open item.
    pub(crate) fn continue_text(&mut self, text: &str, index: usize) {
        let Some(node) = self.open.last().and_then(|open| self.nodes.get_mut(*open)) else {
            return;
        };
        node.text.push(' ');
        node.text.push_str(text);
        node.last_line = index;
    }

    /// Adds a line below the open items; one of code also below a heading.
    pub(crate) fn detail(&mut self, text: &str, index: usize, code: bool) {
        let target = match self.open.last() {
            Some(open) => Some(*open),
            None => self.nodes.iter().rposition(|node| code && node.shape == Shape::Heading),
        };
        if let Some(node) = target.and_then(|target| self.nodes.get_mut(target)) {
            node.details.push(text.trim().to_owned());
            node.last_line = index;
        }
    }

    fn context(&self) -> Vec<String> {
        let headings = self.headings.iter().map(|(_, text)| text.clone());
        headings.chain(self.lead_in.clone()).collect()
    }

    fn is_apart(&self) -> bool {
        self.apart || self.headings.iter().any(|(_, text)| is_reference_section(text))
    }

    /// The nodes that are items.
    pub(crate) fn items(self, lines: &[Line]) -> Vec<Item> {
        let kinds: Vec<Option<ItemKind>> =
            (0..self.nodes.len()).map(|index| self.kind(index)).collect();
        let mut places = Vec::with_capacity(kinds.len());
        let mut next = 0;
        for kind in &kinds {
            places.push(next);
            next += usize::from(kind.is_some());
        }
        let mut items = Vec::with_capacity(next);
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(kind) = kinds.get(index).copied().flatten() else { continue };
            let parent =
                self.item_above(index, &kinds).and_then(|above| places.get(above).copied());
            items.push(item(node, kind, parent, lines));
        }
        items
    }

    /// The nearest item that a node stands below.
    fn item_above(&self, index: usize, kinds: &[Option<ItemKind>]) -> Option<usize> {
        let mut above = self.nodes.get(index)?.parent;
        while let Some(at) = above {
            if kinds.get(at).copied().flatten().is_some() {
                return Some(at);
            }
            above = self.nodes.get(at)?.parent;
        }
        None
    }

    fn kind(&self, index: usize) -> Option<ItemKind> {
        let node = self.nodes.get(index)?;
        if !node.text.chars().any(char::is_alphanumeric) {
            return None;
        }
        let has_words = node.text.split_whitespace().count() > 0;
        match node.shape {
            Shape::Marked => has_words.then_some(ItemKind::Marked),
            Shape::Row => has_words.then_some(ItemKind::Row),
            Shape::Step if node.parent.is_some_and(|parent| self.is_marked(parent)) => {
                Some(ItemKind::Point)
            }
            Shape::Step => (!node.apart && !self.has_marked_below(index)).then_some(ItemKind::Step),
            Shape::Bullet if self.stands_below_item(index) => Some(ItemKind::Point),
            Shape::Bullet => (!node.apart
                && (asks(&node.text)
                    || node.headings.last().is_some_and(|title| announces_tasks(title)))
                && !self.has_marked_below(index))
            .then_some(ItemKind::Point),
            Shape::Heading => (node.level > 1
                && !node.apart
                && (node.numbered || node.mark.is_some())
                && !self.holds_items(index))
            .then_some(ItemKind::Heading),
        }
    }

    fn is_marked(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| matches!(node.shape, Shape::Marked | Shape::Row))
    }

    /// Whether an item is among what a node stands below.
    fn stands_below_item(&self, index: usize) -> bool {
        let mut above = self.nodes.get(index).and_then(|node| node.parent);
        while let Some(at) = above {
            let Some(node) = self.nodes.get(at) else { return false };
            if node.mark.is_some() || node.shape == Shape::Step && !node.apart {
                return true;
            }
            above = node.parent;
        }
        false
    }

    fn has_marked_below(&self, index: usize) -> bool {
        let below = self.nodes.iter().skip(index + 1).take_while(|node| node.parent.is_some());
        below.filter(|node| node.mark.is_some()).any(|node| {
            let mut above = node.parent;
            while let Some(at) = above {
                if at == index {
                    return true;
                }
                above = self.nodes.get(at).and_then(|node| node.parent);
            }
            false
        })
    }

    /// Whether a section holds marks or steps, or sections of its own.
    fn holds_items(&self, index: usize) -> bool {
        let Some(heading) = self.nodes.get(index) else { return false };
        let inside = self
            .nodes
            .iter()
            .skip(index + 1)
            .take_while(|node| node.shape != Shape::Heading || node.level > heading.level);
        inside.into_iter().any(|node| match node.shape {
            Shape::Marked | Shape::Row => true,
            Shape::Step => !node.apart,
            Shape::Heading => node.numbered || node.mark.is_some(),
            Shape::Bullet => false,
        })
    }
}

fn item(node: &Node, kind: ItemKind, parent: Option<usize>, lines: &[Line]) -> Item {
    let line = lines.get(node.line);
    let length = line.map_or(0, |line| line.end - line.start);
    let reference = line.and_then(|line| {
        let (start, end) = reference_in(&line.text)?;
        let byte = |at: usize| {
            let glyph = line.text.get(..at)?.chars().count();
            Some(line.glyphs.get(glyph).map_or(length, |glyph| glyph.start))
        };
        Some((byte(start)?, byte(end)?))
    });
    let last = line.map_or(length, |line| {
        line.glyphs
            .iter()
            .rev()
            .find(|glyph| !glyph.meant.is_whitespace())
            .map_or(0, |glyph| glyph.end)
    });
    Item {
        line: node.line + 1,
        column: node.column + 1,
        kind,
        text: node.text.clone(),
        mark: node.mark,
        headings: node.headings.clone(),
        parent,
        details: node.details.clone(),
        last_line: node.last_line + 1,
        reference,
        reference_at: node.reference_at.unwrap_or(last),
    }
}
