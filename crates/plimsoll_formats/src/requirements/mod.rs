//! Python dependencies as a repository declares and locks them.
//!
//! Accepted: requirements files ([`pip`]), `pyproject.toml` (PEP 621, dependency groups, Poetry,
//! PDM, Hatch), `Pipfile`, the locks of Poetry, uv, PDM, Pipenv and PEP 751, `setup.cfg`,
//! `setup.py` (literal lists only), conda's `environment.yml`, `runtime.txt`,
//! `.python-version`.
//!
//! Failure policy: a line that is no requirement is a problem and skipped; broken TOML is read up
//! to its error; what a format can compute ([`Requirements::partial`]) is said to be incomplete.

mod locks;
mod other;
pub mod pip;
mod pyproject;
mod toml_text;
mod version;

use plimsoll_source::{Problem, RepoPath, Secret, SourceText, Span, Spanned};

pub use version::{Clause, Operator, Specifiers, Version};

/// What a file says about dependencies.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    /// Packages asked for.
    pub declared: Vec<Declared>,
    /// Packages with the version that is installed.
    pub locked: Vec<Locked>,
    /// Python versions asked for.
    pub python: Vec<PythonRequirement>,
    /// Other requirements files named.
    pub includes: Vec<Include>,
    /// Indexes named; a URL can hold a password.
    pub indexes: Vec<Spanned<Secret>>,
    /// `build-backend`.
    pub build_backend: Option<Spanned<String>>,
    /// Whether more is declared than could be read, because it is computed.
    pub partial: bool,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A package that is asked for.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name, normalised (PEP 503): lower case, runs of `-_.` are `-`.
    pub name: String,
    /// Its name as written.
    pub written: String,
    /// The versions accepted, as written; empty accepts all.
    pub specifier: String,
    /// The versions accepted; `None` where they are not understood.
    pub specifiers: Option<Specifiers>,
    /// The version, where exactly one is accepted.
    pub pinned: Option<Version>,
    /// `[argon2]`, normalised.
    pub extras: Vec<String>,
    /// What follows `;`.
    pub marker: Option<String>,
    /// Where it is fetched from, other than an index (a URL, a path, a repository); a URL can hold
    /// a password.
    pub url: Option<Secret>,
    /// The group or extra it belongs to; `None` for the project's own dependencies.
    pub group: Option<String>,
    /// Whether it is only a constraint (`-c`): a version if something else asks for it.
    pub constraint: bool,
    /// Whether hashes pin its files.
    pub hashed: bool,
    /// Where it is written.
    pub span: Span,
}

/// A package of a lock.
#[derive(Clone, Debug)]
pub struct Locked {
    /// Its name, normalised.
    pub name: String,
    /// Its version; `None` where the lock names none (the project itself, a repository).
    pub version: Option<Version>,
    /// Where it is written.
    pub span: Span,
}

/// Where a Python version is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonSource {
    /// `requires-python` of `pyproject.toml`, or a lock.
    RequiresPython,
    /// Poetry's `python` dependency.
    Poetry,
    /// `python_requires` of `setup.cfg` or `setup.py`.
    Setup,
    /// Pipfile's `python_version` or `python_full_version`.
    Pipfile,
    /// `runtime.txt`.
    Runtime,
    /// `.python-version`.
    VersionFile,
    /// conda's `python`.
    Conda,
}

/// A Python version that is asked for.
#[derive(Clone, Debug)]
pub struct PythonRequirement {
    /// Where it is asked for.
    pub source: PythonSource,
    /// As written: a specifier, or a version (`3.12`) in files that name one.
    pub text: String,
    /// The versions accepted; `None` where they are not understood.
    pub specifiers: Option<Specifiers>,
    /// Where it is written.
    pub span: Span,
}

/// How a requirements file names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncludeKind {
    /// `-r`
    Requirements,
    /// `-c`
    Constraints,
}

/// A requirements file that is named in another.
#[derive(Clone, Debug)]
pub struct Include {
    /// How.
    pub kind: IncludeKind,
    /// As written.
    pub text: String,
    /// In the repository; `None` where it leads out of it.
    pub path: Option<RepoPath>,
    /// Where it is written.
    pub span: Span,
}

/// A package's name as PEP 503 normalises it.
pub fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if matches!(c, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(c.to_lowercase());
        }
    }
    normal
}

/// Whether a file of this name is one that [`read`] reads.
pub fn is_known(path: &RepoPath) -> bool {
    reader_of(path).is_some()
}

/// Reads one file by its name, without following what it includes (see [`pip::read_tree`]). A
/// name that says nothing is read as a requirements file.
pub fn read(source: &SourceText) -> Requirements {
    reader_of(source.path()).unwrap_or(pip::read)(source)
}

type Reader = fn(&SourceText) -> Requirements;

fn reader_of(path: &RepoPath) -> Option<Reader> {
    let name = path.file_name();
    let folder = path.parent();
    let reader: Reader = match name {
        "pyproject.toml" => pyproject::read,
        "Pipfile" => pyproject::read_pipfile,
        "poetry.lock" | "uv.lock" | "pdm.lock" => locks::read_toml,
        "Pipfile.lock" => locks::read_pipfile_lock,
        "setup.cfg" => other::read_setup_cfg,
        "setup.py" => other::read_setup_py,
        "environment.yml" | "environment.yaml" | "conda.yml" | "conda.yaml" => other::read_conda,
        "runtime.txt" => other::read_runtime,
        ".python-version" => other::read_python_version,
        _ if name == "pylock.toml" || name.starts_with("pylock.") && name.ends_with(".toml") => {
            locks::read_toml
        }
        _ => {
            let in_folder =
                folder.is_some_and(|folder| matches!(folder.file_name(), "requirements" | "reqs"));
            let text = name.ends_with(".txt") || name.ends_with(".pip") || name.ends_with(".in");
            let named = name.starts_with("requirement")
                || name.ends_with("requirements.txt")
                || name.starts_with("constraints")
                || name.starts_with("reqs");
            return (text && (in_folder || named)).then_some(pip::read as Reader);
        }
    };
    Some(reader)
}
