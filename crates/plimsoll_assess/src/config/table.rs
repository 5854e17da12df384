//! Typed access to a TOML table that keeps places and collects every mistake.

use plimsoll_source::{Position, SourceText, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, Placed};
use crate::suggest;

/// Where the mistakes go.
pub(super) struct Mistakes<'a> {
    source: &'a SourceText,
    pub(super) list: Vec<ConfigError>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self { source, list: Vec::new() }
    }

    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.source.span(range)
    }

    /// The first line of a range only: enough to point at a table.
    pub(super) fn line_span(&self, range: std::ops::Range<usize>) -> Span {
        let span = self.source.span(range);
        if span.end.line == span.start.line {
            return span;
        }
        let line = self.source.line_span(span.start.line);
        Span { start: span.start, end: Position { ..line.end }, file: span.file }
    }

    pub(super) fn push(&mut self, at: Span, message: String, help: Option<String>) {
        self.list.push(ConfigError { at, message, help });
    }
}

/// A table whose keys must all be among `allowed`.
pub(super) struct Table<'a, 'i> {
    entries: &'a DeTable<'i>,
    /// `parameters."AUTH-05"`, for messages; empty at the top.
    name: &'a str,
}

/// A TOML value with its name and place.
pub(super) struct Field<'a, 'i> {
    pub(super) key: &'a str,
    pub(super) value: &'a Spanned<DeValue<'i>>,
}

impl<'a, 'i> Table<'a, 'i> {
    /// Complains about every key that is not among `allowed`.
    pub(super) fn strict(
        entries: &'a DeTable<'i>,
        name: &'a str,
        allowed: &[&'static str],
        mistakes: &mut Mistakes<'_>,
    ) -> Self {
        for key in entries.keys() {
            let word: &str = key.get_ref();
            if !allowed.contains(&word) {
                let place = if name.is_empty() { String::new() } else { format!(" in `{name}`") };
                let help = match suggest(word, allowed.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known keys: {}", allowed.join(", ")),
                };
                let at = mistakes.span(key.span());
                mistakes.push(at, format!("unknown key `{}`{place}", clean(word)), Some(help));
            }
        }
        Self { entries, name }
    }

    pub(super) fn field(&self, key: &'static str) -> Option<Field<'a, 'i>> {
        self.entries.get(key).map(|value| Field { key, value })
    }

    pub(super) fn text(&self, key: &'static str, m: &mut Mistakes<'_>) -> Option<Placed<String>> {
        self.field(key)?.text(m)
    }

    /// A text that must be there and not be blank; `what` says what it is for.
    pub(super) fn required_text(
        &self,
        key: &'static str,
        what: &str,
        at: &Span,
        m: &mut Mistakes<'_>,
    ) -> Option<Placed<String>> {
        let Some(field) = self.field(key) else {
            let help = format!("add `{key} = \"…\"`: {what}");
            m.push(at.clone(), format!("`{}` has no `{key}`", self.name), Some(help));
            return None;
        };
        let text = field.text(m)?;
        if text.value.trim().is_empty() {
            m.push(text.at, format!("`{key}` is empty"), Some(format!("write {what}")));
            return None;
        }
        Some(text)
    }

    pub(super) fn texts(&self, key: &'static str, m: &mut Mistakes<'_>) -> Vec<Placed<String>> {
        let Some(field) = self.field(key) else { return Vec::new() };
        let Some(items) = field.value.get_ref().as_array() else {
            field.wrong_type("a list of strings", m);
            return Vec::new();
        };
        items.iter().filter_map(|value| Field { key, value }.text(m)).collect()
    }

    pub(super) fn table(&self, key: &'static str, m: &mut Mistakes<'_>) -> Option<&'a DeTable<'i>> {
        self.field(key)?.table(m)
    }
}

impl<'a, 'i> Field<'a, 'i> {
    pub(super) fn at(&self, m: &Mistakes<'_>) -> Span {
        m.line_span(self.value.span())
    }

    pub(super) fn text(&self, m: &mut Mistakes<'_>) -> Option<Placed<String>> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(Placed { value: text.to_string(), at: self.at(m) }),
            _ => {
                self.wrong_type("a string", m);
                None
            }
        }
    }

    pub(super) fn table(&self, m: &mut Mistakes<'_>) -> Option<&'a DeTable<'i>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.wrong_type("a table", m);
                None
            }
        }
    }

    pub(super) fn wrong_type(&self, wanted: &str, m: &mut Mistakes<'_>) {
        let found = self.value.get_ref().type_str();
        let at = self.at(m);
        m.push(at, format!("`{}` must be {wanted}, not {}", clean(self.key), article(found)), None);
    }
}

/// A name of the user's without characters that would disturb a terminal.
pub(super) fn clean(word: &str) -> String {
    word.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn article(type_name: &str) -> String {
    match type_name {
        "integer" | "array" => format!("an {type_name}"),
        "datetime" => "a date or time".to_owned(),
        _ => format!("a {type_name}"),
    }
}
