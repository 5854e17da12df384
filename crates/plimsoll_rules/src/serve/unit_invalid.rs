//! `unit-invalid`: a systemd unit holds lines that systemd ignores or refuses.

use plimsoll_catalog::Severity;
use plimsoll_facts::UnitFacts;
use plimsoll_formats::command::Program;
use plimsoll_formats::systemd::{Service, ServiceType};
use plimsoll_source::{ProblemKind, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "unit-invalid",
    control: "APP-05",
    title: "a systemd unit holds lines that systemd ignores or refuses",
    what: "Units as systemd 252 reads them. Refused: a program or working folder that is no absolute path, two ExecStart= where the type is not oneshot, a service without ExecStart=, Restart=always for oneshot, a header without `]`. Ignored: lines without `=`, keys that systemd does not know or that belong into another section, values of Type= and Restart= that are none (a comment after the value makes it one). Also: `&&`, pipes and redirections outside of a shell, which systemd hands to the program as words. Lines with template marks are left alone.",
    why: "A refused unit never starts. An ignored line is worse: the unit starts, without the restart, the limit or the user that somebody wrote down. Shell commands pasted under [Install] are the usual case.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
WorkingDirectory=/srv/app
ExecStart=venv/bin/gunicorn config.wsgi
Restart=always
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
WorkingDirectory=/srv/app
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
Restart=always
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html",
    ],
    check,
};

/// What is wrong with a line, and whether systemd refuses the whole unit for it.
struct Wrong {
    at: Span,
    message: String,
    refused: bool,
    fix: String,
}

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.units.is_empty() {
        look.undetermined(
            "no unit is in the repository",
            "systemd-analyze verify on the host",
            None,
        );
        return;
    }
    let mut any = false;
    for unit in &facts.units {
        let mut wrong = Vec::new();
        lines(unit, &mut wrong);
        if let Some(service) = unit.unit.service() {
            of_service(unit, &service, &mut wrong);
        }
        wrong.sort_by(|a, b| a.at.cmp(&b.at));
        wrong.dedup_by(|a, b| a.at == b.at);
        for Wrong { at, message, refused, fix } in wrong {
            any = true;
            let consequence = if refused {
                "systemd refuses the unit: it never starts"
            } else {
                "systemd logs a warning and goes on without the line: the unit is not what it says"
            };
            look.finding(
                at,
                Fault {
                    severity: if refused { Severity::Error } else { Severity::Warning },
                    message,
                    consequence: consequence.to_owned(),
                    fix,
                },
            );
        }
    }
    if !any {
        look.evidence(
            format!(
                "nothing was seen in {} units that systemd would ignore or refuse",
                facts.units.len()
            ),
            facts.units.first().map(UnitFacts::at),
        );
    }
}

fn is_filled_in(text: &str) -> bool {
    text.contains("{{")
        || text.contains("{%")
        || text.contains("${")
        || text.contains("<%")
        || text.starts_with('<')
}

fn lines(unit: &UnitFacts, wrong: &mut Vec<Wrong>) {
    for problem in unit.unit.problems.iter().filter(|problem| problem.kind == ProblemKind::Syntax) {
        if unit.expands || is_template(unit) {
            continue;
        }
        let refused = problem.message.contains("refuses");
        wrong.push(Wrong {
            at: problem.at.clone(),
            message: problem.message.clone(),
            refused,
            fix: "take the line out; shell commands belong into a script".to_owned(),
        });
    }
    for unknown in unit.unit.unknown_directives() {
        let (key, section) = (&unknown.entry.key.value, &unknown.entry.section);
        if is_filled_in(key) || unknown.entry.conditional || key.is_empty() {
            continue;
        }
        let (message, fix) = match (unknown.belongs_in, unknown.similar) {
            (Some(home), _) => {
                (format!("systemd ignores {key}= in [{section}]"), format!("move it to [{home}]"))
            }
            (None, Some(similar)) => {
                (format!("systemd knows no {key}= in [{section}]"), format!("write {similar}="))
            }
            // A newer systemd may know it.
            (None, None) => continue,
        };
        wrong.push(Wrong { at: unknown.entry.key.span.clone(), message, refused: false, fix });
    }
}

