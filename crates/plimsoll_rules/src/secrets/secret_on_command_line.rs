//! `secret-on-command-line`: a script passes a secret as an argument.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::RoutinePlace;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-on-command-line",
    control: "SEC-02",
    title: "a script passes a secret as an argument",
    what: "Arguments of commands in scripts, recipes, crontabs, containers and code blocks of documents that carry a password or key: `mysql -p…`, `--password=…`, `redis-cli -a …`, `gpg --passphrase …`, `curl -u user:password`, literal `PGPASSWORD=…`, and `heroku config:set` of a secret. Passphrases of backups have a rule of their own. Pipelines, whose machines nobody else uses, documents about developing, `curl` in documents, and placeholders that a prompt replaces, are left alone.",
    why: "Arguments stand in the process list, which every account of the host can read, and in the shell’s history; a literal also stands in the repository.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
mysqldump -u shop -pS3cr3tPass shop > dump.sql
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
mysqldump --defaults-extra-file=/etc/shop/my.cnf shop > dump.sql
```",
    sources: &[
        "https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html",
        "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut commands = 0;
    let mut any = false;
    // A pipeline's machine has no other accounts, and its tests have passwords of their own.
    let routines = facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && routine.place != RoutinePlace::Pipeline);
    for routine in routines {
        let of_backup = crate::backup::is_backup(routine);
        for (command, reached) in routine.reached() {
            commands += 1;
            // Behind `docker exec` and its like it stands in both process lists.
            let program = reached.program;
            let texts: Vec<&str> =
                reached.arguments.iter().map(|word| word.text.as_str()).collect();
            let passphrase = of_backup && crate::backup::exposes(reached).is_some();
            // A document of an API shows its users how to call it.
            let shown = routine.is_document() && program == "curl";
            if passphrase || shown || !passes_secret(program, &texts) {
                continue;
            }
            any = true;
            let (message, fix) = if routine.is_document() {
                (
                    format!("the document has people give {program} a secret as an argument"),
                    "let them type it at a prompt, or use a file that only they can read (.pgpass, my.cnf, REDISCLI_AUTH)",
                )
            } else {
                (
                    format!("{program} gets a secret as an argument"),
                    "give it by a file that only the service can read (.pgpass, my.cnf, --passphrase-file) or by the environment",
                )
            };
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message,
                    consequence: "every account of the host can read it in the process list, and it stays in the shell’s history".to_owned(),
                    fix: fix.to_owned(),
                },
            );
            if routine.is_document() {
                finding.confidence = Confidence::Medium;
            }
        }
    }
    if !any {
        look.evidence(
            format!("{commands} commands of scripts and documents were looked at, and none passes a secret"),
            None,
        );
    }
}

fn passes_secret(program: &str, arguments: &[&str]) -> bool {
    let after = |flag: &str| {
        arguments
            .iter()
            .position(|text| *text == flag)
            .and_then(|at| arguments.get(at + 1))
            .copied()
    };
    let value =
        |text: Option<&str>| text.is_some_and(|text| !text.is_empty() && !text.starts_with('-'));
    match program {
        "mysql" | "mysqldump" | "mariadb" | "mariadb-dump" | "mysqladmin" => {
            arguments.iter().any(|text| {
                text.strip_prefix("-p").is_some_and(|rest| {
                    !rest.is_empty() && !rest.starts_with("rotocol") && !rest.starts_with("ort")
                }) || text.strip_prefix("--password=").is_some_and(|rest| !rest.is_empty())
            })
        }
        "redis-cli" => value(after("-a")) || value(after("--pass")),
        "gpg" | "gpg2" => {
            value(after("--passphrase"))
                || arguments.iter().any(|text| text.starts_with("--passphrase="))
        }
        "openssl" => arguments.iter().any(|text| text.starts_with("pass:")),
        "curl" => [after("-u"), after("--user")]
            .into_iter()
            .flatten()
            .any(|text| text.split_once(':').is_some_and(|(_, password)| !password.is_empty())),
        "sshpass" => {
            arguments.iter().any(|text| text.starts_with("-p") && text.len() > 2)
                || value(after("-p"))
        }
        "zip" | "7z" => {
            arguments.iter().any(|text| text.starts_with("-P") && text.len() > 2)
                || value(after("-P"))
        }
        "heroku" => {
            arguments.contains(&"config:set")
                && arguments.iter().any(|text| {
                    text.split_once('=').is_some_and(|(name, value)| {
                        plimsoll_python::is_secret_name(name)
                            && !value.is_empty()
                            && !value.starts_with("$(")
                    })
                })
        }
        "docker" | "podman" => {
            arguments.contains(&"login") && (value(after("-p")) || value(after("--password")))
        }
        _ => false,
    }
}
