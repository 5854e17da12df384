//! Instructions to their meaning, stage by stage.

use std::collections::HashMap;
use std::ops::Range;

use plimsoll_source::{Problem, ProblemKind, SourceText, Spanned};

use super::expand::{self, Known};
use super::lines::{self, Raw};
use super::{Argument, Command, Dockerfile, Instruction, Stage, Text};
use crate::words::Word;

/// Stages of one file; real ones have a dozen.
const MAX_STAGES: usize = 200;

pub(super) fn parse(source: &SourceText) -> Dockerfile {
    let directives = lines::directives(source.text());
    let mut reader = Reader {
        source,
        globals: HashMap::new(),
        variables: HashMap::new(),
        full: false,
        file: Dockerfile {
            global_args: Vec::new(),
            stages: Vec::new(),
            syntax: directives.syntax.map(|(value, range)| Spanned::new(value, source.span(range))),
            problems: Vec::new(),
        },
    };
    for raw in lines::instructions(source, directives.escape) {
        reader.instruction(&raw);
    }
    reader.file
}

struct Reader<'a> {
    source: &'a SourceText,
    globals: HashMap<String, Known>,
    /// Variables of the stage so far.
    variables: HashMap<String, Known>,
    /// Whether the limit on stages was reached.
    full: bool,
    file: Dockerfile,
}

