//! `restore-ignores-errors`: a restore goes on after errors.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Reached, Routine};
use plimsoll_formats::shell::{Command, Failure};

use super::speaks_of_backups;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "restore-ignores-errors",
    control: "BAK-06",
    title: "a restore goes on after errors",
    what: "`psql` that is fed a dump (`psql db < dump.sql`, `gunzip -c dump | psql`, `psql -f backup.sql`) without `ON_ERROR_STOP`, and `pg_restore` whose failure is swallowed (`|| true`), in scripts, recipes and code blocks of documents. `mysql` stops at the first error by itself, unless `--force` is given. Scripts that load SQL of the project’s own (schema, extensions, roles) are left alone, as are documents about developing.",
    why: "psql prints errors and exits with 0: into a database that still holds the old rows, tables with a key keep the bad data, tables without one have their rows doubled, and the operator believes it worked.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/rollback.md
## Rollback

    gunzip < /var/backups/rota/latest.sql.gz | psql -U rota_app rota_production
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/rollback.md
## Rollback

    createdb rota_restored
    gunzip < /var/backups/rota/latest.sql.gz | psql -X -v ON_ERROR_STOP=1 --single-transaction rota_restored
```",
    sources: &["https://www.postgresql.org/docs/current/app-psql.html"],
    check,
};

/// A command that brings a dump back.
pub(super) struct Restore<'f> {
    pub(super) routine: &'f Routine,
    pub(super) command: &'f Command,
    pub(super) reached: Reached<'f>,
    pub(super) index: usize,
}

/// The restores of the repository, those of documents included.
pub(super) fn restores(facts: &Facts) -> Vec<Restore<'_>> {
    let routines = facts.routines.iter().filter(|routine| {
        routine.is_main()
            && !routine.is_about(&["local"])
            && !routine.is_called(&[
                "test",
                "fixture",
                "seed",
                "dev",
                "local",
                "schema",
                "init",
                "benchmark",
                "review",
                "demo",
                "preview",
                "staging",
                "populate",
            ])
    });
    let mut found = Vec::new();
    for routine in routines {
        for (index, command) in routine.commands().enumerate() {
            let Some(reached) = plimsoll_facts::reach(command) else { continue };
            if brings_back(routine, command, reached) {
                found.push(Restore { routine, command, reached, index });
            }
        }
    }
    found
}

fn check(look: &mut Look) {
    for restore in restores(look.facts) {
        let Restore { routine, command, reached, .. } = restore;
        let at = command.span.clone();
        let swallowed = command.failure == Failure::Swallowed;
        let message = match reached.program {
            "psql" if !stops(&restore) => "psql restores a dump without ON_ERROR_STOP",
            "pg_restore" | "mysql" | "mariadb" if swallowed => {
                "a failure of the restore is swallowed"
            }
            "mysql" | "mariadb" if reached.has_any(&["--force", "-f"]) => {
                "mysql restores a dump with --force"
            }
            _ => {
                look.evidence(
                    format!("{} reports errors of the restore", reached.program),
                    Some(at),
                );
                continue;
            }
        };
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: message.to_owned(),
                consequence: "it prints errors, goes on and exits with 0: a half restored database counts as restored".to_owned(),
                fix: "restore into a new, empty database with psql -X -v ON_ERROR_STOP=1 --single-transaction (or pg_restore --exit-on-error), look at it, then switch the names".to_owned(),
            },
        );
        if routine.is_document() {
            finding.confidence = Confidence::Medium;
        }
    }
}

fn stops(restore: &Restore<'_>) -> bool {
    let words = restore.reached.arguments.iter().chain(&restore.command.words);
    let by_option =
        words.clone().any(|word| word.text.to_ascii_uppercase().contains("ON_ERROR_STOP"));
    // The options may stand in a variable.
    let open = restore.reached.arguments.iter().any(|word| {
        word.variables().any(|name| {
            let name = name.to_ascii_uppercase();
            name.contains("OPT") || name.contains("ARGS") || name.contains("FLAGS")
        })
    });
    let psqlrc = restore
        .routine
        .assignments()
        .any(|set| set.value.as_ref().is_some_and(|value| value.text.contains("ON_ERROR_STOP")));
    by_option || open || psqlrc
}

/// Whether a command loads a dump into a database.
fn brings_back(routine: &Routine, command: &Command, reached: Reached<'_>) -> bool {
    let about = || routine.is_called(&["restor", "rollback", "recover", "roll", "revert"]);
    match reached.program {
        "pg_restore" => {
            let own = reached.arguments.iter().any(|word| {
                ["fixture", "sample", "seed"].iter().any(|name| word.text.contains(name))
            });
            !own && !reached.has_any(&["-l", "--list", "--version", "--help"])
        }
        "psql" | "mysql" | "mariadb" => {
            if reached.has_any(&["-c", "--command", "-e", "--execute", "-l", "--list", "--version"])
            {
                return false;
            }
            let file = command
                .redirects
                .iter()
                .find(|redirect| redirect.operator == "<")
                .map(|redirect| redirect.target.clone())
                .or_else(|| {
                    reached.option(&["-f", "--file"]).cloned().filter(|_| reached.program == "psql")
                });
            if let Some(file) = file {
                let text = routine.resolve(&file).unwrap_or_else(|| file.text.clone());
                return is_dump_file(&text) || (about() && !is_own_sql(&text));
            }
            // A dump of a whole server cannot be loaded without errors about what is there already.
            let whole = reached
                .arguments
                .iter()
                .any(|word| matches!(word.text.as_str(), "postgres" | "template1"));
            !whole && feeds(routine, command, about())
        }
        _ => false,
    }
}

/// Whether a file's name says that it is a dump, and not SQL of the project.
fn is_dump_file(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    !is_own_sql(&lower)
        && (lower.contains("backup")
            || name.contains("dump")
            || name.ends_with(".bak")
            || name.contains("$backup")
            || name.contains("latest"))
}

fn is_own_sql(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [
        "init",
        "schema",
        "create",
        "setup",
        "extension",
        "role",
        "grant",
        "migrat",
        "fixture",
        "seed",
        "function",
        "view",
    ]
    .iter()
    .any(|word| lower.rsplit('/').next().unwrap_or("").contains(word))
}

/// Whether what stands before it in the pipeline unpacks or prints a dump.
fn feeds(routine: &Routine, command: &Command, about: bool) -> bool {
    let Some(place) = command.pipeline else { return false };
    if place.index == 0 {
        return false;
    }
    let scripts = std::iter::once(&routine.script).chain(&routine.inner);
    let mut before = scripts
        .filter(|script| script.commands.iter().any(|other| std::ptr::eq(other, command)))
        .flat_map(|script| &script.commands)
        .filter(|other| other.pipeline.is_some_and(|p| p.id == place.id && p.index < place.index));
    before.any(|other| {
        let Some(reached) = plimsoll_facts::reach(other) else { return false };
        let files = || {
            let redirected = other.redirects.iter().map(|redirect| redirect.target.text.as_str());
            reached
                .arguments
                .iter()
                .map(|word| word.text.as_str())
                .chain(redirected)
                .collect::<Vec<_>>()
        };
        match reached.program {
            "gunzip" | "zcat" | "gzcat" | "gzip" | "bzcat" | "bunzip2" | "xzcat" | "unxz"
            | "xz" | "zstd" | "zstdcat" | "unzstd" | "pigz" | "unpigz" | "lz4" | "lz4cat" => true,
            "gpg" | "age" | "openssl" => true,
            "cat" | "pv" => {
                files()
                    .iter()
                    .any(|file| is_dump_file(file) || speaks_of_backups(file) && !is_own_sql(file))
                    || (about && !files().iter().any(|file| is_own_sql(file)))
            }
            _ => false,
        }
    })
}
