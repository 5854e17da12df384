//! Environment files in their real dialects.
//!
//! There is no one `.env` format: each reader has its own rules for quotes, comments, `export`,
//! escapes, `$VARIABLE`, duplicates and lines that are no assignment. [`read`] reads a file as a
//! named reader does, entry by entry with exact places; [`differences`] tells which entries mean
//! different things to different readers.
//!
//! Nothing here is lenient where the reader is not: what a reader drops is not set, and a file
//! that a reader refuses as a whole has no entries.

mod compose;
mod configparser;
mod decouple;
mod differences;
mod django_environ;
mod docker_run;
mod interpolate;
mod python_dotenv;
mod shell;
mod shell_words;
mod systemd;
mod systemd_words;

use std::ops::Range;

use plimsoll_source::{Encoding, Problem, ProblemKind, Secret, SourceText, Span};

pub use differences::{Cause, Difference, Reading, differences};
pub use interpolate::{TemplateError, interpolate};
pub use systemd_words::{Assignment, environment_directive};

/// A released version of a reader: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Whatever is newest: what an install without a pin gets.
    pub const NEWEST: Self = Self(u32::MAX, 0, 0);

    /// Reads `1.2.3`, `1.2` or `1`; anything after the third number (`rc1`, `.post1`) is dropped.
    /// `None` where the text does not begin with a number.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().trim_start_matches('v').split('.').map(|part| {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            part.get(..digits)?.parse::<u32>().ok()
        });
        let major = parts.next()??;
        let minor = parts.next().flatten().unwrap_or(0);
        Some(Self(major, minor, parts.next().flatten().unwrap_or(0)))
    }
}

/// How python-dotenv replaces `${NAME}` in values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// The process environment first, then the file: `load_dotenv()`.
    OuterFirst,
    /// The file first, then the process environment: `load_dotenv(override=True)` and
    /// `dotenv_values()`.
    FileFirst,
    /// Not at all: `interpolate=False`.
    Off,
}

/// A reader of environment files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// python-dotenv.
    PythonDotenv {
        /// Its release: quotes after a backslash changed in 1.2.3, comments after `= ` in 1.2.4.
        version: Version,
        /// Whose variables win in `${NAME}`.
        interpolation: Interpolation,
    },
    /// `Env.read_env` of django-environ.
    DjangoEnviron {
        /// Its release: before 0.8 the first of duplicates won; 0.11 alone strips comments unasked.
        version: Version,
        /// `parse_comments=True` (from 0.12).
        parse_comments: bool,
    },
    /// `.env` as python-decouple reads it.
    Decouple {
        /// Its release: quotes were stripped otherwise before 3.2 and before 3.5.
        version: Version,
    },
    /// `settings.ini` as python-decouple reads it: section `[settings]`, names in lower case.
    DecoupleIni,
    /// `env_file:` and the project's `.env` of Docker Compose v2.
    Compose,
    /// `docker run --env-file`, and `format: raw` in compose: no quotes, no comments after values.
    DockerRun,
    /// `EnvironmentFile=` of systemd.
    Systemd,
    /// `set -a; . file` of a POSIX shell.
    Shell,
}

impl Dialect {
    /// The newest python-dotenv, as `load_dotenv()` calls it.
    pub const PYTHON_DOTENV: Self =
        Self::PythonDotenv { version: Version::NEWEST, interpolation: Interpolation::OuterFirst };
    /// The newest django-environ, as `read_env(path)` calls it.
    pub const DJANGO_ENVIRON: Self =
        Self::DjangoEnviron { version: Version::NEWEST, parse_comments: false };
    /// The newest python-decouple.
    pub const DECOUPLE: Self = Self::Decouple { version: Version::NEWEST };

    /// The reader's name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::PythonDotenv { .. } => "python-dotenv",
            Self::DjangoEnviron { .. } => "django-environ",
            Self::Decouple { .. } => "python-decouple",
            Self::DecoupleIni => "python-decouple (settings.ini)",
            Self::Compose => "Docker Compose",
            Self::DockerRun => "docker run --env-file",
            Self::Systemd => "systemd",
            Self::Shell => "a shell",
        }
    }
}

