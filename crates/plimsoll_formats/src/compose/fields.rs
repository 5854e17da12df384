//! Fields with short and long forms.

use indexmap::IndexMap;
use plimsoll_source::{Problem, ProblemKind, RepoPath, Secret, SourceText, Spanned};

use super::interpolate::{Notes, interpolate};
use super::{
    Command, CommandForm, Condition, Dependency, EnvFile, EnvValue, FileReference, Interpolated,
    Mount, MountKind, Port, Variable,
};
use crate::words::{self, Word};
use crate::yaml::{Dialect, Meaning, Node, Value};

/// Reads the fields of one file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a SourceText,
    /// The folder that relative paths start from.
    pub(super) base: RepoPath,
    pub(super) lookup: &'a dyn Fn(&str) -> Variable,
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) required: &'a mut Vec<Spanned<String>>,
}

impl Reader<'_> {
    pub(super) fn problem(&mut self, node: &Node, message: impl Into<String>) {
        self.problems.push(Problem::new(ProblemKind::Syntax, node.span().clone(), message));
    }

    /// The text of a scalar as Go makes it of its value, interpolated; `None` for null and what is
    /// no scalar.
    pub(super) fn text(&mut self, node: &Node) -> Option<Spanned<Interpolated>> {
        let scalar = node.as_scalar()?;
        let text = match scalar.meaning(Dialect::Go) {
            Meaning::Null => return None,
            Meaning::Bool(value) => value.to_string(),
            Meaning::Int(value) => value.to_string(),
            Meaning::Float(value) => go_float(value),
            Meaning::Text => scalar.text().to_owned(),
        };
        let mut notes = Notes::default();
        let text = interpolate(&text, self.lookup, &mut notes);
        if notes.invalid {
            self.problem(
                node,
                "compose refuses this: a `$` here must be followed by a name, or be written `$$`",
            );
        }
        let required = notes.required.into_iter();
        self.required.extend(required.map(|name| Spanned::new(name, node.span().clone())));
        Some(Spanned::new(text, node.span().clone()))
    }

    pub(super) fn text_of(&mut self, parent: &Node, key: &str) -> Option<Spanned<Interpolated>> {
        let node = parent.get(key)?.clone();
        self.text(&node)
    }

    pub(super) fn bool_of(&mut self, parent: &Node, key: &str) -> Option<Spanned<bool>> {
        let text = self.text_of(parent, key)?;
        let value = match text.value.known()?.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "y" => true,
            "false" | "0" | "no" | "off" | "n" => false,
            _ => return None,
        };
        Some(Spanned::new(value, text.span))
    }

    /// One text or a list of them.
    pub(super) fn texts_of(&mut self, parent: &Node, key: &str) -> Vec<Spanned<Interpolated>> {
        let Some(node) = parent.get(key).cloned() else { return Vec::new() };
        node.one_or_many().iter().filter_map(|item| self.text(item)).collect()
    }

    pub(super) fn plain_texts_of(&mut self, parent: &Node, key: &str) -> Vec<Spanned<String>> {
        self.texts_of(parent, key).into_iter().map(|text| text.map(|t| t.text)).collect()
    }

    /// `environment`, `args`: a mapping, or a list of `NAME=value`.
    pub(super) fn variables(&mut self, node: &Node) -> IndexMap<String, Spanned<EnvValue>> {
        let mut variables = IndexMap::new();
        match node.value() {
            Value::Map(map) => {
                for (name, entry) in map.iter() {
                    if entry.value.is_cut() {
                        continue;
                    }
                    let value = match self.text(&entry.value) {
                        Some(text) => given(text.value),
                        None if entry.value.is_null() => EnvValue::PassedThrough,
                        None => {
                            self.problem(&entry.value, "the value of a variable must be a scalar");
                            continue;
                        }
                    };
                    // The key's place begins, the value's ends it.
                    let mut span = entry.key.span().clone();
                    if entry.value.span().start >= span.end {
                        span.end = entry.value.span().end;
                    }
                    variables.insert(name.to_owned(), Spanned::new(value, span));
                }
            }
            Value::List(items) => {
                for item in items {
                    let Some(text) = self.text(item) else { continue };
                    let (name, value) = match text.value.text.split_once('=') {
                        Some((name, value)) => {
                            let text =
                                Interpolated { text: value.to_owned(), ..text.value.clone() };
                            (name.to_owned(), given(text))
                        }
                        None => (text.value.text.clone(), EnvValue::PassedThrough),
                    };
                    variables.insert(name, Spanned::new(value, text.span));
                }
            }
            Value::Scalar(_) if node.is_null() => {}
            Value::Cut => {}
            Value::Scalar(_) => self.problem(node, "variables are a mapping or a list"),
        }
        variables
    }

    /// `labels`, logging `options`: a mapping, or a list of `name=value`.
    pub(super) fn pairs(&mut self, node: &Node) -> IndexMap<String, Spanned<Interpolated>> {
        let mut pairs = IndexMap::new();
        for entry in node.as_map().map_or(&[][..], |map| map.entries()) {
            let (Some(key), Some(value)) = (entry.key.text(), self.text(&entry.value)) else {
                continue;
            };
            pairs.insert(key.to_owned(), value);
        }
        for item in node.as_list().unwrap_or(&[]) {
            let Some(text) = self.text(item) else { continue };
            let whole = text.value.text.clone();
            let (name, value) = whole.split_once('=').unwrap_or((&whole, ""));
            let value = Interpolated { text: value.to_owned(), ..text.value };
            pairs.insert(name.to_owned(), Spanned::new(value, text.span));
        }
        pairs
    }

    /// `command`, `entrypoint`: a string or a list. Null leaves the image's own.
    pub(super) fn command(&mut self, node: &Node) -> Option<Command> {
        let span = node.span().clone();
        if let Some(items) = node.as_list() {
            let mut command =
                Command { form: CommandForm::List, words: Vec::new(), unknown: Vec::new(), span };
            for item in items {
                let Some(text) = self.text(item) else { continue };
                command.unknown.extend(text.value.unknown);
                command.words.push(Word { text: text.value.text, span: text.span });
            }
            return Some(command);
        }
        let text = self.text(node)?;
        let exact = node.fragment(self.source).filter(|raw| raw.text() == text.value.text);
        let words = words::split(&text.value.text).into_iter().map(|(word, range)| Word {
            text: word,
            span: exact.as_ref().map_or_else(|| span.clone(), |raw| raw.span(range)),
        });
        let words = words.collect();
        Some(Command { form: CommandForm::Text, words, unknown: text.value.unknown, span })
    }

    /// `healthcheck.test`: as a string it is run by a shell; a list names how (`CMD`,
    /// `CMD-SHELL`, `NONE`). The flag tells `NONE`.
    pub(super) fn test(&mut self, node: &Node) -> (Option<Command>, bool) {
        let span = node.span().clone();
        let Some(items) = node.as_list() else {
            let command = self.text(node).map(|text| Command {
                form: CommandForm::Shell,
                words: vec![Word { text: text.value.text, span: text.span.clone() }],
                unknown: text.value.unknown,
                span,
            });
            return (command, false);
        };
        match items.first().and_then(Node::text) {
            Some("NONE") => (None, true),
            Some("CMD-SHELL") => {
                let command = items.get(1).and_then(|item| self.text(item)).map(|text| Command {
                    form: CommandForm::Shell,
                    words: vec![Word { text: text.value.text, span: text.span.clone() }],
                    unknown: text.value.unknown,
                    span,
                });
                (command, false)
            }
            first => {
                let skip = usize::from(first == Some("CMD"));
                let mut command = self.command(node);
                if let Some(command) = &mut command {
                    command.words.drain(..skip.min(command.words.len()));
                }
                (command, false)
            }
        }
    }

    pub(super) fn env_files(&mut self, node: &Node) -> Vec<Spanned<EnvFile>> {
        let mut files = Vec::new();
        for item in as_items(node) {
            let (text, required, format) = if item.as_map().is_some() {
                let required = self.bool_of(item, "required").is_none_or(|flag| flag.value);
                let format = self.text_of(item, "format").map(|format| format.value.text);
                (self.text_of(item, "path"), required, format)
            } else {
                (self.text(item), true, None)
            };
            let Some(text) = text else { continue };
            let path = text.value.known().and_then(|path| self.base.join(path));
            let file = EnvFile { text: text.value, path, required, format };
            files.push(Spanned::new(file, text.span));
        }
        files
    }

    pub(super) fn ports(&mut self, node: &Node) -> Vec<Spanned<Port>> {
        let mut ports = Vec::new();
        for item in as_items(node) {
            let port = if item.as_map().is_some() {
                let get = |reader: &mut Self, key| reader.text_of(item, key).map(|t| t.value);
                let (ip, published) = (get(self, "host_ip"), get(self, "published"));
                let (target, protocol) = (get(self, "target"), get(self, "protocol"));
                let mode = get(self, "mode").map(|mode| mode.text);
                let unknown = [&ip, &published, &target]
                    .into_iter()
                    .flatten()
                    .flat_map(|text| text.unknown.clone())
                    .collect();
                Port {
                    text: None,
                    host_ip: ip.map(|ip| ip.text),
                    published: published.map(|port| port.text),
                    target: target.map(|port| port.text).unwrap_or_default(),
                    protocol: protocol.map_or_else(|| "tcp".to_owned(), |p| p.text),
                    mode,
                    unknown,
                }
            } else {
                match self.text(item) {
                    Some(text) => short_port(text.value),
                    None => continue,
                }
            };
            if port.target.is_empty() && port.unknown.is_empty() {
                self.problem(item, "this port names no port of the container");
                continue;
            }
            ports.push(Spanned::new(port, item.span().clone()));
        }
        ports
    }

    pub(super) fn mounts(&mut self, node: &Node) -> Vec<Spanned<Mount>> {
        let mut mounts = Vec::new();
        for item in as_items(node) {
            let mount = if item.as_map().is_some() {
                self.long_mount(item)
            } else {
                self.text(item).map(|text| self.short_mount(text.value))
            };
            mounts.extend(mount.map(|mount| Spanned::new(mount, item.span().clone())));
        }
        mounts
    }

    fn long_mount(&mut self, node: &Node) -> Option<Mount> {
        let kind = self.text_of(node, "type").map(|kind| kind.value.text);
        let source = self.text_of(node, "source").or_else(|| self.text_of(node, "src"));
        let target =
            ["target", "destination", "dst"].into_iter().find_map(|key| self.text_of(node, key))?;
        let read_only = self.bool_of(node, "read_only").is_some_and(|flag| flag.value);
        let kind = match kind.as_deref() {
            Some("bind") => MountKind::Bind,
            Some("volume") | None if source.is_some() => MountKind::Volume,
            Some("volume") | None => MountKind::Anonymous,
            Some("tmpfs") => MountKind::Tmpfs,
            Some(_) => MountKind::Other,
        };
        let unknown = source.iter().flat_map(|text| text.value.unknown.clone()).collect();
        let source_path = source
            .as_ref()
            .filter(|_| kind == MountKind::Bind)
            .and_then(|text| self.base.join(text.value.known()?));
        let source = source.map(|text| text.value.text);
        Some(Mount { kind, source, source_path, target: target.value.text, read_only, unknown })
    }

    fn short_mount(&mut self, text: Interpolated) -> Mount {
        let whole = text.text.as_str();
        // A drive letter's colon separates nothing.
        let drive = whole.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
            && matches!(whole.get(1..3), Some(":\\" | ":/"));
        let skip = if drive { 2 } else { 0 };
        let parts = whole.get(skip..).unwrap_or("").find(':').map(|at| at + skip);
        let Some(colon) = parts else {
            return Mount {
                kind: MountKind::Anonymous,
                source: None,
                source_path: None,
                target: text.text,
                read_only: false,
                unknown: text.unknown,
            };
        };
        let source = whole.get(..colon).unwrap_or("");
        let rest = whole.get(colon + 1..).unwrap_or("");
        let (target, mode) = rest.split_once(':').unwrap_or((rest, ""));
        let is_path = drive || source.starts_with(['.', '/', '~']) || source.contains('/');
        let unsure = !text.unknown.is_empty() && source.is_empty();
        let kind = if is_path || unsure { MountKind::Bind } else { MountKind::Volume };
        let source_path =
            (is_path && text.unknown.is_empty()).then(|| self.base.join(source)).flatten();
        Mount {
            kind,
            source: Some(source.to_owned()),
            source_path,
            target: target.to_owned(),
            read_only: mode.split(',').any(|option| option == "ro"),
            unknown: text.unknown,
        }
    }

    pub(super) fn dependencies(&mut self, node: &Node) -> Vec<Spanned<Dependency>> {
        let mut dependencies = Vec::new();
        for item in node.as_list().unwrap_or(&[]) {
            let Some(service) = item.text().map(str::to_owned) else { continue };
            let condition = Condition::Started;
            let found = Dependency { service, condition, required: true, restart: false };
            dependencies.push(Spanned::new(found, item.span().clone()));
        }
        for (service, entry) in node.as_map().into_iter().flat_map(|map| map.iter()) {
            let condition = self.text_of(&entry.value, "condition").map(|text| text.value.text);
            let condition = match condition.as_deref() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Completed,
                Some("service_started") | None => Condition::Started,
                Some(_) => {
                    self.problem(&entry.value, "compose knows no such condition");
                    Condition::Started
                }
            };
            let found = Dependency {
                service: service.to_owned(),
                condition,
                required: self.bool_of(&entry.value, "required").is_none_or(|f| f.value),
                restart: self.bool_of(&entry.value, "restart").is_some_and(|f| f.value),
            };
            dependencies.push(Spanned::new(found, entry.key.span().clone()));
        }
        dependencies
    }

    pub(super) fn references(&mut self, node: &Node) -> Vec<Spanned<FileReference>> {
        let mut references = Vec::new();
        for item in node.as_list().unwrap_or(&[]) {
            let (source, target) = if item.as_map().is_some() {
                let target = self.text_of(item, "target").map(|text| text.value.text);
                (self.text_of(item, "source"), target)
            } else {
                (self.text(item), None)
            };
            let Some(source) = source else { continue };
            let reference = FileReference { source: source.value.text, target };
            references.push(Spanned::new(reference, item.span().clone()));
        }
        references
    }
}

