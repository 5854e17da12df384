//! `backup-environment-missing`: the scheduled backup reads variables that cron does not give it.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Routine, RoutinePlace};
use plimsoll_formats::shell::{Part, Word};

use super::dumps_of;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-environment-missing",
    control: "BAK-01",
    title: "the backup needs variables that its scheduler does not give it",
    what: "Backup scripts that a crontab of the repository starts, and the variables that their dump, encryption and upload commands read. A variable counts as given where the script sets it, loads a file (`source`, `.`), gives it a default (`${X:-…}`), where the crontab sets it, or where the line itself loads the environment. Units and timers, whose environment may be in drop-ins, are left alone.",
    why: "cron gives a job almost no environment: not the login shell’s, not `.env`, not the container’s. The variable is empty, the dump asks for a password or gpg refuses the passphrase, and the mail about it goes nowhere.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -eo pipefail
pg_dump \"$DATABASE_URL\" | gpg --encrypt -r \"$BACKUP_KEY\" > /srv/backups/shop.gpg
```
```text deploy/crontab
0 2 * * * /srv/shop/deploy/backup.sh
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/backup.sh
set -eo pipefail
. /etc/shop/backup.env
pg_dump \"$DATABASE_URL\" | gpg --encrypt -r \"$BACKUP_KEY\" > /srv/backups/shop.gpg
```
```text deploy/crontab
0 2 * * * /srv/shop/deploy/backup.sh
```",
    sources: &["https://man7.org/linux/man-pages/man5/crontab.5.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for script in &facts.routines {
        if script.place != RoutinePlace::Script || dumps_of(script).next().is_none() {
            continue;
        }
        let name = script.file.file_name();
        let job = facts.routines.iter().find(|job| {
            job.place == RoutinePlace::Crontab
                && job.is_main()
                && job.commands().any(|command| {
                    command.words.iter().any(|word| word.text.ends_with(&format!("/{name}")))
                })
        });
        let Some(job) = job else { continue };
        // The line, or what wraps it, loads an environment.
        let line_loads = job.commands().any(|command| {
            command.words.iter().any(|word| {
                let text = word.text.as_str();
                matches!(text, "." | "source" | "env" | "docker" | "docker-compose" | "envdir")
                    || text.contains(".env")
                    || matches!(text, "-l" | "-lc" | "--login")
            })
        });
        if line_loads || loads_file(script) {
            look.evidence("the job loads its environment from a file", Some(job.at()));
            continue;
        }
        let missing = missing_variables(script);
        let given = facts.crontab_sets(&job.file);
        let missing: Vec<&str> =
            missing.into_iter().filter(|name| !given.iter().any(|set| set == name)).collect();
        if missing.is_empty() {
            look.evidence(
                "the backup script reads nothing that cron does not give it",
                Some(job.at()),
            );
            continue;
        }
        let finding = look.finding(
            job.at(),
            Fault {
                severity: Severity::Warning,
                message: format!("cron starts {} without {}, which it reads and does not set", script.file, crate::list(&missing)),
                consequence: "in the job the variable is empty, and the backup fails or asks for a password that nobody types".to_owned(),
                fix: "load the variables from a file that only root can read at the top of the script, or use a unit with EnvironmentFile=".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
}

fn loads_file(script: &Routine) -> bool {
    script.commands().any(|command| {
        let name = command.name();
        matches!(name.as_deref(), Some("." | "source"))
            || command.words.iter().any(|word| word.text.contains("/proc/1/environ"))
    })
}

/// The variables that the script's commands read and it sets nowhere.
fn missing_variables(script: &Routine) -> Vec<&str> {
    let mut missing: Vec<&str> = Vec::new();
    let words = script.commands().flat_map(|command| {
        let redirects = command.redirects.iter().map(|redirect| &redirect.target);
        command.words.iter().chain(redirects)
    });
    for part in words.flat_map(|word: &Word| &word.parts) {
        let Part::Variable { name, operation } = part else { continue };
        let asked = operation.is_empty()
            && name.len() > 1
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
            // What the shell or cron sets itself.
            && !matches!(
                name.as_str(),
                "HOME" | "PATH" | "USER" | "LOGNAME" | "SHELL" | "PWD" | "RANDOM" | "SECONDS"
                    | "HOSTNAME" | "UID" | "EUID" | "PPID" | "IFS" | "OLDPWD" | "LINENO"
                    | "BASH_SOURCE" | "FUNCNAME" | "OPTARG" | "OPTIND" | "PIPESTATUS" | "REPLY"
                    | "LANG" | "TERM" | "BASHPID" | "EPOCHSECONDS" | "OSTYPE" | "BASH_REMATCH"
            );
        let set = script
            .script
            .assignments
            .iter()
            .chain(script.inner.iter().flat_map(|i| &i.assignments))
            .any(|set| set.name == *name);
        let looped =
            script.commands().any(|command| command.words.iter().any(|word| word.text == *name));
        if asked && !set && !looped && !missing.contains(&name.as_str()) {
            missing.push(name);
        }
    }
    missing
}
