//! `deploy-only-echoes`: a deployment that says it deployed, and does nothing.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Routine, RoutinePlace};

use super::looked_at;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deploy-only-echoes",
    control: "DEP-01",
    title: "a deployment that does nothing",
    what: "Jobs of pipelines and recipes of Makefiles called deploy or release whose every command prints, sleeps or sets a variable. Jobs that also use an action other than checking the code out, that call another workflow, or that write to the outputs of the pipeline are left alone.",
    why: "The pipeline is green, the badge says deployed, and production runs what somebody put there by hand. It is found when a fix that was “deployed” did not help.",
    bad: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/deploy.yml
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Deploy to production
        run: |
          echo \"Deploying to production...\"
          echo \"done\"
```",
    good: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/deploy.yml
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Deploy to production
        run: |
          echo \"Deploying to production...\"
          ssh deploy@shop.example.org ./deploy.sh
```",
    sources: &["https://docs.github.com/en/actions/writing-workflows"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut jobs: BTreeMap<(String, String), Vec<&Routine>> = BTreeMap::new();
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        let name = match routine.place {
            RoutinePlace::Pipeline => routine.job.clone().unwrap_or_default(),
            RoutinePlace::Recipe => routine.name.clone(),
            _ => continue,
        };
        jobs.entry((routine.file.to_string(), name)).or_default().push(routine);
    }
    let mut any = false;
    for ((file, name), routines) in &jobs {
        let lower = name.to_lowercase();
        let deploys = (lower.contains("deploy") || lower.contains("release"))
            && ![
                "notify", "check", "test", "prepare", "pre", "status", "summary", "complete",
                "finish", "done", "success", "report", "gate", "approv",
            ]
            .iter()
            .any(|word| lower.contains(word));
        // One of several jobs that deploy may only say that all did.
        let others = jobs.keys().any(|(other, job)| {
            other == file && job != name && job.to_lowercase().contains("deploy")
        });
        let acts = others || routines.iter().any(|routine| routine.job_acts || acts(routine));
        let Some(first) = routines.first().filter(|_| deploys && !acts) else { continue };
        any = true;
        let finding = look.finding(
            first.at(),
            Fault {
                severity: Severity::Warning,
                message: format!("'{name}' prints that it deploys, and does nothing else"),
                consequence:
                    "the pipeline is green, and production runs whatever was put there before"
                        .to_owned(),
                fix: "let the job deploy, or take it away".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any {
        look.evidence(format!("{}; no deployment only prints", looked_at(facts)), None);
    }
}

/// Whether a routine does more than talk.
fn acts(routine: &Routine) -> bool {
    // A file that could not be read, or a recipe of prerequisites only, says nothing.
    if routine.script.commands.is_empty() || !routine.script.problems.is_empty() {
        return true;
    }
    routine.commands().any(|command| {
        let writes = command.redirects.iter().any(|redirect| {
            redirect.operator.contains('>')
                && redirect.target.text != "/dev/null"
                && !redirect.target.text.starts_with('&')
        });
        let talks = command.name().is_some_and(|name| {
            matches!(
                name.as_str(),
                "echo"
                    | "printf"
                    | "sleep"
                    | "true"
                    | ":"
                    | "date"
                    | "set"
                    | "export"
                    | "pwd"
                    | "ls"
                    | "whoami"
                    | "exit"
            )
        });
        !command.words.is_empty() && (writes || !talks)
    })
}
