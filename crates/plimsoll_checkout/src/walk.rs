//! Listing the files of a repository.
//!
//! Folders are listed level by level, those of one level in parallel, so that a limit cuts off
//! the same files in each run. The kind of an entry comes from the folder itself; nothing is
//! looked at one by one unless the file system doesn't tell.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};

use plimsoll_source::{
    FileEntry, FileKind, Problem, ProblemKind, RepoPath, SkipReason, SkippedFolder, Span,
};
use rayon::prelude::*;
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use crate::{Options, links, open, skip};

/// What a walk found. All lists are sorted by path.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<FileEntry>,
    /// Folders that were listed, the root not included.
    pub(crate) folders: Vec<RepoPath>,
    pub(crate) skipped: Vec<SkippedFolder>,
    pub(crate) links: BTreeMap<RepoPath, LinkText>,
    pub(crate) problems: Vec<Problem>,
}

/// Where a link says it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkText {
    /// As written, from the folder that holds the link.
    Relative(String),
    /// From the root of the repository: an absolute path that leads into it.
    FromRoot(String),
    /// An absolute path that leads elsewhere, or one that is not UTF-8.
    Outside,
}

impl Listing {
    pub(crate) fn has_file(&self, path: &RepoPath) -> bool {
        self.files.binary_search_by(|entry| entry.path.cmp(path)).is_ok()
    }

    pub(crate) fn is_regular(&self, path: &RepoPath) -> bool {
        let index = self.files.binary_search_by(|entry| entry.path.cmp(path));
        let entry = index.ok().and_then(|index| self.files.get(index));
        entry.is_some_and(|entry| entry.kind == FileKind::Regular)
    }

    pub(crate) fn has_folder(&self, path: &RepoPath) -> bool {
        path.is_root() || self.folders.binary_search(path).is_ok()
    }

    fn problem(&mut self, kind: ProblemKind, path: &RepoPath, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, Span::of_file(path.clone()), message));
    }
}

/// Lists the files below `root`, whose absolute path is `root_path`.
pub(crate) fn walk(root: BorrowedFd<'_>, root_path: &str, options: &Options) -> Listing {
    let mut listing = Listing::default();
    let mut level = vec![RepoPath::root()];
    let mut left = options.max_files;
    for depth in 0_usize.. {
        let lists: Vec<Folder> = level
            .par_iter()
            .with_min_len(4)
            .map(|path| list(root, root_path, path, options.max_files))
            .collect();
        let mut next = Vec::new();
        for folder in lists {
            merge(&mut listing, folder, &mut next, &mut left);
        }
        if next.is_empty() {
            break;
        }
        if left == 0 {
            let message = format!("more than {} files: the rest is not read", options.max_files);
            listing.problem(ProblemKind::Limit, &RepoPath::root(), message);
            break;
        }
        if depth >= options.max_depth {
            for path in &next {
                let message = format!(
                    "the folder is more than {} levels deep and is not read",
                    options.max_depth
                );
                listing.problem(ProblemKind::Limit, path, message);
            }
            break;
        }
        next.sort_unstable();
        level = next;
    }
    // Those of each level are in order but for a few, which a stable sort makes use of.
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    listing.folders.sort();
    listing.skipped.sort_unstable();
    links::resolve_all(&mut listing);
    listing.problems.sort();
    listing
}

/// The entries of one folder.
#[derive(Default)]
struct Folder {
    path: Option<RepoPath>,
    files: Vec<FileEntry>,
    folders: Vec<RepoPath>,
    skipped: Vec<SkippedFolder>,
    links: Vec<(RepoPath, LinkText)>,
    problems: Vec<Problem>,
}

impl Folder {
    fn problem(&mut self, kind: ProblemKind, path: &RepoPath, message: impl Into<String>) {
        self.problems.push(Problem::new(kind, Span::of_file(path.clone()), message));
    }
}

fn merge(listing: &mut Listing, folder: Folder, next: &mut Vec<RepoPath>, left: &mut usize) {
    listing.problems.extend(folder.problems);
    listing.skipped.extend(folder.skipped);
    let Some(path) = folder.path else { return };
    if !path.is_root() {
        listing.folders.push(path);
    }
    let mut files = folder.files;
    files.truncate(*left);
    *left -= files.len();
    listing.files.extend(files);
    listing.links.extend(folder.links);
    next.extend(folder.folders);
}

