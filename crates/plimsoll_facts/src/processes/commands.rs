//! From the words of a command to what runs in the end, through the shell scripts of the
//! repository that stand between.

use std::collections::BTreeMap;

use plimsoll_formats::Spanned as Word;
use plimsoll_formats::command::{Command, Program};
use plimsoll_formats::dotenv::EnvValue;
use plimsoll_formats::shell::{self, Around, Part, Script};
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Spanned, Tree};

use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// Scripts that start scripts: real ones go two deep.
const DEEPEST: usize = 4;

/// Scripts that are read for one declaration, one that is started twice counted twice.
const MOST_SCRIPTS: usize = 40;

/// Commands of one declaration; a script with more is no starter.
const MOST: usize = 60;

/// What happens to the environment before a command runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    set: Vec<(String, EnvValue, Span)>,
    gaps: Vec<Source>,
    sources: Vec<Source>,
}

impl Effects {
    pub(super) fn apply(&self, out: &mut Surroundings) {
        for source in &self.sources {
            out.source(source.clone());
        }
        for (name, value, at) in &self.set {
            out.set(name, value, at);
        }
        for gap in &self.gaps {
            out.gap(gap.clone());
        }
    }

    fn gap(&mut self, text: impl Into<String>, at: &Span) {
        self.gaps.push(Source::at(text, at));
    }
}

/// A command that runs in the end.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) command: Command,
    pub(super) effects: Effects,
    pub(super) directory: Option<Spanned<String>>,
    pub(super) user: Option<Spanned<String>>,
}

/// Where the scripts that a command names are in the repository.
pub(super) struct Runner<'a> {
    tree: &'a dyn Tree,
    inventory: &'a Inventory,
    /// Files and folders of the repository by their path where the command runs.
    pub(super) copies: Vec<(String, RepoPath)>,
    /// Folders of the repository that relative paths can start from.
    pub(super) folders: Vec<RepoPath>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(tree: &'a dyn Tree, inventory: &'a Inventory) -> Self {
        Self { tree, inventory, copies: Vec::new(), folders: vec![RepoPath::root()] }
    }

    /// What a command of these words runs.
    pub(super) fn words(&self, words: &[Word<String>]) -> Vec<Ran> {
        let mut run = Run::new(self);
        run.words(words, 0);
        run.found
    }

    /// What a text that a shell runs starts, `args` being `$@`.
    pub(super) fn script(&self, text: &SourceText, args: &[Word<String>]) -> Vec<Ran> {
        let mut run = Run::new(self);
        run.script(&Script::parse(text), args, 0);
        run.found
    }

    /// The script of the repository that a path names where the command runs, or the only script
    /// of that name.
    fn find(&self, path: &str) -> Option<SourceText> {
        if let Some(found) = self.find_where(path, &is_shell) {
            return Some(found);
        }
        let name = path.trim_matches(['"', '\'']).rsplit('/').next()?;
        let mut same =
            self.inventory.main(Role::Shell).filter(|file| file.path.file_name() == name);
        let first = same.next()?;
        if same.next().is_some() {
            return None;
        }
        self.tree.read(&first.path).ok().filter(is_shell)
    }

    /// The file of the repository that a path names where the command runs.
    pub(super) fn find_file(&self, path: &str) -> Option<SourceText> {
        self.find_where(path, &|_| true)
    }

    /// By what was copied or mounted there, then from the known folders with ever more of the
    /// path's beginning taken away.
    fn find_where(&self, path: &str, fits: &dyn Fn(&SourceText) -> bool) -> Option<SourceText> {
        let path = path.trim_matches(['"', '\'']);
        let read = |path: &RepoPath| self.tree.read(path).ok().filter(|source| fits(source));
        for (target, from) in self.copies.iter().rev() {
            let found = match path.strip_prefix(target.as_str()) {
                Some("") => read(from),
                Some(rest) => {
                    rest.strip_prefix('/').and_then(|rest| from.join(rest)).and_then(|p| read(&p))
                }
                None => None,
            };
            if found.is_some() {
                return found;
            }
        }
        let parts: Vec<&str> =
            path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        for skip in 0..parts.len() {
            let tail = parts.get(skip..).unwrap_or(&[]).join("/");
            let mut below = self.folders.iter().filter_map(|folder| folder.join(&tail));
            if let Some(found) = below.find_map(|path| read(&path)) {
                return Some(found);
            }
        }
        None
    }
}

/// Whether a text is a shell script: by its first line, else by its name.
fn is_shell(source: &SourceText) -> bool {
    let first = source.line(1).unwrap_or("");
    if first.starts_with("#!") {
        return first.contains("sh") && !first.contains("python");
    }
    matches!(source.path().extension(), Some("sh" | "bash" | "ksh"))
}

struct Run<'r, 'a> {
    runner: &'r Runner<'a>,
    effects: Effects,
    found: Vec<Ran>,
    cd: Option<Spanned<String>>,
    scripts: usize,
}

