//! Which versions of Python, Django and other packages production gets, as the project declares.

use std::collections::BTreeMap;

use plimsoll_formats::requirements::{self, Requirements, Specifiers, Version, pip};
use plimsoll_python::Installed;
use plimsoll_source::{Problem, RepoPath, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::standing::words;
use crate::systems::System;

/// A distribution that the project declares or locks.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// The exact version, where one is pinned or locked.
    pub exact: Option<Version>,
    /// The lowest version that is accepted, where the project says.
    pub lowest: Option<Version>,
    /// Which versions are accepted, where the project asks for a range.
    pub accepts: Option<Specifiers>,
    /// Whether the project itself asks for it, rather than a package that it asks for.
    pub direct: bool,
    /// Where.
    pub at: Span,
}

/// The declared versions.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Distributions by normalised name.
    pub distributions: BTreeMap<String, Distribution>,
    /// Django's version: pinned, locked, or the lowest that is accepted.
    pub django: Option<Vec<u32>>,
    /// Python's version, as (major, minor): an exact one where a file names it.
    pub python: Option<(u8, u8)>,
    /// The Python that production runs, where a file says so: the image's base, `.python-version`,
    /// `runtime.txt`.
    pub python_runs: Option<((u8, u8), Span)>,
    /// Whether a lock names everything that is installed.
    pub locked: bool,
    /// Lines that could not be read.
    pub problems: Vec<Problem>,
}

impl Versions {
    /// Gathers what lock, requirements and project files near the system declare for production.
    pub fn gather(tree: &dyn Tree, inventory: &Inventory, system: &System) -> Self {
        let mut versions = Self::default();
        let mut python_bound = None;
        versions.gather_from(tree, inventory, system, &mut python_bound, true);
        // Requirements of an image lie beside it, in a folder of their own.
        if !versions.distributions.contains_key("django") {
            versions.gather_from(tree, inventory, system, &mut python_bound, false);
        }
        // What the image is built on runs, whatever else is declared.
        // Of several, one that is named after production, and none that is for testing, comes first.
        let mut files: Vec<&RepoPath> =
            inventory.main(Role::Dockerfile).map(|file| &file.path).collect();
        files.sort_by_key(|path| {
            let lower = path.as_str().to_ascii_lowercase();
            let tests =
                words(&lower).any(|word| matches!(word, "test" | "tests" | "e2e" | "ci" | "dev"));
            (tests, !lower.contains("prod"), path.depth())
        });
        let mut images =
            files.into_iter().filter_map(|path| crate::image::python(&tree.read(path).ok()?));
        if let Some(found) = images.next() {
            versions.python = Some(found.0);
            versions.python_runs = Some(found);
        }
        versions.python = versions.python.or(python_bound);
        versions.django = versions.distributions.get("django").and_then(|django| {
            let version = django.exact.as_ref().or(django.lowest.as_ref())?;
            Some(version.release().iter().filter_map(|part| u32::try_from(*part).ok()).collect())
        });
        versions
    }

    /// Takes in the files near the system, or all the others.
    fn gather_from(
        &mut self,
        tree: &dyn Tree,
        inventory: &Inventory,
        system: &System,
        python_bound: &mut Option<(u8, u8)>,
        near: bool,
    ) {
        // A lock says what is installed; a requirement only what was asked for.
        for role in [Role::Lock, Role::Requirements, Role::ProjectFile, Role::PythonVersion] {
            let mut files: Vec<RepoPath> = inventory
                .with(role)
                .filter(|file| {
                    file.standing.is_main()
                        && is_near(&file.path, system) == near
                        && is_for_production(&file.path)
                })
                .map(|file| file.path.clone())
                .collect();
            // The nearest file decides where two declare the same.
            files.sort_by_key(|path| (distance(path, system), path.clone()));
            for path in files {
                let read = match role {
                    Role::Requirements => pip::read_tree(tree, &path),
                    _ => match tree.read(&path) {
                        Ok(source) => requirements::read(&source),
                        Err(_) => continue,
                    },
                };
                // Far from the system, only what declares Django is likely to be its own.
                let declares = read.declared.iter().any(|declared| declared.name == "django")
                    || read.locked.iter().any(|locked| locked.name == "django");
                if near || declares {
                    let compiled = role == Role::Requirements && is_compiled(tree, &path);
                    self.take_in(read, role, compiled, python_bound);
                }
            }
        }
    }

