//! The settings atlas: which settings the common Django packages read, by version.
//!
//! The table is `data/settings_atlas.txt`, written by `cargo xtask atlas` from the packages' releases
//! on PyPI; `tools/settings_atlas.py` says how a name is told to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use memchr::memmem;
use plimsoll_formats::requirements::Version;

/// The whole table.
#[derive(Debug)]
pub struct Atlas {
    /// The day it was made, as `2026-11-21`.
    pub date: &'static str,
    packages: BTreeMap<String, Entry>,
}

/// A package's part of the table, read when it is first asked for: most projects ask for a few.
#[derive(Debug)]
struct Entry {
    text: &'static str,
    package: OnceLock<Package>,
}

/// What the versions of one package read.
#[derive(Debug)]
pub struct Package {
    /// The name of the distribution as its project writes it.
    pub name: &'static str,
    /// The last release of each minor series, oldest first.
    versions: Vec<&'static str>,
    rows: Vec<Row>,
}

/// Names that the same versions have.
#[derive(Debug)]
struct Row {
    kind: Kind,
    /// First and last position among the versions.
    spans: Vec<(usize, usize)>,
    names: Vec<&'static str>,
}

/// In which way a package has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    Mention,
    Prefix,
    Old,
    Module,
    /// A key of the table that this setting holds.
    Key(&'static str),
}

/// Whether a version of a package reads a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// It does.
    Yes,
    /// The name occurs in it, or it joins names of settings from parts.
    Perhaps,
    /// It does not.
    No,
}

/// The atlas.
pub fn atlas() -> &'static Atlas {
    static ATLAS: OnceLock<Atlas> = OnceLock::new();
    ATLAS.get_or_init(|| Atlas::parse(include_str!("../data/settings_atlas.txt")))
}

impl Atlas {
    fn parse(text: &'static str) -> Self {
        const START: &str = "package ";
        let (head, _) = text.split_once('\n').unwrap_or_default();
        let date = head.strip_prefix("# ").unwrap_or_default();
        let mut starts = memmem::find_iter(text.as_bytes(), "\npackage ").map(|at| at + 1);
        let mut packages = BTreeMap::new();
        let mut start = starts.next();
        while let Some(at) = start {
            start = starts.next();
            let text = text.get(at + START.len()..start.unwrap_or(text.len())).unwrap_or_default();
            let name = text.split([' ', '\n']).next().unwrap_or_default();
            packages.insert(normalised(name), Entry { text, package: OnceLock::new() });
        }
        Self { date, packages }
    }

    /// A package by its normalised name (PEP 503): `django-axes`.
    pub fn package(&self, normalised: &str) -> Option<&Package> {
        self.packages.get(normalised).map(Entry::package)
    }

    /// Whether the table has a package by its normalised name.
    pub fn has(&self, normalised: &str) -> bool {
        self.packages.contains_key(normalised)
    }

    /// Every package.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().map(Entry::package)
    }
}

impl Entry {
    fn package(&self) -> &Package {
        self.package.get_or_init(|| Package::parse(self.text))
    }
}

impl Package {
    /// Reads a part of the table: a line with the name and the versions, then the rows.
    fn parse(text: &'static str) -> Self {
        let mut lines = text.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let name = words.next().unwrap_or_default();
        let versions: Vec<&str> = words.collect();
        let rows = lines.filter_map(|line| row(line, versions.len())).collect();
        Self { name, versions, rows }
    }

    /// The name, normalised (PEP 503).
    pub fn normalised(&self) -> String {
        normalised(self.name)
    }

    /// The series that a version belongs to; `None` where it is older or newer than the table.
    pub fn series(&self, version: &Version) -> Option<Series<'_>> {
        let minor = |version: &Version| {
            let release = version.release();
            (release.first().copied().unwrap_or(0), release.get(1).copied().unwrap_or(0))
        };
        let wanted = minor(version);
        let position = self
            .versions
            .iter()
            .position(|known| Version::parse(known).is_some_and(|known| minor(&known) == wanted))?;
        Some(Series { package: self, position })
    }

    /// The newest series.
    pub fn newest(&self) -> Option<Series<'_>> {
        let position = self.versions.len().checked_sub(1)?;
        Some(Series { package: self, position })
    }

    /// The versions that read this setting: the first and the last series of each span.
    pub fn read_in(&self, name: &str) -> Vec<(&'static str, &'static str)> {
        let rows = self.rows.iter().filter(|row| row.kind == Kind::Read && row.has(name));
        rows.flat_map(|row| &row.spans)
            .filter_map(|(first, last)| {
                Some((*self.versions.get(*first)?, *self.versions.get(*last)?))
            })
            .collect()
    }

    /// The modules that any version installs at the top.
    pub fn modules(&self) -> BTreeSet<&'static str> {
        let rows = self.rows.iter().filter(|row| row.kind == Kind::Module);
        rows.flat_map(|row| row.names.iter().copied()).collect()
    }

    /// Whether any version has this name in any way.
    pub fn has(&self, name: &str) -> bool {
        self.rows.iter().any(|row| match row.kind {
            Kind::Prefix => row.names.iter().any(|prefix| name.starts_with(prefix)),
            Kind::Module => false,
            Kind::Read | Kind::Mention | Kind::Old | Kind::Key(_) => row.has(name),
        })
    }

    /// The settings of any version that begin with this word and an underscore.
    pub fn read_with_word(&self, word: &str) -> BTreeSet<&'static str> {
        let rows = self.rows.iter().filter(|row| row.kind == Kind::Read);
        rows.flat_map(|row| row.names.iter().copied())
            .filter(|name| name.strip_prefix(word).is_some_and(|rest| rest.starts_with('_')))
            .collect()
    }
}

