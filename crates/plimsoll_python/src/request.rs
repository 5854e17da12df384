//! What is asked of the evaluator.

use std::collections::BTreeMap;

use plimsoll_source::{RepoPath, Tree};

use crate::{Environment, Machine};

/// The evaluation of one settings module in one environment.
pub struct Request<'a> {
    /// The repository.
    pub tree: &'a dyn Tree,
    /// The folder that holds `manage.py`: the first entry of `sys.path`.
    pub root: RepoPath,
    /// Further folders on `sys.path`.
    pub search: Vec<RepoPath>,
    /// The dotted name of the settings module.
    pub module: String,
    /// The process environment.
    pub environment: &'a Environment,
    /// What is installed, as far as the project declares it.
    pub installed: Installed,
    /// Bounds on the work.
    pub limits: Limits,
    /// `sys.argv`. Neither `test` nor `runserver` by default.
    pub argv: Vec<String>,
    /// The absolute path of the repository on the machine, without a trailing slash: what
    /// `__file__` starts with.
    pub absolute_root: String,
    /// The folder that the process starts in, an absolute path of the machine; `None` where that is
    /// not known.
    pub working_folder: Option<String>,
    /// What is known of the machine's files outside of the repository.
    pub machine: Machine,
    /// The class that django-configurations takes where the environment does not name one in
    /// `DJANGO_CONFIGURATION`: the default that the project's entry point sets.
    pub configuration: Option<String>,
}

impl<'a> Request<'a> {
    /// A request with nothing declared as installed, usual limits and `absolute_root` `/app`.
    pub fn new(
        tree: &'a dyn Tree,
        root: RepoPath,
        module: &str,
        environment: &'a Environment,
    ) -> Self {
        Self {
            tree,
            root,
            search: Vec::new(),
            module: module.to_owned(),
            environment,
            installed: Installed::default(),
            limits: Limits::default(),
            argv: vec!["manage.py".to_owned()],
            absolute_root: "/app".to_owned(),
            working_folder: None,
            machine: Machine::default(),
            configuration: None,
        }
    }
}

/// What the project declares as installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// The Python version, where declared.
    pub python: Option<(u8, u8)>,
    /// Django's version (major, minor), where declared: the oldest that the project accepts.
    pub django: Option<(u32, u32)>,
    /// The newest that it accepts, where it does not pin one.
    pub django_until: Option<(u32, u32)>,
    /// Distributions by normalized name (lower case, `-`), with their version where pinned.
    pub distributions: BTreeMap<String, Option<String>>,
    /// Whether `distributions` is everything that is installed (a lock file was read).
    pub complete: bool,
    /// The entry points of everything that is installed; `None` where they are not known.
    pub entry_points: Option<Vec<EntryPoint>>,
}

impl Installed {
    /// The series of Django that production may have: one where it is pinned, none where nothing is
    /// declared.
    pub fn django_series(&self) -> Vec<(u32, u32)> {
        match (self.django, self.django_until) {
            (Some(oldest), Some(newest)) => crate::series_between(oldest, newest),
            (Some(only), None) => vec![only],
            (None, _) => Vec::new(),
        }
    }
}

/// An object that an installed distribution offers to others by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// What it is offered for: `console_scripts`, `pretix.plugin`.
    pub group: String,
    /// Its name within the group.
    pub name: String,
    /// `module:attribute`, as it is written.
    pub value: String,
    /// The distribution's normalized name.
    pub distribution: String,
}

/// Bounds on one evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Evaluated nodes.
    pub steps: u64,
    /// Calls within calls.
    pub calls: usize,
    /// Expressions within expressions, calls included.
    pub depth: usize,
    /// Heap objects.
    pub objects: u64,
    /// Bytes of one string, items of one container, bits of one integer.
    pub size: usize,
}

impl Default for Limits {
    /// Far beyond what real settings take (some ten thousand steps), yet under a second of work.
    fn default() -> Self {
        Self { steps: 2_000_000, calls: 60, depth: 600, objects: 400_000, size: 1 << 20 }
    }
}