impl<'r, 'a> Run<'r, 'a> {
    fn new(runner: &'r Runner<'a>) -> Self {
        let effects = Effects::default();
        Self { runner, effects, found: Vec::new(), cd: None, scripts: 0 }
    }

    fn words(&mut self, words: &[Word<String>], depth: usize) {
        if self.found.len() >= MOST {
            return;
        }
        let Some(command) = Command::read(words) else { return };
        let before = self.effects.clone();
        for (name, value) in &command.environment {
            let value_of = if value.value.contains(['$', '`']) {
                EnvValue::Unknown("the shell that starts it fills it in".to_owned())
            } else {
                EnvValue::Text(Secret::new(value.value.as_str()))
            };
            self.effects.set.push((name.clone(), value_of, value.span.clone()));
        }
        self.wrappers(&command);
        match command.program {
            Program::Shell if depth < DEEPEST => self.shell(&command, depth),
            Program::Other if depth < DEEPEST && looks_like_script(&command.name.value) => {
                match self.runner.find(&command.name.value) {
                    Some(source) => {
                        let at = words.iter().position(|word| word.span == command.name.span);
                        let args = at.and_then(|at| words.get(at + 1..)).unwrap_or(&[]);
                        self.file(&source, args, depth);
                    }
                    None => self.push(command),
                }
            }
            _ => self.push(command),
        }
        self.effects = before;
    }

    fn push(&mut self, command: Command) {
        let user = command.wrappers.iter().find_map(|wrapper| user_of(&command, wrapper));
        self.found.push(Ran {
            effects: self.effects.clone(),
            directory: self.cd.clone(),
            user,
            command,
        });
    }

    /// Programs that add variables before they start the command.
    fn wrappers(&mut self, command: &Command) {
        for wrapper in &command.wrappers {
            let name = wrapper.value.rsplit('/').next().unwrap_or("");
            let adds = match name {
                "dotenv" => "an env file",
                "doppler" => "Doppler's store",
                "with-contenv" => "the container's init",
                "chpst" => "an env folder",
                _ => continue,
            };
            self.effects.gap(format!("{name} adds variables from {adds}"), &wrapper.span);
        }
        let file = command.words.iter().find(|word| word.value.starts_with("--env-file"));
        if let Some(word) = file {
            self.effects.gap("the command reads an env file of its own", &word.span);
        }
    }

    /// `sh -c 'script'` or `sh file`.
    fn shell(&mut self, command: &Command, depth: usize) {
        if let Some(text) = command.options.value("c") {
            let source = SourceText::new(text.span.file.clone(), text.value.as_str());
            let from = self.found.len();
            let effects = self.effects.set.len();
            self.script(&Script::parse(&source), &[], depth + 1);
            // The text was cut out of a word: its own places would be those of no file.
            for ran in self.found.iter_mut().skip(from) {
                move_to(&mut ran.command, &text.span);
                for (_, _, at) in ran.effects.set.iter_mut().skip(effects) {
                    *at = text.span.clone();
                }
                for gap in &mut ran.effects.gaps {
                    gap.at = Some(text.span.clone());
                }
            }
        } else if let Some((file, args)) = command.options.operands.split_first() {
            match self.runner.find(&file.value) {
                Some(source) => self.file(&source, args, depth),
                None => self.push(command.clone()),
            }
        }
    }

    fn file(&mut self, source: &SourceText, args: &[Word<String>], depth: usize) {
        let cd = self.cd.clone();
        self.effects.sources.push(Source::at(
            format!("the script {}", source.path()),
            &Span::of_file(source.path().clone()),
        ));
        self.script(&Script::parse(source), args, depth + 1);
        self.cd = cd;
    }

    fn script(&mut self, script: &Script, args: &[Word<String>], depth: usize) {
        self.scripts += 1;
        if self.scripts > MOST_SCRIPTS {
            return;
        }
        let mut locals: BTreeMap<String, EnvValue> = BTreeMap::new();
        let mut assignments = script.assignments.iter().peekable();
        let mut passes = false;
        for command in &script.commands {
            while let Some(next) = assignments.peek()
                && next.span.start <= command.span.start
            {
                self.assign(next, &mut locals);
                assignments.next();
            }
            if command.inside.contains(&Around::Substitution) {
                continue;
            }
            passes |= self.simple(command, args, depth);
        }
        for rest in assignments {
            self.assign(rest, &mut locals);
        }
        // An entry point that hands over to its arguments in a way that is not plain (`exec "$*"`).
        if !passes && script.commands.is_empty() && !args.is_empty() {
            self.words(args, depth);
        }
    }

