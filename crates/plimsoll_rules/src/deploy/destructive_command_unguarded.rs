//! `destructive-command-unguarded`: a deletion may hit another folder than was meant.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Reached, Routine};
use plimsoll_formats::shell::{Command, Failure, Part, Word};

use super::{goes_on, is_for_tests, looked_at};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "destructive-command-unguarded",
    control: "DEP-01",
    title: "a deletion may hit another folder than was meant",
    what: "`rm -r`, `find -delete` and `rsync --delete` in scripts, recipes and steps: of `\"$DIR/\"*` or `$DIR/…`, where the variable comes from outside of the script, without `set -u`, a default or `${DIR:?}`; and of relative paths or `*` behind a `cd` whose failure does not stop the script. Variables that the script itself sets to something, that are tested before, or that stand behind a name or folder (`/srv/$NAME`) are left alone.",
    why: "With the variable empty, `rm -rf \"$DIR/\"*` deletes from the root of the machine; when `cd` fails, `rm -rf *` empties wherever the script was started.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/cleanup.sh
#!/bin/bash
cd /srv/shop/cache
rm -rf *
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/cleanup.sh
#!/bin/bash
set -eu
cd /srv/shop/cache
rm -rf ./*
```",
    sources: &["https://www.shellcheck.net/wiki/SC2115", "https://www.shellcheck.net/wiki/SC2164"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let routines = facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && !routine.is_document() && !is_for_tests(routine));
    for routine in routines {
        let commands: Vec<&Command> = routine.script.commands.iter().collect();
        for (index, command) in commands.iter().enumerate() {
            let Some(reached) = plimsoll_facts::reach(command) else { continue };
            if !deletes(reached) {
                continue;
            }
            let before = commands.get(..index).unwrap_or(&[]);
            let problem = unset_root(reached, command, routine, before)
                .map(|name| {
                    (
                        format!("with {name} empty or unset, this deletes from the root of the machine"),
                        format!("write ${{{name}:?}} so that the script stops, and put `set -eu` at its top"),
                    )
                })
                .or_else(|| {
                    unchecked_cd(reached, command, before).map(|folder| {
                        (
                            format!("when `cd {folder}` fails, this deletes in whatever folder the script was started in"),
                            "put `set -e` at the top of the script, or write `cd … || exit 1`".to_owned(),
                        )
                    })
                });
            let Some((message, fix)) = problem else { continue };
            any = true;
            let finding = look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message,
                    consequence: "one wrong call deletes the system, or somebody’s home".to_owned(),
                    fix,
                },
            );
            finding.confidence = Confidence::High;
        }
    }
    if !any {
        look.evidence(format!("{}; no deletion depends on luck", looked_at(facts)), None);
    }
}

fn deletes(reached: Reached<'_>) -> bool {
    match reached.program {
        "rm" => reached.arguments.iter().any(|word| {
            word.text == "--recursive"
                || (word.text.starts_with('-')
                    && !word.text.starts_with("--")
                    && word.text.contains(['r', 'R']))
        }),
        "find" => reached.has("-delete"),
        _ => false,
    }
}

/// The variable with which a deleted path begins, where nothing makes sure that it is set.
fn unset_root<'r>(
    reached: Reached<'r>,
    command: &Command,
    routine: &Routine,
    before: &[&Command],
) -> Option<&'r str> {
    // What another file sets is not known.
    let loads = before
        .iter()
        .any(|other| matches!(other.name().as_deref(), Some("." | "source" | "eval" | "export")));
    if command.options.nounset || loads {
        return None;
    }
    reached.arguments.iter().find_map(|word| {
        let (name, rest) = leading_variable(word)?;
        let below = rest.starts_with('/') && matches!(rest.as_str(), "/" | "/*" | "/.*")
;
        let globbed = word.text.ends_with("/*");
        if !(below || globbed && rest.starts_with("/*")) {
            return None;
        }
        // A positional parameter, or a name that only the environment can set.
        let from_outside = name.chars().all(|c| c.is_ascii_digit())
            || !routine.assignments().any(|set| set.name == name);
        let tested = before.iter().any(|other| {
            other.words.iter().any(|word| {
                // A test in brackets is one word.
                word.variables().any(|used| used == name)
                    || word.text.contains(&format!("${name}"))
                    || word.text.contains(&format!("${{{name}"))
            })
                && other.words.first().is_some_and(|first| {
                    matches!(first.text.as_str(), "[" | "[[" | "test") || first.text.starts_with('[')
                })
        }) || before.iter().flat_map(|other| &other.words).flat_map(|word| &word.parts).any(|part| {
            matches!(part, Part::Variable { name: used, operation } if used == name && operation.contains('?'))
        });
        let given = matches!(name, "HOME" | "PWD" | "TMPDIR" | "CURDIR" | "GITHUB_WORKSPACE" | "RUNNER_TEMP" | "OLDPWD");
        // A loop's variable, `read` and `getopts` set it.
        let bound = before.iter().any(|other| {
            other.words.first().is_some_and(|first| matches!(first.text.as_str(), "read" | "getopts" | "mapfile"))
                && other.words.iter().any(|word| word.text == name)
        });
        let looped = command.inside.contains(&plimsoll_formats::shell::Around::Loop);
        (from_outside && !tested && !given && !bound && !looped).then_some(name)
    })
}

/// The variable that a word begins with, and the text behind it.
fn leading_variable(word: &Word) -> Option<(&str, String)> {
    let mut parts =
        word.parts.iter().filter(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    let Some(Part::Variable { name, operation }) = parts.next() else { return None };
    let rest: String = parts
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            _ => "?",
        })
        .collect();
    (operation.is_empty() && !name.is_empty()).then_some((name, rest))
}

/// The folder of a `cd` right before that may have failed unseen.
fn unchecked_cd(reached: Reached<'_>, command: &Command, before: &[&Command]) -> Option<String> {
    let relative = reached
        .arguments
        .iter()
        .filter(|word| !word.text.starts_with('-'))
        .any(|word| matches!(word.text.as_str(), "*" | "./*" | "." | "./" | ".[!.]*" | "*/"));
    if !relative || command.options.errexit {
        return None;
    }
    // Only what stands in the same branch follows the `cd`.
    let cd = before.iter().rev().take(4).find(|other| other.name().as_deref() == Some("cd"))?;
    let same = cd.inside == command.inside;
    let folder = cd.words.get(1)?;
    let fails = goes_on(cd.failure) && cd.failure != Failure::HiddenByPipe;
    (same && fails && folder.text != ".." && folder.text != "-").then(|| folder.text.clone())
}
