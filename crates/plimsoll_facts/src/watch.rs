//! A repository that remembers what could not be read of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use plimsoll_source::{
    Encoding, FileEntry, GitFacts, Problem, ProblemKind, RepoPath, SkippedFolder, SourceText, Span,
    Tree,
};

use crate::inventory::{Inventory, Role};
use crate::standing::Standing;

/// A tree that keeps the problems of files that matter, each file's once.
pub(crate) struct Watched<'t> {
    tree: &'t dyn Tree,
    met: Mutex<BTreeMap<RepoPath, Problem>>,
}

impl<'t> Watched<'t> {
    pub(crate) fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, met: Mutex::new(BTreeMap::new()) }
    }

    /// What went wrong while the tree was listed and read, by file. `also` are files that matter
    /// whatever their names say: those of the settings.
    pub(crate) fn problems(self, also: &[RepoPath]) -> Vec<Problem> {
        let mut found: BTreeMap<RepoPath, Problem> = BTreeMap::new();
        let listed = self.tree.problems().iter().cloned();
        let met = self.met.into_inner().unwrap_or_else(PoisonError::into_inner);
        for problem in listed.chain(met.into_values()) {
            if also.contains(&problem.at.file) || matters(&problem) {
                found.entry(problem.at.file.clone()).or_insert(problem);
            }
        }
        found.into_values().collect()
    }

    /// Keeps the problem of a read.
    fn watch(
        &self,
        path: &RepoPath,
        read: Result<SourceText, Problem>,
    ) -> Result<SourceText, Problem> {
        let problem = match &read {
            Err(problem) if problem.kind != ProblemKind::Missing => Some(problem.clone()),
            Ok(source) if source.encoding() != Encoding::Utf8 && must_be_utf8(path) => {
                not_utf8(path, source)
            }
            Ok(source) if source.has_mark() => marked(path, source),
            _ => None,
        };
        if let Some(problem) = problem {
            let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
            met.entry(problem.at.file.clone()).or_insert(problem);
        }
        read
    }
}

/// Whether a problem can hide something of production.
fn matters(problem: &Problem) -> bool {
    let path = &problem.at.file;
    // A folder that could not be listed, or a limit of the whole walk, can hide anything.
    if matches!(problem.kind, ProblemKind::Limit) || path.is_root() {
        return true;
    }
    if !matches!(Standing::of(path), Standing::Main | Standing::Development) {
        return false;
    }
    match Inventory::role_of(path) {
        Some(role) => role_matters(role, problem.kind),
        // A name that says nothing: a folder or link that cannot be followed hides what is below
        // it, a picture or a dump hides nothing.
        None => {
            path.extension().is_none()
                && matches!(problem.kind, ProblemKind::Unreadable | ProblemKind::OutsideLink)
        }
    }
}

fn role_matters(role: Role, kind: ProblemKind) -> bool {
    match role {
        Role::Data | Role::Document | Role::OtherText | Role::Sql => false,
        // Bundles and generated pages are long; nobody configures production in them.
        Role::Template | Role::Script | Role::Lock => {
            !matches!(kind, ProblemKind::TooLarge | ProblemKind::Encoding)
        }
        _ => true,
    }
}

/// Whether the programs that read a file in production need it to be UTF-8.
fn must_be_utf8(path: &RepoPath) -> bool {
    match Inventory::role_of(path) {
        Some(Role::EnvFile | Role::Compose | Role::Unit | Role::Dockerfile | Role::Platform) => {
            true
        }
        // Comments of old code are often in Latin-1 and say so.
        Some(Role::Python) => path.as_str().contains("settings"),
        _ => false,
    }
}

impl Tree for Watched<'_> {
    fn files(&self) -> &[FileEntry] {
        self.tree.files()
    }

    fn read(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.watch(path, self.tree.read(path))
    }

    fn read_once(&self, path: &RepoPath) -> Result<SourceText, Problem> {
        self.watch(path, self.tree.read_once(path))
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
        self.tree.has_file(path)
    }

    fn has_folder(&self, path: &RepoPath) -> bool {
        self.tree.has_folder(path)
    }
}

/// The problem of a file in another encoding; none for Python that declares its own.
fn not_utf8(path: &RepoPath, source: &SourceText) -> Option<Problem> {
    let declared = (1..=2).filter_map(|line| source.line(line)).any(|line| {
        line.trim_start().starts_with('#')
            && line.contains("coding")
            && path.extension() == Some("py")
    });
    let read_as = match source.encoding() {
        Encoding::Utf16 => "UTF-16",
        Encoding::Windows1252 => "Windows-1252",
        Encoding::Utf8 => return None,
    };
    let message =
        format!("not UTF-8: read as {read_as}, what reads it in production may refuse it");
    (!declared).then(|| Problem::new(ProblemKind::Encoding, Span::of_file(path.clone()), message))
}

/// The problem of a byte order mark, where programs that read the file take it for text.
fn marked(path: &RepoPath, source: &SourceText) -> Option<Problem> {
    let message = match Inventory::role_of(path) {
        Some(Role::EnvFile) => {
            "begins with a byte order mark: systemd, shells, django-environ, decouple and python-dotenv before 1.2.3 take it for a part of the first name, which is then not set"
        }
        Some(Role::Nginx) => {
            "begins with a byte order mark: nginx takes it for a part of the first directive and refuses the file"
        }
        Some(Role::Shell) if source.text().starts_with("#!") => {
            "begins with a byte order mark: the system does not see the `#!` line behind it"
        }
        _ => return None,
    };
    let at = source.line_span(1);
    Some(Problem::new(ProblemKind::Encoding, at, message))
}
