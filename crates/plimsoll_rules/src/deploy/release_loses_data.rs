//! `release-loses-data`: the next deployment deletes uploads or the configuration.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, ProcessKind, Reached, Routine};
use plimsoll_formats::shell::{Command, Word};
use plimsoll_python::Value;

use super::{is_deploy, is_for_tests, looked_at};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "release-loses-data",
    control: "DEP-01",
    title: "the next deployment deletes uploads or the configuration",
    what: "Deploy scripts, recipes and jobs that clean the folder of the code: `git clean -x`, which deletes what git ignores, `.env`, media and an SQLite file with it; and `rsync --delete` of the code onto a host without `--exclude` for them; scripts that delete the folder of the code and clone it anew; all of these where uploads, an SQLite database or the env file lie inside the code. In deployments also `docker compose down -v`, `docker volume rm` and `prune`, and `manage.py flush` and `reset_db`. Projects whose media and data lie elsewhere or in object storage, and whose environment is not a file beside the code, are left alone.",
    why: "What users uploaded since the last release is gone, and the service does not start without its `.env`. Nobody expects it of a deployment, so nobody takes a backup of files before it.",
    bad: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
MEDIA_ROOT = BASE_DIR / 'media'
```
```sh deploy/deploy.sh
set -e
git fetch
git reset --hard origin/main
git clean -fdx
```",
    good: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
MEDIA_ROOT = '/var/lib/shop/media'
```
```sh deploy/deploy.sh
set -e
git fetch
git reset --hard origin/main
git clean -fd
```",
    sources: &["https://git-scm.com/docs/git-clean"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let routines = || facts.routines.iter().filter(|it| it.is_main() && !is_for_tests(it));
    for routine in routines().filter(|routine| !routine.is_document()) {
        any |= emptied(look, routine);
    }
    for routine in routines().filter(|routine| is_deploy(routine)) {
        // A runner's own checkout is thrown away anyhow.
        let on_runner = routine.place == plimsoll_facts::RoutinePlace::Pipeline;
        for (command, reached) in routine.reached() {
            let local = routine.script.commands.iter().any(|own| std::ptr::eq(own, command));
            let how = if cleans(reached) && !(on_runner && local) {
                "git clean -x deletes what git ignores"
            } else if mirrors_code(reached) {
                "rsync --delete takes away what is not in the source"
            } else if let Some(how) = wipes(reached).filter(|_| !(on_runner && local)) {
                any = true;
                gone(look, command, how.to_owned());
                continue;
            } else {
                continue;
            };
            let Some(lost) = lost(look, Some(reached)) else { continue };
            any = true;
            gone(look, command, format!("{how}: {lost}"));
        }
    }
    if !any {
        look.evidence(
            format!("{}; no deployment deletes data beside the code", looked_at(facts)),
            None,
        );
    }
}

