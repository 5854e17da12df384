//! `database-file-tracked`: a database file is in the repository.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Facts, StrayKind};
use plimsoll_source::RepoPath;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-file-tracked",
    control: "SEC-01",
    title: "a database file is in the repository",
    what: "SQLite files and the like that git tracks, outside of tests and examples. One that is not by the name of the project's database is a warning: it may hold reference data.",
    why: "It holds whatever the developers had in it: user names, password hashes, copies of real records; and a production that starts with it shows the same.",
    bad: "```python settings.py
DEBUG = False
```
```text db.sqlite3
x
```",
    good: "```python settings.py
DEBUG = False
```
```text fixtures/db.json
[]
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    super::strays(look, StrayKind::Database, told, "no database file is tracked");
}

/// A file by the name of the project's database holds its users; another one may be an index or a
/// table of reference data.
fn told(facts: &Facts, path: &RepoPath) -> super::Told {
    let name = path.file_name().to_ascii_lowercase();
    let of_project = facts.ignores.databases.iter().any(|database| database.path == *path)
        || matches!(
            name.as_str(),
            "db.sqlite3" | "db.sqlite" | "database.sqlite3" | "database.sqlite" | "database.db"
        );
    if of_project {
        return super::told(
            Severity::Error,
            "a database file is in the repository",
            "its rows, password hashes among them, are known to everybody with a copy",
            "take it out of git and put *.sqlite3 into .gitignore",
        );
    }
    super::told(
        Severity::Warning,
        "a database file is in the repository; whether it is the project's own is not known",
        "whatever rows it holds are known to everybody with a copy, and each change of it stays in the history",
        "look at what it holds; where rows of users are among it, take it out of git and of its history",
    )
}
