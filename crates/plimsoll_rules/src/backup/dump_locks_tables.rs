//! `dump-locks-tables`: a dump of MySQL keeps the site from writing, or is not of one moment.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dump-locks-tables",
    control: "BAK-02",
    title: "a dump of MySQL locks the tables, or is not of one moment",
    what: "`mysqldump` and `mariadb-dump` in scripts, recipes, pipelines, crontabs and code blocks of documents without `--single-transaction`. Dumps of the schema alone (`--no-data`), of a replica (`--dump-replica`), with `--lock-all-tables`, or with options in a variable are left alone.",
    why: "Without the option mysqldump locks every table of the database against writing for as long as it runs: each night requests wait for minutes and end in timeouts. With --skip-lock-tables rows that belong together come from different moments, and a restore has orders without their lines.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop'}}
```
```sh deploy/backup.sh
#!/bin/bash
set -euo pipefail
mysqldump --defaults-file=/etc/shop/my.cnf shop > /srv/backups/shop.sql
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop'}}
```
```sh deploy/backup.sh
#!/bin/bash
set -euo pipefail
mysqldump --defaults-file=/etc/shop/my.cnf --single-transaction shop > /srv/backups/shop.sql
```",
    sources: &[
        "https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html#option_mysqldump_single-transaction",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (command, reached) in routine.reached() {
            if !matches!(reached.program, "mysqldump" | "mariadb-dump") {
                continue;
            }
            let fits = reached.has_any(&[
                "--single-transaction",
                "--single-transaction=1",
                "--lock-all-tables",
                "-x",
                "--no-data",
                "-d",
                "--dump-replica",
                "--dump-slave",
                "--help",
                "--version",
            ]);
            // Options in a variable may hold it.
            let open = reached.arguments.iter().any(|word| {
                word.text.starts_with("$")
                    && !word.quoted
                    && word.variables().any(|name| {
                        let name = name.to_ascii_uppercase();
                        ["OPT", "ARG", "FLAG", "PARAM"].iter().any(|part| name.contains(part))
                    })
            });
            if fits || open {
                continue;
            }
            any = true;
            let skips =
                reached.has_any(&["--skip-lock-tables", "--skip-opt", "--lock-tables=false"]);
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: if skips { "mysqldump runs here without a transaction and without locks".to_owned() } else { "mysqldump runs here without --single-transaction, so it locks the tables".to_owned() },
                    consequence: if skips { "rows that belong together can come from different moments, which a restore shows".to_owned() } else { "requests that write wait until the dump is done".to_owned() },
                    fix: "add --single-transaction (tables of InnoDB are then dumped as of one moment, without locks)".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if !any {
        look.evidence(
            "no dump of MySQL was seen that locks the tables or takes rows of different moments",
            None,
        );
    }
}
