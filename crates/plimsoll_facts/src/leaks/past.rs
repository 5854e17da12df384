//! What the commits of the history hold that the checkout does not.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_source::{PastFile, PastSearch, RepoPath, SourceText, Tree};

use super::strays::{is_public, of_path};
use super::{LeakKind, Leaks, StrayKind, in_text, worth_reading};
use crate::inventory::Inventory;
use crate::standing::Standing;

/// What a search of the whole history gave.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// How many commits were looked at.
    pub commits: usize,
    /// How many distinct contents were searched.
    pub contents: usize,
    /// Whether every commit was read with all that was asked for; the problems say why not.
    pub complete: bool,
    /// The secrets, each once, that no file of the checkout holds, by path.
    pub leaks: Vec<PastLeak>,
    /// The files that should not be in a repository and are in no tip of the history, with a
    /// commit that holds each.
    pub strays: Vec<(PastFile, StrayKind)>,
}

/// A secret that stands in a file of an older commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PastLeak {
    /// The file.
    pub path: RepoPath,
    /// The line, from 1.
    pub line: u32,
    /// A commit that holds it, in hex.
    pub commit: String,
    /// What it is: `an AWS access key`.
    pub what: &'static str,
    /// What it opens.
    pub kind: LeakKind,
    /// What part the file plays.
    pub standing: Standing,
}

/// Longer texts are data or built bundles, as in the checkout.
const LONGEST: usize = super::LONGEST;

/// Searches the history; `None` where there is none. `leaks` are those of the checkout.
pub(crate) fn search(tree: &dyn Tree, leaks: &Leaks) -> Option<Past> {
    let git = tree.git()?;
    let here: BTreeSet<u64> = leaks.found.iter().map(|leak| leak.mark).collect();
    let known: BTreeSet<&RepoPath> = leaks.strays.iter().map(|stray| &stray.path).collect();
    let mut found: BTreeMap<u64, PastLeak> = BTreeMap::new();
    let unread = Cell::new(0_usize);
    let mut take = |file: &PastFile, bytes: Vec<u8>| {
        if bytes.len() > LONGEST {
            unread.set(unread.get() + 1);
            return;
        }
        let Some(source) = SourceText::from_bytes(file.path.clone(), bytes) else { return };
        for leak in in_text(&source, Standing::of(&file.path)) {
            if here.contains(&leak.mark) {
                continue;
            }
            let past = PastLeak {
                path: file.path.clone(),
                line: leak.at.start.line,
                commit: file.commit.clone(),
                what: leak.what,
                kind: leak.kind,
                standing: leak.standing,
            };
            // Where the same secret was moved about, the place that is most a part of the system.
            let better = |old: &PastLeak| (past.standing, &past.path) < (old.standing, &old.path);
            if found.get(&leak.mark).is_none_or(better) {
                found.insert(leak.mark, past);
            }
        }
    };
    let searched = git.search_past(&mut PastSearch {
        names: &|path| of_path(path).is_some(),
        contents: &is_searched,
        take: &mut take,
    });
    let mut past = Past {
        commits: searched.commits,
        contents: searched.contents - unread.get(),
        complete: searched.complete,
        leaks: found.into_values().collect(),
        strays: searched
            .files
            .into_iter()
            .filter(|file| !known.contains(&file.path) && !is_public(tree, &file.path))
            .filter_map(|file| Some((of_path(file.path.as_str())?, file)))
            .map(|(kind, file)| (file, kind))
            .collect(),
    };
    past.leaks.sort();
    Some(past)
}

/// Whether the contents of a path are searched: texts as in the checkout, and files whose names
/// say nothing, as long as they are not plainly pictures, fonts, archives and the like.
fn is_searched(path: &str) -> bool {
    const OTHER: [&str; 52] = [
        "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "bmp", "tiff", "psd", "ai", "woff",
        "woff2", "ttf", "otf", "eot", "mp3", "mp4", "mov", "avi", "webm", "ogg", "wav", "pdf",
        "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "gz", "bz2", "xz", "zst", "tar", "whl",
        "jar", "exe", "dll", "so", "pyc", "pyo", "mo", "po", "pot", "css", "scss", "less", "map",
        "lock", "snap",
    ];
    let Some(path) = RepoPath::new(path) else { return false };
    if Standing::of(&path) == Standing::Vendored || path.as_str().contains("node_modules/") {
        return false;
    }
    let extension = path.extension().map(str::to_ascii_lowercase);
    if extension.is_some_and(|extension| OTHER.contains(&extension.as_str())) {
        return false;
    }
    !path.file_name().contains(".min.") && Inventory::role_of(&path).is_none_or(worth_reading)
}
