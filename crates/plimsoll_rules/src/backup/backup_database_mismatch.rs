//! `backup-database-mismatch`: the backup dumps another database than the application uses.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::Value;

use super::{Dumped, dumps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-database-mismatch",
    control: "BAK-01",
    title: "the backup dumps another database than the application uses",
    what: "The name of the database in dump commands (pg_dump, mysqldump) of scripts, crontabs and containers, where it is a literal or a variable that the script sets to one, against NAME of every entry of DATABASES. Names that come from the environment on either side are not compared; SQLite paths are left alone; documents are left alone, as their names are examples.",
    why: "If both databases exist, every night a dump of the wrong one is made and everything looks green.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'osce_production'}}
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc osce_db > /srv/backups/osce-$(date +%F).dump
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'osce_production'}}
```
```sh deploy/backup.sh
set -euo pipefail
pg_dump -Fc osce_production > /srv/backups/osce-$(date +%F).dump
```",
    sources: &["https://www.postgresql.org/docs/current/app-pgdump.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(databases) = facts.certain("DATABASES") else {
        if let Some(dump) = dumps(facts, false).first() {
            look.undetermined(
                "the name of the production database is not known here",
                "check with production's environment (--env-file FILE)",
                Some(dump.command.span.clone()),
            );
        }
        return;
    };
    let Value::Dict(entries) = databases else { return };
    let names: Vec<&str> =
        entries.iter().filter_map(|(_, entry)| entry.get("NAME")?.text()).collect();
    let sqlite = entries.iter().any(|(_, entry)| {
        entry.get("ENGINE").and_then(Value::text).is_some_and(|engine| engine.contains("lite"))
    });
    let whole = names.len() == entries.len() && !names.iter().any(|name| name.is_empty());
    for dump in dumps(facts, false) {
        let at = dump.command.span.clone();
        match dump.database() {
            Dumped::All => look.evidence("the backup dumps every database of the server", Some(at)),
            Dumped::Named(name) if names.contains(&name.as_str()) => {
                look.evidence(
                    format!("the backup dumps '{name}', which the settings use"),
                    Some(at),
                );
            }
            Dumped::Named(name) if whole && !sqlite && dump.reached.program != "sqlite3" => {
                look.finding(
                    at,
                    Fault {
                        severity: Severity::Error,
                        message: format!(
                            "the backup dumps the database '{name}', and the settings use '{}'",
                            names.join("' and '")
                        ),
                        consequence: "the data of the application is in no backup".to_owned(),
                        fix: "take the name from the configuration that the application loads"
                            .to_owned(),
                    },
                );
                if let Some(place) = facts.place_of("DATABASES") {
                    let message = "the settings name the database here".to_owned();
                    look.relate(Related { at: place, message });
                }
            }
            Dumped::Named(_) | Dumped::Unknown => look.undetermined(
                "which database the backup dumps depends on its environment",
                "compare the environment of the backup job with the application's",
                Some(at),
            ),
        }
    }
}