impl Dialect {
    /// Whether the reader takes a byte order mark for a part of the first line (tried with
    /// django-environ 0.13, decouple 3.8, dash and python-dotenv; systemd by src/basic/env-file.c).
    fn keeps_mark(self) -> bool {
        match self {
            // Dropped since 1.2.3.
            Self::PythonDotenv { version, .. } => version < Version(1, 2, 3),
            Self::DjangoEnviron { .. } | Self::Decouple { .. } | Self::DecoupleIni => true,
            Self::Systemd | Self::Shell => true,
            Self::Compose | Self::DockerRun => false,
        }
    }
}

/// What the process environment around the file holds under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It is set to this.
    Set(String),
    /// It is not set.
    Unset,
    /// It cannot be known, for this reason.
    Unknown(String),
}

impl From<Option<String>> for Lookup {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Unset, Self::Set)
    }
}

/// The value an entry gives its variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// This text.
    Text(Secret),
    /// The entry names the variable but does not set it (`KEY` without `=`, `unset KEY`).
    Absent,
    /// The entry sets the variable to something that cannot be known here: why.
    Unknown(String),
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Without quotes around it.
    None,
    /// In `'…'`.
    Single,
    /// In `"…"`.
    Double,
}

/// One assignment of a file, as one reader understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The variable's name.
    pub key: String,
    /// What it is set to.
    pub value: EnvValue,
    /// The value as it is written, quotes and comments that the reader keeps included.
    pub raw: Secret,
    /// Where the name is written.
    pub key_span: Span,
    /// Where the value is written; empty where nothing is.
    pub value_span: Span,
    /// The quotes that the value begins with.
    pub quote: Quote,
    /// Whether it is marked `export`.
    pub exported: bool,
    /// The variables whose values go into this one, in order.
    pub references: Vec<String>,
}

impl Entry {
    /// The text the variable is set to, where it is known.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            EnvValue::Text(secret) => Some(secret.expose()),
            EnvValue::Absent | EnvValue::Unknown(_) => None,
        }
    }
}

/// An environment file as one reader understands it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvFile {
    /// The assignments in order of the file, overridden ones included.
    pub entries: Vec<Entry>,
    /// Why the reader gives up on the whole file, where it does; there are no entries then, and
    /// the program that reads it stops with an error.
    pub refused: Option<Problem>,
    /// Lines that the reader ignores, warns of, or that are not modelled. Never hold a value.
    pub problems: Vec<Problem>,
    /// Set where the file may set further variables than its entries, with the reason: a shell
    /// program.
    pub open: Option<String>,
    /// Whether the first of several entries for one name wins (django-environ before 0.8), not
    /// the last.
    pub first_wins: bool,
}

impl EnvFile {
    /// The entry that decides a variable: the last of its name, for nearly all readers.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        let mut entries = self.entries.iter().filter(|entry| entry.key == key);
        if self.first_wins { entries.next() } else { entries.next_back() }
    }

    /// The deciding entry of each variable, in order of first mention.
    pub fn effective(&self) -> Vec<&Entry> {
        let mut seen = std::collections::HashSet::new();
        let keys = self.entries.iter().filter(|entry| seen.insert(entry.key.as_str()));
        keys.filter_map(|entry| self.get(&entry.key)).collect()
    }
}

/// Reads a file as `dialect` does. `outer` gives the variables of the process that reads it, for
/// `$NAME` and for names without a value; it decides nothing else (whether the file or the
/// process wins is up to whoever loads it).
pub fn read(source: &SourceText, dialect: Dialect, outer: &dyn Fn(&str) -> Lookup) -> EnvFile {
    let mut file = Builder { source, out: EnvFile::default() };
    if let Some(message) = undecodable(source, dialect) {
        let at = Span::of_file(source.path().clone());
        file.out.refused = Some(Problem::new(ProblemKind::Encoding, at, message));
        return file.out;
    }
    match dialect {
        Dialect::PythonDotenv { version, interpolation } => {
            python_dotenv::read(&mut file, version, interpolation, outer);
        }
        Dialect::DjangoEnviron { version, parse_comments } => {
            django_environ::read(&mut file, version, parse_comments);
        }
        Dialect::Decouple { version } => decouple::read(&mut file, version),
        Dialect::DecoupleIni => configparser::read(&mut file),
        Dialect::Compose => compose::read(&mut file, outer),
        Dialect::DockerRun => docker_run::read(&mut file, outer),
        Dialect::Systemd => systemd::read(&mut file),
        Dialect::Shell => shell::read(&mut file, outer),
    }
    if source.has_mark() && dialect.keeps_mark() {
        file.misread_first_line(dialect);
    }
    if file.out.refused.is_some() {
        file.out.entries.clear();
    }
    file.out
}

