//! Parser events to nodes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use plimsoll_source::{Problem, ProblemKind, SourceText};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Entry, Inner, MAX_DEPTH, MAX_NODES, Map, Node, Scalar, Style, Value, Yaml, template};

/// Times a file is read again with a line break taken out, see [`closing_line`].
const MAX_REPAIRS: usize = 20;

pub(super) fn parse(source: &SourceText) -> Yaml {
    let mut text = Cow::Borrowed(source.text());
    for _ in 0..MAX_REPAIRS {
        let (yaml, error) = read(source, &text);
        let Some(blanks) = error.and_then(|at| closing_line(&text, at)) else { return yaml };
        let spaces = " ".repeat(blanks.len());
        text.to_mut().replace_range(blanks, &spaces);
    }
    read(source, &text).0
}

/// The line break before a line of closing brackets that stand too far left for YAML 1.2. Other
/// parsers, and so real files, have them there; a blank instead keeps every place.
fn closing_line(text: &str, error: usize) -> Option<Range<usize>> {
    let error = error.min(text.len());
    let start = text.get(..error)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.lines().next()?.trim();
    if !line.starts_with([']', '}']) {
        return None;
    }
    let before = start.checked_sub(1)?;
    let previous = text.get(..before)?.rsplit('\n').next()?;
    // In a comment the bracket would vanish: a line that is one goes as a whole.
    let is_comment = previous.trim_start().starts_with('#');
    match (is_comment, previous.contains(" #")) {
        (true, _) => previous.is_ascii().then(|| before - previous.len()..before + 1),
        (false, true) => None,
        (false, false) => Some(before..before + 1),
    }
}

/// Reads `text`, which differs from the source's in blanks at most; with the place of an error.
fn read(source: &SourceText, text: &str) -> (Yaml, Option<usize>) {
    let mut builder = Builder::new(source);
    let mut complete = true;
    let mut broken = None;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => {
                let range = builder.offsets.range(span.start, span.end);
                if builder.event(event, range).is_err() {
                    complete = false;
                    break;
                }
            }
            Err(error) => {
                let at = builder.offsets.byte(*error.marker());
                let message = format!("this is not valid YAML: {}", error.info());
                builder.problem(ProblemKind::Syntax, at..at, message);
                complete = false;
                broken = Some(at);
                break;
            }
        }
    }
    builder.close_all();
    // What GitHub's own files hold in double braces is meant for the programs they call.
    let is_workflow = crate::workflow::is_workflow(source.path());
    let template = if is_workflow { None } else { template::detect(source) };
    if let Some(found) = template.as_ref().filter(|_| !complete) {
        let message = "this file is a template; what it holds once filled in is not known";
        builder.problems.push(Problem::new(ProblemKind::Unsupported, found.span.clone(), message));
    }
    let documents = builder.documents;
    (Yaml { documents, problems: builder.problems, complete, template }, broken)
}

/// The reading stops here: a limit was reached.
struct Stop;

struct Builder<'a> {
    source: &'a SourceText,
    offsets: Offsets,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    documents: Vec<Node>,
    problems: Vec<Problem>,
    nodes: usize,
}

struct Frame {
    start: usize,
    reached: usize,
    anchor: usize,
    tag: Option<String>,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Node> },
}

