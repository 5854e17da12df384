//! `env-readers-disagree`: two readers of the same env file read different values.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::inventory::Role;
use plimsoll_facts::{Disagreement, Facts};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-readers-disagree",
    control: "SET-10",
    title: "two readers of the same env file read different values",
    what: "Each variable of the env files that hold values, and of their examples, as those read it that the repository uses: python-dotenv and its like in the code, Docker Compose, systemd. Several variables of a file are one finding.",
    why: "systemd keeps a comment behind the value, Compose replaces `$`, python-dotenv decodes escapes. The password that works under Compose fails under systemd, with the same file.",
    bad: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=secret # the password
```
```text requirements.txt
python-dotenv==1.1.0
```
```text deploy/web.service
[Service]
EnvironmentFile=/srv/app/.env
ExecStart=/srv/app/venv/bin/gunicorn wsgi
```",
    good: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
# the password
SHOP_A=secret
```
```text requirements.txt
python-dotenv==1.1.0
```
```text deploy/web.service
[Service]
EnvironmentFile=/srv/app/.env
ExecStart=/srv/app/venv/bin/gunicorn wsgi
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=",
        "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let used = readers(facts);
    let mut agreed = 0;
    for file in &facts.env_files {
        agreed += file.variables.len().saturating_sub(file.disagreements.len());
        let told: Vec<(&Disagreement, Vec<Vec<&str>>)> = file
            .disagreements
            .iter()
            .filter_map(|disagreement| {
                let groups: Vec<Vec<&str>> = disagreement
                    .groups
                    .iter()
                    .map(|group| group.iter().copied().filter(|it| used.contains(it)).collect())
                    .filter(|group: &Vec<&str>| !group.is_empty())
                    .collect();
                (groups.len() > 1).then_some((disagreement, groups))
            })
            .collect();
        let Some(((first, groups), others)) = told.split_first() else { continue };
        let names: Vec<&str> = told.iter().map(|(it, _)| it.name.as_str()).take(4).collect();
        let more = told.len().saturating_sub(names.len());
        let has = if told.len() > 1 { "have" } else { "has" };
        let groups: Vec<String> = groups.iter().map(|group| group.join(" and ")).collect();
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{}{} {has} different values for {}",
                    names.join(", "),
                    if more > 0 { format!(" and {more} more") } else { String::new() },
                    groups.join(" than for ")
                ),
                consequence: "the value depends on what loads the file: a unit, compose or the code".to_owned(),
                fix: "keep comments on lines of their own, and quote nothing that needs no quotes; give values with $, #, quotes or backslashes by another way".to_owned(),
            },
        );
        finding.related.extend(others.iter().take(5).map(|(it, _)| Related {
            at: it.at.clone(),
            message: format!("{} is read differently, too", it.name),
        }));
    }
    if agreed > 0 {
        look.evidence(format!("{agreed} variables of env files read the same everywhere"), None);
    } else if facts.env_files.is_empty() {
        look.evidence("the repository has no env file", None);
    }
}

/// The readers that the repository uses: systemd where a unit names an env file, compose where there
/// is a compose file, and the code itself.
fn readers(facts: &Facts) -> Vec<&'static str> {
    let units = || facts.units.iter().map(|unit| &unit.unit);
    let systemd = units().any(|unit| unit.value("Service", "EnvironmentFile").is_some());
    let compose = facts.inventory.main(Role::Compose).next().is_some();
    let code = !facts.settings.absent_env_files.is_empty()
        || ["python-dotenv", "django-environ", "python-decouple", "environs", "pydantic-settings"]
            .iter()
            .any(|name| facts.versions.distributions.contains_key(*name));
    let all = [(code, "python-dotenv"), (compose, "Docker Compose"), (systemd, "systemd")];
    all.into_iter().filter_map(|(is_used, name)| is_used.then_some(name)).collect()
}
