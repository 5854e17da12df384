//! What the options and configuration files of application servers do to the environment, and
//! what they load.

use plimsoll_formats::command::{Command, Program};
use plimsoll_formats::supervisor::UwsgiFile;
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Spanned};

use super::commands::Runner;
use crate::surroundings::{Source, Surroundings};

/// What the server of a command loads: its argument, else what its configuration file names.
/// Variables that it sets go into `out`.
pub(super) fn read(
    runner: &Runner<'_>,
    command: &Command,
    out: &mut Surroundings,
) -> Option<Spanned<String>> {
    let of_command = command.application().map(|w| Spanned::new(w.value.clone(), w.span.clone()));
    let of_file = match command.program {
        Program::Gunicorn => {
            gunicorn(runner, command, out);
            None
        }
        Program::Uwsgi => uwsgi(runner, command, out),
        _ => None,
    };
    of_command.or(of_file)
}

/// The configuration file that a server loads, where it is in the repository: the one that its
/// options name, or the one that gunicorn looks for by itself.
pub(super) fn config(runner: &Runner<'_>, command: &Command) -> Option<RepoPath> {
    let path = match command.program {
        Program::Gunicorn => {
            let named = command.options.value("config");
            let path = named.map_or("gunicorn.conf.py", |path| path.value.as_str());
            path.strip_prefix("file:").unwrap_or(path)
        }
        Program::Uwsgi => {
            let named = command.options.value("ini").map(|word| word.value.as_str());
            let mut operands = command.options.operands.iter().map(|word| word.value.as_str());
            named.or_else(|| operands.find(|word| word.ends_with(".ini")))?
        }
        _ => return None,
    };
    if path.starts_with("python:") {
        return None;
    }
    runner.find_file(path).map(|source| source.path().clone())
}

/// gunicorn's `--env`, and its configuration file, which is a program of its own: what it sets is
/// not known, that it sets something is.
fn gunicorn(runner: &Runner<'_>, command: &Command, out: &mut Surroundings) {
    let named = command.options.value("config");
    let path = named.map_or("gunicorn.conf.py", |path| path.value.as_str());
    let path = path.strip_prefix("file:").unwrap_or(path);
    if path.starts_with("python:") {
        if let Some(named) = named {
            out.gap(Source::at("gunicorn's configuration module may set variables", &named.span));
        }
    } else if let Some(source) = runner.find_file(path) {
        out.source(Source::at(
            format!("gunicorn's configuration {}", source.path()),
            &Span::of_file(source.path().clone()),
        ));
        for mark in
            ["raw_env", "os.environ[", "os.environ.setdefault", "os.environ.update", "load_dotenv"]
        {
            if let Some(at) = outside_of_comments(&source, mark) {
                out.gap(Source::at("gunicorn's configuration sets variables", &at));
            }
        }
    }
    for word in command.options.values("raw_env") {
        let Some((name, value)) = word.value.split_once('=') else { continue };
        if value.contains('$') {
            let reason = "the shell that starts gunicorn fills it in".to_owned();
            out.mark_unknown(name, reason, &word.span);
        } else {
            out.insert(name, Secret::new(value), &word.span);
        }
    }
}

/// The first line with a word before which no comment begins.
fn outside_of_comments(source: &SourceText, word: &str) -> Option<Span> {
    (1..=source.line_count())
        .find(|number| {
            let line = source.line(*number).unwrap_or("");
            line.split('#').next().is_some_and(|code| code.contains(word))
        })
        .map(|number| source.line_span(number))
}

/// uWSGI's `env = NAME=value` and what it loads, on the command line and in its ini file.
fn uwsgi(
    runner: &Runner<'_>,
    command: &Command,
    out: &mut Surroundings,
) -> Option<Spanned<String>> {
    let named = command.options.value("ini").map(|word| word.value.as_str());
    let operand = command.options.operands.iter().map(|word| word.value.as_str());
    let path = named.or_else(|| operand.into_iter().find(|word| word.ends_with(".ini")));
    let source = path.and_then(|path| runner.find_file(path));
    let mut loads = None;
    if let Some(source) = &source {
        out.source(Source::at(
            format!("uWSGI's configuration {}", source.path()),
            &Span::of_file(source.path().clone()),
        ));
        let file = UwsgiFile::read(source);
        for entry in file.ini.entries.iter().filter(|entry| entry.section == "uwsgi") {
            match entry.key.value.as_str() {
                "env" => variable(&entry.value.value, &entry.value.span, out),
                "for-readline" | "env-file" | "envdir" | "if-env" | "include" | "ini" => {
                    out.gap(Source::at("uWSGI's configuration reads more", &entry.value.span));
                }
                _ => {}
            }
        }
        loads = ["module", "wsgi", "wsgi-file"].iter().find_map(|name| file.get(name).cloned());
    }
    for word in command.options.values("env") {
        variable(&word.value, &word.span, out);
    }
    loads.map(|word| Spanned::new(word.value, word.span))
}

fn variable(assignment: &str, at: &Span, out: &mut Surroundings) {
    let Some((name, value)) = assignment.split_once('=') else { return };
    // `$(NAME)` and `%n` are filled in when uWSGI starts.
    if value.contains("$(") || value.contains('%') || value.contains('@') {
        out.mark_unknown(name.trim(), "uWSGI fills it in when it starts".to_owned(), at);
    } else {
        out.insert(name.trim(), Secret::new(value.trim()), at);
    }
}
