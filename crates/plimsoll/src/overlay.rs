//! A repository with some of its files changed, in memory.

use std::collections::BTreeMap;

use plimsoll_source::{
    FileEntry, FileKind, GitFacts, Problem, RepoPath, SkippedFolder, SourceText, Tree,
};

/// A tree over which changed texts lie.
pub(crate) struct Overlay<'a> {
    tree: &'a dyn Tree,
    texts: BTreeMap<RepoPath, SourceText>,
    files: Vec<FileEntry>,
}

impl<'a> Overlay<'a> {
    /// The tree with these texts in place of its own, new files included.
    pub(crate) fn new(tree: &'a dyn Tree, texts: &BTreeMap<RepoPath, String>) -> Self {
        let mut files = tree.files().to_vec();
        for path in texts.keys().filter(|path| !tree.has_file(path)) {
            files.push(FileEntry { path: path.clone(), kind: FileKind::Regular });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let source = |(path, text): (&RepoPath, &String)| {
            (path.clone(), SourceText::new(path.clone(), text.clone()))
        };
        Self { tree, texts: texts.iter().map(source).collect(), files }
    }
}

impl Tree for Overlay<'_> {
    fn files(&self) -> &[FileEntry] {
        &self.files
    }

    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.texts.get(path).map_or_else(|| self.tree.read(path), |text| Ok(text.clone()))
    }

    fn read_once(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.texts.get(path).map_or_else(|| self.tree.read_once(path), |text| Ok(text.clone()))
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
}
