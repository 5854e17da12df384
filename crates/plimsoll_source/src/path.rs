//! Paths inside a repository.

use std::fmt;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};
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
        if is_plain(text) {
            return Some(self.below(text));
        }
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
        if matches!(name, "" | "." | "..") || memchr(b'/', name.as_bytes()).is_some() {
            return None;
        }
        Some(self.below(name))
    }

    /// A path of plain parts as seen from this folder.
    fn below(&self, text: &str) -> Self {
        if self.is_root() {
            return Self(Arc::from(text));
        }
        Self(Arc::from([&self.0, "/", text].concat()))
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
        Some(Self(Arc::from(self.folder())))
    }

    /// The last part of the path, empty for the root.
    pub fn file_name(&self) -> &str {
        match memrchr(b'/', self.0.as_bytes()) {
            Some(at) => self.0.get(at + 1..).unwrap_or_default(),
            None => &self.0,
        }
    }

    /// The path of the folder that holds this path as text, empty where that is the root.
    pub fn folder(&self) -> &str {
        let end = memrchr(b'/', self.0.as_bytes()).unwrap_or(0);
        self.0.get(..end).unwrap_or_default()
    }

    /// The names of the folders above the path, outermost first.
    pub fn folder_names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.folder().split('/').filter(|name| !name.is_empty())
    }

    /// The name of the folder that holds this path, empty where that is the root.
    pub fn folder_name(&self) -> &str {
        self.folder_names().next_back().unwrap_or_default()
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

/// Whether a text is a path as it is kept: relative, without empty parts, `.` and `..`.
fn is_plain(text: &str) -> bool {
    let (mut start, mut plain) = (0, true);
    let bytes = text.as_bytes();
    for end in memchr_iter(b'/', bytes).chain([bytes.len()]) {
        plain &= !matches!(bytes.get(start..end), None | Some(b"" | b"." | b".."));
        start = end + 1;
    }
    plain
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
        for (text, expected) in [
            ("", Some("")),
            (".", Some("")),
            ("..", None),
            ("/", None),
            ("a/", Some("a")),
            ("a/.", Some("a")),
            ("a/..", Some("")),
            (".a/..b/c.", Some(".a/..b/c.")),
            ("a/b/../../..", None),
        ] {
            let path = RepoPath::new(text);
            assert_eq!(path.as_ref().map(RepoPath::as_str), expected, "{text}");
            let below = RepoPath::new("x/y").unwrap().join(text);
            let expected = match (expected, text) {
                (Some(""), _) => Some("x/y".to_owned()),
                (Some(path), _) => Some(format!("x/y/{path}")),
                (None, "/") => None,
                // The folder's own parts are what is left out.
                (None, _) => Some("x".to_owned()),
            };
            assert_eq!(below.map(|path| path.as_str().to_owned()), expected, "{text}");
        }
    }

    #[test]
    fn names_of_folders_are_told_without_the_file() {
        let path = RepoPath::new("a/b/c.py").unwrap();
        assert_eq!((path.folder(), path.folder_name(), path.file_name()), ("a/b", "b", "c.py"));
        assert_eq!(path.folder_names().collect::<Vec<_>>(), ["a", "b"]);
        let path = RepoPath::new("c.py").unwrap();
        assert_eq!((path.folder(), path.folder_name(), path.file_name()), ("", "", "c.py"));
        assert_eq!(path.folder_names().count(), 0);
        assert_eq!(RepoPath::root().parent(), None);
        assert_eq!(path.parent(), Some(RepoPath::root()));
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
