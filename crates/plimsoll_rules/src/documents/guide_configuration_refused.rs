//! `guide-configuration-refused`: a document shows configuration that its program refuses.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Block;
use plimsoll_formats::command::Program;
use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::nginx;
use plimsoll_formats::systemd::{ServiceType, Unit};
use plimsoll_source::{ProblemKind, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "guide-configuration-refused",
    control: "DOC-10",
    title: "a document shows configuration that its program refuses",
    what: "Code blocks of nginx and systemd in guides, runbooks and checklists, wherever they lie: directives with a colon or a slip in their name, sizes and times that are none, directives that may stand once and stand twice, a path in proxy_pass where nginx allows none; lines of a unit that are no settings (shell commands among them), and Type=forking for a gunicorn or Celery that stays in the foreground. Blocks that count as the deployment’s own configuration are judged by the rules for it; documents about developing are left alone.",
    why: "Whoever sets up the server copies the block. nginx refuses to start, or systemd passes the line over or kills the service after 90 seconds, and the guide is believed for longer than its reader.",
    bad: "```python settings.py
DEBUG = False
```
```markdown docs/runbooks/server.md
## Proxy

~~~nginx
server {
    listen 443 ssl;
    client_max_body_size: 20M;
    location / { proxy_pass http://127.0.0.1:8000; }
}
~~~
```",
    good: "```python settings.py
DEBUG = False
```
```markdown docs/runbooks/server.md
## Proxy

~~~nginx
server {
    listen 443 ssl;
    client_max_body_size 20M;
    location / { proxy_pass http://127.0.0.1:8000; }
}
~~~
```",
    sources: &[
        "https://nginx.org/en/docs/beginners_guide.html#conf_structure",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Type=",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut blocks = 0;
    let mut any = false;
    for block in facts.blocks.iter().filter(|block| is_guide(block)) {
        let wrong = match block.embedded.kind {
            BlockKind::Nginx => of_nginx(block),
            BlockKind::Systemd => of_unit(block),
            _ => continue,
        };
        blocks += 1;
        for (at, message) in wrong {
            any = true;
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message,
                    consequence: "who copies the block gets a service that does not start, or not as it says".to_owned(),
                    fix: "correct the block, and try it as it stands: nginx -t, systemd-analyze verify".to_owned(),
                },
            );
            finding.confidence = Confidence::High;
        }
    }
    if !any {
        look.evidence(
            format!("{blocks} blocks of nginx and systemd in documents were read, and nothing in them is refused"),
            None,
        );
    }
}

/// Whether a block stands in a document for production that is not taken for its configuration.
fn is_guide(block: &Block) -> bool {
    block.in_document.is_some_and(|standing| standing.is_main()) && !block.standing.is_main()
}

fn of_nginx(block: &Block) -> Vec<(Span, String)> {
    let file = nginx::parse(&block.embedded.text);
    if file.template { Vec::new() } else { crate::proxy::refused(&file.directives) }
}

fn of_unit(block: &Block) -> Vec<(Span, String)> {
    let unit = Unit::read(&block.embedded.text);
    // What is left out or to be filled in is nobody's setting, and a command that writes the unit
    // is judged by what it writes.
    let text = block.embedded.text.text();
    if text.contains("<<") {
        return Vec::new();
    }
    let is_whole = !["...", "…", "{{", "<%"].iter().any(|mark| text.contains(mark));
    let problems = unit.problems.iter().filter(|problem| problem.kind == ProblemKind::Syntax);
    let mut found: Vec<(Span, String)> = problems
        .filter(|_| is_whole)
        .map(|problem| (problem.at.clone(), problem.message.clone()))
        .collect();
    let Some(service) = unit.service() else { return found };
    let (Some(ServiceType::Forking), Some(written)) =
        (service.service_type(), service.text("Type"))
    else {
        return found;
    };
    for command in service.exec("ExecStart").iter().filter_map(|exec| exec.command()) {
        let stays = match command.program {
            Program::Gunicorn => !command.options.has("daemon") && !command.options.has("config"),
            Program::CeleryWorker | Program::CeleryBeat => !command.options.has("detach"),
            Program::Uvicorn | Program::Daphne | Program::Hypercorn => true,
            _ => false,
        };
        if stays {
            let name = command.name.value.rsplit('/').next().unwrap_or("the program").to_owned();
            found.push((written.span.clone(), format!("Type=forking, and {name} stays in the foreground: systemd waits 90 seconds and kills it")));
        }
    }
    found
}