fn given(text: Interpolated) -> EnvValue {
    EnvValue::Given {
        interpolated: !text.variables.is_empty(),
        unknown: text.unknown,
        value: Secret::new(text.text),
    }
}

/// The items of a list, or the node itself where it is a single one.
fn as_items(node: &Node) -> &[Node] {
    match node.value() {
        Value::List(items) => items,
        Value::Cut => &[],
        Value::Scalar(_) if node.is_null() => &[],
        _ => std::slice::from_ref(node),
    }
}

/// `[[ip:]published:]target[/protocol]`, the address with or without brackets.
fn short_port(text: Interpolated) -> Port {
    let whole = text.text.clone();
    let (rest, protocol) = whole.split_once('/').unwrap_or((&whole, "tcp"));
    let (left, target) = match rest.rsplit_once(':') {
        Some((left, target)) => (Some(left), target),
        None => (None, rest),
    };
    let (host_ip, published) = match left {
        None => (None, None),
        Some(left) => match left.rsplit_once(':') {
            Some((ip, published)) => (Some(ip.trim_matches(['[', ']'])), Some(published)),
            None => (None, Some(left)),
        },
    };
    let filled = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(str::to_owned);
    Port {
        host_ip: filled(host_ip),
        published: filled(published),
        target: target.to_owned(),
        protocol: protocol.to_owned(),
        mode: None,
        unknown: text.unknown.clone(),
        text: Some(text),
    }
}

/// A number as Go's `%v` writes it: exponents below 1e-4 and from 1e21.
fn go_float(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else if size == 0.0 || (1e-4..1e21).contains(&size) {
        value.to_string()
    } else {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((digits, exponent)) => {
                let (sign, number) =
                    exponent.strip_prefix('-').map_or(('+', exponent), |number| ('-', number));
                format!("{digits}e{sign}{number:0>2}")
            }
            None => text,
        }
    }
}