    /// What the evaluator needs to know of them.
    pub fn installed(&self) -> Installed {
        let django = self.django.as_deref().and_then(|version| match version {
            [major, minor, ..] => Some((*major, *minor)),
            [major] => Some((*major, 0)),
            [] => None,
        });
        let distributions = self
            .distributions
            .iter()
            .map(|(name, declared)| {
                (name.clone(), declared.exact.as_ref().map(ToString::to_string))
            })
            .collect();
        Installed {
            python: self.python,
            django,
            django_until: django.and_then(|oldest| self.django_until(oldest)),
            distributions,
            complete: self.locked,
            entry_points: None,
        }
    }

    /// The newest series of Django that the project accepts, where it does not pin one and accepts
    /// more than the oldest.
    fn django_until(&self, oldest: (u32, u32)) -> Option<(u32, u32)> {
        let django = self.distributions.get("django").filter(|django| django.exact.is_none())?;
        let newest = plimsoll_python::newest_series()?;
        let accepts = |series: &(u32, u32)| match &django.accepts {
            // Some patch release of it.
            Some(accepted) => (0..60).any(|patch| {
                let version = Version::parse(&format!("{}.{}.{patch}", series.0, series.1));
                version.is_some_and(|version| accepted.contains(&version))
            }),
            None => true,
        };
        let runs = self.python_runs.as_ref().map(|(python, _)| *python);
        let fits = |series: &(u32, u32)| runs.is_none_or(|python| python >= needed(*series));
        let series = plimsoll_python::series_between(oldest, newest);
        series.into_iter().rfind(|series| accepts(series) && fits(series)).filter(|it| *it > oldest)
    }

    fn take_in(
        &mut self,
        read: Requirements,
        role: Role,
        compiled: bool,
        python_bound: &mut Option<(u8, u8)>,
    ) {
        self.locked |= role == Role::Lock && !read.locked.is_empty();
        for locked in read.locked {
            let distribution = Distribution {
                exact: locked.version,
                lowest: None,
                accepts: None,
                direct: false,
                at: locked.span,
            };
            self.distributions.entry(locked.name).or_insert(distribution);
        }
        for declared in read.declared {
            let group = declared.group.as_deref().unwrap_or("");
            if declared.constraint || words(group).any(is_development_word) {
                continue;
            }
            let lowest = declared
                .specifiers
                .as_ref()
                .and_then(|specifiers| specifiers.lower_bound().cloned());
            let direct = !compiled;
            let distribution = Distribution {
                exact: declared.pinned,
                lowest,
                accepts: declared.specifiers,
                direct,
                at: declared.span,
            };
            let known =
                self.distributions.entry(declared.name).or_insert_with(|| distribution.clone());
            let direct = known.direct || direct;
            if known.exact.is_none() && distribution.exact.is_some() {
                *known = distribution;
            }
            known.direct = direct;
        }
        for python in read.python {
            let minor = |version: &Version| {
                Some((u8::try_from(version.part(0)).ok()?, u8::try_from(version.part(1)).ok()?))
            };
            let exact = Version::parse(python.text.trim().trim_start_matches("python-"))
                .and_then(|v| minor(&v));
            let pinned = python.specifiers.as_ref().and_then(|s| s.pinned()).and_then(minor);
            let lowest = python.specifiers.as_ref().and_then(|s| s.lower_bound()).and_then(minor);
            if role == Role::PythonVersion && self.python_runs.is_none() {
                self.python_runs = exact.or(pinned).map(|version| (version, python.span.clone()));
            }
            self.python = self.python.or(pinned).or(exact.filter(|_| role == Role::PythonVersion));
            *python_bound = python_bound.or(lowest);
        }
        self.problems.extend(read.problems);
    }
}

