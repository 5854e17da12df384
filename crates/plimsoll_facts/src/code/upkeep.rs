//! What keeps files in order around the application: log rotation, folders made beforehand, and
//! env files that git is told to leave out.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::gitignore::GitIgnore;
use plimsoll_formats::logrotate;
use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use crate::blocks::Blocks;
use crate::inventory::{Inventory, Role};
use crate::words;

/// Upkeep of files.
#[derive(Clone, Debug, Default)]
pub struct Upkeep {
    /// The patterns of files that logrotate turns over, with their place.
    pub rotated: Vec<(String, Span)>,
    /// The rules by which it does so.
    pub rotations: Vec<Rotation>,
    /// Texts in which folders are made: the path of the line's file and the line.
    pub made: Vec<(String, Span)>,
    /// Env files that the repository has an example for, whether they are there or not, and
    /// whether git leaves them out.
    pub env_files: Vec<EnvFileIgnored>,
}

/// A block of logrotate.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The patterns of its files, with their places.
    pub patterns: Vec<(String, Span)>,
    /// Whether it copies a file and empties it, so that nobody need reopen it.
    pub copies: bool,
    /// The script that runs after the files are moved.
    pub after: Option<(String, Span)>,
}

/// An env file that an example stands for.
#[derive(Clone, Debug)]
pub struct EnvFileIgnored {
    /// The env file's path.
    pub path: RepoPath,
    /// The example that it is copied from.
    pub example: RepoPath,
    /// The pattern by which git leaves it out.
    pub by: Option<Span>,
}

impl Upkeep {
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks) -> Self {
        let mut upkeep = Self::default();
        for file in inventory.main(Role::Logrotate) {
            let Ok(source) = tree.read(&file.path) else { continue };
            upkeep.rotate(&source);
        }
        for block in blocks.production(BlockKind::Logrotate) {
            upkeep.rotate(&block.embedded.text);
        }
        let ignores: Vec<SourceText> =
            inventory.with(Role::Gitignore).filter_map(|file| tree.read(&file.path).ok()).collect();
        if !ignores.is_empty() {
            let ignore = GitIgnore::new(&ignores);
            for example in inventory.main(Role::EnvTemplate) {
                if let Some(path) = stands_for(&example.path) {
                    let by = ignore.ignores(&path).cloned();
                    upkeep.env_files.push(EnvFileIgnored {
                        path,
                        example: example.path.clone(),
                        by,
                    });
                }
            }
        }
        upkeep
    }
}

impl Upkeep {
    fn rotate(&mut self, source: &SourceText) {
        let file = logrotate::read(source);
        for block in &file.blocks {
            let patterns: Vec<(String, Span)> = block
                .patterns
                .iter()
                .map(|pattern| (pattern.value.clone(), pattern.span.clone()))
                .collect();
            let truncates = file.effective(block, "copytruncate");
            let after = block
                .scripts
                .iter()
                .find(|script| matches!(script.name.value.as_str(), "postrotate" | "lastaction"));
            self.rotated.extend(patterns.iter().cloned());
            self.rotations.push(Rotation {
                patterns,
                copies: truncates.is_some() || file.effective(block, "copy").is_some(),
                after: after.map(|script| (script.body.value.clone(), script.body.span.clone())),
            });
        }
    }
}

/// Words of which at least one stands in every text that makes a folder.
const MAKES: [&str; 7] =
    ["mkdir", "makedirs", "LogsDirectory", "install -d", "ensure_dir", "/var/log/", "volumes:"];

/// The lines of a file that make a folder.
pub(crate) fn made(source: &SourceText, role: Role) -> Vec<(String, Span)> {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let makes = matches!(
        role,
        Role::Python | Role::Shell | Role::Dockerfile | Role::Unit | Role::Compose | Role::Platform
    );
    let matcher = MATCHER.get_or_init(|| words::matcher(MAKES));
    let has = |text: &str| matcher.as_ref().is_none_or(|matcher| matcher.is_match(text));
    if !makes || !has(source.text()) {
        return Vec::new();
    }
    (1..=source.line_count())
        .filter_map(|number| Some((number, source.line(number)?)))
        .filter(|(_, line)| has(line) || line.trim_start().starts_with("- "))
        .map(|(number, line)| (line.trim().to_owned(), source.line_span(number)))
        .collect()
}

/// The env file that an example is copied to: `.env.example` is `.env`.
fn stands_for(example: &RepoPath) -> Option<RepoPath> {
    let name = example.file_name();
    if name.ends_with(".j2") || name.ends_with(".tpl") || name.ends_with(".tmpl") {
        return None;
    }
    let mut plain = name.to_owned();
    for word in ["example", "sample", "template", "dist", "default", "defaults"] {
        for joint in [".", "-", "_"] {
            plain =
                plain.replace(&format!("{joint}{word}"), "").replace(&format!("{word}{joint}"), "");
        }
    }
    // Only plain names say where the copy lands.
    let known = plain == ".env" || plain.starts_with(".env.");
    let folder = example.parent().unwrap_or_else(RepoPath::root);
    (known && plain != name).then(|| folder.join(&plain)).flatten()
}
