//! Dockerfiles: stages, what they run, and what the built image runs.
//!
//! Accepted: the instructions of Docker's reference with comments and joined lines, the `escape`
//! directive, heredocs of `RUN`, `COPY` and `ADD`, exec and shell forms, `ARG` and `ENV`
//! substitution with defaults.
//!
//! Failure policy: an instruction that is not known, or stands before the first `FROM`, is a
//! problem and skipped; the rest is read. A text that depends on a variable which neither the file
//! nor the caller sets is unknown ([`Text::value`]); `ARG` defaults count as its value, and
//! [`Text::args`] names those it depends on.

mod effective;
mod expand;
mod ignore;
mod instruction;
mod lines;

use indexmap::IndexMap;
use plimsoll_source::{Problem, SourceText, Span, Spanned};

pub use effective::{Effective, ImageBase};
pub use ignore::{DockerIgnore, ignore_files};

use crate::words::Word;

/// A Dockerfile.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// `ARG` before the first `FROM`, with defaults as written.
    pub global_args: Vec<Argument>,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// The `# syntax=` directive.
    pub syntax: Option<Spanned<String>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its name (`AS builder`).
    pub name: Option<Spanned<String>>,
    /// What it starts from, as written and with global `ARG` defaults.
    pub from: Text,
    /// `--platform=`.
    pub platform: Option<Text>,
    /// What follows, in order.
    pub instructions: Vec<Spanned<Instruction>>,
    /// The whole `FROM` line.
    pub span: Span,
}

/// A text with variables.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// As written.
    pub written: String,
    /// With variables replaced; `None` where one is not known.
    pub value: Option<String>,
    /// The `ARG`s it depends on: the value holds unless the build sets them.
    pub args: Vec<String>,
    /// Where it is written.
    pub span: Span,
}

/// `NAME` or `NAME=default`.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The variable.
    pub name: String,
    /// Its default, as written.
    pub default: Option<Text>,
    /// Where it is written.
    pub span: Span,
}

/// A heredoc of an instruction.
#[derive(Clone, Debug)]
pub struct Heredoc {
    /// Its word, which is the file's name for `COPY`.
    pub name: String,
    /// Its text, with the places of the Dockerfile.
    pub body: SourceText,
    /// Whether variables are replaced in it.
    pub expands: bool,
}

/// A command in exec or shell form.
#[derive(Clone, Debug)]
pub enum Command {
    /// `["a", "b"]`: its words.
    Exec(Vec<Word>),
    /// Run by a shell: the text, with the places of the Dockerfile.
    Shell(SourceText),
}

/// One instruction.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "files hold dozens of them; boxes would only hide")]
pub enum Instruction {
    /// `ENV`: names and values.
    Env(Vec<(String, Text)>),
    /// `ARG`.
    Arg(Vec<Argument>),
    /// `COPY` or `ADD`.
    Copy {
        /// Whether it is `ADD`.
        add: bool,
        /// `--from=`: a stage, its number, or an image.
        from: Option<Text>,
        /// `--chown=`.
        chown: Option<Text>,
        /// What is copied.
        sources: Vec<Text>,
        /// Where to.
        destination: Option<Text>,
        /// Files written in the Dockerfile itself.
        heredocs: Vec<Heredoc>,
    },
    /// `RUN`.
    Run {
        /// What is run; for `RUN <<EOF` alone the heredoc's text.
        command: Command,
        /// Flags, as written (`--mount=…`).
        flags: Vec<Spanned<String>>,
        /// Its heredocs.
        heredocs: Vec<Heredoc>,
    },
    /// `CMD`.
    Cmd(Command),
    /// `ENTRYPOINT`.
    Entrypoint(Command),
    /// `HEALTHCHECK`; `None`: switched off.
    Healthcheck(Option<Command>),
    /// `USER`.
    User(Text),
    /// `WORKDIR`.
    Workdir(Text),
    /// `EXPOSE`.
    Expose(Vec<Text>),
    /// `VOLUME`.
    Volume(Vec<Text>),
    /// `SHELL`.
    Shell(Vec<Word>),
    /// `STOPSIGNAL`.
    Stopsignal(Text),
    /// `LABEL`: names and values.
    Label(Vec<(String, Text)>),
    /// `ONBUILD`, `MAINTAINER`: the text.
    Other(String),
}

impl Dockerfile {
    /// Reads a Dockerfile.
    pub fn parse(source: &SourceText) -> Self {
        instruction::parse(source)
    }

    /// The stage of a name (in any case) or number.
    pub fn stage_index(&self, name: &str) -> Option<usize> {
        let named = |stage: &Stage| {
            stage.name.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(name))
        };
        let found = self.stages.iter().position(named);
        found.or_else(|| name.parse().ok().filter(|index| *index < self.stages.len()))
    }

    /// What the image of a stage is (the last one where none is named), with the build arguments
    /// that are given. `None` where there is no such stage.
    pub fn effective(
        &self,
        target: Option<&str>,
        build_args: &IndexMap<String, String>,
    ) -> Option<Effective<'_>> {
        effective::of(self, target, build_args)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "text at {}", self.span)
    }
}
