//! `supervisor-leaves-children`: Supervisor stops the shell and leaves the server running.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::command::Program;

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "supervisor-leaves-children",
    control: "APP-06",
    title: "Supervisor stops the shell and leaves the server running",
    what: "Programs of Supervisor whose command is a shell script of the repository that starts the server or worker without `exec` and sets no `trap`, where neither `stopasgroup` nor `killasgroup` is on. Commands that are the server itself are right.",
    why: "Supervisor signals the process that it started, which is the shell. On each restart the old gunicorn stays and holds the port: the new one ends with “Address already in use”, and visitors get the old code, or the old worker takes tasks beside the new one.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/supervisor.conf
[program:rota]
command=/srv/rota/deploy/start.sh
autostart=true
```
```sh deploy/start.sh
#!/bin/bash
cd /srv/rota
source venv/bin/activate
gunicorn rota.wsgi --bind 127.0.0.1:8000
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/supervisor.conf
[program:rota]
command=/srv/rota/deploy/start.sh
autostart=true
```
```sh deploy/start.sh
#!/bin/bash
cd /srv/rota
source venv/bin/activate
exec gunicorn rota.wsgi --bind 127.0.0.1:8000
```",
    sources: &["https://supervisord.org/configuration.html#program-x-section-values"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.programs.is_empty() {
        look.evidence("no program of Supervisor starts the application", None);
    }
    for program in &facts.programs {
        for process in program.processes.iter().filter(|process| lasting(process)) {
            let Some(command) = &process.command else { continue };
            let file = &command.name.span.file;
            let Some(script) = facts.scripts.iter().find(|script| script.path == *file) else {
                look.evidence(
                    format!("Supervisor starts the program {} itself", program.name),
                    Some(process.at.clone()),
                );
                continue;
            };
            let hands_over = command.wrappers.iter().any(|wrapper| {
                wrapper.value == "exec"
                    || wrapper.value.ends_with("gosu")
                    || wrapper.value.ends_with("su-exec")
            });
            let traps = script.script.commands.iter().any(|c| c.program() == Some("trap"));
            let detaches = matches!(command.program, Program::CeleryMulti)
                || command.options.has("daemon")
                || command.options.has("detach");
            if hands_over || traps || program.stops_group {
                look.evidence(
                    format!("a stop of the program {} reaches its server", program.name),
                    Some(program.at.clone()),
                );
                continue;
            }
            if detaches {
                continue;
            }
            let name = command.name.value.rsplit('/').next().unwrap_or("the server").to_owned();
            let finding = look.finding(
                command.name.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("the program {} of Supervisor is this script, which starts {name} without exec", program.name),
                    consequence: format!("a stop or restart ends the shell only: the old {name} keeps its port, and the new one cannot start"),
                    fix: format!("write exec {name} …, or set stopasgroup=true and killasgroup=true"),
                },
            );
            finding.confidence = Confidence::High;
            finding.repair = crate::repairs::exec(facts, command);
            finding
                .related
                .push(Related { at: program.at.clone(), message: "the program".to_owned() });
        }
    }
}
