//! `dumpdata-as-backup`: dumpdata is used as the backup.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reached;
use plimsoll_formats::shell::Command;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dumpdata-as-backup",
    control: "DATA-01",
    title: "dumpdata is used as the backup",
    what: "`manage.py dumpdata` that writes to a file, in scripts, recipes, pipelines and code blocks of documents whose name, place or heading says backup, deploy, release or rollback. Without a file, for single apps and models (fixtures), and in documents about developing it is left alone.",
    why: "dumpdata writes encrypted fields in clear, so that the backup undoes the encryption; it leaves out what is not a model’s, takes the rows at different moments, and often cannot be loaded again.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -e
python manage.py dumpdata > backup.json
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -e
pg_dump -Fc rota > backup.dump
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/django-admin/#dumpdata"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        if !routine.is_about(&["backup", "deploy", "dump", "release", "rollback", "upgrad"])
            || routine.is_called(&["fixture", "seed", "sample"])
        {
            continue;
        }
        for (command, reached) in routine.reached() {
            if reached.managed() != Some("dumpdata") || !is_whole(command, reached) {
                continue;
            }
            any = true;
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: if routine.is_document() {
                        "the document has people take dumpdata for a backup".to_owned()
                    } else {
                        "dumpdata is used as the backup".to_owned()
                    },
                    consequence: "fields that the application encrypts are written in clear, and the file may not load again".to_owned(),
                    fix: "dump with the database's own tool (pg_dump -Fc) and encrypt the file".to_owned(),
                },
            );
            if routine.is_document() {
                finding.confidence = Confidence::Medium;
            }
        }
    }
    if !any {
        look.evidence("no script uses dumpdata as the backup", None);
    }
}

/// Whether everything is written to a file: an app or model named after the command makes it a
/// fixture.
fn is_whole(command: &Command, reached: Reached<'_>) -> bool {
    let to_file = command.redirects.iter().any(|redirect| redirect.operator.contains('>'))
        || reached
            .arguments
            .iter()
            .any(|word| word.text.starts_with("-o") || word.text.starts_with("--output"))
        || command.pipeline.is_some_and(|place| place.index + 1 < place.length);
    let values =
        ["-e", "--exclude", "-o", "--output", "--format", "--indent", "--database", "--settings"];
    let mut skip = false;
    let named = reached.arguments.iter().filter(|word| {
        let is_value = std::mem::replace(&mut skip, values.contains(&word.text.as_str()));
        !is_value && !word.text.starts_with('-')
    });
    to_file && named.count() <= 1
}
