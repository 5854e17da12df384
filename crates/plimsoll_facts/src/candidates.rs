//! Which settings module production runs, and why.

use std::collections::BTreeMap;

use plimsoll_source::{RepoPath, Span, Tree};

use crate::inventory::Inventory;
use crate::mentions::{Mention, Place};
use crate::processes::{Declaration, Process, ProcessKind};
use crate::standing::{Standing, words};
use crate::systems::{System, module_name};

/// A reason for or against a settings module being production's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The reason as a sentence for people.
    pub text: String,
    /// Where it stands; `None` for what only the name says.
    pub at: Option<Span>,
    /// What it adds to the module's weight; negative speaks against it.
    pub weight: i32,
}

/// A settings module with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The dotted name.
    pub module: String,
    /// Its file; `None` where something names a module that is not there.
    pub file: Option<RepoPath>,
    /// The reasons, the weightiest first.
    pub reasons: Vec<Reason>,
    /// The sum of the weights that count.
    pub weight: i32,
}

/// The settings modules of a system, the one that production most likely runs first.
pub fn rank(
    tree: &dyn Tree,
    inventory: &Inventory,
    mentions: &[Mention],
    system: &System,
) -> Vec<Candidate> {
    rank_with(tree, inventory, mentions, system, &[])
}

/// The same with the processes of the system: the module that a server loads, and what commands
/// name, speak for the settings module that production gets.
pub fn rank_with(
    tree: &dyn Tree,
    inventory: &Inventory,
    mentions: &[Mention],
    system: &System,
    processes: &[Process],
) -> Vec<Candidate> {
    let mut reasons: BTreeMap<String, Vec<Reason>> = BTreeMap::new();
    for (module, reason) in from_processes(tree, mentions, system, processes) {
        reasons.entry(module).or_default().push(reason);
    }
    for mention in mentions {
        let resolves = system.resolve(tree, &mention.module).is_some();
        let ours = mention.at.file.is_within(&system.root);
        if !resolves && !ours {
            continue;
        }
        let entry = reasons.entry(mention.module.clone()).or_default();
        entry.push(from_mention(mention));
    }
    for module in by_file_name(inventory, system) {
        reasons.entry(module).or_default();
    }
    let mut candidates: Vec<Candidate> = reasons
        .into_iter()
        .map(|(module, mut reasons)| {
            let file = system.resolve(tree, &module);
            reasons.extend(from_name(&module, file.as_ref()));
            reasons.extend(file.as_ref().and_then(|file| from_content(tree, file)));
            if file.is_none() {
                reasons.push(Reason {
                    text: format!("there is no file for {module} in the repository"),
                    at: None,
                    weight: -200,
                });
            }
            reasons
                .sort_by_key(|reason| (std::cmp::Reverse(reason.weight.abs()), reason.at.clone()));
            let weight = total(&reasons);
            Candidate { module, file, reasons, weight }
        })
        .collect();
    candidates.sort_by_key(|candidate| {
        (std::cmp::Reverse(candidate.weight), candidate.module.len(), candidate.module.clone())
    });
    candidates
}

/// The strongest reason for, a little for each further one (so that two units beat one script),
/// and everything against.
fn total(reasons: &[Reason]) -> i32 {
    let best = reasons.iter().map(|reason| reason.weight).max().unwrap_or(0).max(0);
    let more = reasons.iter().filter(|reason| reason.weight > 0).count().saturating_sub(1);
    let against: i32 = reasons.iter().map(|reason| reason.weight.min(0)).sum();
    best + i32::try_from(more.min(9)).unwrap_or(9) + against
}