impl Reader<'_> {
    fn instruction(&mut self, raw: &Raw) {
        let span = self.source.span(raw.range.clone());
        if raw.keyword == "FROM" && self.file.stages.len() >= MAX_STAGES {
            let message = format!("more than {MAX_STAGES} stages; the rest is not read");
            self.file.problems.push(Problem::new(ProblemKind::Limit, span.clone(), message));
            self.full = true;
        }
        if self.full {
            return;
        }
        match (raw.keyword.as_str(), self.file.stages.is_empty()) {
            ("FROM", _) => self.from(raw),
            ("ARG", true) => {
                let arguments = self.arguments(raw, true);
                self.file.global_args.extend(arguments);
            }
            (_, true) => {
                let message = "this stands before the first FROM";
                self.file.problems.push(Problem::new(ProblemKind::Syntax, span, message));
            }
            _ => match self.meaning(raw) {
                Some(instruction) => {
                    if let Some(stage) = self.file.stages.last_mut() {
                        stage.instructions.push(Spanned::new(instruction, span));
                    }
                }
                None => {
                    let message = "Docker knows no such instruction";
                    self.file.problems.push(Problem::new(ProblemKind::Syntax, span, message));
                }
            },
        }
    }

    fn from(&mut self, raw: &Raw) {
        let globals = self.globals.clone();
        let lookup = lookup_in(&globals);
        let (flags, words) = flags_and_words(&raw.rest);
        let mut words = words.into_iter();
        let Some(image) = words.next() else {
            let span = self.source.span(raw.range.clone());
            let message = "FROM names no image";
            self.file.problems.push(Problem::new(ProblemKind::Syntax, span, message));
            return;
        };
        let is_as = |range: &Range<usize>| {
            raw.rest.text().get(range.clone()).is_some_and(|word| word.eq_ignore_ascii_case("as"))
        };
        let name = words.next().filter(is_as).and_then(|_| words.next()).map(|range| {
            let text = raw.rest.text().get(range.clone()).unwrap_or("").to_owned();
            Spanned::new(text, raw.rest.span(range))
        });
        // Variables of a stage that this one starts from are its own as well.
        let from = expand::text(&raw.rest, image, &lookup);
        let base = from.value.as_deref().and_then(|name| self.file.stage_index(name));
        self.variables = match base {
            Some(index) => self.stage_environment(index),
            None => HashMap::new(),
        };
        self.file.stages.push(Stage {
            name,
            from,
            platform: flag(&raw.rest, &flags, "platform", &lookup),
            instructions: Vec::new(),
            span: self.source.span(raw.range.clone()),
        });
    }

    fn stage_environment(&self, index: usize) -> HashMap<String, Known> {
        let mut variables = HashMap::new();
        let Some(stage) = self.file.stages.get(index) else { return variables };
        let base = stage.from.value.as_deref().and_then(|name| self.file.stage_index(name));
        if let Some(base) = base.filter(|base| *base < index) {
            variables = self.stage_environment(base);
        }
        for instruction in &stage.instructions {
            if let Instruction::Env(pairs) = &instruction.value {
                for (name, text) in pairs {
                    let known = Known { value: text.value.clone(), args: text.args.clone() };
                    variables.insert(name.clone(), known);
                }
            }
        }
        variables
    }

    fn arguments(&mut self, raw: &Raw, global: bool) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for range in expand::words(raw.rest.text()) {
            let word = raw.rest.text().get(range.clone()).unwrap_or("");
            let (name, default) = match word.split_once('=') {
                Some((name, _)) => {
                    let value = range.start + name.len() + 1..range.end;
                    let scope = if global { &self.globals } else { &self.variables };
                    (name, Some(expand::text(&raw.rest, value, &lookup_in(scope))))
                }
                None => (word, None),
            };
            let name = name.to_owned();
            let value = match &default {
                Some(text) => text.value.clone(),
                // Without a default the global one of the same name counts.
                None => self.globals.get(&name).and_then(|known| known.value.clone()),
            };
            let known = Known { value, args: vec![name.clone()] };
            let scope = if global { &mut self.globals } else { &mut self.variables };
            scope.insert(name.clone(), known);
            arguments.push(Argument { name, default, span: raw.rest.span(range) });
        }
        arguments
    }

    fn meaning(&mut self, raw: &Raw) -> Option<Instruction> {
        let rest = &raw.rest;
        Some(match raw.keyword.as_str() {
            "ENV" => {
                let pairs = self.pairs(rest);
                for (name, text) in &pairs {
                    let known = Known { value: text.value.clone(), args: text.args.clone() };
                    self.variables.insert(name.clone(), known);
                }
                Instruction::Env(pairs)
            }
            "LABEL" => Instruction::Label(self.pairs(rest)),
            "ARG" => Instruction::Arg(self.arguments(raw, false)),
            "COPY" | "ADD" => self.copy(raw),
            "RUN" => run(raw),
            "CMD" => Instruction::Cmd(command(rest, 0..rest.text().len(), Some(&raw.shell))),
            "ENTRYPOINT" => {
                Instruction::Entrypoint(command(rest, 0..rest.text().len(), Some(&raw.shell)))
            }
            "HEALTHCHECK" => healthcheck(rest),
            "USER" => Instruction::User(self.whole(rest)),
            "WORKDIR" => Instruction::Workdir(self.whole(rest)),
            "STOPSIGNAL" => Instruction::Stopsignal(self.whole(rest)),
            "EXPOSE" => Instruction::Expose(self.texts(rest)),
            "VOLUME" => Instruction::Volume(match exec(rest, 0..rest.text().len()) {
                Some(words) => words.into_iter().map(plain).collect(),
                None => self.texts(rest),
            }),
            "SHELL" => Instruction::Shell(exec(rest, 0..rest.text().len()).unwrap_or_default()),
            "ONBUILD" | "MAINTAINER" => Instruction::Other(rest.text().to_owned()),
            _ => return None,
        })
    }

    /// `A=1 B="2 3"`, or the old `A 1 2`.
    fn pairs(&self, rest: &SourceText) -> Vec<(String, Text)> {
        let lookup = lookup_in(&self.variables);
        let words = expand::words(rest.text());
        let word = |range: &Range<usize>| rest.text().get(range.clone()).unwrap_or("").to_owned();
        let old = words.first().filter(|first| !word(first).contains('='));
        if let Some(first) = old {
            let start = words.get(1).map_or(first.end, |second| second.start);
            let end = rest.text().trim_end().len().max(start);
            return vec![(word(first), expand::text(rest, start..end, &lookup))];
        }
        words
            .into_iter()
            .filter_map(|range| {
                let whole = word(&range);
                let (name, _) = whole.split_once('=')?;
                let value = range.start + name.len() + 1..range.end;
                let name = name.trim_matches('"').to_owned();
                Some((name, expand::text(rest, value, &lookup)))
            })
            .collect()
    }

    fn texts(&self, rest: &SourceText) -> Vec<Text> {
        let lookup = lookup_in(&self.variables);
        let words = expand::words(rest.text()).into_iter();
        words.map(|range| expand::text(rest, range, &lookup)).collect()
    }

    fn whole(&self, rest: &SourceText) -> Text {
        let end = rest.text().trim_end().len();
        expand::text(rest, 0..end, &lookup_in(&self.variables))
    }

    fn copy(&self, raw: &Raw) -> Instruction {
        let lookup = lookup_in(&self.variables);
        let (flags, words) = flags_and_words(&raw.rest);
        let start = words.first().map_or(raw.rest.text().len(), |first| first.start);
        let mut paths: Vec<Text> = match exec(&raw.rest, start..raw.rest.text().len()) {
            Some(words) => words.into_iter().map(plain).collect(),
            None => {
                words.into_iter().map(|range| expand::text(&raw.rest, range, &lookup)).collect()
            }
        };
        let destination = paths.pop();
        paths.retain(|path| !path.written.starts_with("<<"));
        Instruction::Copy {
            add: raw.keyword == "ADD",
            from: flag(&raw.rest, &flags, "from", &lookup),
            chown: flag(&raw.rest, &flags, "chown", &lookup),
            sources: paths,
            destination,
            heredocs: raw.heredocs.clone(),
        }
    }
}