/// Why the text is not what the reader sees: all of them expect UTF-8, and stop or hand on broken
/// bytes otherwise.
fn undecodable(source: &SourceText, dialect: Dialect) -> Option<String> {
    match source.encoding() {
        Encoding::Utf8 => None,
        Encoding::Utf16 => {
            Some(format!("the file is UTF-16, which {} cannot read", dialect.name()))
        }
        Encoding::Windows1252 => {
            Some(format!("the file is not UTF-8, which {} expects", dialect.name()))
        }
    }
}

/// Collects what a dialect's reader finds.
struct Builder<'a> {
    source: &'a SourceText,
    out: EnvFile,
}

/// The places and marks of an entry; its value comes apart.
struct Written {
    key: String,
    key_range: Range<usize>,
    value_range: Range<usize>,
    exported: bool,
    references: Vec<String>,
}

impl Written {
    fn new(key: &str, key_range: Range<usize>, value_range: Range<usize>) -> Self {
        let (exported, references) = (false, Vec::new());
        Self { key: key.to_owned(), key_range, value_range, exported, references }
    }
}

impl<'a> Builder<'a> {
    fn text(&self) -> &'a str {
        self.source.text()
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.source.text().get(range).unwrap_or_default()
    }

    fn entry(&mut self, written: Written, value: EnvValue) {
        let raw = self.slice(written.value_range.clone());
        let quote = match raw.as_bytes().first() {
            Some(b'\'') => Quote::Single,
            Some(b'"') => Quote::Double,
            _ => Quote::None,
        };
        self.out.entries.push(Entry {
            key: written.key,
            value,
            raw: Secret::new(raw),
            key_span: self.source.span(written.key_range),
            value_span: self.source.span(written.value_range),
            quote,
            exported: written.exported,
            references: written.references,
        });
    }

    /// The first line as a reader has it that takes the byte order mark for text: it sets nothing
    /// under the name that stands there, and a section head is none.
    fn misread_first_line(&mut self, dialect: Dialect) {
        let name = dialect.name();
        if dialect == Dialect::DecoupleIni {
            let message = format!("{name} stops at the byte order mark before the first line");
            self.refuse(0..0, message);
            return;
        }
        let line = self.source.position(0).line;
        let first = self.out.entries.first().filter(|entry| entry.key_span.start.line == line);
        let Some(key) = first.map(|entry| entry.key.clone()) else { return };
        let entry = self.out.entries.remove(0);
        for later in &mut self.out.entries {
            if later.references.contains(&key) {
                let reason = format!("it refers to {key}, which {name} does not set");
                later.value = EnvValue::Unknown(reason);
            }
        }
        let message = format!(
            "{name} takes the byte order mark before {key} for a part of the name: {key} is not set"
        );
        self.out.problems.push(Problem::new(ProblemKind::Encoding, entry.key_span, message));
    }

    fn has(&self, key: &str) -> bool {
        self.out.entries.iter().any(|entry| entry.key == key)
    }

    fn problem(&mut self, kind: ProblemKind, range: Range<usize>, message: impl Into<String>) {
        let at = self.source.span(range);
        self.out.problems.push(Problem::new(kind, at, message));
    }

    fn refuse(&mut self, range: Range<usize>, message: impl Into<String>) {
        let at = self.source.span(range);
        self.out.refused = Some(Problem::new(ProblemKind::Syntax, at, message));
    }
}

fn text(value: impl Into<String>) -> EnvValue {
    EnvValue::Text(Secret::new(value))
}

/// What Python's `str.isspace` and `\s` call white space.
fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Text as Python's `open()` hands it out: every line break is `\n`.
fn universal_newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into() }
}

/// The lines of a text with the offset at which each starts, their breaks dropped. `is_break`
/// tells which characters end a line; `\r\n` is one break where `\r` is.
fn lines(text: &str, is_break: fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_break(c) {
            continue;
        }
        lines.push((start, text.get(start..at).unwrap_or_default()));
        start = at + c.len_utf8();
        if c == '\r' && matches!(chars.peek(), Some((_, '\n'))) {
            chars.next();
            start += 1;
        }
    }
    if start < text.len() {
        lines.push((start, text.get(start..).unwrap_or_default()));
    }
    lines
}
