//! Env files that scripts write: with heredocs, `echo`, `printf` and `tee`.
//!
//! A setup script that makes `/srv/app/.env` tells what the unit that reads this path gets. Its
//! text is read in place; what the script fills in is unknown. Where scripts or branches write
//! different files to the same path, only what all of them agree on is known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use plimsoll_formats::dotenv::{self, Dialect, EnvValue, Lookup};
use plimsoll_formats::shell::{Around, Command, Part, Script, Word};
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// Longer scripts are installers of others, or generated.
const LONGEST: usize = 200_000;
/// Scripts that are read; a repository with more keeps something else in them.
const MOST_SCRIPTS: usize = 400;
/// Variables in paths that name variables.
const DEEPEST: usize = 5;

/// What the scripts of a repository write, read on first use.
pub(crate) struct WrittenFiles<'t> {
    tree: &'t dyn Tree,
    inventory: &'t Inventory,
    pieces: OnceLock<Vec<Piece>>,
}

/// A text that a script writes to a file.
#[derive(Clone)]
struct Piece {
    script: RepoPath,
    /// The path, with what is known of its variables filled in.
    path: String,
    content: Content,
    append: bool,
    /// Whether it stands in a branch or loop.
    conditional: bool,
    at: Span,
}

#[derive(Clone)]
enum Content {
    /// A text, in which variables are replaced or not.
    Text { text: SourceText, expands: bool },
    /// Lines that are put together from words.
    Lines(Vec<(String, EnvValue, Span)>),
}

/// A file that scripts write.
pub(super) struct WrittenFile<'w> {
    /// Each is a text that the file can have: pieces in their order.
    versions: Vec<Vec<&'w Piece>>,
    /// Why the file may hold more or something else.
    doubts: Vec<Source>,
}

impl<'t> WrittenFiles<'t> {
    pub(super) fn new(tree: &'t dyn Tree, inventory: &'t Inventory) -> Self {
        Self { tree, inventory, pieces: OnceLock::new() }
    }

    /// The file that scripts write to a path of the host, or to the only path of that name where
    /// theirs is relative or depends on variables.
    pub(super) fn find(&self, target: &str) -> Option<WrittenFile<'_>> {
        let target = target.trim_start_matches("./");
        let name = target.rsplit('/').next().filter(|name| !name.is_empty())?;
        let pieces = self.pieces.get_or_init(|| self.gather());
        let named: Vec<&Piece> =
            pieces.iter().filter(|piece| piece.path.rsplit('/').next() == Some(name)).collect();
        let exact = |piece: &&Piece| piece.path.trim_start_matches("./") == target;
        let mut ours: Vec<&Piece> = named.iter().copied().filter(exact).collect();
        if ours.is_empty() {
            // `$APP/.env` and `.env` can be the file; `/srv/other/.env` cannot.
            let open = |path: &str| !path.starts_with('/') || path.contains('$');
            ours = named
                .into_iter()
                .filter(|piece| open(&piece.path) || !target.starts_with('/'))
                .collect();
            let paths: BTreeSet<&str> = ours.iter().map(|piece| piece.path.as_str()).collect();
            if paths.len() > 1 {
                return None;
            }
        }
        (!ours.is_empty()).then(|| file_of(&ours))
    }

    fn gather(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for file in self.inventory.main(Role::Shell).take(MOST_SCRIPTS) {
            let Ok(source) = self.tree.read(&file.path) else { continue };
            let text = source.text();
            let writes = text.contains("<<") || text.contains(">>") || text.contains("tee");
            if text.len() > LONGEST || !(writes || text.contains('>')) || !text.contains('=') {
                continue;
            }
            of_script(&source, &mut pieces);
        }
        pieces
    }
}