fn lookup_in(variables: &HashMap<String, Known>) -> impl Fn(&str) -> Known {
    // A variable that nothing sets may come from the base image.
    |name| variables.get(name).cloned().unwrap_or(Known { value: None, args: Vec::new() })
}

/// The words that begin with `--`, and the others behind them.
fn flags_and_words(rest: &SourceText) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let words = expand::words(rest.text());
    let is_flag = |range: &Range<usize>| {
        rest.text().get(range.clone()).is_some_and(|word| word.starts_with("--"))
    };
    let count = words.iter().take_while(|range| is_flag(range)).count();
    let mut flags = words;
    let others = flags.split_off(count);
    (flags, others)
}

fn flag(
    rest: &SourceText,
    flags: &[Range<usize>],
    name: &str,
    lookup: &dyn Fn(&str) -> Known,
) -> Option<Text> {
    flags.iter().find_map(|range| {
        let word = rest.text().get(range.clone())?;
        let value = word.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('=')?;
        Some(expand::text(rest, range.end - value.len()..range.end, lookup))
    })
}

fn run(raw: &Raw) -> Instruction {
    let (flags, words) = flags_and_words(&raw.rest);
    let start = words.first().map_or(raw.rest.text().len(), |first| first.start);
    let only_heredoc = words.len() == 1
        && words
            .first()
            .and_then(|w| raw.rest.text().get(w.clone()))
            .is_some_and(|w| w.starts_with("<<"));
    let command = match raw.heredocs.first() {
        Some(heredoc) if only_heredoc => Command::Shell(heredoc.body.clone()),
        _ if flags.is_empty() => command(&raw.rest, start..raw.rest.text().len(), Some(&raw.shell)),
        // Behind flags the shell's text begins where the flags end.
        _ => {
            let flags_end =
                flags.last().map_or("", |last| raw.rest.text().get(last.clone()).unwrap_or(""));
            let at = raw.shell.text().find(flags_end).map_or(0, |at| at + flags_end.len());
            let shell = raw.shell.fragment(at..raw.shell.text().len(), false);
            command(&raw.rest, start..raw.rest.text().len(), Some(&shell))
        }
    };
    let flags = flags
        .into_iter()
        .map(|range| {
            let text = raw.rest.text().get(range.clone()).unwrap_or("").to_owned();
            Spanned::new(text, raw.rest.span(range))
        })
        .collect();
    Instruction::Run { command, flags, heredocs: raw.heredocs.clone() }
}

fn healthcheck(rest: &SourceText) -> Instruction {
    let (_, words) = flags_and_words(rest);
    let word = words.first().and_then(|range| rest.text().get(range.clone())).unwrap_or("");
    if word.eq_ignore_ascii_case("none") {
        return Instruction::Healthcheck(None);
    }
    let start = words.get(1).map_or(rest.text().len(), |second| second.start);
    Instruction::Healthcheck(Some(command(rest, start..rest.text().len(), None)))
}

/// A command in its form; the shell form keeps its line breaks where `shell` is given.
fn command(rest: &SourceText, range: Range<usize>, shell: Option<&SourceText>) -> Command {
    match exec(rest, range.clone()) {
        Some(words) => Command::Exec(words),
        None => Command::Shell(match shell {
            Some(shell) => {
                let lead = shell.text().len() - shell.text().trim_start().len();
                shell.fragment(lead..shell.text().len(), false)
            }
            None => rest.fragment(range, false),
        }),
    }
}

/// The words of a JSON array of strings; anything else is the shell form, as to Docker.
fn exec(rest: &SourceText, range: Range<usize>) -> Option<Vec<Word>> {
    let text = rest.text().get(range.clone())?;
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let values: Vec<String> = serde_json::from_str(text.trim()).ok()?;
    // The strings' places: JSON strings hold no bare quote.
    let mut places = Vec::new();
    let mut open: Option<usize> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(start), '"') => {
                places.push(start..at + 1);
                open = None;
            }
            (None, '"') => open = Some(at),
            _ => {}
        }
    }
    let words = values.into_iter().zip(places).map(|(text, place)| Word {
        text,
        span: rest.span(range.start + place.start..range.start + place.end),
    });
    Some(words.collect())
}

fn plain(word: Word) -> Text {
    Text { value: Some(word.text.clone()), written: word.text, args: Vec::new(), span: word.span }
}