/// What the processes of production say: the settings that a command or its environment names,
/// else what the module names that the server loads.
fn from_processes(
    tree: &dyn Tree,
    mentions: &[Mention],
    system: &System,
    processes: &[Process],
) -> Vec<(String, Reason)> {
    let mut found = Vec::new();
    for process in processes {
        let (base, of_server) = match process.kind {
            ProcessKind::Web => (110, true),
            ProcessKind::Worker | ProcessKind::Scheduler => (100, false),
            ProcessKind::Release | ProcessKind::Management => (80, false),
            _ => continue,
        };
        // What an image says is the least certain: it can be another one's that runs.
        let base = if process.declared == Declaration::Image { base - 10 } else { base };
        let what = format!("{} {}", process.declared.name(), process.name);
        let (named, weight) = (process.settings_module(), base);
        if let Some((module, at)) = &named {
            let text = format!("{what} runs with {module}");
            let reason = Reason { text, at: Some(at.clone()), weight };
            found.push((module.clone(), reason));
        }
        if !of_server {
            continue;
        }
        let Some(loads) = process.application_module() else { continue };
        let Some(file) = system.resolve(tree, &loads) else { continue };
        for mention in mentions.iter().filter(|mention| mention.at.file == file) {
            // `os.environ[…] = …` wins over what the process got, a default does not.
            let forced = tree.read(&file).is_ok_and(|source| {
                let line = source.line(mention.at.start.line).unwrap_or("");
                line.contains("environ[") && !line.contains("setdefault")
            });
            if named.is_some() && !forced {
                continue;
            }
            let text = format!("{what} loads {loads}, which names {}", mention.module);
            let weight = if forced { base + 5 } else { base - 15 };
            let reason = Reason { text, at: Some(mention.at.clone()), weight };
            found.push((mention.module.clone(), reason));
        }
    }
    found.sort_by(|a, b| (&a.0, &a.1.text, &a.1.at).cmp(&(&b.0, &b.1.text, &b.1.at)));
    found.dedup();
    found
}

fn from_mention(mention: &Mention) -> Reason {
    // What starts the production process decides; a default in code holds only where that is
    // silent; tests and documents say nothing of production.
    let weight = match mention.place {
        Place::Unit | Place::Compose | Place::Dockerfile | Place::Platform => 100,
        Place::EnvFile => 90,
        Place::Wsgi | Place::Asgi => 60,
        Place::Shell => 45,
        Place::EnvTemplate => 40,
        Place::Celery => 35,
        Place::Manage => 30,
        Place::Other => 20,
        Place::Workflow | Place::Document => 5,
        Place::TestConfig => 1,
    };
    let weight = match mention.standing {
        Standing::Main => weight,
        Standing::Development => weight / 10,
        Standing::Test | Standing::Example | Standing::Copy | Standing::Vendored => weight / 20,
    };
    let text = format!("{} names {}", mention.place.name(), mention.module);
    Reason { text, at: Some(mention.at.clone()), weight }
}

/// What the module's own name says.
fn from_name(module: &str, file: Option<&RepoPath>) -> Option<Reason> {
    let last = module.rsplit('.').next().unwrap_or(module);
    let any = |list: &[&str]| words(last).any(|word| list.contains(&word));
    let (text, weight) = if file.is_some_and(|file| !matches!(Standing::of(file), Standing::Main)) {
        ("it lies among tests, examples or copies", -80)
    } else if any(&["test", "tests", "testing", "ci", "pytest"]) {
        ("its name says that it is for tests", -80)
    } else if any(&[
        "dev",
        "develop",
        "devel",
        "development",
        "local",
        "debug",
        "sandbox",
        "example",
        "template",
        "docs",
    ]) {
        ("its name says that it is for development", -60)
    } else if any(&["prod", "production", "live", "deploy", "deployment", "release"]) {
        ("its name says that it is for production", 70)
    } else if any(&[
        "staging", "stage", "heroku", "aws", "fly", "render", "server", "docker", "cloud", "remote",
    ]) {
        ("its name says that it is for a deployed system", 25)
    } else if any(&["static", "collectstatic", "build", "compress", "minimal", "pipeline"]) {
        ("its name says that it is for a build step", -40)
    } else if any(&[
        "base",
        "common",
        "defaults",
        "default",
        "shared",
        "global",
        "components",
        "local_settings",
    ]) {
        ("its name says that others build on it", -5)
    } else {
        return None;
    };
    Some(Reason { text: text.to_owned(), at: None, weight })
}

