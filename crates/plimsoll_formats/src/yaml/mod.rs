//! YAML as a tree with exact places.
//!
//! Accepted: YAML 1.2 as saphyr-parser reads it, several documents in one file, anchors and
//! aliases (an alias is the anchored node itself, with the places of the anchor), merge keys
//! (`<<`, one mapping or a list of them; keys written in the mapping win), tags. Scalars keep
//! their text; what it means is asked with the rules of the program that reads the file
//! ([`Dialect`]).
//!
//! Failure policy: broken syntax ends the reading of the file there; everything before it is
//! returned and [`Yaml::complete`] is false. A key that occurs twice is a problem and the later
//! one counts. Nesting, size and what aliases expand to are limited; what is beyond is left out
//! and recorded. A template (Jinja, Helm) is told by its marks, as its values are not final.

mod build;
mod scalar;
mod template;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use plimsoll_source::{Problem, SourceText, Span, Spanned};

pub use scalar::{Dialect, Meaning, Scalar, Style};
pub use template::TemplateKind;

/// Nesting that is followed, aliases included.
pub const MAX_DEPTH: usize = 100;
/// Nodes that are read from one file, those that aliases repeat included.
pub const MAX_NODES: usize = 300_000;

/// What a YAML file holds.
#[derive(Clone, Debug)]
pub struct Yaml {
    /// Its documents, in order.
    pub documents: Vec<Node>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Whether the file was read to its end.
    pub complete: bool,
    /// The first mark of a template language, where there is one: the file may be a template, or
    /// hold one as a value. Where the marks break the syntax, that is a problem too.
    pub template: Option<Spanned<TemplateKind>>,
}

impl Yaml {
    /// Reads a file.
    pub fn parse(source: &SourceText) -> Self {
        build::parse(source)
    }

    /// The first document.
    pub fn root(&self) -> Option<&Node> {
        self.documents.first()
    }
}

/// A value in a YAML file. Cheap to clone.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    value: Value,
    range: Range<usize>,
    span: Span,
    tag: Option<String>,
    /// Nodes in this tree, and its height; aliases count in full.
    size: usize,
    height: usize,
}

/// What a node holds.
pub enum Value {
    /// Text; an absent value is an empty plain scalar.
    Scalar(Scalar),
    /// `- a` or `[a]`.
    List(Vec<Node>),
    /// `a: b` or `{a: b}`.
    Map(Map),
    /// Left out by a limit or broken syntax: nothing is known of it.
    Cut,
}

/// A mapping in the order of the file, merged keys last.
#[derive(Clone, Default)]
pub struct Map {
    entries: Vec<Entry>,
}

/// One key of a mapping.
#[derive(Clone)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// Its value.
    pub value: Node,
    /// Whether it came from a merge key.
    pub merged: bool,
}

impl Node {
    /// What the node holds.
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// Where it is written: from its first character (a quote included) to its last.
    pub fn span(&self) -> &Span {
        &self.0.span
    }

    /// Where it is written, as byte offsets into the text that was parsed.
    pub fn range(&self) -> Range<usize> {
        self.0.range.clone()
    }

    /// Its tag as written (`!reset`), or `tag:yaml.org,2002:…` for a standard one.
    pub fn tag(&self) -> Option<&str> {
        self.0.tag.as_deref()
    }

    /// The mapping it is.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.0.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list it is.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.0.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar it is.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.0.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is not null, whatever it means.
    pub fn text(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| !scalar.is_null()).map(Scalar::text)
    }

    /// Whether it is a null (`null`, `~`, nothing).
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// Whether it was left out by a limit or broken syntax.
    pub fn is_cut(&self) -> bool {
        matches!(self.0.value, Value::Cut)
    }

    /// The value of a key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// The value behind several keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The items of a list, or the node itself where it is a scalar that is not null: the many
    /// places that take one or several.
    pub fn one_or_many(&self) -> &[Node] {
        match &self.0.value {
            Value::List(items) => items,
            Value::Scalar(scalar) if !scalar.is_null() => std::slice::from_ref(self),
            _ => &[],
        }
    }

    /// The texts of [`Self::one_or_many`] with their places.
    pub fn texts(&self) -> Vec<Spanned<String>> {
        let texts = self.one_or_many().iter().filter_map(Node::spanned_text);
        texts.collect()
    }

    /// The text of a scalar that is not null, with its place.
    pub fn spanned_text(&self) -> Option<Spanned<String>> {
        Some(Spanned::new(self.text()?.to_owned(), self.span().clone()))
    }

    /// The text of a scalar as a text of its own, for a reader of what it holds (a script, a
    /// configuration file); places are those of the file. `None` where the text is not in the
    /// file as it reads, because of escapes in double quotes.
    pub fn fragment(&self, source: &SourceText) -> Option<SourceText> {
        scalar::fragment(self, source)
    }
}

impl Map {
    /// The value of a key: the last one written, else a merged one.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key: the last one written, else a merged one.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let written = self.entries.iter().rev().filter(|entry| !entry.merged);
        let merged = self.entries.iter().filter(|entry| entry.merged);
        let has_key = |entry: &&Entry| entry.key.as_scalar().is_some_and(|k| k.text() == key);
        written.chain(merged).find(has_key)
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Keys and values in order: the ones that count (no overridden duplicates), merge keys
    /// resolved. Keys that are not scalars are left out.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        let mut last = std::collections::HashMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let Some(key) = entry.key.as_scalar().map(Scalar::text) else { continue };
            if entry.merged {
                last.entry(key).or_insert(index);
            } else {
                last.insert(key, index);
            }
        }
        self.entries.iter().enumerate().filter_map(move |(index, entry)| {
            let key = entry.key.as_scalar()?.text();
            (last.get(key) == Some(&index)).then_some((key, entry))
        })
    }

    /// Every entry as written, duplicates and merged ones included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A mapping with some of the entries.
    pub(crate) fn filtered(&self, keep: impl Fn(&Entry) -> bool) -> Self {
        Self { entries: self.entries.iter().filter(|entry| keep(entry)).cloned().collect() }
    }

    /// Whether it has no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Shows the kind and place only: values can be secrets.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0.value {
            Value::Scalar(_) => "scalar",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Cut => "cut",
        };
        write!(f, "{kind} at {}", self.0.span)
    }
}
