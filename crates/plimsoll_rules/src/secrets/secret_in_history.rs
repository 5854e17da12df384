//! `secret-in-history`: the history of the repository holds secrets.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Past, PastLeak, StrayKind};
use plimsoll_source::{RepoPath, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-history",
    control: "SEC-01",
    title: "the history of the repository holds secrets",
    what: "The files at every branch and tag for env files, private keys, databases and dumps that are not in the checkout. With `--history`, every commit that a branch or tag leads to: these files by their names, and each distinct text for what secret-in-repository looks for, those of tests and examples as notes. A secret that the checkout still holds is that rule’s. Left out are texts over 1 MB, pictures and the like, and copies of other people’s code. A shallow clone is not the whole history, and proves nothing.",
    why: "A file that was deleted is whole in the commits before, and `git clone` brings them all. Taking a key out of the newest commit hides it from its owner only.",
    bad: "```python settings.py
DEBUG = False
```
```text tip.list
.env.production
```",
    good: "```python settings.py
DEBUG = False
```
```text tip.list
README.md
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let before = tips(look);
    let Some(past) = &facts.leaks.past else {
        if !before {
            unsearched(look, facts);
        }
        return;
    };
    let found = commits(look, past);
    if before || found {
        return;
    }
    if past.complete {
        look.evidence(
            format!(
                "{} commits and {} distinct contents of the history were searched",
                past.commits, past.contents
            ),
            None,
        );
    } else {
        look.undetermined(
            format!("the history was searched in part: {} commits", past.commits),
            "a clone with its whole history: git fetch --unshallow, then plimsoll check --history",
            None,
        );
    }
}

/// Reports what branches and tags hold; whether there is anything.
fn tips(look: &mut Look) -> bool {
    let strays = look.facts.leaks.strays.iter().filter(|stray| stray.tip.is_some());
    let mut any = false;
    for stray in strays {
        any = true;
        let tip = stray.tip.as_deref().unwrap_or("a tip");
        report_file(look, &stray.path, tip, stray.kind, "delete the branch or rewrite it");
    }
    any
}

/// Reports what older commits hold; whether any of it weighs.
fn commits(look: &mut Look, past: &Past) -> bool {
    for (file, kind) in &past.strays {
        let commit = format!("commit {}", short(&file.commit));
        report_file(look, &file.path, &commit, *kind, "rewrite the history without it");
    }
    let mut any = !past.strays.is_empty();
    let mut alike: BTreeMap<(&RepoPath, &str), (&PastLeak, usize)> = BTreeMap::new();
    for leak in &past.leaks {
        alike.entry((&leak.path, leak.what)).or_insert((leak, 0)).1 += 1;
    }
    for (leak, count) in alike.into_values() {
        let weight = super::weight(leak.kind, leak.standing).min(Severity::Warning);
        any |= weight > Severity::Note;
        let fault = Fault {
            severity: weight,
            message: format!(
                "commit {} holds {} in {}, line {}{}",
                short(&leak.commit),
                leak.what,
                leak.path,
                leak.line,
                if count > 1 {
                    format!("; the history of the file holds {} more", count - 1)
                } else {
                    String::new()
                }
            ),
            consequence: super::consequence(leak.kind).to_owned(),
            fix: super::remedy(leak.kind).to_owned(),
        };
        let finding = look.finding(Span::of_file(leak.path.clone()), fault);
        // It may have been changed since.
        finding.confidence = Confidence::Medium;
    }
    any
}

fn report_file(look: &mut Look, path: &RepoPath, place: &str, kind: StrayKind, fix: &str) {
    let what = match kind {
        StrayKind::EnvFile => "the env file",
        StrayKind::PrivateKey => "the private key",
        StrayKind::Database => "the database",
        StrayKind::Dump => "the dump",
    };
    let fault = Fault {
        severity: Severity::Warning,
        message: format!("{place} holds {what} {path}, which is not in the checkout"),
        consequence: "everybody who clones the repository has the file".to_owned(),
        fix: format!("change the secrets that it held, then {fix}"),
    };
    // What the file holds there is not read.
    look.finding(Span::of_file(path.clone()), fault).confidence = Confidence::Medium;
}

fn unsearched(look: &mut Look, facts: &Facts) {
    let reason = if facts.tracked.is_some() {
        "the tips of the history hold no such file; the commits before them were not searched"
    } else {
        "the folder is no git repository: its history is not known"
    };
    look.undetermined(reason, "a search of every commit: plimsoll check --history", None);
}

/// The beginning of a commit's id, as git shows it.
fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
