//! `dump-shipped`: a pipeline or image carries a dump of the data along.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Routine, RoutinePlace};

use super::dumps_of;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dump-shipped",
    control: "BAK-05",
    title: "a pipeline or script carries a dump of the data along",
    what: "Scripts and steps of pipelines that write a dump and then commit it (`git add`, `git commit`), mail it, put it under the static or media folder, or into an image. Dumps that pipelines make of their own test database, whose name or job says test, are left alone.",
    why: "A dump in git, in the artefacts of a pipeline or below a folder that the proxy serves is a copy of every row with the lifetime and the readers of that place.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump shop > backup/shop.sql
git add backup/shop.sql
git commit -m backup
git push
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc shop > /srv/backups/shop.dump
```",
    sources: &["https://docs.github.com/en/code-security/secret-scanning"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut looked = 0;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        let Some(dump) = dumps_of(routine).next() else { continue };
        if routine.is_called(&["test", "fixture", "schema", "seed"]) {
            continue;
        }
        looked += 1;
        let output = dump
            .output()
            .map(|word| routine.resolve(&word).unwrap_or_else(|| word.text.clone()))
            .unwrap_or_default();
        let served = ["/static/", "/media/", "staticfiles/", "/public/", "/var/www/html"]
            .iter()
            .any(|part| output.contains(part));
        let way = if served {
            Some((dump.command.span.clone(), "is written where the proxy serves files"))
        } else {
            shipped(routine, dump.index, &output)
        };
        let Some((at, way)) = way else { continue };
        any = true;
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("the dump {way}"),
                consequence: "every reader of that place has every row of the database, for as long as it keeps files".to_owned(),
                fix: "send it encrypted to a store of its own, and take what is there already away".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if looked > 0 && !any {
        look.evidence(
            format!("{looked} places make a dump, and none puts it into git or a served folder"),
            None,
        );
    }
}

fn shipped(
    routine: &Routine,
    from: usize,
    output: &str,
) -> Option<(plimsoll_source::Span, &'static str)> {
    let name = output.rsplit('/').next().unwrap_or(output);
    for command in routine.commands().skip(from + 1) {
        let Some(reached) = plimsoll_facts::reach(command) else { continue };
        let names_it =
            || !name.is_empty() && reached.arguments.iter().any(|word| word.text.contains(name));
        let folder = output.rsplit_once('/').map_or("", |(folder, _)| folder);
        let in_folder = || {
            !folder.is_empty()
                && !folder.starts_with('/')
                && reached.arguments.iter().any(|word| word.text.trim_end_matches('/') == folder)
        };
        match reached.program {
            "git" if reached.has("add") && (names_it() || in_folder()) => {
                return Some((command.span.clone(), "is committed to git"));
            }
            "mail" | "mutt" | "mailx" | "sendmail" | "swaks" if names_it() => {
                return Some((command.span.clone(), "is sent by mail"));
            }
            _ => {}
        }
    }
    let uploads = routine.place == RoutinePlace::Pipeline && output.contains("artifact");
    uploads.then(|| (routine.at(), "is kept as an artefact of the pipeline"))
}
