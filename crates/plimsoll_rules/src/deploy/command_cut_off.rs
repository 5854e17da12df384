//! `command-cut-off`: options of a command stand on a line that the shell takes for another one.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::RoutinePlace;
use plimsoll_formats::shell::Command;

use super::{looked_at, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "command-cut-off",
    control: "APP-01",
    title: "options of a command stand on a line of their own and are not given to it",
    what: "Scripts, recipes, pipelines and commands of containers in which a command begins with an option, such as `-w 4`: the line before it lacks the backslash at its end. In YAML a folded text (`>`) keeps the line ends of lines that are indented deeper than its first one, which no reader sees. Documents and scripts for development are left alone.",
    why: "The shell runs the command without these options and then looks for a program called `-w`. A gunicorn that is meant to listen on 0.0.0.0 with four workers listens on 127.0.0.1 with one, and the proxy answers 502.",
    bad: "```yaml docker-compose.yml
services:
  web:
    image: shop:1.4
    command: >
      sh -c \"python manage.py migrate &&
             gunicorn shop.wsgi:application
             -w 4 -b 0.0.0.0:8000\"
```",
    good: "```yaml docker-compose.yml
services:
  web:
    image: shop:1.4
    command: >
      sh -c \"python manage.py migrate &&
      gunicorn shop.wsgi:application
      -w 4 -b 0.0.0.0:8000\"
```",
    sources: &["https://yaml.org/spec/1.2.2/#813-folded-style"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let mut found = false;
    for routine in running(facts) {
        any = true;
        for script in std::iter::once(&routine.script).chain(&routine.inner) {
            for (index, command) in script.commands.iter().enumerate() {
                let Some(name) = command.words.first() else { continue };
                let option = name.text.strip_prefix('-').unwrap_or_default();
                let option = option.strip_prefix('-').unwrap_or(option);
                let is_option = option.starts_with(|c: char| c.is_ascii_alphabetic());
                let before = index.checked_sub(1).and_then(|before| script.commands.get(before));
                // The next lines of the same command say nothing new.
                let goes_on = |before: &&Command| {
                    !before.words.first().is_some_and(|word| word.text.starts_with('-'))
                };
                let Some(before) = before.filter(goes_on).filter(|_| is_option) else { continue };
                found = true;
                let program = before.words.first().map_or("the command", |word| word.text.as_str());
                let fix = match routine.place {
                    RoutinePlace::Container => {
                        "give every line of the folded text the same indentation, write the command as a list, or end the line before with a backslash"
                    }
                    _ => "end the line before with a backslash",
                };
                let finding = look.finding(
                    command.span.clone(),
                    Fault {
                        severity: Severity::Error,
                        message: format!("{} is not given to {program}: the shell takes it for a command of its own", name.text),
                        consequence: format!("{program} runs without it, and what follows fails"),
                        fix: fix.to_owned(),
                    },
                );
                finding.related.push(Related {
                    at: before.span.clone(),
                    message: "this command ends here".to_owned(),
                });
            }
        }
    }
    if any && !found {
        look.evidence(
            format!("{}; no command is cut off from its options", looked_at(facts)),
            None,
        );
    }
}
