//! Which compose files are run together in production.
//!
//! Nothing in the files themselves says it. What does: the `-f` options where scripts, Makefiles,
//! units, workflows and documents call compose, the names that compose reads without `-f`, and
//! the words for production in file names.

use std::collections::BTreeSet;

use plimsoll_formats::compose::{ComposeProject, default_files};
use plimsoll_source::{RepoPath, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::standing::{lower, words};

/// Files that are given to compose together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// In the order of `-f`.
    pub(super) files: Vec<RepoPath>,
    /// `--env-file` of the call.
    pub(super) env_file: Option<RepoPath>,
    /// Where they are called together.
    pub(super) called_at: Option<Span>,
    /// Where a deployment starts them.
    pub(super) deployed_at: Option<Span>,
}

/// Groups that are read at most.
const MOST_GROUPS: usize = 60;

/// Files with calls that are looked through at most.
const MOST_CALLERS: usize = 400;

/// The groups, the one that production most likely runs first.
pub(super) fn groups(tree: &dyn Tree, inventory: &Inventory) -> Vec<Group> {
    let known: BTreeSet<&RepoPath> = inventory.with(Role::Compose).map(|file| &file.path).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let main: BTreeSet<&RepoPath> = inventory.main(Role::Compose).map(|file| &file.path).collect();
    let mut found = called(tree, inventory, &known);
    let folders: BTreeSet<RepoPath> = main.iter().filter_map(|path| path.parent()).collect();
    for folder in &folders {
        found.push(alone(default_files(tree, folder)));
    }
    for path in &main {
        // A file with a word for production beside a plain one is laid over it as a rule; whether
        // it stands alone, its services tell.
        if let Some(base) = base_of(tree, path) {
            found.push(alone(vec![base, (*path).clone()]));
        }
        found.push(alone(vec![(*path).clone()]));
    }
    found.retain(|group| {
        !group.files.is_empty() && group.files.iter().all(|file| main.contains(file))
    });
    // Stable: of the same weight those called together come first.
    found.sort_by_key(weight);
    let mut seen = BTreeSet::new();
    found.retain(|group| seen.insert(group.files.clone()));
    found.truncate(MOST_GROUPS);
    found
}

fn alone(files: Vec<RepoPath>) -> Group {
    Group { files, env_file: None, called_at: None, deployed_at: None }
}

/// Small for what is more likely production.
fn weight(group: &Group) -> (bool, bool, bool, usize) {
    let names_production = group.files.iter().any(is_for_production);
    let depth = group.files.iter().map(RepoPath::depth).min().unwrap_or(usize::MAX);
    (!names_production, group.deployed_at.is_none(), group.called_at.is_none(), depth)
}

/// Whether a file's name says that it is for production.
pub(super) fn is_for_production(path: &RepoPath) -> bool {
    words(&path.file_name().to_ascii_lowercase())
        .any(|word| matches!(word, "prod" | "production" | "deploy" | "live" | "swarm" | "stack"))
}

/// The plain file beside one that is for production.
fn base_of(tree: &dyn Tree, path: &RepoPath) -> Option<RepoPath> {
    if !is_for_production(path) {
        return None;
    }
    let base = default_files(tree, &path.parent()?).into_iter().next()?;
    (base != *path).then_some(base)
}

/// Whether a file of its own is only laid over another one: a service of it has neither an image
/// nor a build.
pub(super) fn is_overlay(project: &ComposeProject) -> bool {
    project.services.values().any(|service| service.image.is_none() && service.build.is_none())
}

/// The groups that something in the repository calls.
fn called(tree: &dyn Tree, inventory: &Inventory, known: &BTreeSet<&RepoPath>) -> Vec<Group> {
    let roles = [Role::Unit, Role::Shell, Role::Workflow, Role::Document];
    let named = roles.into_iter().flat_map(|role| inventory.main(role)).map(|file| &file.path);
    let documents: BTreeSet<&RepoPath> =
        inventory.main(Role::Document).map(|file| &file.path).collect();
    let tasks = ["makefile", "justfile", "fabfile.py", "tasks.py", "taskfile.yml"];
    let others = tree.files().iter().map(|entry| &entry.path).filter(|path| {
        path.folder_names().count() <= 1 && tasks.contains(&&*lower(path.file_name()))
    });
    let mut found = Vec::new();
    // Nearer the root first: a README tells more than a page of the documentation.
    let mut callers: Vec<&RepoPath> = named.chain(others).collect();
    callers.sort_by_key(|path| path.depth());
    for path in callers.into_iter().take(MOST_CALLERS) {
        let Ok(source) = tree.read(path) else { continue };
        let text = source.text();
        if !text.contains("compose") {
            continue;
        }
        let deploys = !documents.contains(path) && is_deployment(path, text);
        let mut offset = 0;
        let mut folder = None;
        for line in joined_lines(text) {
            let at = offset;
            offset += line.len();
            if deploys {
                folder = walked(line, folder);
            }
            if !line.contains("compose") || line.trim_start().starts_with('#') {
                continue;
            }
            let span = || source.span(at..at + line.trim_end().len());
            let deployed_at = (deploys && starts(line)).then(span);
            if line.contains("-f") || line.contains("--file") {
                if let Some(group) = call(line, path, known) {
                    found.push(Group { called_at: Some(span()), deployed_at, ..group });
                }
            } else if deployed_at.is_some()
                && let Some(files) = defaults_of(tree, known, folder.as_deref())
            {
                found.push(Group { deployed_at, ..alone(files) });
            }
        }
    }
    found
}