/// What the module's text says: whether it sets what every Django project sets, and whether it
/// builds on another settings module, as the one of a deployment does.
fn from_content(tree: &dyn Tree, file: &RepoPath) -> Option<Reason> {
    let source = tree.read(file).ok()?;
    let text = source.text();
    let sets = ["INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "SECRET_KEY", "DATABASES", "DEBUG"]
        .iter()
        .any(|name| text.contains(name));
    let builds_on = text.lines().any(|line| {
        line.trim_end().split('#').next().unwrap_or(line).trim_end().ends_with("import *")
            || line.starts_with("include(")
    });
    let (text, weight) = match (sets, builds_on) {
        (_, true) => ("it builds on another settings module", 8),
        (true, false) => return None,
        (false, false) => ("it sets nothing that Django reads", -150),
    };
    Some(Reason { text: text.to_owned(), at: None, weight })
}

/// Modules of the system that are settings by their place or name.
fn by_file_name(inventory: &Inventory, system: &System) -> Vec<String> {
    inventory
        .python_below(&system.root)
        .filter(|file| !matches!(file.standing, Standing::Vendored | Standing::Copy))
        .filter(|file| {
            let name = file.path.file_name();
            let folder = file.path.folder_name();
            // `shop/settings.py` near the root; a `settings.py` deep in an app is the app's own.
            let near = file.path.depth() <= system.root.depth() + 3;
            near && (name == "settings.py"
                || (name.ends_with("settings.py") && name != "local_settings.py")
                || name.starts_with("settings_")
                || (folder == "settings" && name != "__init__.py")
                || matches!(folder, "conf" | "config")
                    && words(name).any(|w| {
                        matches!(
                            w,
                            "prod"
                                | "production"
                                | "base"
                                | "common"
                                | "settings"
                                | "staging"
                                | "live"
                        )
                    }))
        })
        .filter_map(|file| {
            // From the deepest root that holds it, as the code itself imports it.
            let roots = system.roots().filter(|root| file.path.is_within(root));
            module_name(roots.max_by_key(|root| root.depth())?, &file.path)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::rank;
    use crate::inventory::Inventory;
    use crate::{mentions, systems};

    fn first(files: &[(&str, &str)]) -> String {
        let tree = MemoryTree::new(files.iter().copied());
        let inventory = Inventory::of(&tree);
        let mentions = mentions::find(&tree, &inventory);
        let systems = systems::find(&tree, &inventory, &mentions);
        rank(&tree, &inventory, &mentions, &systems[0])[0].module.clone()
    }

    const DEV: &str = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')";

    #[test]
    fn the_service_decides_over_the_entry_point() {
        assert_eq!(
            first(&[
                ("manage.py", DEV),
                ("shop/wsgi.py", DEV),
                ("shop/settings/dev.py", "DEBUG = False"),
                ("shop/settings/hosting.py", "DEBUG = False"),
                (
                    "etc/web.service",
                    "[Service]\nEnvironment=DJANGO_SETTINGS_MODULE=shop.settings.hosting\n"
                ),
            ]),
            "shop.settings.hosting"
        );
    }

    #[test]
    fn the_name_decides_where_everything_falls_to_development() {
        assert_eq!(
            first(&[
                ("manage.py", DEV),
                ("shop/wsgi.py", DEV),
                ("shop/settings/__init__.py", "DEBUG = False"),
                ("shop/settings/dev.py", "DEBUG = False"),
                ("shop/settings/prod.py", "DEBUG = False"),
                ("shop/settings/common.py", "DEBUG = False"),
            ]),
            "shop.settings.prod"
        );
    }

    #[test]
    fn a_compose_file_for_development_does_not_decide() {
        assert_eq!(
            first(&[
                ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')"),
                ("shop/settings.py", "DEBUG = False"),
                ("shop/settings_docker_dev.py", "DEBUG = True"),
                (
                    "docker-compose.dev.yml",
                    "environment:\n - DJANGO_SETTINGS_MODULE=shop.settings_docker_dev\n"
                ),
            ]),
            "shop.settings"
        );
    }
}
