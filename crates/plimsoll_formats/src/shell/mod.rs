//! Shell scripts: every simple command with what is around it.
//!
//! Accepted: POSIX sh and bash as tree-sitter-bash reads them. The syntax tree is flattened to the
//! list of simple commands in the order of the text; each knows the options in force (`set -e`,
//! `-u`, `-o pipefail`), its place in a pipeline, what happens when it fails, the function, branch
//! or loop it stands in, its redirections and heredocs.
//!
//! Failure policy: broken syntax is a problem at its place; the commands around it are read.
//! Options set in a branch or a subshell do not count behind it. What a variable holds is not
//! known: a word says which variables it needs ([`Word::literal`]).

mod expect;
mod heredoc;
mod options;
mod walk;
mod word;

use plimsoll_source::{Problem, SourceText, Span, Spanned};

pub use expect::{Expect, ExpectLine, is_expect};
pub use options::Options;
pub use word::{Part, Word};

/// A script.
#[derive(Clone, Debug)]
pub struct Script {
    /// The program of the `#!` line, with its arguments.
    pub interpreter: Option<Spanned<String>>,
    /// Every simple command, those in substitutions and functions included, in order.
    pub commands: Vec<Command>,
    /// Every assignment, in order.
    pub assignments: Vec<Assignment>,
    /// Functions and where their names are written.
    pub functions: Vec<Spanned<String>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A simple command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its name and arguments.
    pub words: Vec<Word>,
    /// Assignments before it, for it alone: indexes into [`Script::assignments`].
    pub environment: Vec<usize>,
    /// Its redirections, those of a group around it included.
    pub redirects: Vec<Redirect>,
    /// Its heredocs.
    pub heredocs: Vec<Heredoc>,
    /// The options in force when it runs.
    pub options: Options,
    /// Its place in a pipeline of several commands.
    pub pipeline: Option<PipelinePlace>,
    /// What happens when it fails.
    pub failure: Failure,
    /// What it stands in, outermost first.
    pub inside: Vec<Around>,
    /// Whether it is sent to the background.
    pub background: bool,
    /// Where it is written.
    pub span: Span,
}

/// The place of a command in a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipelinePlace {
    /// Which pipeline of the script.
    pub id: usize,
    /// The place in it, from 0.
    pub index: usize,
    /// How many commands it has.
    pub length: usize,
}

/// What the failure of a command leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `set -e` ends the script.
    Stops,
    /// The script goes on: no `set -e`.
    GoesOn,
    /// What follows `||` ends the script (`exit`, `return`) or a condition looks at it.
    Handled,
    /// `|| true`, `|| :`, `|| echo …`: the script goes on as if nothing was.
    Swallowed,
    /// The pipeline's last command decides, as `pipefail` is off.
    HiddenByPipe,
    /// The left side of `&&`, or after `!`: `set -e` does not look at it.
    Unchecked,
    /// In the background: nobody waits.
    Background,
    /// In a substitution that is a word of another command, whose own status counts.
    InSubstitution,
}

/// What a command stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Around {
    /// A function's body.
    Function(String),
    /// A branch of `if` or `case`, or the right side of `&&` or `||`.
    Branch,
    /// A loop.
    Loop,
    /// `( … )`.
    Subshell,
    /// `$( … )` or a process substitution.
    Substitution,
}

/// A redirection to or from a file.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `&>`, `>&`, `<<<`…
    pub operator: String,
    /// The file descriptor written before it.
    pub descriptor: Option<u32>,
    /// The file, or descriptor.
    pub target: Word,
    /// Where it is written.
    pub span: Span,
}

/// A heredoc.
#[derive(Clone, Debug)]
pub struct Heredoc {
    /// What the command reads, with the places of the script: leading tabs of `<<-` and escaping
    /// backslashes are left out.
    pub body: SourceText,
    /// Whether `$NAME` in it is replaced.
    pub expands: bool,
    /// Where the body is written.
    pub span: Span,
}

/// `NAME=value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its value; `None` for `export NAME` and arrays.
    pub value: Option<Word>,
    /// Whether `export` or `declare -x` is before it.
    pub exported: bool,
    /// Whether it holds only for the command it stands before.
    pub for_command: bool,
    /// What it stands in, outermost first.
    pub inside: Vec<Around>,
    /// Where it is written.
    pub span: Span,
}

/// A file that a script writes with a text that is in the script.
#[derive(Clone, Debug)]
pub struct WrittenFile {
    /// The path as written, quotes resolved, variables as `$NAME`.
    pub path: String,
    /// Its text.
    pub body: SourceText,
    /// Whether variables in the text are replaced.
    pub expands: bool,
    /// Whether it is added to the file.
    pub append: bool,
    /// The command that writes.
    pub span: Span,
}

impl Script {
    /// Reads a script.
    pub fn parse(source: &SourceText) -> Self {
        walk::parse(source, Options::default())
    }

    /// Reads a script that is run with these options: workflows and Makefiles start their shells
    /// with `-e`.
    pub fn parse_with(source: &SourceText, options: Options) -> Self {
        walk::parse(source, options)
    }

    /// The commands of a name, whatever path is before it; `sudo`, `env`, `exec`, `time`, `nice`,
    /// `nohup`, `command` and their options before it are looked through.
    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Command> {
        self.commands.iter().filter(move |command| command.program() == Some(name))
    }

    /// The other commands of a command's pipeline, itself included, in order.
    pub fn pipeline_of(&self, command: &Command) -> Vec<&Command> {
        let Some(place) = command.pipeline else { return Vec::new() };
        let same = |other: &&Command| other.pipeline.is_some_and(|p| p.id == place.id);
        self.commands.iter().filter(same).collect()
    }

    /// The files that heredocs write (`cat > f <<X`, `tee f <<X`, `cat <<X | tee f`).
    pub fn written_files(&self) -> Vec<WrittenFile> {
        heredoc::written_files(self)
    }
}

impl Command {
    /// The first word, where it is literal.
    pub fn name(&self) -> Option<String> {
        self.words.first()?.literal()
    }

    /// The file name of the program that runs, behind `sudo` and such.
    pub fn program(&self) -> Option<&str> {
        let word = self.words.get(self.program_at()?)?;
        word.plain().map(|text| text.rsplit('/').next().unwrap_or(text))
    }

    /// The arguments of [`Self::program`].
    pub fn arguments(&self) -> &[Word] {
        self.program_at().and_then(|at| self.words.get(at + 1..)).unwrap_or(&[])
    }

    /// Whether an argument is this text, or begins with it and `=`.
    pub fn has_argument(&self, text: &str) -> bool {
        self.arguments().iter().any(|word| {
            word.text
                .strip_prefix(text)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    }

    fn program_at(&self) -> Option<usize> {
        const LOOKED_THROUGH: [&str; 9] =
            ["sudo", "env", "exec", "time", "nice", "nohup", "command", "ionice", "doas"];
        let mut at = 0;
        loop {
            let text = self.words.get(at)?.plain()?;
            let name = text.rsplit('/').next().unwrap_or(text);
            if !LOOKED_THROUGH.contains(&name) {
                return Some(at);
            }
            at += 1;
            while let Some(word) = self.words.get(at) {
                let takes_value = matches!(word.text.as_str(), "-u" | "-g" | "-n" | "-c" | "-C");
                if word.text.starts_with('-') {
                    at += if takes_value { 2 } else { 1 };
                } else if word.text.contains('=') && name != "exec" {
                    at += 1;
                } else {
                    break;
                }
            }
        }
    }
}
