//! `unit-not-enabled`: a unit that nothing can start at boot.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, UnitFacts};

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "unit-not-enabled",
    control: "APP-06",
    title: "a unit has no [Install] section, and nothing else starts it",
    what: "Units that start servers, workers and schedulers: whether they have WantedBy=, RequiredBy= or an alias in [Install], or whether a socket, timer, path or another unit of the repository starts them. Whether somebody has enabled the unit on the machine, no file can tell. Excerpts in documents are left alone.",
    why: "`systemctl enable` has nothing to do for such a unit and says so in a line that nobody reads. Started by hand, it runs until the first reboot, which is an unattended one at night.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
Restart=always
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
Restart=always

[Install]
WantedBy=multi-user.target
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#%5BInstall%5D%20Section%20Options",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in facts.units.iter().filter(|unit| unit.processes.iter().any(lasting)) {
        any = true;
        let installs = unit
            .unit
            .wanted_by()
            .into_iter()
            .next()
            .or_else(|| unit.unit.names("Install", "Alias").into_iter().next());
        if let Some(target) = installs {
            look.evidence(
                format!("{} can be enabled for {}", unit.name, target.value),
                Some(target.span),
            );
        } else if started_by_others(facts, unit) {
            look.evidence(format!("another unit starts {}", unit.name), Some(unit.at()));
        } else if unit.is_shown {
            look.undetermined(
                "the document shows no [Install] section",
                "systemctl is-enabled on the host",
                Some(unit.at()),
            );
        } else {
            let finding = look.finding(
                unit.at(),
                Fault {
                    severity: Severity::Error,
                    message: format!("{} has no [Install] section, and no other unit of the repository starts it", unit.name),
                    consequence: "it cannot be enabled: after the next reboot it is not there".to_owned(),
                    fix: "add [Install] with WantedBy=multi-user.target, and run systemctl enable --now".to_owned(),
                },
            );
            finding.confidence = Confidence::High;
        }
    }
    if !any {
        look.undetermined(
            "no unit of the repository starts the application",
            "reboot the machine once",
            None,
        );
    }
}

fn started_by_others(facts: &Facts, unit: &UnitFacts) -> bool {
    facts.units.iter().any(|other| {
        let names = |section: &str, key: &str| {
            other
                .unit
                .names(section, key)
                .iter()
                .any(|name| name.value == unit.name || is_instance(&name.value, &unit.name))
        };
        other.unit.socket().is_some_and(|socket| socket.service_name() == unit.name)
            || other.unit.timer().is_some_and(|timer| timer.unit_name() == unit.name)
            || ["Wants", "Requires", "BindsTo", "Upholds"].iter().any(|key| names("Unit", key))
            || names("Install", "Also")
            || names("Path", "Unit")
    })
}

/// Whether a name is an instance of a template: `web@1.service` of `web@.service`.
fn is_instance(name: &str, template: &str) -> bool {
    template.split_once("@.").is_some_and(|(stem, ending)| {
        name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('@') && rest.ends_with(ending))
    })
}
