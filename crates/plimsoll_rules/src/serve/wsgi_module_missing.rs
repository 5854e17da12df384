//! `wsgi-module-missing`: a server or worker is told to load a module that does not exist.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Process, ProcessKind};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "wsgi-module-missing",
    control: "APP-01",
    title: "a server or worker is told to load a module that does not exist",
    what: "The module that gunicorn, uvicorn, daphne or uWSGI serves and the one that celery’s `--app` names, against the modules of the repository. A package that is neither the project’s nor of a declared distribution is a finding only if no file of the repository has such a path. Names with variables in them are left alone.",
    why: "The process ends with ModuleNotFoundError as soon as it starts. The usual reasons: the project was renamed, or the command was copied from a guide (`myproject.wsgi`).",
    bad: "```python config/settings.py
DEBUG = False
```
```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
```
```python config/wsgi.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
```
```text Procfile
web: gunicorn myproject.wsgi
```",
    good: "```python config/settings.py
DEBUG = False
```
```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
```
```python config/wsgi.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
```
```text Procfile
web: gunicorn config.wsgi
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/deployment/wsgi/",
        "https://docs.celeryq.dev/en/stable/userguide/application.html#main-name",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut seen = BTreeSet::new();
    let kinds =
        [ProcessKind::Web, ProcessKind::Worker, ProcessKind::Scheduler, ProcessKind::Monitor];
    for process in facts.processes.iter().filter(|process| kinds.contains(&process.kind)) {
        let (Some(module), Some(at)) =
            (process.application_module(), process.loads.as_ref().map(|word| word.span.clone()))
        else {
            continue;
        };
        if !seen.insert((module.clone(), at.clone())) {
            continue;
        }
        if is_there(facts, process, &module) {
            look.evidence(format!("{module} is a module of the project"), Some(at));
            continue;
        }
        let own = facts.is_own_package(&module);
        if !own && may_be_elsewhere(facts, &module) {
            look.undetermined(format!("{module} is not of this repository, or is reached in a way that was not followed"), "start the process once on the target", Some(at));
            continue;
        }
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!(
                    "{} {} loads {module}, and the repository has no such module",
                    process.declared.name(),
                    process.name
                ),
                consequence: "the process ends with ModuleNotFoundError when it starts".to_owned(),
                fix:
                    "name the module that has the application, config.wsgi:application for example"
                        .to_owned(),
            },
        );
        finding.confidence = if own { Confidence::High } else { Confidence::Medium };
    }
    if seen.is_empty() {
        look.undetermined(
            "what the application server loads is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        );
    }
}

/// Whether the module is in the system, or anywhere under the path that it names. celery takes the
/// name of an attribute for its last part too.
fn is_there(facts: &Facts, process: &Process, module: &str) -> bool {
    let celery = process.kind != ProcessKind::Web;
    let parent = module.rsplit_once('.').map(|(parent, _)| parent);
    let mut names = std::iter::once(module).chain(parent.filter(|_| celery));
    names.any(|name| {
        // A folder is a package without an `__init__.py` too.
        facts.has_module(name) || has_path(facts, name) || (celery && has_folder(facts, name))
    })
}

/// Whether a file anywhere in the repository ends with the module's path.
fn has_path(facts: &Facts, module: &str) -> bool {
    let tail = module.replace('.', "/");
    let (file, package) = (format!("{tail}.py"), format!("{tail}/__init__.py"));
    facts.inventory.iter().any(|listed| {
        let path = listed.path.as_str();
        let ends = |tail: &str| {
            path == tail || path.strip_suffix(tail).is_some_and(|front| front.ends_with('/'))
        };
        ends(&file) || ends(&package)
    })
}

fn has_folder(facts: &Facts, module: &str) -> bool {
    let folder = module.replace('.', "/");
    facts
        .system
        .roots()
        .filter_map(|root| root.join(&folder))
        .any(|folder| facts.inventory.has_below(&folder))
}

/// Whether a distribution, or a folder that was not listed, can bring the module.
fn may_be_elsewhere(facts: &Facts, module: &str) -> bool {
    let top = module.split('.').next().unwrap_or(module);
    let name = top.replace('_', "-").to_ascii_lowercase();
    let declared = &facts.versions.distributions;
    // A distribution seldom brings an entry point by the name that projects have.
    let is_entry = module.ends_with(".wsgi") || module.ends_with(".asgi");
    (declared.is_empty() && !is_entry)
        || declared
            .keys()
            .any(|known| *known == name || known.contains(&name) || name.contains(known.as_str()))
}
