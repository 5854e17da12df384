//! A repository without the files that the configuration excludes.

use std::borrow::Cow;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use plimsoll_assess::config::Placed;
use plimsoll_source::{
    FileEntry, GitFacts, Problem, ProblemKind, RepoPath, SkippedFolder, SourceText, Span, Tree,
};

/// A tree with some of its files left out.
pub(crate) struct Excluding<'a> {
    tree: &'a dyn Tree,
    files: Cow<'a, [FileEntry]>,
    globs: GlobSet,
}

impl<'a> Excluding<'a> {
    /// Leaves out what the globs match; they were checked when the configuration was read.
    pub(crate) fn new(tree: &'a dyn Tree, globs: &[Placed<String>]) -> Self {
        let mut builder = GlobSetBuilder::new();
        for glob in globs {
            let text = glob.value.trim_start_matches("./").trim_end_matches('/');
            // A folder leaves out what lies below it.
            for text in [text.to_owned(), format!("{text}/**")] {
                if let Ok(glob) = GlobBuilder::new(&text).literal_separator(true).build() {
                    builder.add(glob);
                }
            }
        }
        let globs = builder.build().unwrap_or_default();
        let keep = |entry: &&FileEntry| !globs.is_match(entry.path.as_str());
        let files = if globs.is_empty() {
            Cow::Borrowed(tree.files())
        } else {
            tree.files().iter().filter(keep).cloned().collect()
        };
        Self { tree, files, globs }
    }

    fn allow(&self, path: &RepoPath) -> Result<(), Problem> {
        if self.globs.is_match(path.as_str()) {
            let message = "plimsoll.toml excludes the file";
            return Err(Problem::new(ProblemKind::Missing, Span::of_file(path.clone()), message));
        }
        Ok(())
    }
}

impl Tree for Excluding<'_> {
    fn files(&self) -> &[FileEntry] {
        &self.files
    }

    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.allow(path)?;
        self.tree.read(path)
    }

    fn read_once(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.allow(path)?;
        self.tree.read_once(path)
    }

    fn git(&self) -> Option<&dyn GitFacts> {
        self.tree.git()
    }

    fn problems(&self) -> &[Problem] {
        self.tree.problems()
    }

    fn skipped(&self) -> &[SkippedFolder] {
        self.tree.skipped()
    }

    fn has_file(&self, path: &RepoPath) -> bool {
        self.allow(path).is_ok() && self.tree.has_file(path)
    }

    fn has_folder(&self, path: &RepoPath) -> bool {
        self.allow(path).is_ok() && self.tree.has_folder(path)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_assess::config::Placed;
    use plimsoll_source::{MemoryTree, RepoPath, Span, Tree};

    use super::Excluding;

    #[test]
    fn folders_and_globs_are_left_out_and_neighbours_stay() {
        let tree = MemoryTree::new([("legacy/a.py", ""), ("legacy2/a.py", ""), ("x/b.sql", "")]);
        let placed =
            |text: &str| Placed { value: text.to_owned(), at: Span::of_file(RepoPath::root()) };
        let tree = Excluding::new(&tree, &[placed("legacy/"), placed("**/*.sql")]);
        let paths: Vec<_> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["legacy2/a.py"]);
        assert!(tree.read(&RepoPath::new("legacy/a.py").unwrap()).is_err());
    }
}