fn gone(look: &mut Look, command: &Command, message: String) {
    let finding = look.finding(
        command.span.clone(),
        Fault {
            severity: Severity::Error,
            message,
            consequence: "it is gone with the next deployment".to_owned(),
            fix: "keep uploads, data and .env in folders of their own outside of the code (/var/lib/…, /etc/…) and leave them alone here".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}

/// Reports a folder that is deleted and then filled with the code again, where data lie in the code.
fn emptied(look: &mut Look, routine: &Routine) -> bool {
    // In a container the code's folder is the image's; what the host deletes is another one.
    let contained = look.facts.processes.iter().any(|process| {
        process.kind == ProcessKind::Web
            && matches!(process.declared, Declaration::Compose | Declaration::Image)
    });
    if contained {
        return false;
    }
    let commands: Vec<(&Command, Reached<'_>)> = routine.reached().collect();
    let mut any = false;
    for (index, (command, reached)) in commands.iter().enumerate() {
        let recursive = reached.arguments.iter().any(|word| {
            word.text == "--recursive"
                || word.text.starts_with('-')
                    && !word.text.starts_with("--")
                    && word.text.contains(['r', 'R'])
        });
        if reached.program != "rm" || !recursive {
            continue;
        }
        let folders: Vec<String> =
            reached.arguments.iter().filter_map(|word| folder(routine, word)).collect();
        let later = commands.get(index + 1..).unwrap_or(&[]);
        let filled = later.iter().any(|(_, reached)| {
            reached.program == "git"
                && reached.operand() == Some("clone")
                && reached
                    .arguments
                    .iter()
                    .filter_map(|word| folder(routine, word))
                    .any(|target| folders.contains(&target))
        });
        if let Some(lost) = lost(look, None).filter(|_| filled) {
            any = true;
            gone(
                look,
                command,
                format!("the folder of the code is deleted and fetched anew: {lost}"),
            );
        }
    }
    any
}

/// The absolute folder that a word names, where the script itself tells.
fn folder(routine: &Routine, word: &Word) -> Option<String> {
    let path = routine.resolve(word)?;
    let path = path.trim_end_matches("/*").trim_end_matches('/');
    let passing = ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|start| path.starts_with(start));
    (path.starts_with('/') && path.len() > 1 && !passing).then(|| path.to_owned())
}

/// Commands that empty the database or throw volumes away.
fn wipes(reached: Reached<'_>) -> Option<&'static str> {
    match reached.program {
        "docker" | "docker-compose" | "podman" => {
            let down = reached.has("down") && reached.has_any(&["-v", "--volumes"]);
            let volume = reached.has("volume") && reached.has("rm");
            let pruned = reached.has("prune") && reached.has("--volumes");
            (down || volume || pruned)
                .then_some("this throws the volumes away, the database and uploads in them")
        }
        _ => matches!(reached.managed(), Some("flush" | "reset_db"))
            .then_some("this empties every table of the database"),
    }
}

fn cleans(reached: Reached<'_>) -> bool {
    reached.program == "git"
        && reached.operand() == Some("clean")
        && reached.arguments.iter().any(|word| {
            word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('x')
        })
        && !reached.arguments.iter().any(|word| {
            word.text.starts_with("-e")
                || word.text.starts_with("--exclude")
                || word.text.contains('n')
                    && word.text.starts_with('-')
                    && !word.text.starts_with("--")
        })
}

fn mirrors_code(reached: Reached<'_>) -> bool {
    if reached.program != "rsync" {
        return false;
    }
    let deletes = reached.arguments.iter().any(|word| word.text.starts_with("--delete"));
    let paths: Vec<&str> = reached
        .arguments
        .iter()
        .map(|word| word.text.as_str())
        .filter(|text| !text.starts_with('-'))
        .collect();
    let whole = paths.iter().any(|path| matches!(*path, "." | "./" | "./*" | "$PWD/" | "$(pwd)/"));
    let filtered = reached
        .arguments
        .iter()
        .any(|word| word.text.starts_with("--exclude-from") || word.text.starts_with("--filter"));
    deletes && whole && !filtered
}

/// What would be lost, as part of a sentence.
fn lost(look: &Look<'_>, reached: Option<Reached<'_>>) -> Option<String> {
    let facts = look.facts;
    let excluded = |name: &str| {
        let Some(reached) = reached else { return false };
        reached.program == "rsync"
            && reached.arguments.iter().any(|word| {
                word.text.contains("exclude") && word.text.contains(name)
                    || word.text == name
                    || word.text.trim_matches('/') == name
            })
    };
    let root = facts.absolute_root.as_str();
    let inside = |path: &str| {
        path.strip_prefix(root)
            .filter(|rest| !root.is_empty() && rest.starts_with('/'))
            .map(|rest| rest.trim_matches('/').to_owned())
    };
    let mut parts = Vec::new();
    let media = facts.certain("MEDIA_ROOT").and_then(Value::text).and_then(inside);
    if let Some(folder) = media.filter(|folder| {
        !folder.is_empty() && !excluded(folder) && !facts.code.file_fields.is_empty()
            || !folder.is_empty() && !excluded(folder) && facts.is_set("MEDIA_ROOT")
    }) {
        parts.push(format!("uploads lie in {folder}"));
    }
    let sqlite = facts.certain("DATABASES").and_then(|databases| {
        let entry = databases.get("default")?;
        entry.get("ENGINE")?.text()?.contains("sqlite").then_some(())?;
        inside(entry.get("NAME")?.text()?)
    });
    if let Some(file) = sqlite.filter(|file| !excluded(file)) {
        parts.push(format!("the database is {file}"));
    }
    let env = facts.settings.absent_env_files.first().map(|(path, _)| path.to_string());
    if let Some(file) = env.filter(|file| !excluded(".env") && !file.starts_with('/')) {
        parts.push(format!("the settings load {file}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
