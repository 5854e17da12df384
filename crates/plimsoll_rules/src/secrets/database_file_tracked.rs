//! `database-file-tracked`: a database file is in the repository.

use plimsoll_facts::StrayKind;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-file-tracked",
    control: "SEC-01",
    title: "a database file is in the repository",
    what: "SQLite files and the like that git tracks, outside of tests and examples.",
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
    super::strays(
        look,
        StrayKind::Database,
        "a database file is in the repository",
        "its rows, password hashes among them, are known to everybody with a copy",
        "take it out of git and put *.sqlite3 into .gitignore",
        "no database file is tracked",
    );
}