/// The texts that the pieces make: a piece that overwrites begins a new one.
fn file_of<'w>(pieces: &[&'w Piece]) -> WrittenFile<'w> {
    let mut versions: Vec<Vec<&Piece>> = Vec::new();
    let mut doubts = Vec::new();
    let mut doubt = |text: String, at: &Span| doubts.push(Source::at(text, at));
    let scripts: BTreeSet<&RepoPath> = pieces.iter().map(|piece| &piece.script).collect();
    for script in scripts {
        let mut own: Vec<Vec<&Piece>> = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.script == *script) {
            if piece.append {
                if own.is_empty() {
                    let text = format!("{script} adds to {}, which holds more", piece.path);
                    doubt(text, &piece.at);
                    own.push(Vec::new());
                }
                own.iter_mut().for_each(|version| version.push(piece));
            } else {
                own.push(vec![piece]);
            }
            if piece.conditional {
                let text = format!("{script} writes {} only under a condition", piece.path);
                doubt(text, &piece.at);
            }
        }
        versions.extend(own);
    }
    doubts.truncate(1);
    WrittenFile { versions, doubts }
}

impl WrittenFile<'_> {
    /// Takes the variables in as the reader of the file does.
    pub(super) fn take_in(&self, dialect: Dialect, out: &mut Surroundings) {
        let first = self.versions.iter().flatten().next();
        if let Some(piece) = first {
            let text = format!("the env file {} that {} writes", piece.path, piece.script);
            out.source(Source::at(text, &piece.at));
        }
        let mut open = None;
        let read: Vec<BTreeMap<String, (EnvValue, Span)>> = self
            .versions
            .iter()
            .map(|pieces| {
                let mut variables = BTreeMap::new();
                for piece in pieces {
                    read_piece(piece, dialect, &mut variables, &mut open);
                }
                variables
            })
            .collect();
        let names: BTreeSet<&String> = read.iter().flat_map(BTreeMap::keys).collect();
        for name in names {
            let values: Vec<_> = read.iter().map(|version| version.get(name)).collect();
            let Some((value, at)) = values.iter().flatten().next() else { continue };
            let same = values.iter().all(|other| other.is_some_and(|(other, _)| other == value));
            if same {
                out.set(name, value, at);
            } else {
                out.mark_unknown(name, "the file is written in several ways".to_owned(), at);
            }
        }
        for doubt in self.doubts.iter().chain(&open) {
            out.gap(doubt.clone());
        }
    }
}

/// The variables of a piece as a dialect reads them; those that the script fills in are unknown.
fn read_piece(
    piece: &Piece,
    dialect: Dialect,
    variables: &mut BTreeMap<String, (EnvValue, Span)>,
    open: &mut Option<Source>,
) {
    let filled = || EnvValue::Unknown(format!("{} fills it in", piece.script));
    match &piece.content {
        Content::Lines(lines) => {
            for (name, value, at) in lines {
                variables.insert(name.clone(), (value.clone(), at.clone()));
            }
        }
        Content::Text { text, expands } => {
            let unset = |name: &str| Lookup::Unknown(format!("{name} may be set outside"));
            let read = dotenv::read(text, dialect, &unset);
            for entry in read.effective() {
                let depends = entry.raw.expose().contains(['$', '`']);
                let value = if *expands && depends { filled() } else { entry.value.clone() };
                if *expands && entry.key.contains(['$', '`']) {
                    continue;
                }
                variables.insert(entry.key.clone(), (value, entry.value_span.clone()));
            }
            let whole = |line: &str| {
                let name = line.split('=').next().unwrap_or(line);
                !line.trim_start().starts_with('#') && name.contains(['$', '`'])
            };
            if *expands && text.text().lines().any(whole) && open.is_none() {
                let text = format!("{} writes lines that are not known here", piece.script);
                *open = Some(Source::at(text, &piece.at));
            }
        }
    }
}

/// What a script writes to files, in its order.
fn of_script(source: &SourceText, pieces: &mut Vec<Piece>) {
    let script = Script::parse(source);
    let conditional = |command: &Command| {
        command.inside.iter().any(|around| matches!(around, Around::Branch | Around::Loop))
    };
    let mut found: Vec<Piece> = Vec::new();
    for file in script.written_files() {
        let command = script.commands.iter().find(|command| command.span == file.span);
        found.push(Piece {
            script: source.path().clone(),
            path: filled_in(&file.path, &script, 0),
            content: Content::Text { text: file.body, expands: file.expands },
            append: file.append,
            conditional: command.is_some_and(conditional),
            at: file.span,
        });
    }
    // The commands of a group share its redirection: the first empties the file, the rest add.
    let mut emptied: BTreeSet<Span> = BTreeSet::new();
    for command in script.commands.iter().filter(|command| command.heredocs.is_empty()) {
        let Some((path, append, at)) = target_of(&script, command) else { continue };
        let Some(content) = said(source, command) else { continue };
        let append = append || !emptied.insert(at);
        found.push(Piece {
            script: source.path().clone(),
            path: filled_in(&path, &script, 0),
            content,
            append,
            conditional: conditional(command),
            at: command.span.clone(),
        });
    }
    found.sort_by_key(|piece| piece.at.start);
    pieces.extend(found);
}