impl<'a> Builder<'a> {
    fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            offsets: Offsets::new(source.text()),
            stack: Vec::new(),
            anchors: HashMap::new(),
            documents: Vec::new(),
            problems: Vec::new(),
            nodes: 0,
        }
    }

    fn problem(&mut self, kind: ProblemKind, range: Range<usize>, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, self.source.span(range), message));
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref().map(tag_text);
                let range = scalar_range(self.source.text(), range, style);
                let scalar = Scalar {
                    text: text.into_owned(),
                    style: style_of(style),
                    tagged_text: tag.as_deref() == Some("tag:yaml.org,2002:str"),
                };
                let node = self.node(Value::Scalar(scalar), range, tag);
                self.anchor(anchor, &node);
                self.push(node)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(range, anchor, tag.as_deref(), FrameKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let kind = FrameKind::Map { entries: Vec::new(), key: None };
                self.open(range, anchor, tag.as_deref(), kind)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            Event::Alias(id) => self.alias(id, range),
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        range: Range<usize>,
        anchor: usize,
        tag: Option<&Tag>,
        kind: FrameKind,
    ) -> Result<(), Stop> {
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep; the rest is not read");
            self.problem(ProblemKind::Limit, range, message);
            return Err(Stop);
        }
        let (start, reached) = (range.start, range.end);
        self.stack.push(Frame { start, reached, anchor, tag: tag.map(tag_text), kind });
        Ok(())
    }

    /// Ends the innermost list or mapping. `end` is where its closing bracket ends; block ones
    /// end with their last child instead, as the parser reports the next token there.
    fn close(&mut self, end: usize) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let closed = matches!(self.source.text().as_bytes().get(frame.start), Some(b'[' | b'{'));
        let end = if closed { end.max(frame.reached) } else { frame.reached };
        let range = frame.start..end.max(frame.start);
        let value = match frame.kind {
            FrameKind::List(items) => Value::List(items),
            FrameKind::Map { mut entries, key } => {
                if let Some(key) = key {
                    let at = key.range().end;
                    let value = self.node(Value::Cut, at..at, None);
                    entries.push(Entry { key, value, merged: false });
                }
                Value::Map(self.map(entries))
            }
        };
        let node = self.node(value, range, frame.tag);
        self.anchor(frame.anchor, &node);
        self.push(node)
    }

    fn close_all(&mut self) {
        while !self.stack.is_empty() {
            if self.close(0).is_err() {
                break;
            }
        }
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> Result<(), Stop> {
        let node = match self.anchors.get(&id) {
            None => {
                let message = "this alias stands inside what it repeats";
                self.problem(ProblemKind::Missing, range.clone(), message);
                self.node(Value::Cut, range, None)
            }
            Some(node)
                if self.stack.len() + node.0.height > MAX_DEPTH
                    || self.nodes + node.0.size > MAX_NODES =>
            {
                let message = "this alias repeats too much and is left out";
                self.problem(ProblemKind::Limit, range.clone(), message);
                self.node(Value::Cut, range, None)
            }
            Some(node) => {
                let node = node.clone();
                self.nodes += node.0.size;
                if let Some(frame) = self.stack.last_mut() {
                    frame.reached = frame.reached.max(range.end);
                }
                node
            }
        };
        self.attach(node)
    }

    fn push(&mut self, node: Node) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let range = node.range();
            let message = format!("more than {MAX_NODES} values; the rest is not read");
            self.problem(ProblemKind::Limit, range, message);
            self.attach(node)?;
            return Err(Stop);
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.reached = frame.reached.max(node.range().end);
        }
        self.attach(node)
    }

    fn attach(&mut self, node: Node) -> Result<(), Stop> {
        match self.stack.last_mut().map(|frame| &mut frame.kind) {
            None => self.documents.push(node),
            Some(FrameKind::List(items)) => items.push(node),
            Some(FrameKind::Map { entries, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push(Entry { key, value: node, merged: false }),
            },
        }
        Ok(())
    }

    fn anchor(&mut self, id: usize, node: &Node) {
        if id > 0 {
            self.anchors.insert(id, node.clone());
        }
    }

    /// A mapping with its merge keys resolved; keys that occur twice are reported.
    fn map(&mut self, entries: Vec<Entry>) -> Map {
        let mut written = Vec::with_capacity(entries.len());
        let mut merged: Vec<Entry> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        for entry in entries {
            let key = entry.key.as_scalar();
            if key.is_some_and(|k| k.style() == Style::Plain && k.text() == "<<") {
                let sources = match entry.value.value() {
                    Value::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(&entry.value),
                };
                for source in sources {
                    match source.as_map() {
                        Some(map) => merged.extend(map.iter().map(|(_, e)| e.clone())),
                        None => self.problem(
                            ProblemKind::Syntax,
                            entry.key.range(),
                            "a merge key takes a mapping or a list of mappings",
                        ),
                    }
                }
                continue;
            }
            if let Some(key) = key
                && !seen.insert(key.text().to_owned())
            {
                let message = format!("the key `{}` is given twice", shorten(key.text()));
                self.problem(ProblemKind::Syntax, entry.key.range(), message);
            }
            written.push(entry);
        }
        for mut entry in merged {
            let Some(key) = entry.key.as_scalar().map(|key| key.text().to_owned()) else {
                continue;
            };
            if seen.insert(key) {
                entry.merged = true;
                written.push(entry);
            }
        }
        Map { entries: written }
    }

    fn node(&self, value: Value, range: Range<usize>, tag: Option<String>) -> Node {
        let (size, height) = match &value {
            Value::Scalar(_) | Value::Cut => (1, 1),
            Value::List(items) => measure(items.iter()),
            Value::Map(map) => measure(map.entries.iter().flat_map(|e| [&e.key, &e.value])),
        };
        let span = self.source.span(range.clone());
        Node(Arc::new(Inner { value, range, span, tag, size, height }))
    }
}

fn measure<'n>(nodes: impl Iterator<Item = &'n Node>) -> (usize, usize) {
    let (size, height) = nodes.fold((1usize, 0), |(size, height), node| {
        (size.saturating_add(node.0.size), height.max(node.0.height))
    });
    (size, height + 1)
}

fn tag_text(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// The parser ends a quoted scalar at the next token: end it at its quote, any other at its last
/// character.
fn scalar_range(text: &str, range: Range<usize>, style: ScalarStyle) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or("");
    let length = match style {
        ScalarStyle::SingleQuoted => closing_quote(raw, '\''),
        ScalarStyle::DoubleQuoted => closing_quote(raw, '"'),
        _ => raw.trim_end().len(),
    };
    range.start..range.start + length
}

fn closing_quote(raw: &str, quote: char) -> usize {
    let mut chars = raw.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if quote == '"' && c == '\\' {
            chars.next();
        } else if c == quote {
            if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
                continue;
            }
            return at + 1;
        }
    }
    raw.len()
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// A key for a message: long ones are cut, as a broken file can make anything a key.
fn shorten(key: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = key.chars().take(LONGEST).collect();
    if short.len() < key.len() {
        short.push('…');
    }
    short
}

/// Character indexes, as the parser counts, to byte offsets.
struct Offsets {
    /// Byte offset of each character; empty where every character is one byte.
    starts: Vec<usize>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let starts =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|c| c.0).collect() };
        Self { starts, length: text.len() }
    }

    fn byte(&self, marker: Marker) -> usize {
        if self.starts.is_empty() {
            return marker.index().min(self.length);
        }
        self.starts.get(marker.index()).copied().unwrap_or(self.length)
    }

    fn range(&self, start: Marker, end: Marker) -> Range<usize> {
        let start = self.byte(start);
        start..self.byte(end).max(start)
    }
}
