//! Configuration that is written inside another file.
//!
//! Found: files that shell scripts write with heredocs; fenced and indented code blocks of
//! Markdown; literal and `code-block` blocks of reStructuredText; files that Dockerfiles write.
//! Each is a text of its own whose places are those of the outer file, so any reader works on it.
//!
//! What a block holds is a guess, with its grounds ([`Grounds`]): a target path, a file name before
//! the block, its language tag, its content. A block about which nothing speaks is
//! [`BlockKind::Unknown`].

mod guess;
mod markdown;
mod rst;

use plimsoll_source::{SourceText, Span};

use crate::dockerfile::{Command, Dockerfile, Instruction};
use crate::shell::Script;

pub use guess::{kind_of_content, kind_of_language, kind_of_path};

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// nginx configuration.
    Nginx,
    /// A systemd unit.
    Systemd,
    /// Variables.
    Dotenv,
    /// A compose file.
    Compose,
    /// Other YAML.
    Yaml,
    /// A Dockerfile.
    Dockerfile,
    /// Lines of a crontab.
    Crontab,
    /// A shell script or commands.
    Shell,
    /// Python.
    Python,
    /// A Caddyfile.
    Caddyfile,
    /// Supervisor's configuration.
    Supervisor,
    /// logrotate's configuration.
    Logrotate,
    /// SQL.
    Sql,
    /// A requirements file.
    Requirements,
    /// TOML.
    Toml,
    /// Nothing speaks for anything.
    Unknown,
}

/// Why a block is taken for what it is, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grounds {
    /// The path it is written to.
    TargetPath,
    /// What it holds.
    Content,
    /// A file name in the text before it.
    NameBefore,
    /// Its language tag.
    Language,
    /// Nothing.
    Nothing,
}

/// A block of another format.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// What it holds.
    pub kind: BlockKind,
    /// Why that is thought.
    pub grounds: Grounds,
    /// The path it is written to or that is named before it, as written.
    pub path: Option<String>,
    /// Whether the outer file writes it for real (a script); in a document it is advice.
    pub is_written: bool,
    /// Whether variables in it are replaced when it is written.
    pub expands: bool,
    /// Its text, with the places of the outer file.
    pub text: SourceText,
    /// Where it is.
    pub span: Span,
}

/// The blocks of a file, told by its name: Markdown, reStructuredText, shell scripts and
/// Dockerfiles. Anything else has none.
pub fn blocks(source: &SourceText) -> Vec<Embedded> {
    let name = source.path().file_name();
    let first = source.line(1).unwrap_or("");
    match source.path().extension().map(str::to_ascii_lowercase).as_deref() {
        Some("md" | "markdown" | "mdx") => markdown::blocks(source),
        Some("rst") => rst::blocks(source),
        Some("sh" | "bash") => script_blocks(source),
        _ if name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") => {
            dockerfile_blocks(source)
        }
        _ if first.starts_with("#!") && first.contains("sh") => script_blocks(source),
        _ => Vec::new(),
    }
}

/// The files that a script writes.
pub fn script_blocks(source: &SourceText) -> Vec<Embedded> {
    of_script(&Script::parse(source))
}

fn of_script(script: &Script) -> Vec<Embedded> {
    let written = script.written_files().into_iter();
    written
        .map(|file| {
            let span = file.body.span(0..file.body.text().len());
            let (kind, grounds) =
                guess::guess(Some((&file.path, Grounds::TargetPath)), None, &file.body);
            Embedded {
                kind,
                grounds,
                path: Some(file.path),
                is_written: true,
                expands: file.expands,
                text: file.body,
                span,
            }
        })
        .collect()
}

/// The files that the `RUN` and `COPY` heredocs of a Dockerfile write.
pub fn dockerfile_blocks(source: &SourceText) -> Vec<Embedded> {
    let file = Dockerfile::parse(source);
    let mut blocks = Vec::new();
    for instruction in file.stages.iter().flat_map(|stage| &stage.instructions) {
        match &instruction.value {
            Instruction::Run { command: Command::Shell(text), .. } => {
                blocks.extend(of_script(&Script::parse(text)));
            }
            Instruction::Copy { heredocs, destination, .. } => {
                for heredoc in heredocs {
                    let path = match destination.as_ref().map(|d| d.written.as_str()) {
                        Some(path) if !path.ends_with('/') => path.to_owned(),
                        folder => format!("{}{}", folder.unwrap_or(""), heredoc.name),
                    };
                    let text = heredoc.body.clone();
                    let (kind, grounds) =
                        guess::guess(Some((&path, Grounds::TargetPath)), None, &text);
                    blocks.push(Embedded {
                        kind,
                        grounds,
                        path: Some(path),
                        is_written: true,
                        expands: heredoc.expands,
                        span: text.span(0..text.text().len()),
                        text,
                    });
                }
            }
            _ => {}
        }
    }
    blocks
}

/// A block of a document.
fn in_document(text: SourceText, language: Option<&str>, name: Option<String>) -> Embedded {
    let named = name.as_deref().map(|name| (name, Grounds::NameBefore));
    let (kind, grounds) = guess::guess(named, language, &text);
    Embedded {
        kind,
        grounds,
        path: name,
        is_written: false,
        expands: false,
        span: text.span(0..text.text().len()),
        text,
    }
}
