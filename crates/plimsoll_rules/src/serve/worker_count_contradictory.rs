//! `worker-count-contradictory`: the number of workers is written differently in two places.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::ServerSetting;
use plimsoll_formats::command::Program;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "worker-count-contradictory",
    control: "APP-02",
    title: "the number of workers is written differently in two places",
    what: "The workers on the command line of a server against those of the configuration file that it loads, and against WEB_CONCURRENCY of its environment: the command line wins, and the other figure has no effect. Different figures for different deployments (a unit and a Procfile) are left alone.",
    why: "Somebody changes the figure in the place that has no effect, sees no change, and doubles the memory of the machine.",
    bad: "```python settings.py
DEBUG = False
```
```python gunicorn.conf.py
workers = 9
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn -c gunicorn.conf.py --workers 3 config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```python gunicorn.conf.py
workers = 9
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn -c gunicorn.conf.py config.wsgi
```",
    sources: &["https://docs.gunicorn.org/en/stable/configure.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for server in &facts.servers {
        let name = match server.program {
            Program::Gunicorn | Program::Uvicorn | Program::Hypercorn => "workers",
            Program::Uwsgi => "processes",
            _ => continue,
        };
        any = true;
        let setting = server.setting(name);
        let Some(at) = setting.at().cloned() else {
            look.evidence(
                format!("{}: the number of workers is written nowhere twice", server.title()),
                Some(server.process.at.clone()),
            );
            continue;
        };
        let variables = &server.process.surroundings.environment.variables;
        let of_variable =
            variables.get("WEB_CONCURRENCY").filter(|_| server.program != Program::Uwsgi);
        let of_variable = of_variable.and_then(|variable| {
            Some((variable.value.expose().trim().parse::<u64>().ok()?, variable.at.clone()?))
        });
        let of_file = server.in_file(name).and_then(|value| match value {
            ServerSetting::Set { at, .. } => Some((value.number()?, at.clone())),
            _ => None,
        });
        let count = setting.number();
        let other = [of_file, of_variable]
            .into_iter()
            .flatten()
            .find(|(other, place)| count.is_some_and(|count| count != *other) && *place != at);
        match (count, other) {
            (Some(count), Some((other, place))) => {
                look.finding(
                    place,
                    Fault {
                        severity: Severity::Warning,
                        message: format!(
                            "{other} workers are written here, and {} starts {count}",
                            server.title()
                        ),
                        consequence:
                            "this figure has no effect; whoever changes it changes nothing"
                                .to_owned(),
                        fix: "write the number in one place only".to_owned(),
                    },
                );
                look.relate(Related { at, message: "this figure wins".to_owned() });
            }
            (Some(count), None) => {
                look.evidence(format!("{count} workers, written in one place"), Some(at))
            }
            (None, _) => look.evidence(
                "the number of workers is worked out in one place when the server starts",
                Some(at),
            ),
        }
    }
    if !any {
        look.undetermined(
            "which server production starts is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        );
    }
}
