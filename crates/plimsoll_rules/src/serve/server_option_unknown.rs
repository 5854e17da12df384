//! `server-option-unknown`: an option that the pinned version of the program does not know.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Process;
use plimsoll_formats::command::{Command, Program};
use plimsoll_formats::requirements::Version;
use plimsoll_source::Span;

use super::options::{self, Known};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "server-option-unknown",
    control: "APP-01",
    title: "an option that the program’s version does not know",
    what: "Long options of gunicorn, uvicorn and celery in the commands of production, against a table of the options of each version: options that no version has, that came after the pinned one, or that were taken away before it; and for celery from 5.0 on, options of celery itself (`-A`) behind the name of the command. gunicorn’s abbreviations count as the option that they begin. Options of older versions than the table’s, and values that a variable fills in, are left alone.",
    why: "The program prints its usage and ends. It happens after an update that took an option away, or with a command from a guide that is newer or older than the version: the deployment is through, and nothing serves.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
gunicorn==21.2.0
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --header-map drop config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
gunicorn==23.0.0
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --header-map drop config.wsgi
```",
    sources: &[
        "https://docs.gunicorn.org/en/stable/settings.html",
        "https://docs.celeryq.dev/en/stable/history/whatsnew-5.0.html#step-1-adjust-your-command-line-invocation",
    ],
    check,
};

/// Options of celery itself, which stand before the name of the command since 5.0.
const GLOBAL: [&str; 8] =
    ["-A", "--app", "-b", "--broker", "--result-backend", "--loader", "--config", "--workdir"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for process in &facts.processes {
        let Some((command, program)) =
            process.command.as_ref().and_then(|command| Some((command, name(command)?)))
        else {
            continue;
        };
        any = true;
        let declared = facts.versions.distributions.get(program);
        let version = declared.and_then(|declared| declared.exact.as_ref());
        let pinned_at = declared.map(|declared| declared.at.clone());
        let mut clean = true;
        for (at, message, certain) in faults(command, program, version) {
            clean = false;
            if told.insert(at.clone()) {
                tell(
                    look,
                    process,
                    at,
                    message,
                    pinned_at.clone().filter(|_| version.is_some()),
                    certain,
                );
            }
        }
        if clean {
            match version {
                Some(version) if !options::covers(program, version) => look.undetermined(
                    format!("{program} {version} is not in the table of options of {}", options::date()),
                    "start the command once on the target",
                    Some(process.at.clone()),
                ),
                Some(version) => look.evidence(format!("{program} {version} knows the options that {} {} gives it, as far as the table of {} says", process.declared.name(), process.name, options::date()), Some(process.at.clone())),
                None => look.undetermined(format!("{program} is not pinned, so that the options of its version are not known"), "pin it in the requirements or a lock file", Some(process.at.clone())),
            }
        }
    }
    if !any {
        look.undetermined(
            "no command of the repository starts gunicorn, uvicorn or celery",
            "add the unit, compose file or Procfile that starts the application",
            None,
        );
    }
}

fn name(command: &Command) -> Option<&'static str> {
    match command.program {
        Program::Gunicorn => Some("gunicorn"),
        Program::Uvicorn => Some("uvicorn"),
        Program::CeleryWorker | Program::CeleryBeat => Some("celery"),
        _ => None,
    }
}

fn tell(
    look: &mut Look,
    process: &Process,
    at: Span,
    message: String,
    pinned_at: Option<Span>,
    certain: bool,
) {
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Error,
            message,
            consequence: format!(
                "{} {} prints its usage and ends when it is started",
                process.declared.name(),
                process.name
            ),
            fix: "write the option as this version has it, or move to a version that has it"
                .to_owned(),
        },
    );
    finding.confidence = if certain { Confidence::High } else { Confidence::Medium };
    finding.related.extend(
        pinned_at.map(|at| Related { at, message: "the version is pinned here".to_owned() }),
    );
}

/// What is wrong with the options: the place, the sentence, and whether it is certain.
fn faults(
    command: &Command,
    program: &str,
    version: Option<&Version>,
) -> Vec<(Span, String, bool)> {
    let mut found = Vec::new();
    for option in &command.options.options {
        let word = option.flag.value.as_str();
        let spelling = word.split('=').next().unwrap_or(word);
        // Users add options to celery's commands, --settings for one.
        let plain = spelling.starts_with("--")
            && spelling.len() > 3
            && !spelling.contains(['$', '{', '%', '<']);
        if !plain || matches!(spelling, "--help" | "--version" | "--settings" | "--paste") {
            continue;
        }
        let at = option.flag.span.clone();
        match options::known(program, spelling, version) {
            Known::Yes | Known::Open => {}
            Known::Later(since) => found.extend(version.map(|version| (at, format!("{program} {version} does not know {spelling}, which came with {since} at the latest"), true))),
            Known::Gone(last) => found.extend(version.map(|version| (at, format!("{program} {version} does not know {spelling} any more; {last} was among the last that did"), true))),
            Known::Never => {
                // argparse takes the beginning of an option for the option.
                if program == "gunicorn" && options::spellings(program).any(|known| known.starts_with(spelling)) {
                    continue;
                }
                let near = options::spellings(program).find(|known| crate::is_slip(known, spelling));
                let hint = near.map_or(String::new(), |near| format!("; {near} is near"));
                found.push((at, format!("no version of {program} knows {spelling}{hint}"), near.is_some()));
            }
        }
    }
    if program == "celery" && version.is_some_and(|version| version.part(0) >= 5) {
        found.extend(misplaced(command));
    }
    found
}

/// `celery worker -A proj`, which celery 5 refuses.
fn misplaced(command: &Command) -> Option<(Span, String, bool)> {
    let start = command.words.iter().position(|word| word.span == command.name.span)?;
    let words = command.words.get(start + 1..)?;
    let at = words.iter().position(|word| matches!(word.value.as_str(), "worker" | "beat"))?;
    // Only the first word, as the name may be the value of an option before it.
    if at != 0 {
        return None;
    }
    let wrong = words.get(at + 1..)?.iter().find(|word| {
        let spelling = word.value.split('=').next().unwrap_or("");
        GLOBAL.contains(&spelling)
    })?;
    let message = format!(
        "{} stands behind the name of the command, where celery has refused it since 5.0",
        wrong.value.split('=').next().unwrap_or("")
    );
    Some((wrong.span.clone(), message, true))
}
