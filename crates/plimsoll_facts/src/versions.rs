//! Which versions of Python, Django and other packages the project declares.

use std::collections::BTreeMap;

use plimsoll_python::Installed;
use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::systems::System;

/// A distribution that the project declares or locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The exact version, where one is pinned or locked.
    pub exact: Option<String>,
    /// The lowest version that the specifier allows, where it says.
    pub lowest: Option<String>,
    /// Where.
    pub at: Span,
}

/// The declared versions.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Distributions by normalised name.
    pub distributions: BTreeMap<String, Declared>,
    /// Django's version: pinned, locked, or the lowest that is allowed.
    pub django: Option<Vec<u32>>,
    /// Python's version, as (major, minor).
    pub python: Option<(u8, u8)>,
    /// Whether a lock file names everything that is installed.
    pub locked: bool,
}

impl Versions {
    /// Gathers what requirements, lock and project files near the system declare.
    pub fn gather(tree: &dyn Tree, inventory: &Inventory, system: &System) -> Self {
        let mut versions = Self::default();
        // A lock says what is installed; a requirement only what was asked for.
        for role in [Role::Lock, Role::Requirements, Role::ProjectFile] {
            for file in
                inventory.with(role).filter(|file| file.standing <= crate::Standing::Development)
            {
                let beside = file.path.parent().is_some_and(|folder| {
                    system.root.is_within(&folder)
                        || folder.is_within(&system.root)
                        || folder.depth() <= 1
                });
                if let (true, Ok(source)) = (beside, tree.read(&file.path)) {
                    versions.read(&source, role);
                }
            }
        }
        for file in inventory.main(Role::PythonVersion) {
            if let Ok(source) = tree.read(&file.path) {
                versions.python = versions.python.or_else(|| python_version(source.text()));
            }
        }
        let django = versions.distributions.get("django");
        versions.django = django
            .and_then(|declared| declared.exact.as_deref().or(declared.lowest.as_deref()))
            .map(numbers);
        versions
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
            .map(|(name, declared)| (name.clone(), declared.exact.clone()))
            .collect();
        Installed { python: self.python, django, distributions, complete: self.locked }
    }

    fn read(&mut self, source: &SourceText, role: Role) {
        match role {
            Role::Lock => {
                self.locked |= self.read_lock(source);
            }
            _ => self.read_requirements(source),
        }
    }

    /// `name = "…"` followed by `version = "…"`, as poetry, uv and pdm write their locks.
    fn read_lock(&mut self, source: &SourceText) -> bool {
        let mut name: Option<String> = None;
        let mut any = false;
        for (index, line) in source.text().lines().enumerate() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "name" => name = Some(normalise(value)),
                "version" => {
                    if let Some(name) = name.take() {
                        any = true;
                        let at = source.line_span(u32::try_from(index + 1).unwrap_or(u32::MAX));
                        let exact = Some(value.to_owned());
                        self.distributions.entry(name).or_insert(Declared {
                            exact,
                            lowest: None,
                            at,
                        });
                    }
                }
                _ => {}
            }
        }
        any
    }

    /// Requirement lines, bare or quoted in a list of a project file.
    fn read_requirements(&mut self, source: &SourceText) {
        for (index, line) in source.text().lines().enumerate() {
            let line = line
                .split(" #")
                .next()
                .unwrap_or(line)
                .trim()
                .trim_end_matches(',')
                .trim_matches(['"', '\'']);
            let Some((name, specifier)) = requirement(line) else { continue };
            let exact = specifier
                .split(',')
                .find_map(|part| part.trim().strip_prefix("=="))
                .map(|version| version.trim_start_matches('=').trim().to_owned())
                .filter(|version| !version.contains('*'));
            let lowest = specifier.split(',').find_map(|part| {
                let part = part.trim();
                let version = part
                    .strip_prefix(">=")
                    .or_else(|| part.strip_prefix("~="))
                    .or_else(|| part.strip_prefix("=="))
                    .or_else(|| part.strip_prefix('^'))?;
                Some(version.trim().trim_end_matches(".*").to_owned())
            });
            let at = source.line_span(u32::try_from(index + 1).unwrap_or(u32::MAX));
            self.distributions.entry(normalise(name)).or_insert(Declared { exact, lowest, at });
        }
    }
}

/// A line such as `Django[argon2]>=4.2,<5 ; python_version > "3.8"`: its name and specifier.
fn requirement(line: &str) -> Option<(&str, &str)> {
    if !line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))?;
    let (name, rest) = line.split_at_checked(end)?;
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    let rest = rest.split(';').next().unwrap_or(rest).trim();
    let rest = rest.strip_prefix("= ").map_or(rest, |poetry| poetry.trim().trim_matches('"'));
    rest.starts_with(['=', '>', '<', '~', '!', '^']).then_some((name, rest))
}

/// The normal form of a distribution's name (PEP 503).
fn normalise(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

fn python_version(text: &str) -> Option<(u8, u8)> {
    let text = text.trim().trim_start_matches("python-").trim_start_matches("python");
    let mut parts = text.split('.');
    Some((parts.next()?.trim().parse().ok()?, parts.next()?.trim().parse().ok()?))
}