/// The oldest Python that a series of Django runs on, by its release notes.
fn needed(django: (u32, u32)) -> (u8, u8) {
    match django {
        (6.., _) => (3, 12),
        (5, _) => (3, 10),
        (4, _) => (3, 8),
        (3, _) => (3, 6),
        _ => (3, 5),
    }
}

/// Whether a requirements file is written by a tool from another one, so that it names what other
/// packages bring along too.
fn is_compiled(tree: &dyn Tree, path: &RepoPath) -> bool {
    let head = tree.read(path).ok();
    head.is_some_and(|source| {
        let comments = source.text().lines().take(12).filter(|line| line.starts_with('#'));
        comments.into_iter().any(|line| {
            line.contains("autogenerated by")
                || line.contains("generated by")
                || line.contains("pip-compile")
        })
    })
}

/// Whether a file can declare for a system: beside or below its folder, or above it.
fn is_near(path: &RepoPath, system: &System) -> bool {
    path.parent().is_some_and(|folder| {
        folder.is_within(&system.root)
            || system.root.is_within(&folder)
            || system.root.is_within(&folder.parent().unwrap_or_else(RepoPath::root))
                && folder.depth() <= 2
    })
}

fn distance(path: &RepoPath, system: &System) -> usize {
    path.depth().abs_diff(system.root.depth() + 1)
}

/// Whether a file declares for production and not only for developing and testing.
fn is_for_production(path: &RepoPath) -> bool {
    !words(&path.file_name().to_ascii_lowercase()).any(is_development_word)
}

fn is_development_word(word: &str) -> bool {
    matches!(
        word,
        "dev"
            | "devel"
            | "development"
            | "local"
            | "test"
            | "tests"
            | "testing"
            | "ci"
            | "docs"
            | "doc"
            | "lint"
            | "typing"
            | "debug"
    )
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{MemoryTree, RepoPath};

    use super::Versions;
    use crate::Standing;
    use crate::inventory::Inventory;
    use crate::systems::System;

    fn versions(files: &[(&str, &str)]) -> Versions {
        let tree = MemoryTree::new(files.iter().copied());
        let system = System {
            root: RepoPath::root(),
            manage: None,
            standing: Standing::Main,
            python_files: 0,
            search: Vec::new(),
        };
        Versions::gather(&tree, &Inventory::of(&tree), &system)
    }

    #[test]
    fn a_lock_wins_over_what_was_asked_for() {
        let read = versions(&[
            (
                "pyproject.toml",
                "[project]\nname='x'\nversion='1'\nrequires-python = '>=3.11'\ndependencies = ['Django>=4.2']\n",
            ),
            ("uv.lock", "version = 1\n[[package]]\nname = \"django\"\nversion = \"5.2.4\"\n"),
        ]);
        assert_eq!(read.django, Some(vec![5, 2, 4]));
        assert_eq!(read.python, Some((3, 11)));
        assert!(read.locked);
    }

    #[test]
    fn development_requirements_are_not_production() {
        let read = versions(&[
            ("requirements.txt", "Django==5.2.1\n"),
            ("requirements-dev.txt", "pytest==8\n"),
        ]);
        assert_eq!(read.django, Some(vec![5, 2, 1]));
        assert!(!read.distributions.contains_key("pytest"));
        assert!(!read.locked);
    }

    #[test]
    fn what_others_bring_along_is_not_asked_for() {
        let read = versions(&[
            ("requirements.in", "Django>=5.2\n"),
            (
                "requirements.txt",
                "#\n# This file is autogenerated by pip-compile\n#\ndjango==5.2.1\nsqlparse==0.5\n",
            ),
        ]);
        let direct = |name: &str| read.distributions.get(name).map(|known| known.direct);
        assert_eq!((direct("django"), direct("sqlparse")), (Some(true), Some(false)));
        assert_eq!(read.django, Some(vec![5, 2, 1]));
    }
}
