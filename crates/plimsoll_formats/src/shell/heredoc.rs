//! Heredocs and the files they are written to.

use std::ops::Range;

use plimsoll_source::SourceText;

use super::{Command, Script, WrittenFile};

/// The text that a command reads from a heredoc.
pub(super) fn body(
    source: &SourceText,
    range: Range<usize>,
    expands: bool,
    strip_tabs: bool,
) -> SourceText {
    let text = source.text().get(range.clone()).unwrap_or("");
    let mut pieces = Vec::new();
    let mut at = range.start;
    for line in text.split_inclusive('\n') {
        let tabs = if strip_tabs { line.len() - line.trim_start_matches('\t').len() } else { 0 };
        let mut from = at + tabs;
        let end = at + line.len();
        if expands {
            let mut chars = line.char_indices().skip(tabs);
            while let Some((offset, c)) = chars.next() {
                if c != '\\' {
                    continue;
                }
                match chars.next() {
                    Some((_, '$' | '`' | '\\')) => {
                        pieces.push(from..at + offset);
                        from = at + offset + 1;
                    }
                    // A joined line: neither the backslash nor the break is read.
                    Some((_, '\n')) => {
                        pieces.push(from..at + offset);
                        from = end;
                    }
                    _ => {}
                }
            }
        }
        pieces.push(from..end);
        at = end;
    }
    source.fragment_of(pieces)
}

pub(super) fn written_files(script: &Script) -> Vec<WrittenFile> {
    let mut files = Vec::new();
    for command in &script.commands {
        for heredoc in &command.heredocs {
            let target = teed(command).or_else(|| redirected(command)).or_else(|| {
                let after = |other: &&Command| match (other.pipeline, command.pipeline) {
                    (Some(other), Some(own)) => other.id == own.id && other.index >= own.index,
                    _ => other.span == command.span,
                };
                script.commands.iter().filter(after).find_map(teed)
            });
            let Some((path, append)) = target else { continue };
            files.push(WrittenFile {
                path,
                body: heredoc.body.clone(),
                expands: heredoc.expands,
                append,
                span: command.span.clone(),
            });
        }
    }
    files
}

/// The file that the command's output goes to.
fn redirected(command: &Command) -> Option<(String, bool)> {
    let output = command.redirects.iter().find(|redirect| {
        matches!(redirect.operator.as_str(), ">" | ">>" | ">|")
            && redirect.descriptor.unwrap_or(1) == 1
    })?;
    Some((output.target.text.clone(), output.operator == ">>"))
}

/// The first file of a `tee`.
fn teed(command: &Command) -> Option<(String, bool)> {
    if command.program() != Some("tee") {
        return None;
    }
    let file = command.arguments().iter().find(|word| !word.text.starts_with('-'))?;
    Some((file.text.clone(), command.has_argument("-a") || command.has_argument("--append")))
}
