//! Which files an `include` brings in.

use globset::{GlobBuilder, GlobMatcher};
use plimsoll_source::{RepoPath, Tree};

/// Where the files that nginx would see are in the repository.
pub struct Resolver<'t> {
    tree: &'t dyn Tree,
    mounts: Vec<(String, RepoPath)>,
}

/// What an include's pattern leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// These files, sorted by path; a pattern with wildcards may match none.
    Files(Vec<RepoPath>),
    /// Nothing in the repository fits.
    Nothing,
    /// More than one set of files fits, and nothing tells which is meant.
    Ambiguous(Vec<RepoPath>),
}

impl<'t> Resolver<'t> {
    /// Looks into this repository.
    pub fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, mounts: Vec::new() }
    }

    /// Tells that the file or folder `source` of the repository is at `target` where nginx runs
    /// (a bind mount, a `COPY`, an installation step).
    #[must_use]
    pub fn with_mount(mut self, target: impl Into<String>, source: RepoPath) -> Self {
        let target: String = target.into();
        self.mounts.push((target.trim_end_matches('/').to_owned(), source));
        self
    }

    /// The repository.
    pub(super) fn tree(&self) -> &'t dyn Tree {
        self.tree
    }

    /// The files that `pattern` names, for a file `from` of a configuration that begins in
    /// `entry`. In this order: mounts; relative to the folder of the entry, then of the file
    /// itself; then the files of the repository whose paths end like the pattern, the longest
    /// tail first, as far as these lie in one folder or one folder is nearest.
    pub(super) fn resolve(&self, pattern: &str, entry: &RepoPath, from: &RepoPath) -> Resolved {
        let mounted = self.mounted(pattern);
        if !mounted.is_empty() {
            return Resolved::Files(mounted);
        }
        if !pattern.starts_with('/') {
            for folder in [entry.parent(), from.parent()].into_iter().flatten() {
                let found =
                    folder.join(pattern).map(|path| self.matching(&path)).unwrap_or_default();
                if !found.is_empty() {
                    return Resolved::Files(found);
                }
            }
        }
        self.by_tail(pattern, from)
    }

    /// The files below mount points that the absolute pattern matches.
    fn mounted(&self, pattern: &str) -> Vec<RepoPath> {
        let absolute = match pattern.strip_prefix('/') {
            Some(_) => pattern.to_owned(),
            None => format!("/etc/nginx/{pattern}"),
        };
        let mut found = Vec::new();
        for (target, source) in &self.mounts {
            if glob(&absolute).is_some_and(|glob| glob.is_match(target)) {
                if self.tree.has_file(source) {
                    found.push(source.clone());
                }
            } else if let Some(rest) = absolute.strip_prefix(target.as_str())
                && let Some(rest) = rest.strip_prefix('/')
                && let Some(path) = source.join(rest)
            {
                found.extend(self.matching(&path));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The files that a path inside the repository, possibly with wildcards, matches.
    fn matching(&self, path: &RepoPath) -> Vec<RepoPath> {
        if self.tree.has_file(path) {
            return vec![path.clone()];
        }
        if !has_wildcard(path.as_str()) {
            return Vec::new();
        }
        let Some(glob) = glob(path.as_str()) else { return Vec::new() };
        let files = self.tree.files().iter().map(|entry| &entry.path);
        files.filter(|path| glob.is_match(path.as_str())).cloned().collect()
    }

    fn by_tail(&self, pattern: &str, from: &RepoPath) -> Resolved {
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        for skip in 0..parts.len() {
            let tail = parts.get(skip..).unwrap_or(&[]).join("/");
            // A bare `*.conf` says nothing about where its files are.
            if tail.is_empty() || (has_wildcard(&tail) && !tail.contains('/')) {
                break;
            }
            let Some(glob) = glob(&format!("**/{tail}")) else { break };
            let files = self.tree.files().iter().map(|entry| &entry.path);
            let found: Vec<RepoPath> =
                files.filter(|path| glob.is_match(path.as_str())).cloned().collect();
            if !found.is_empty() {
                return nearest(found, tail.split('/').count(), from);
            }
        }
        Resolved::Nothing
    }
}

/// The files of the one folder that is nearest to `from`: `depth` parts of each path belong to
/// the pattern, what is before them is the folder.
fn nearest(found: Vec<RepoPath>, depth: usize, from: &RepoPath) -> Resolved {
    let base = |path: &RepoPath| path.ancestors().nth(depth.saturating_sub(1));
    let common = |folder: &RepoPath| {
        let theirs = folder.as_str().split('/');
        theirs.zip(from.as_str().split('/')).take_while(|(a, b)| a == b).count()
    };
    let best = found.iter().filter_map(base).map(|folder| common(&folder)).max().unwrap_or(0);
    let kept: Vec<RepoPath> = found
        .iter()
        .filter(|path| base(path).is_some_and(|folder| common(&folder) == best))
        .cloned()
        .collect();
    let mut bases: Vec<_> = kept.iter().filter_map(base).collect();
    bases.dedup();
    if bases.len() > 1 { Resolved::Ambiguous(found) } else { Resolved::Files(kept) }
}

pub(super) fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// A pattern of `glob(3)`: `*` stays within one folder.
fn glob(pattern: &str) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    Some(glob.ok()?.compile_matcher())
}
