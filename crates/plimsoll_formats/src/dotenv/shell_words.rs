//! Words of a POSIX shell: quotes, escapes and parameters, up to the end of the word.

use super::{EnvValue, Lookup, text};

/// One word and what it expands to.
pub(super) struct Word {
    /// Byte range in the file.
    pub(super) start: usize,
    pub(super) end: usize,
    /// `NAME=` at its start: the name and the offset of the value.
    pub(super) assignment: Option<(String, usize)>,
    /// The text of the value (after `NAME=`) or of the whole word.
    pub(super) value: EnvValue,
    /// Whether any of it was in quotes.
    pub(super) quoted: bool,
    /// Whether a parameter was expanded outside quotes.
    pub(super) bare_expansion: bool,
    pub(super) references: Vec<String>,
    /// Whether shells differ on where it ends, or some stop reading at it.
    pub(super) divergent: bool,
}

/// The file ends inside a quote or a substitution.
pub(super) struct Unclosed;

/// What a shell variable holds.
pub(super) type Parameter<'a> = dyn Fn(&str) -> Lookup + 'a;

/// Whether the character ends a word outside quotes.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
}

/// Reads the word at `pos`.
pub(super) fn read_word(
    text: &str,
    pos: usize,
    parameter: &Parameter<'_>,
) -> Result<Word, Unclosed> {
    let assignment = assignment_at(text, pos);
    let value_start = assignment.as_ref().map_or(pos, |(_, start)| *start);
    let mut scan = Scan {
        text,
        pos: value_start,
        out: String::new(),
        unknown: None,
        quoted: false,
        bare: false,
        references: Vec::new(),
        divergent: false,
    };
    scan.tilde();
    while let Some(c) = scan.peek() {
        if ends_word(c) {
            break;
        }
        scan.bare_character(c, parameter, assignment.is_some())?;
    }
    let value = match scan.unknown {
        Some(reason) => EnvValue::Unknown(reason),
        None => self::text(scan.out),
    };
    Ok(Word {
        start: pos,
        end: scan.pos,
        assignment,
        value,
        quoted: scan.quoted,
        bare_expansion: scan.bare,
        references: scan.references,
        divergent: scan.divergent,
    })
}

/// `NAME=` at `pos`: the name and where the value begins.
fn assignment_at(text: &str, pos: usize) -> Option<(String, usize)> {
    let rest = text.get(pos..)?;
    let (name, _) = rest.split_once('=')?;
    let valid = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then(|| (name.to_owned(), pos + name.len() + 1))
}

