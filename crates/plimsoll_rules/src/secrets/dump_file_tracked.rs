//! `dump-file-tracked`: a dump of data is in the repository.

use plimsoll_catalog::Severity;
use plimsoll_facts::StrayKind;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dump-file-tracked",
    control: "SEC-01",
    title: "a dump of data is in the repository",
    what: "Compressed SQL, custom-format dumps and Redis snapshots that git tracks.",
    why: "A dump is the whole production database in one file, in every copy of the repository.",
    bad: "```python settings.py
DEBUG = False
```
```text backup/rota.sql.gz
x
```",
    good: "```python settings.py
DEBUG = False
```
```text backup/README.md
where the dumps are
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    super::strays(
        look,
        StrayKind::Dump,
        |_, _| {
            super::told(
                Severity::Error,
                "a dump of data is in the repository",
                "the data it holds is known to everybody with a copy",
                "take it out of git and of its history, and treat what it held as disclosed",
            )
        },
        "no dump is tracked",
    );
}
