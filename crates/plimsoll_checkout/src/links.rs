//! Where links lead, told from the listing alone.

use plimsoll_source::{FileKind, Problem, ProblemKind, RepoPath, SkipReason, Span};

use crate::walk::{LinkText, Listing};

/// As many links as Linux follows for one path.
const MAX_LINKS: usize = 40;

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    File(RepoPath),
    Folder(RepoPath),
    /// In a folder that is not listed, for this reason.
    Skipped(RepoPath, SkipReason),
    Outside,
    Circle,
    Nowhere,
}

/// Whether there is a link on the way of `path` or at its end.
pub(crate) fn crosses(listing: &Listing, path: &RepoPath) -> bool {
    // Most repositories have no link at all.
    !listing.links.is_empty()
        && (listing.links.contains_key(path)
            || path.ancestors().any(|above| listing.links.contains_key(&above)))
}

/// Follows the links on the way of `path` and at its end.
pub(crate) fn follow(listing: &Listing, path: &RepoPath) -> Target {
    if !crosses(listing, path) {
        return plain(listing, path.clone());
    }
    let mut pending: Vec<String> = path.as_str().split('/').rev().map(str::to_owned).collect();
    let mut at = RepoPath::root();
    let mut followed = 0;
    while let Some(part) = pending.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => match at.parent() {
                Some(parent) => at = parent,
                None => return Target::Outside,
            },
            name => {
                let Some(next) = at.child(name) else { return Target::Nowhere };
                let Some(link) = listing.links.get(&next) else {
                    at = next;
                    continue;
                };
                followed += 1;
                if followed > MAX_LINKS {
                    return Target::Circle;
                }
                let text = match link {
                    LinkText::Relative(text) => text,
                    LinkText::FromRoot(text) => {
                        at = RepoPath::root();
                        text
                    }
                    LinkText::Outside => return Target::Outside,
                };
                pending.extend(text.split('/').rev().map(str::to_owned));
            }
        }
    }
    plain(listing, at)
}

/// What a path without links on its way leads to.
fn plain(listing: &Listing, at: RepoPath) -> Target {
    if listing.has_folder(&at) {
        return Target::Folder(at);
    }
    if listing.has_file(&at) {
        return Target::File(at);
    }
    let skipped = listing.skipped.iter().find(|folder| at.is_within(&folder.path));
    skipped.map_or(Target::Nowhere, |folder| Target::Skipped(at, folder.reason))
}

/// Says of each link in the listing where it leads, and records those that are not followed.
pub(crate) fn resolve_all(listing: &mut Listing) {
    let mut resolved = Vec::with_capacity(listing.links.len());
    let mut problems = Vec::new();
    for path in listing.links.keys() {
        let trouble = match follow(listing, path) {
            Target::File(target) if listing.is_regular(&target) => {
                resolved.push((path.clone(), FileKind::Link { target }));
                continue;
            }
            Target::File(_) => {
                (ProblemKind::SpecialFile, "the link leads to something that is not a regular file")
            }
            Target::Folder(target) if path.is_within(&target) => {
                (ProblemKind::OutsideLink, "the link leads to a folder that holds it")
            }
            Target::Folder(target) => {
                resolved.push((path.clone(), FileKind::FolderLink { target }));
                continue;
            }
            // Links of tools into their own folders are no trouble of the project's.
            Target::Skipped(..) => continue,
            Target::Outside => {
                (ProblemKind::OutsideLink, "the link leads out of the repository: not followed")
            }
            Target::Circle => (ProblemKind::OutsideLink, "the link leads in a circle"),
            Target::Nowhere => (ProblemKind::Missing, "the link leads to nothing"),
        };
        let (kind, message) = trouble;
        problems.push(Problem::new(kind, Span::of_file(path.clone()), message));
    }
    for (path, kind) in resolved {
        if let Ok(index) = listing.files.binary_search_by(|entry| entry.path.cmp(&path))
            && let Some(entry) = listing.files.get_mut(index)
        {
            entry.kind = kind;
        }
    }
    listing.problems.extend(problems);
}
