//! Paths inside a repository.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A path inside the repository: relative to its root, `/` between parts, never `..`, never
/// absolute. The root itself is the empty path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    /// The root of the repository.
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// Reads `text` as a path from the root, resolving `.` and `..` without looking at the disk.
    /// `None` where it leads out of the repository or is absolute.
    pub fn new(text: &str) -> Option<Self> {
        Self::root().join(text)
    }

    /// `text` as a path from this folder, `.` and `..` resolved; `None` where it leads out of the
    /// repository or is absolute.
    pub fn join(&self, text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return None;
        }
        let mut parts: Vec<&str> = self.0.split('/').filter(|part| !part.is_empty()).collect();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                name => parts.push(name),
            }
        }
        Some(Self(Arc::from(parts.join("/"))))
    }

    /// The entry `name` of this folder; `None` where `name` is not the name of an entry (empty,
    /// `.`, `..`, or with a `/` in it). Cheaper than [`Self::join`].
    pub fn child(&self, name: &str) -> Option<Self> {
        if matches!(name, "" | "." | "..") || name.contains('/') {
            return None;
        }
        if self.is_root() {
            return Some(Self(Arc::from(name)));
        }
        Some(Self(Arc::from(format!("{}/{name}", self.0))))
    }

    /// The path as text, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the repository's root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The folder that holds this path; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let parent = self.0.rsplit_once('/').map_or("", |(parent, _)| parent);
        Some(Self(Arc::from(parent)))
    }

    /// The last part of the path, empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// What follows the last dot of the file name, where there is one that does not start it.
    pub fn extension(&self) -> Option<&str> {
        match self.file_name().rsplit_once('.') {
            Some(("", _)) | None => None,
            Some((_, extension)) => Some(extension),
        }
    }

    /// Whether this path is `folder` or lies below it.
    pub fn is_within(&self, folder: &RepoPath) -> bool {
        folder.is_root()
            || self
                .0
                .strip_prefix(&*folder.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path as seen from `folder`, where it lies below it.
    pub fn strip_prefix(&self, folder: &RepoPath) -> Option<&str> {
        if folder.is_root() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(&*folder.0)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The folders above the path, nearest first, the root last.
    pub fn ancestors(&self) -> impl Iterator<Item = RepoPath> + use<> {
        std::iter::successors(self.parent(), RepoPath::parent)
    }

    /// How many parts the path has; 0 for the root.
    pub fn depth(&self) -> usize {
        self.0.split('/').filter(|part| !part.is_empty()).count()
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    #[test]
    fn a_path_never_leads_out_of_the_repository() {
        assert!(RepoPath::new("../secret").is_none());
        assert!(RepoPath::new("a/../../secret").is_none());
        assert!(RepoPath::new("/etc/passwd").is_none());
        assert_eq!(RepoPath::new("./a//b/../c").unwrap().as_str(), "a/c");
    }

    #[test]
    fn prefixes_match_whole_parts_only() {
        let folder = RepoPath::new("app").unwrap();
        assert!(RepoPath::new("app/x.py").unwrap().is_within(&folder));
        assert!(!RepoPath::new("apple/x.py").unwrap().is_within(&folder));
        assert_eq!(RepoPath::new("app/x.py").unwrap().strip_prefix(&folder), Some("x.py"));
        assert_eq!(RepoPath::new("apple").unwrap().strip_prefix(&folder), None);
    }
}