fn list(root: BorrowedFd<'_>, root_path: &str, path: &RepoPath, max_files: usize) -> Folder {
    let mut folder = Folder::default();
    let opened = match open::folder(root, path.as_str()) {
        Ok(opened) => opened,
        Err(errno) => {
            folder.problem(ProblemKind::Unreadable, path, folder_trouble(errno));
            return folder;
        }
    };
    let mut unknown = Vec::new();
    let mut is_environment = false;
    let _ = open::entries(opened.as_fd(), &mut |entry| {
        let (name, kind) = match entry {
            Ok(entry) => entry,
            Err(errno) => {
                folder.problem(ProblemKind::Unreadable, path, folder_trouble(errno));
                return ControlFlow::Break(());
            }
        };
        let name = match name.to_str() {
            Ok("." | "..") => return ControlFlow::Continue(()),
            Ok(name) => name,
            Err(_) => {
                let message = format!(
                    "the name {:?} is not UTF-8: what it names is not read",
                    name.to_string_lossy()
                );
                folder.problem(ProblemKind::Encoding, path, message);
                return ControlFlow::Continue(());
            }
        };
        if !path.is_root() && skip::marks_environment(name) {
            is_environment = true;
            return ControlFlow::Break(());
        }
        let Some(child) = path.child(name) else { return ControlFlow::Continue(()) };
        match kind {
            FileType::Unknown | FileType::Symlink => unknown.push((child, kind)),
            kind => take(&mut folder, child, kind),
        }
        // The count of the whole walk is kept elsewhere; this bounds one monstrous folder.
        if folder.files.len() > max_files {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    if is_environment {
        let reason = SkipReason::VirtualEnvironment;
        return Folder {
            skipped: vec![SkippedFolder { path: path.clone(), reason }],
            ..Folder::default()
        };
    }
    folder.path = Some(path.clone());
    look_closer(opened.as_fd(), root_path, &mut folder, unknown);
    // In order already, the list of all is sorted in no time.
    folder.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    folder
}

/// Links, and entries of file systems that don't tell kinds.
fn look_closer(
    fd: BorrowedFd<'_>,
    root_path: &str,
    folder: &mut Folder,
    unknown: Vec<(RepoPath, FileType)>,
) {
    for (child, mut kind) in unknown {
        if kind == FileType::Unknown {
            match rustix::fs::statat(fd, child.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => kind = FileType::from_raw_mode(stat.st_mode),
                Err(errno) => {
                    folder.problem(ProblemKind::Unreadable, &child, file_trouble(errno));
                    continue;
                }
            }
        }
        if kind != FileType::Symlink {
            take(folder, child, kind);
            continue;
        }
        match rustix::fs::readlinkat(fd, child.file_name(), Vec::new()) {
            Ok(target) => {
                let target = target.to_str().ok().map(|text| link_text(text, root_path));
                folder.links.push((child.clone(), target.unwrap_or(LinkText::Outside)));
                folder.files.push(FileEntry { path: child, kind: FileKind::Unreadable });
            }
            Err(errno) => {
                folder.problem(ProblemKind::Unreadable, &child, file_trouble(errno));
            }
        }
    }
}

fn take(folder: &mut Folder, path: RepoPath, kind: FileType) {
    match kind {
        FileType::Directory => match skip::by_name(path.file_name()) {
            Some(reason) => folder.skipped.push(SkippedFolder { path, reason }),
            None => folder.folders.push(path),
        },
        // The `.git` of a worktree or submodule is a file.
        FileType::RegularFile if path.file_name() == ".git" => {}
        FileType::RegularFile => {
            folder.files.push(FileEntry { path, kind: FileKind::Regular });
        }
        other => {
            let what = match other {
                FileType::Fifo => "a FIFO",
                FileType::Socket => "a socket",
                FileType::CharacterDevice | FileType::BlockDevice => "a device",
                _ => "not a regular file",
            };
            folder.problem(ProblemKind::SpecialFile, &path, format!("{what}: not opened"));
            folder.files.push(FileEntry { path, kind: FileKind::Unreadable });
        }
    }
}

fn link_text(target: &str, root_path: &str) -> LinkText {
    if !target.starts_with('/') {
        return LinkText::Relative(target.to_owned());
    }
    let base = root_path.trim_end_matches('/');
    match target.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            LinkText::FromRoot(rest.trim_start_matches('/').to_owned())
        }
        _ => LinkText::Outside,
    }
}

fn folder_trouble(errno: Errno) -> String {
    match errno {
        Errno::ACCESS | Errno::PERM => "the folder may not be read".to_owned(),
        Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::STALE => {
            "the folder vanished while the repository was read".to_owned()
        }
        other => format!("the folder could not be read: {other}"),
    }
}

fn file_trouble(errno: Errno) -> String {
    match errno {
        Errno::NOENT => "the file vanished while the repository was read".to_owned(),
        other => format!("the file could not be looked at: {other}"),
    }
}