    /// One command of a script; whether it hands over to the script's arguments.
    fn simple(&mut self, command: &shell::Command, args: &[Word<String>], depth: usize) -> bool {
        let texts: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        if texts.iter().any(|text| matches!(*text, "$@" | "${@}" | "$*")) {
            let at = texts.iter().position(|text| text.starts_with('$')).unwrap_or(0);
            let mut words: Vec<Word<String>> = command.words.iter().take(at).map(word_of).collect();
            if command.program() == Some("set") {
                return false;
            }
            words.extend(args.iter().cloned());
            if !args.is_empty() {
                self.words(&words, depth);
            }
            return true;
        }
        match command.program() {
            Some("source" | ".") => {
                if let Some(file) = command.arguments().first() {
                    self.effects.gap(
                        format!("the script reads {}, which may set variables", file.text),
                        &command.span,
                    );
                }
            }
            Some("unset") => {
                for word in command.arguments() {
                    self.effects.set.push((
                        word.text.clone(),
                        EnvValue::Unknown("the script takes it away".to_owned()),
                        command.span.clone(),
                    ));
                }
            }
            Some("cd") => {
                self.cd = command
                    .arguments()
                    .first()
                    .and_then(|word| Some(Spanned::new(word.literal()?, word.span.clone())));
            }
            _ => {
                let words: Vec<Word<String>> = command.words.iter().map(word_of).collect();
                let known = Command::read(&words).is_some_and(|command| {
                    super::kind_of(&command) != super::ProcessKind::Other
                        || command.program == Program::Shell
                        || (command.program == Program::Other
                            && looks_like_script(&command.name.value))
                });
                if known {
                    let assigned = self.effects.set.len();
                    self.words(&words, depth);
                    self.effects.set.truncate(assigned);
                }
            }
        }
        false
    }

    fn assign(&mut self, assignment: &shell::Assignment, locals: &mut BTreeMap<String, EnvValue>) {
        if assignment.for_command {
            return;
        }
        let name = assignment.name.as_str();
        let value = match &assignment.value {
            Some(word) => self.value_of(word, locals),
            None => match locals.get(name) {
                Some(known) => known.clone(),
                // `export NAME` of what the process has already.
                None => return,
            },
        };
        let always = !assignment
            .inside
            .iter()
            .any(|around| matches!(around, Around::Branch | Around::Loop | Around::Subshell));
        let value = if always {
            value
        } else {
            EnvValue::Unknown("a branch of the script that starts it sets it".to_owned())
        };
        locals.insert(name.to_owned(), value.clone());
        let is_set = self.effects.set.iter().any(|(known, ..)| known == name);
        if assignment.exported || is_set {
            self.effects.set.push((name.to_owned(), value, assignment.span.clone()));
        }
    }

    /// A word's value where it needs nothing that the script did not set itself.
    fn value_of(&self, word: &shell::Word, locals: &BTreeMap<String, EnvValue>) -> EnvValue {
        let mut text = String::new();
        for part in &word.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Variable { name, operation } if operation.is_empty() => {
                    match locals.get(name) {
                        Some(EnvValue::Text(known)) => text.push_str(known.expose()),
                        _ => return of_variable(name),
                    }
                }
                Part::Variable { name, .. } => return of_variable(name),
                Part::Substitution => {
                    return EnvValue::Unknown("the script that starts it works it out".to_owned());
                }
            }
        }
        EnvValue::Text(Secret::new(text))
    }
}

fn of_variable(name: &str) -> EnvValue {
    EnvValue::Unknown(format!("the script that starts it makes it from {name}"))
}

/// A path, or a file name that ends as scripts do.
fn looks_like_script(name: &str) -> bool {
    name.contains('/') || name.ends_with(".sh") || name.ends_with(".bash")
}

fn word_of(word: &shell::Word) -> Word<String> {
    // `$(which uwsgi)` is a path to uwsgi.
    let found = ["$(which ", "$(command -v ", "`which "]
        .iter()
        .find_map(|start| word.text.strip_prefix(start)?.strip_suffix([')', '`']));
    Word::new(found.unwrap_or(&word.text).trim().to_owned(), word.span.clone())
}

/// The user that `gosu`, `su-exec` or `sudo -u` changes to.
fn user_of(command: &Command, wrapper: &Word<String>) -> Option<Spanned<String>> {
    let name = wrapper.value.rsplit('/').next().unwrap_or("");
    let at = command.words.iter().position(|word| word.span == wrapper.span)?;
    let after = command.words.get(at + 1..)?;
    let word = match name {
        "gosu" | "su-exec" => after.iter().find(|word| !word.value.starts_with('-'))?,
        "sudo" | "chpst" => after.get(after.iter().position(|word| word.value == "-u")? + 1)?,
        _ => return None,
    };
    Some(Spanned::new(word.value.clone(), word.span.clone()))
}

fn move_to(command: &mut Command, at: &Span) {
    let set = |word: &mut Word<String>| word.span = at.clone();
    set(&mut command.name);
    command.words.iter_mut().for_each(set);
    command.wrappers.iter_mut().for_each(set);
    command.options.operands.iter_mut().for_each(set);
    command.environment.iter_mut().for_each(|(_, value)| set(value));
    for option in &mut command.options.options {
        set(&mut option.flag);
        option.value.iter_mut().for_each(set);
    }
}
