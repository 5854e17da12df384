//! `secret-on-command-line`: a script passes a secret as an argument.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-on-command-line",
    control: "SEC-02",
    title: "a script passes a secret as an argument",
    what: "Arguments of commands in shell scripts that carry a password or key: `mysql -p…`, `--password=…`, `redis-cli -a …`, `gpg --passphrase …`, `curl -u user:password`, and literal `PGPASSWORD=…`.",
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
    for script in &facts.scripts {
        for command in &script.script.commands {
            commands += 1;
            let Some(program) = command.program() else { continue };
            let program = program.rsplit('/').next().unwrap_or(program);
            let texts: Vec<&str> =
                command.arguments().iter().map(|word| word.text.as_str()).collect();
            if !passes_secret(program, &texts) {
                continue;
            }
            any = true;
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{program} gets a secret as an argument"),
                    consequence: "every account of the host can read it in the process list".to_owned(),
                    fix: "give it by a file that only the service can read (.pgpass, my.cnf, --passphrase-file) or by the environment".to_owned(),
                },
            );
        }
    }
    if !any {
        look.evidence(
            format!("{commands} commands of scripts were looked at, and none passes a secret"),
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
        "docker" | "podman" => {
            arguments.contains(&"login") && (value(after("-p")) || value(after("--password")))
        }
        _ => false,
    }
}
