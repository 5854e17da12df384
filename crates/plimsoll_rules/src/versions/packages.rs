//! Packages that are abandoned or have series past their end of life: `data/packages.txt`.

use std::sync::OnceLock;

use plimsoll_formats::requirements::Version;

/// What is known of a package.
pub(super) struct Package {
    /// Its normalised name.
    pub(super) name: &'static str,
    /// The first version that is still looked after; `None` where none is.
    pub(super) since: Option<Version>,
    /// What happened to it.
    pub(super) state: &'static str,
    /// What to use.
    pub(super) instead: &'static str,
    /// Where its makers say so.
    pub(super) source: &'static str,
}

/// The table, and the day it was made.
pub(super) struct Table {
    pub(super) as_of: &'static str,
    pub(super) packages: Vec<Package>,
}

/// The bundled table.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("../../data/packages.txt")))
}

/// Lines of five columns apart by `|`; `as-of:` names the day.
fn read(text: &'static str) -> Table {
    let mut table = Table { as_of: "", packages: Vec::new() };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(day) = line.strip_prefix("as-of:") {
            table.as_of = day.trim();
            continue;
        }
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [name, since, state, instead, source] = columns.as_slice() {
            table.packages.push(Package {
                name,
                since: Version::parse(since),
                state,
                instead,
                source,
            });
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use plimsoll_formats::requirements::normalise;

    use super::table;

    #[test]
    fn every_line_of_the_table_is_whole() {
        let table = table();
        let lines = include_str!("../../data/packages.txt")
            .lines()
            .filter(|line| line.contains('|') && !line.starts_with('#'))
            .count();
        assert_eq!(table.packages.len(), lines);
        assert!(table.as_of.len() == 10);
        for package in &table.packages {
            assert_eq!(package.name, normalise(package.name));
            assert!(package.source.starts_with("https://"), "{}", package.name);
            assert!(!package.state.is_empty() && !package.instead.is_empty(), "{}", package.name);
        }
    }
}
