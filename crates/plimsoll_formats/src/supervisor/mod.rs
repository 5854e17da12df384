//! supervisor's programs and uWSGI's ini files.
//!
//! Values keep `%(ENV_X)s` and `$(X)` as written. Failure policy: a line that is neither header,
//! comment nor assignment is a problem, the rest is read.

mod ini;

use plimsoll_source::{Problem, Secret, SourceText, Span};

use crate::Spanned;
use crate::command::{Bind, Command, split_command};
use crate::dotenv::EnvValue;

pub use ini::{IniEntry, IniFile, read_ini};

/// A `[program:x]` of supervisor.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: Spanned<String>,
    /// `program`, `fcgi-program` or `eventlistener`.
    pub kind: String,
    /// The command as written.
    pub command: Option<Spanned<String>>,
    /// The command as words (supervisor starts no shell).
    pub argv: Vec<Spanned<String>>,
    /// Its variables.
    pub environment: Vec<ProgramVariable>,
    entries: Vec<IniEntry>,
}

/// A variable of `environment=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramVariable {
    /// Its name.
    pub name: String,
    /// Its value; unknown where an expansion (`%(ENV_X)s`) decides it.
    pub value: EnvValue,
    /// The assignment.
    pub span: Span,
}

/// A supervisor configuration.
#[derive(Clone, Debug)]
pub struct SupervisorFile {
    /// Its programs in order.
    pub programs: Vec<Program>,
    /// Variables of `[supervisord]`, which every program gets.
    pub environment: Vec<ProgramVariable>,
    /// The patterns of `[include] files`.
    pub includes: Vec<Spanned<String>>,
    /// The whole file.
    pub ini: IniFile,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Program {
    /// A key of the program, such as `user`, `directory`, `autorestart`, `stdout_logfile`.
    pub fn get(&self, key: &str) -> Option<&Spanned<String>> {
        self.entries.iter().rfind(|entry| entry.key.value == key).map(|entry| &entry.value)
    }

    /// What it runs.
    pub fn runs(&self) -> Option<Command> {
        Command::read(&self.argv)
    }

    /// Whether it comes back after a crash: `autorestart` is `unexpected` by default, which
    /// brings it back, `false` does not. `None` for a value that is none of supervisor's.
    pub fn restarts(&self) -> Option<bool> {
        match self.get("autorestart").map(|v| v.value.to_ascii_lowercase()).as_deref() {
            None | Some("unexpected" | "true" | "yes" | "on" | "1") => Some(true),
            Some("false" | "no" | "off" | "0") => Some(false),
            Some(_) => None,
        }
    }
}

/// Whether the text is a supervisor configuration.
pub fn looks_like(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        line == "[supervisord]" || line.starts_with("[program:")
    })
}

/// Reads a supervisor configuration or a file that one includes.
pub fn read(text: &SourceText) -> SupervisorFile {
    let mut ini = read_ini(text);
    let problems = std::mem::take(&mut ini.problems);
    let programs = ini.sections.iter().filter_map(|section| program(&ini, section)).collect();
    let environment = ini.get("supervisord", "environment").map_or(Vec::new(), variables);
    let includes = ini.get("include", "files").map_or(Vec::new(), |entry| {
        let words = crate::scan::blank_words(entry.text.text());
        words.into_iter().map(|(at, word)| crate::scan::spanned(&entry.text, at, word)).collect()
    });
    SupervisorFile { programs, environment, includes, ini, problems }
}

fn program(ini: &IniFile, section: &Spanned<String>) -> Option<Program> {
    let (kind, name) = section.value.split_once(':')?;
    if !matches!(kind, "program" | "fcgi-program" | "eventlistener") {
        return None;
    }
    let entries: Vec<_> =
        ini.entries.iter().filter(|entry| entry.section == section.value).cloned().collect();
    let last = |key: &str| entries.iter().rfind(|entry| entry.key.value == key);
    let command = last("command");
    // supervisor splits words as a shell does, line breaks and operators without meaning.
    let argv = command.map_or(Vec::new(), |entry| {
        split_command(&entry.text, 0..entry.text.text().len())
            .commands
            .into_iter()
            .flatten()
            .collect()
    });
    Some(Program {
        name: Spanned::new(name.to_owned(), section.span.clone()),
        kind: kind.to_owned(),
        command: command.map(|entry| entry.value.clone()),
        argv,
        environment: last("environment").map_or(Vec::new(), variables),
        entries,
    })
}

/// `A="x y",B='z',C=w`: pairs with commas between, values in quotes or up to the comma.
fn variables(entry: &IniEntry) -> Vec<ProgramVariable> {
    let whole = entry.text.text();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = whole.get(at..) {
        let lead = rest.len() - rest.trim_start_matches([',', ' ', '\n', '\t', '\r']).len();
        let start = at + lead;
        let Some(equals) = whole.get(start..).and_then(|rest| rest.find('=')) else { break };
        let name = whole.get(start..start + equals).unwrap_or("").trim();
        let from = start + equals + 1;
        let value_text = whole.get(from..).unwrap_or("");
        let blank = value_text.len() - value_text.trim_start().len();
        let value_text = value_text.trim_start();
        let (value, length) = match value_text.chars().next() {
            Some(mark @ ('"' | '\'')) => {
                let inner = value_text.get(1..).unwrap_or("");
                match inner.find(mark) {
                    Some(end) => (inner.get(..end).unwrap_or(""), end + 2),
                    None => (inner, value_text.len()),
                }
            }
            _ => {
                let end = value_text.find([',', '\n']).unwrap_or(value_text.len());
                (value_text.get(..end).unwrap_or("").trim_end(), end)
            }
        };
        let end = from + blank + length;
        found.push(ProgramVariable {
            name: name.to_owned(),
            value: expanded(value),
            span: entry.text.span(start..end),
        });
        at = end;
    }
    found
}

fn expanded(value: &str) -> EnvValue {
    let plain = value.replace("%%", "");
    if plain.contains("%(") {
        return EnvValue::Unknown("supervisor fills in an expansion (%(…)s) when it starts".into());
    }
    EnvValue::Text(Secret::new(value.replace("%%", "%")))
}

/// A uWSGI ini file.
#[derive(Clone, Debug)]
pub struct UwsgiFile {
    /// The whole file; its options are those of section `uwsgi`.
    pub ini: IniFile,
}

impl UwsgiFile {
    /// Reads a uWSGI ini file.
    pub fn read(text: &SourceText) -> Self {
        Self { ini: read_ini(text) }
    }

    /// The last value of an option, `-` and `_` alike.
    pub fn get(&self, name: &str) -> Option<&Spanned<String>> {
        let same = |entry: &&IniEntry| {
            entry.section == "uwsgi" && entry.key.value.replace('_', "-") == name
        };
        self.ini.entries.iter().rfind(same).map(|entry| &entry.value)
    }

    /// Where it listens.
    pub fn binds(&self) -> Vec<Spanned<Bind>> {
        const NAMES: [&str; 5] = ["http", "http-socket", "https", "socket", "uwsgi-socket"];
        let entries = self.ini.entries.iter().filter(|entry| {
            entry.section == "uwsgi" && NAMES.contains(&entry.key.value.replace('_', "-").as_str())
        });
        entries.map(|e| e.value.clone().map(|value| Bind::parse(&value, 0))).collect()
    }
}
