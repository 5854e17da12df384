//! `dumpdata-as-backup`: dumpdata is used as the backup.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dumpdata-as-backup",
    control: "DATA-01",
    title: "dumpdata is used as the backup",
    what: "`manage.py dumpdata` redirected to a file in a script whose name or place says backup or deploy.",
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
    for script in &facts.scripts {
        let name = script.path.as_str().to_ascii_lowercase();
        if !["backup", "deploy", "dump", "release", "migrate"]
            .iter()
            .any(|word| name.contains(word))
        {
            continue;
        }
        for command in
            script.script.commands.iter().filter(|command| command.has_argument("dumpdata"))
        {
            any = true;
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "dumpdata is used as the backup".to_owned(),
                    consequence: "fields that the application encrypts are written in clear, and the file may not load again".to_owned(),
                    fix: "dump with the database's own tool (pg_dump -Fc) and encrypt the file".to_owned(),
                },
            );
        }
    }
    if !any {
        look.evidence("no script uses dumpdata as the backup", None);
    }
}