/// Whether a script, recipe or workflow brings the system to its servers: by its name, or as it
/// works on another machine.
fn is_deployment(path: &RepoPath, text: &str) -> bool {
    let named = words(&path.as_str().to_ascii_lowercase()).any(|word| {
        matches!(
            word,
            "deploy" | "deployment" | "release" | "rollout" | "production" | "prod" | "cd"
        )
    });
    let tests = words(&path.file_name().to_ascii_lowercase())
        .any(|word| matches!(word, "test" | "tests" | "ci" | "dev" | "local" | "staging" | "e2e"));
    (named || text.contains("ssh-action") || text.contains("ssh ")) && !tests
}

/// Whether a line starts services that stay: `compose up -d`.
fn starts(line: &str) -> bool {
    let rest = line.split_once("compose").map_or("", |(_, rest)| rest);
    let words: Vec<&str> =
        rest.split_whitespace().map(|word| word.trim_matches(['"', '\'', ';'])).collect();
    words.contains(&"up") && (words.contains(&"-d") || words.contains(&"--detach"))
}

/// The folder that commands stand in after a line: `cd /srv/shop/deployment`.
fn walked(line: &str, folder: Option<String>) -> Option<String> {
    let text = line.trim_start().trim_start_matches("- ");
    if ["name:", "run:", "script:", "uses:"].iter().any(|key| text.starts_with(key)) {
        return None;
    }
    let step = text.split(['&', ';', '|']).map(str::trim).rfind(|part| part.starts_with("cd "));
    match step.and_then(|step| step.split_whitespace().nth(1)) {
        Some(to) => Some(to.trim_matches(['"', '\'']).to_owned()),
        None => folder,
    }
}

/// The files that compose reads by itself in a folder of the target: the longest end of its path
/// that is a folder of the repository, else the repository itself.
fn defaults_of(
    tree: &dyn Tree,
    known: &BTreeSet<&RepoPath>,
    folder: Option<&str>,
) -> Option<Vec<RepoPath>> {
    let parts: Vec<&str> =
        folder.unwrap_or("").split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let ends = (0..=parts.len()).filter_map(|skip| parts.get(skip..)).map(|end| end.join("/"));
    for end in ends {
        let Some(folder) = RepoPath::root().join(&end) else { continue };
        let files = default_files(tree, &folder);
        if !files.is_empty() && files.iter().all(|file| known.contains(file)) {
            return Some(files);
        }
    }
    None
}

/// The lines of a text, those that end in a backslash with the next.
fn joined_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            let Some(found) = rest.get(end..).and_then(|tail| tail.find('\n')) else {
                end = rest.len();
                break;
            };
            let line_end = end + found;
            end = line_end + 1;
            if !rest.get(..line_end).is_some_and(|line| line.trim_end_matches('\r').ends_with('\\'))
            {
                break;
            }
        }
        let (line, tail) = rest.split_at_checked(end)?;
        rest = tail;
        Some(line)
    })
}

/// The files of one call of compose; `None` where one of them is not in the repository.
fn call(line: &str, caller: &RepoPath, known: &BTreeSet<&RepoPath>) -> Option<Group> {
    let start = line.find("compose")?;
    let mut files = Vec::new();
    let mut env_file = None;
    let clean = |word: &str| word.trim_matches(['"', '\'', '`', '\\', ',']).to_owned();
    let mut tokens =
        line.get(start..)?.split_whitespace().map(clean).filter(|word| !word.is_empty());
    tokens.next();
    while let Some(word) = tokens.next() {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        match name.as_str() {
            "-f" | "--file" => {
                let path = attached.or_else(|| tokens.next())?;
                files.push(file_of(&path, caller, known)?);
            }
            "--env-file" => {
                let path = attached.or_else(|| tokens.next())?;
                env_file = near(&path, caller).into_iter().next();
            }
            "-p"
            | "--project-name"
            | "--profile"
            | "--project-directory"
            | "--context"
            | "--parallel"
            | "--ansi"
            | "--progress" => {
                if attached.is_none() {
                    tokens.next();
                }
            }
            option if option.starts_with("-f") && option.len() > 2 && !option.starts_with("--") => {
                files.push(file_of(option.get(2..)?, caller, known)?);
            }
            option if option.starts_with('-') => {}
            _ => break,
        }
    }
    (!files.is_empty()).then_some(Group { env_file, ..alone(files) })
}

/// The places a path of a call can mean: from the root, from the caller's folder.
fn near(path: &str, caller: &RepoPath) -> Vec<RepoPath> {
    let relative = path.trim_start_matches("./");
    [Some(RepoPath::root()), caller.parent()]
        .into_iter()
        .flatten()
        .filter_map(|folder| folder.join(relative))
        .collect()
}

fn file_of(path: &str, caller: &RepoPath, known: &BTreeSet<&RepoPath>) -> Option<RepoPath> {
    if let Some(found) = near(path, caller).into_iter().find(|path| known.contains(path)) {
        return Some(found);
    }
    // `$DIR/compose.yml`, `/srv/shop/compose.yml`: the only file of that name.
    let name = path.rsplit('/').next()?;
    let mut same = known.iter().filter(|path| path.file_name() == name);
    let first = same.next()?;
    same.next().is_none().then(|| (*first).clone())
}