fn is_template(unit: &UnitFacts) -> bool {
    let name = unit.file.file_name();
    [".j2", ".jinja", ".tmpl", ".tpl", ".template", ".in", ".erb"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn of_service(unit: &UnitFacts, service: &Service<'_>, wrong: &mut Vec<Wrong>) {
    let kind = service.service_type();
    let starts = service.exec("ExecStart");
    for key in ["ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop"] {
        for exec in service.exec(key) {
            let Some(first) = exec.argv.first() else { continue };
            let path = first.value.as_str();
            if is_filled_in(path) || path.starts_with('%') || unit.expands {
                continue;
            }
            if path.contains('/') && !path.starts_with('/') {
                wrong.push(Wrong {
                    at: first.span.clone(),
                    message: format!("{key}= starts {path}, which is no absolute path"),
                    refused: true,
                    fix: "write the whole path: the working folder does not count here".to_owned(),
                });
                continue;
            }
            let is_shell = exec.command().is_some_and(|command| command.program == Program::Shell);
            let operator = exec.argv.iter().skip(1).find(|word| {
                matches!(word.value.as_str(), "&&" | "||" | "|" | ">" | ">>" | "2>&1" | "&" | "<")
            });
            if let Some(operator) = operator.filter(|_| !is_shell) {
                wrong.push(Wrong {
                    at: operator.span.clone(),
                    message: format!(
                        "{key}= has `{}`, which only a shell understands",
                        operator.value
                    ),
                    refused: false,
                    fix: "start /bin/sh -c '…', or a script".to_owned(),
                });
            } else if matches!(path, "cd" | "source" | "." | "export") {
                wrong.push(Wrong {
                    at: first.span.clone(),
                    message: format!(
                        "{key}= starts {path}, which is a word of the shell and no program"
                    ),
                    refused: true,
                    fix: "use WorkingDirectory= and Environment=".to_owned(),
                });
            }
        }
    }
    if let Some((folder, _)) = service.working_directory() {
        let path = folder.value.as_str();
        let absolute = path.starts_with(['/', '%']) || path == "~";
        if !absolute && !is_filled_in(path) && !unit.expands && !path.is_empty() {
            wrong.push(Wrong {
                at: folder.span.clone(),
                message: format!("WorkingDirectory={path} is no absolute path"),
                refused: true,
                fix: "write the whole path, without quotes".to_owned(),
            });
        }
    }
    let at = unit.at();
    if starts.is_empty()
        && service.exec("ExecStop").is_empty()
        && service.text("SuccessAction").is_none()
        && !unit.is_shown
        && !unit.file.as_str().contains(".d/")
    {
        wrong.push(Wrong {
            at: at.clone(),
            message: "the service has no ExecStart=".to_owned(),
            refused: true,
            fix: "add ExecStart=".to_owned(),
        });
    }
    if starts.len() > 1
        && kind.is_some_and(|kind| kind != ServiceType::Oneshot)
        && let Some(second) = starts.get(1).and_then(|exec| exec.argv.first())
    {
        wrong.push(Wrong {
            at: second.span.clone(),
            message: "a second ExecStart= is allowed for Type=oneshot only".to_owned(),
            refused: true,
            fix: "give each program a unit of its own".to_owned(),
        });
    }
    if let (None, Some(written)) = (kind, service.text("Type"))
        && !is_filled_in(&written.value)
    {
        wrong.push(Wrong {
            at: written.span.clone(),
            message: format!("Type={} is no type of a service", written.value),
            refused: false,
            fix: "Type=simple, exec, notify, forking or oneshot".to_owned(),
        });
    }
    if let Some(restart) = service.restart() {
        const KNOWN: [&str; 7] =
            ["no", "always", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog"];
        if !KNOWN.contains(&restart.value.as_str()) && !is_filled_in(&restart.value) {
            wrong.push(Wrong {
                at: restart.span.clone(),
                message: format!("Restart={} is no way to restart", restart.value),
                refused: false,
                fix: "Restart=always, or on-failure; comments stand on lines of their own"
                    .to_owned(),
            });
        } else if kind == Some(ServiceType::Oneshot)
            && matches!(restart.value.as_str(), "always" | "on-success")
        {
            wrong.push(Wrong {
                at: restart.span.clone(),
                message: format!("Restart={} is not allowed for Type=oneshot", restart.value),
                refused: true,
                fix: "Type=simple for a program that keeps running, else Restart=on-failure"
                    .to_owned(),
            });
        }
    }
}
