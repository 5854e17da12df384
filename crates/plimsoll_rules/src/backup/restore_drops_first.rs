//! `restore-drops-first`: a restore drops the database before the backup was tried.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reached;

use super::restore_ignores_errors::restores;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "restore-drops-first",
    control: "DEP-08",
    title: "a restore drops the database before the backup was tried",
    what: "Scripts and code blocks of documents in which `dropdb`, `DROP DATABASE`, `DROP SCHEMA` or `pg_restore --clean` comes before or with the restore of a dump, where nothing before it dumps or renames the database that is there, and nothing lists or checks the dump. Restores into another name are good.",
    why: "If the dump turns out to be empty, cut off or of the wrong database, the data that was there is gone as well.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/restore.sh
set -e
dropdb shop
createdb shop
pg_restore -d shop /srv/backups/shop.dump
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/restore.sh
set -e
createdb shop_restored
pg_restore --exit-on-error -d shop_restored /srv/backups/shop.dump
```",
    sources: &["https://www.postgresql.org/docs/current/app-pgrestore.html"],
    check,
};

fn check(look: &mut Look) {
    let all = restores(look.facts);
    let mut any = false;
    let mut seen = Vec::new();
    for restore in &all {
        let before: Vec<_> = restore.routine.commands().take(restore.index + 1).collect();
        let reached = || before.iter().filter_map(|command| plimsoll_facts::reach(command));
        let safe = reached().any(|reached| {
            super::is_dump_program(reached)
                || (reached.program == "pg_restore" && reached.has_any(&["-l", "--list"]))
                || says(reached, "rename to")
                || (matches!(reached.program, "gzip" | "gunzip") && reached.has("-t"))
        });
        let dropping =
            before.iter().find(|command| plimsoll_facts::reach(command).is_some_and(drops));
        let Some(dropping) = dropping.filter(|_| !safe) else { continue };
        if seen.contains(&dropping.span) {
            continue;
        }
        seen.push(dropping.span.clone());
        any = true;
        let finding = look.finding(
            dropping.span.clone(),
            Fault {
                severity: Severity::Warning,
                message: "the database is dropped before the backup that replaces it was tried".to_owned(),
                consequence: "if the backup is broken or the wrong one, both the old data and the new are gone".to_owned(),
                fix: "restore into a new database first, look at it, then rename the two; keep the old one until the new one has proved itself".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any && !all.is_empty() {
        look.evidence("no restore drops the database before it has tried the backup", None);
    }
}

fn drops(reached: Reached<'_>) -> bool {
    match reached.program {
        "dropdb" => !reached.has_any(&["--help"]),
        "psql" | "mysql" | "mariadb" => {
            says(reached, "drop database") || says(reached, "drop schema")
        }
        "mysqladmin" => reached.has("drop"),
        "pg_restore" => {
            reached.has_any(&["--clean", "-c"]) && !reached.has_any(&["--single-transaction", "-1"])
        }
        "manage.py" | "django-admin" => {
            matches!(reached.managed(), Some("reset_db" | "flush" | "sqlflush"))
        }
        _ => false,
    }
}

fn says(reached: Reached<'_>, phrase: &str) -> bool {
    reached.arguments.iter().any(|word| word.text.to_ascii_lowercase().contains(phrase))
}