struct Scan<'a> {
    text: &'a str,
    pos: usize,
    out: String,
    unknown: Option<String>,
    quoted: bool,
    bare: bool,
    references: Vec<String>,
    divergent: bool,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn not_known(&mut self, reason: &str) {
        self.unknown.get_or_insert_with(|| reason.to_owned());
    }

    fn tilde(&mut self) {
        if self.peek() == Some('~') {
            self.not_known("`~` is the home folder of whoever runs the shell");
        }
    }

    fn bare_character(
        &mut self,
        c: char,
        parameter: &Parameter<'_>,
        assignment: bool,
    ) -> Result<(), Unclosed> {
        self.pos += c.len_utf8();
        match c {
            '\'' => self.single()?,
            '"' => self.double(parameter)?,
            '\\' => match self.take() {
                Some('\n') | None => {}
                Some(next) => {
                    self.quoted = true;
                    self.out.push(next);
                }
            },
            '$' => {
                if matches!(self.peek(), Some('\'' | '"')) {
                    self.not_known("`$'…'` and `$\"…\"` differ between shells");
                    self.divergent = true;
                    return Ok(());
                }
                let before = self.references.len();
                self.dollar(parameter)?;
                self.bare |= self.references.len() > before || self.unknown.is_some();
            }
            '`' => self.backquote()?,
            ':' if assignment && self.peek() == Some('~') => {
                self.not_known("`~` is the home folder of whoever runs the shell");
            }
            _ => self.out.push(c),
        }
        Ok(())
    }

    fn single(&mut self) -> Result<(), Unclosed> {
        self.quoted = true;
        let (inner, _) = self.rest().split_once('\'').ok_or(Unclosed)?;
        self.out.push_str(inner);
        self.pos += inner.len() + 1;
        Ok(())
    }

    fn double(&mut self, parameter: &Parameter<'_>) -> Result<(), Unclosed> {
        self.quoted = true;
        loop {
            match self.take().ok_or(Unclosed)? {
                '"' => return Ok(()),
                '\\' => match self.take().ok_or(Unclosed)? {
                    '\n' => {}
                    next @ ('$' | '`' | '"' | '\\') => self.out.push(next),
                    next => self.out.extend(['\\', next]),
                },
                '$' => self.dollar(parameter)?,
                '`' => self.backquote()?,
                c => self.out.push(c),
            }
        }
    }

    fn backquote(&mut self) -> Result<(), Unclosed> {
        self.not_known("the output of a command cannot be known");
        loop {
            match self.take().ok_or(Unclosed)? {
                '`' => return Ok(()),
                '\\' => {
                    self.take();
                }
                _ => {}
            }
        }
    }

    /// What follows a `$`.
    fn dollar(&mut self, parameter: &Parameter<'_>) -> Result<(), Unclosed> {
        match self.peek() {
            Some('(') => {
                self.not_known("the output of a command cannot be known");
                self.skip_parentheses()
            }
            Some('{') => {
                self.pos += 1;
                self.braced(parameter)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name();
                if self.rest().starts_with("\\\n") {
                    self.not_known("a variable's name that goes on in the next line");
                }
                if let Some(value) = self.parameter(&name, parameter) {
                    self.out.push_str(&value);
                }
                Ok(())
            }
            Some(c) if c.is_ascii_digit() || "@*#?-$!".contains(c) => {
                self.pos += 1;
                self.not_known("a parameter of the shell itself (`$1`, `$$`, …)");
                Ok(())
            }
            _ => {
                self.out.push('$');
                Ok(())
            }
        }
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        self.pos += length;
        rest.get(..length).unwrap_or_default().to_owned()
    }

    fn parameter(&mut self, name: &str, parameter: &Parameter<'_>) -> Option<String> {
        self.references.push(name.to_owned());
        match parameter(name) {
            Lookup::Set(value) => Some(value),
            Lookup::Unset => None,
            Lookup::Unknown(reason) => {
                self.not_known(&reason);
                None
            }
        }
    }

    /// What follows `${`: plain, or with a default of plain characters; all else is unknown.
    fn braced(&mut self, parameter: &Parameter<'_>) -> Result<(), Unclosed> {
        let length = self.closing_brace().ok_or(Unclosed)?;
        let body = self.rest().get(..length).unwrap_or_default();
        self.pos += length + 1;
        let name_length =
            body.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, rest) = body.split_at(name_length);
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let operator = ["", ":-", "-", ":+", "+"].into_iter().rev().find(|operator| {
            if operator.is_empty() { rest.is_empty() } else { rest.starts_with(operator) }
        });
        let Some(operator) = operator.filter(|_| starts_well) else {
            self.not_known("a form of `${…}` that is not modelled");
            let modifies = |c: char| matches!(c, '%' | '#' | ':' | '=' | '?' | '/' | '^' | ',');
            self.divergent |= rest.starts_with(['=', '?'])
                || rest.starts_with(":=")
                || rest.starts_with(":?")
                || !(starts_well && rest.starts_with(modifies));
            return Ok(());
        };
        let argument = rest.get(operator.len()..).unwrap_or_default();
        if argument.contains(['$', '`', '\'', '"', '\\', '~']) {
            self.not_known("`${…}` with an expansion inside is not modelled");
            self.references.push(name.to_owned());
            return Ok(());
        }
        let value = self.parameter(name, parameter);
        let counts =
            value.as_ref().is_some_and(|value| !operator.starts_with(':') || !value.is_empty());
        match (operator.ends_with('+'), operator.ends_with('-'), counts) {
            (true, _, true) | (_, true, false) => self.out.push_str(argument),
            (true, _, false) => {}
            _ => self.out.push_str(&value.unwrap_or_default()),
        }
        Ok(())
    }

    /// The length of the text up to the brace that closes, quotes and nested braces respected.
    fn closing_brace(&self) -> Option<usize> {
        let mut open = 1usize;
        let mut quote = None;
        let mut escaped = false;
        let mut dollar = false;
        for (at, c) in self.rest().char_indices() {
            if std::mem::take(&mut escaped) {
                continue;
            }
            let opens = std::mem::replace(&mut dollar, c == '$') && c == '{';
            match (quote, c) {
                (_, '\\') => escaped = quote != Some('\''),
                (Some(closing), _) if closing == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => quote = Some(c),
                (None, '{') if opens => open += 1,
                (None, '}') => {
                    open -= 1;
                    if open == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Skips `( … )` with quotes and nesting.
    fn skip_parentheses(&mut self) -> Result<(), Unclosed> {
        let mut open = 0usize;
        let mut quote = None;
        loop {
            let c = self.take().ok_or(Unclosed)?;
            match (quote, c) {
                (Some('\''), '\\') => {}
                (_, '\\') => {
                    self.take();
                }
                (Some(closing), _) if closing == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => quote = Some(c),
                (None, '(') => open += 1,
                (None, ')') => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }
}
