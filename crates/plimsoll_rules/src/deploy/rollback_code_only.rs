//! `rollback-code-only`: a rollback that takes back the code and nothing else.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::shell::Command;

use super::{Step, steps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "rollback-code-only",
    control: "DEP-02",
    title: "a rollback takes back the code and nothing else",
    what: "Scripts, recipes and code blocks of documents that are called a rollback, whose commands check out an earlier commit (`git checkout`, `git reset`, `git revert`) and restart, but neither install packages nor build or pull images. Rollbacks by image tag or by a link to the earlier release are good.",
    why: "Packages, static files, workers and the schema stay at the new release: the old code fails on import, or meets columns that it does not know.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/operations.md
## Rollback

    git checkout v1.2.3
    sudo systemctl restart shop
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/operations.md
## Rollback

    git checkout v1.2.3
    pip install -r requirements.txt
    python manage.py collectstatic --noinput
    sudo systemctl restart shop shop-worker
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/migrations/#reversing-migrations"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        if !routine.is_called(&["rollback", "roll", "revert", "undo"]) {
            continue;
        }
        let done = steps(routine);
        let code = routine.reached().find(|(_, reached)| {
            reached.program == "git"
                && matches!(reached.operand(), Some("checkout" | "reset" | "revert" | "switch"))
        });
        let Some((command, _)) = code else { continue };
        let at = command.span.clone();
        let whole = done.iter().any(|done| {
            matches!(done.step, Step::Install | Step::Build | Step::Pull | Step::Switch)
        });
        let restarts = done
            .iter()
            .any(|done| matches!(done.step, Step::Restart | Step::Up | Step::ContainerRestart));
        // A migration alone is rolled back in steps of its own.
        if whole || !restarts || calls_scripts(routine.commands()) {
            look.evidence("the rollback does more than check out code", Some(at));
            continue;
        }
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: "the rollback checks out the old code and restarts, and leaves packages as they are".to_owned(),
                consequence: "the old code runs with the new release's packages and schema, and may not start".to_owned(),
                fix: "go back to the earlier release as a whole (its image, or its folder with its own environment), and know which migrations it can live with".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
}

fn calls_scripts<'c>(mut commands: impl Iterator<Item = &'c Command>) -> bool {
    commands.any(|command| {
        command.words.iter().any(|word| word.text.ends_with(".sh"))
            || command.program() == Some("make")
    })
}
