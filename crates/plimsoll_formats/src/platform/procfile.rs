//! Procfile: one process type per line.

use plimsoll_source::{Problem, ProblemKind, SourceText};

use crate::Spanned;
use crate::command::{Command, CommandLine, split_command};
use crate::scan::{lines, spanned};

/// A process type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessType {
    /// Its name: `web`, `worker`, `release`…
    pub name: Spanned<String>,
    /// The command as written; a shell runs it.
    pub command: Spanned<String>,
    /// The command cut into simple commands.
    pub line: CommandLine,
}

impl ProcessType {
    /// The commands it runs.
    pub fn commands(&self) -> Vec<Command> {
        self.line.commands.iter().filter_map(|words| Command::read(words)).collect()
    }
}

/// A Procfile.
#[derive(Clone, Debug)]
pub struct Procfile {
    /// Its process types in order.
    pub processes: Vec<ProcessType>,
    /// Lines that are none.
    pub problems: Vec<Problem>,
}

impl Procfile {
    /// Reads a Procfile: `name: command`, the name of letters, digits, `_` and `-`; lines that
    /// begin with `#` are comments.
    pub fn read(text: &SourceText) -> Self {
        let mut file = Self { processes: Vec::new(), problems: Vec::new() };
        for (start, line) in lines(text.text()) {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let is_name = |name: &str| {
                let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                !name.is_empty() && name.chars().all(is_part)
            };
            match line.split_once(':').filter(|(name, _)| is_name(name.trim())) {
                Some((name, command)) => {
                    let from = start + name.len() + 1;
                    file.processes.push(ProcessType {
                        name: spanned(text, start, name),
                        command: spanned(text, from, command),
                        line: split_command(text, from..from + command.len()),
                    });
                }
                None => file.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    spanned(text, start, line).span,
                    "not `name: command`: the platform ignores the line",
                )),
            }
        }
        file
    }

    /// The process type of this name; of several the last.
    pub fn process(&self, name: &str) -> Option<&ProcessType> {
        self.processes.iter().rfind(|process| process.name.value == name)
    }
}
