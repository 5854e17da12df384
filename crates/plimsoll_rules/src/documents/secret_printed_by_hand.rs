//! `secret-printed-by-hand`: a command prints secrets to a terminal or log.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reached;
use plimsoll_formats::shell::Command;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-printed-by-hand",
    control: "SEC-02",
    title: "a command prints secrets to a terminal or log",
    what: "In scripts, pipelines and code blocks of documents: `echo $SECRET_KEY` and its like (also into `wc -c`, which counts the line break), `printenv` and `env` without a name in pipelines, and `manage.py shell` that prints `settings.DATABASES`, `settings.SECRET_KEY` or the mail password. Echoing into a file, into another command’s input or into the variables of a pipeline is how secrets are handed on, and is left alone, as are documents about developing.",
    why: "What is printed stays in the terminal’s history, in the log of the container or pipeline, and in the ticket into which somebody pastes it.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/troubleshooting.md
## 500 errors

    docker compose exec web python manage.py shell -c \"from django.conf import settings; print(settings.DATABASES)\"
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/troubleshooting.md
## 500 errors

    docker compose exec web python manage.py check --database default
```",
    sources: &["https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut commands = 0;
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (command, reached) in routine.reached() {
            commands += 1;
            let Some(what) = prints(command, reached) else { continue };
            // What a pipeline stage reads goes to that, unless it only counts.
            let piped = command.pipeline.is_some_and(|place| place.index + 1 < place.length);
            let counts = routine.script.pipeline_of(command).iter().any(|other| {
                matches!(other.program(), Some("wc" | "tee" | "cat" | "less" | "head"))
            });
            if piped && !counts {
                continue;
            }
            any = true;
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("this prints {what}"),
                    consequence: "the secret stays in the log, the terminal’s history or a ticket".to_owned(),
                    fix: "check it inside of the process and print only whether it is right: plimsoll settings, manage.py check".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if !any {
        look.evidence(
            format!(
                "{commands} commands of scripts and documents were read, and none prints a secret"
            ),
            None,
        );
    }
}

fn prints(command: &Command, reached: Reached<'_>) -> Option<String> {
    let to_file = command.redirects.iter().any(|redirect| {
        redirect.operator.contains('>')
            && redirect.descriptor.unwrap_or(1) == 1
            && !redirect.target.text.starts_with("/dev/std")
    });
    if to_file {
        return None;
    }
    match reached.program {
        "echo" | "printf" => {
            let mut variables = reached.arguments.iter().flat_map(|word| word.parts.iter());
            let name = variables.find_map(|part| match part {
                plimsoll_formats::shell::Part::Variable { name, operation }
                    if operation.is_empty() && is_secret(name) =>
                {
                    Some(name.clone())
                }
                _ => None,
            })?;
            // A command of the pipeline's own: `echo ::add-mask::$TOKEN`.
            let masks = reached.arguments.iter().any(|word| word.text.contains("::"));
            (!masks).then_some(format!("the value of {name}"))
        }
        "manage.py" | "django-admin"
            if reached.managed().is_some_and(|name| name.starts_with("shell")) =>
        {
            reached.arguments.iter().find_map(|word| {
                let prints = word.text.contains("print(");
                let secret =
                    ["settings.DATABASES", "settings.SECRET_KEY", "settings.EMAIL_HOST_PASSWORD"]
                        .into_iter()
                        .find(|name| word.text.contains(&format!("print({name})")))?;
                prints.then(|| secret.to_owned())
            })
        }
        _ => None,
    }
}

fn is_secret(name: &str) -> bool {
    plimsoll_python::is_secret_name(name) && !name.ends_with("_FILE") && name.len() > 4
}