/// The file that the output of a command goes to, whether it is added, and where that is written.
fn target_of(script: &Script, command: &Command) -> Option<(String, bool, Span)> {
    let output = command.redirects.iter().find(|redirect| {
        matches!(redirect.operator.as_str(), ">" | ">>" | ">|")
            && redirect.descriptor.unwrap_or(1) == 1
    });
    if let Some(output) = output {
        let append = output.operator == ">>";
        return Some((output.target.text.clone(), append, output.span.clone()));
    }
    let place = command.pipeline?;
    let tee = script.pipeline_of(command).into_iter().find(|other| {
        other.pipeline.is_some_and(|other| other.index == place.index + 1)
            && other.program() == Some("tee")
    })?;
    let file = tee.arguments().iter().find(|word| !word.text.starts_with('-'))?;
    let append = tee.has_argument("-a") || tee.has_argument("--append");
    Some((file.text.clone(), append, tee.span.clone()))
}

/// What an `echo` or `printf` says, where it sets variables.
fn said(source: &SourceText, command: &Command) -> Option<Content> {
    let words = command.arguments();
    match command.program()? {
        "echo" => {
            let mut words = words;
            while let [first, rest @ ..] = words
                && matches!(first.text.as_str(), "-e" | "-n" | "-E" | "-en" | "-ne")
            {
                words = rest;
            }
            let [word] = words else { return None };
            match word.fragment(source) {
                Some(text) if !text.text().contains("\\n") => {
                    text.text().contains('=').then(|| {
                        let plain = word.parts.iter().all(|part| matches!(part, Part::Text(_)));
                        Content::Text { text, expands: !plain }
                    })
                }
                _ => lines_of(word),
            }
        }
        "printf" => lines_of(words.first()?),
        _ => None,
    }
}

/// The assignments in a word whose lines are divided by `\n`; a value with more than plain text is
/// unknown.
fn lines_of(word: &Word) -> Option<Content> {
    let plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./:@,+".contains(c));
    let lines: Vec<_> = word
        .text
        .split("\\n")
        .flat_map(str::lines)
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            let named =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let value = if plain(value) {
                EnvValue::Text(Secret::new(value))
            } else {
                EnvValue::Unknown("the script that writes it fills it in".to_owned())
            };
            named.then(|| (name.to_owned(), value, word.span.clone()))
        })
        .collect();
    (!lines.is_empty()).then_some(Content::Lines(lines))
}

/// A path with those variables filled in that the script sets once, to a plain text.
fn filled_in(path: &str, script: &Script, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('$') {
        let (before, after) = (rest.get(..at).unwrap_or(""), rest.get(at + 1..).unwrap_or(""));
        out.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, tail) = match braced {
            Some(found) => found,
            None => {
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                after.split_at_checked(end).unwrap_or(("", after))
            }
        };
        match constant(name, script).filter(|_| depth < DEEPEST) {
            Some(value) => out.push_str(&filled_in(value, script, depth + 1)),
            None => out.push_str(rest.get(at..rest.len() - tail.len()).unwrap_or("")),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The text of a variable that is set once, at the top of the script, and never read in.
fn constant<'s>(name: &str, script: &'s Script) -> Option<&'s str> {
    let mut all = script.assignments.iter().filter(|set| set.name == name && !set.for_command);
    let only = all.next().filter(|set| set.inside.is_empty())?;
    let is_read = |command: &Command| command.arguments().iter().any(|word| word.text == name);
    if all.next().is_some() || script.named("read").any(is_read) {
        return None;
    }
    only.value.as_ref().map(|word| word.text.as_str())
}