/// One minor series of a package.
#[derive(Clone, Copy, Debug)]
pub struct Series<'p> {
    /// The package.
    pub package: &'p Package,
    position: usize,
}

impl Series<'_> {
    /// Its last release.
    pub fn version(&self) -> &'static str {
        self.package.versions.get(self.position).copied().unwrap_or_default()
    }

    /// Whether it reads this setting.
    pub fn reads(&self, name: &str) -> Reads {
        let mut answer = Reads::No;
        for row in self.rows() {
            match row.kind {
                Kind::Read | Kind::Old if row.has(name) => return Reads::Yes,
                Kind::Prefix if row.names.iter().any(|prefix| name.starts_with(prefix)) => {
                    answer = Reads::Perhaps;
                }
                Kind::Mention | Kind::Key(_) if row.has(name) => answer = Reads::Perhaps,
                _ => {}
            }
        }
        answer
    }

    /// Every setting that it reads.
    pub fn settings(&self) -> impl Iterator<Item = &'static str> {
        self.rows().filter(|row| row.kind == Kind::Read).flat_map(|row| row.names.iter().copied())
    }

    /// The keys that it reads in the table of this setting; empty where that is not known.
    pub fn keys(&self, setting: &str) -> BTreeSet<&'static str> {
        self.rows()
            .filter(|row| matches!(row.kind, Kind::Key(table) if table == setting))
            .flat_map(|row| row.names.iter().copied())
            .collect()
    }

    /// The settings whose tables it knows the keys of.
    pub fn tables(&self) -> BTreeSet<&'static str> {
        let setting = |row: &Row| match row.kind {
            Kind::Key(setting) => Some(setting),
            _ => None,
        };
        self.rows().filter_map(setting).collect()
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.package.rows.iter().filter(|row| {
            row.spans.iter().any(|(first, last)| (first..=last).contains(&&self.position))
        })
    }
}

impl Row {
    /// Names are sorted.
    fn has(&self, name: &str) -> bool {
        self.names.binary_search(&name).is_ok()
    }
}

fn row(line: &'static str, count: usize) -> Option<Row> {
    let mut words = line.split(' ');
    let kind = match words.next()? {
        "read" => Kind::Read,
        "mention" => Kind::Mention,
        "prefix" => Kind::Prefix,
        "old" => Kind::Old,
        "module" => Kind::Module,
        other => Kind::Key(other.strip_prefix("key:")?),
    };
    let spans = words.next()?.split(',').filter_map(|span| {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        let last = if last.is_empty() { count.checked_sub(1)? } else { last.parse().ok()? };
        Some((first.parse().ok()?, last))
    });
    let spans = spans.collect();
    Some(Row { kind, spans, names: words.collect() })
}

/// PEP 503.
fn normalised(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use plimsoll_formats::requirements::Version;

    use super::{Reads, atlas};

    fn reads(package: &str, version: &str, name: &str) -> Reads {
        let version = Version::parse(version).unwrap();
        atlas().package(package).unwrap().series(&version).unwrap().reads(name)
    }

    #[test]
    fn a_setting_is_read_by_the_versions_that_have_it() {
        // Each as the package's change log says.
        assert_eq!(reads("django-axes", "6.5.2", "AXES_LOCKOUT_PARAMETERS"), Reads::Yes);
        assert_eq!(reads("django-axes", "5.41.0", "AXES_LOCKOUT_PARAMETERS"), Reads::No);
        assert_eq!(reads("django-cors-headers", "4.3.0", "CORS_ORIGIN_WHITELIST"), Reads::Yes);
        assert_eq!(reads("django-csp", "3.8", "CSP_DEFAULT_SRC"), Reads::Yes);
        assert_eq!(reads("celery", "3.1.26", "CELERYBEAT_SCHEDULE"), Reads::Yes);
        assert_eq!(reads("whitenoise", "6.6.0", "WHITENOISE_MANIFEST_STRICT"), Reads::Yes);
    }

    #[test]
    fn names_that_a_package_joins_may_be_read() {
        assert_eq!(reads("django-allauth", "65.6.0", "ACCOUNT_ANYTHING"), Reads::Perhaps);
    }

    #[test]
    fn tables_have_keys() {
        let version = Version::parse("3.15.2").unwrap();
        let series = atlas().package("djangorestframework").unwrap().series(&version).unwrap();
        let keys = series.keys("REST_FRAMEWORK");
        assert!(keys.contains("DEFAULT_THROTTLE_RATES"), "{keys:?}");
        assert!(!keys.contains("DEFAULT_THROTTLE_RATE"));
    }

    #[test]
    fn versions_outside_of_the_table_are_in_no_series() {
        let package = atlas().package("django-axes").unwrap();
        assert!(package.series(&Version::parse("999.1").unwrap()).is_none());
    }
}
