//! Words of an instruction: quotes and variables.

use std::ops::Range;

use plimsoll_source::SourceText;

use super::Text;

/// What a variable is to a stage.
#[derive(Clone)]
pub(super) struct Known {
    /// `None`: not known.
    pub(super) value: Option<String>,
    /// The `ARG`s that decide it.
    pub(super) args: Vec<String>,
}

/// Ranges of the words of a line: blanks part them, outside quotes and behind no escape.
pub(super) fn words(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote != Some('\'') {
            escaped = true;
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && (c == '"' || c == '\'') {
            quote = Some(c);
        } else if quote.is_none() && c.is_whitespace() {
            if let Some(start) = start.take() {
                found.push(start..at);
            }
            continue;
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        found.push(start..line.len());
    }
    found
}

/// A range of a line with quotes resolved and variables replaced.
pub(super) fn text(line: &SourceText, range: Range<usize>, lookup: &dyn Fn(&str) -> Known) -> Text {
    let raw = line.text().get(range.clone()).unwrap_or("");
    let mut state = State { value: Some(String::new()), args: Vec::new(), lookup };
    state.run(raw, 0);
    Text { written: raw.to_owned(), value: state.value, args: state.args, span: line.span(range) }
}

struct State<'a> {
    value: Option<String>,
    args: Vec<String>,
    lookup: &'a dyn Fn(&str) -> Known,
}

impl State<'_> {
    fn push(&mut self, c: char) {
        if let Some(value) = &mut self.value {
            value.push(c);
        }
    }

    fn run(&mut self, raw: &str, depth: usize) {
        let mut chars = raw.chars();
        let mut quote: Option<char> = None;
        while let Some(c) = chars.next() {
            match c {
                '\'' | '"' if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '\\' if quote != Some('\'') => match chars.next() {
                    Some(next) if quote.is_none() || matches!(next, '"' | '\\' | '$') => {
                        self.push(next);
                    }
                    Some(next) => {
                        self.push('\\');
                        self.push(next);
                    }
                    None => {}
                },
                '$' if quote != Some('\'') => {
                    let length = self.variable(chars.as_str(), depth);
                    if length == 0 {
                        self.push('$');
                    }
                    chars = chars.as_str().get(length..).unwrap_or("").chars();
                }
                other => self.push(other),
            }
        }
    }

    /// Replaces the variable that stands behind a `$`; its length, 0 where there is none.
    fn variable(&mut self, text: &str, depth: usize) -> usize {
        let name_length = |text: &str| {
            text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
        };
        let Some(inside) = text.strip_prefix('{') else {
            let length = name_length(text);
            if length > 0 {
                self.substitute(text.get(..length).unwrap_or(""), "", depth);
            }
            return length;
        };
        let Some(end) = closing(inside) else { return 0 };
        let inside = inside.get(..end).unwrap_or("");
        let length = name_length(inside);
        if length > 0 {
            let (name, operation) = inside.split_at(length);
            self.substitute(name, operation, depth);
        }
        end + 2
    }

    fn substitute(&mut self, name: &str, operation: &str, depth: usize) {
        let known = (self.lookup)(name);
        for arg in known.args {
            if !self.args.contains(&arg) {
                self.args.push(arg);
            }
        }
        let (operator, word) =
            match operation.strip_prefix(':').unwrap_or(operation).split_at_checked(1) {
                Some((operator, word)) => (operator, word),
                None => ("", ""),
            };
        let colon = operation.starts_with(':');
        let set = known.value.as_ref().map(|value| !(colon && value.is_empty()));
        match (operator, set) {
            ("", _) => self.append(known.value),
            ("-", Some(true)) | ("?", Some(true)) => self.append(known.value),
            ("-", _) if depth < 10 => self.run(word, depth + 1),
            ("+", Some(true)) if depth < 10 => self.run(word, depth + 1),
            ("+", Some(false)) => {}
            _ => self.value = None,
        }
    }

    fn append(&mut self, text: Option<String>) {
        match (&mut self.value, text) {
            (Some(value), Some(text)) if value.len() + text.len() < 1_000_000 => {
                value.push_str(&text);
            }
            _ => self.value = None,
        }
    }
}

fn closing(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}
