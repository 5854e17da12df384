//! `platform-port-unbound`: the server does not listen where the platform sends requests.

use plimsoll_catalog::Severity;
use plimsoll_facts::{AppServer, Declaration, Facts};
use plimsoll_formats::command::{Bind, Program};
use plimsoll_source::{RepoPath, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "platform-port-unbound",
    control: "NET-10",
    title: "the server does not listen on the port that the platform gives it",
    what: "The address that the `web` process of a Procfile binds: a fixed port, or loopback. gunicorn binds `0.0.0.0:$PORT` by itself where PORT is set and it is told nothing else. Processes of fly.toml, render.yaml and App Engine choose their port in those files and are right with a fixed one, unless it is on loopback. Addresses that a variable decides are right.",
    why: "The platform’s router sends requests to the port in PORT. A server on another one is up, healthy in its own log, and never reached; after a minute the platform kills it.",
    bad: "```python settings.py
DEBUG = False
```
```text Procfile
web: gunicorn --bind 0.0.0.0:8000 config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```text Procfile
web: gunicorn --bind 0.0.0.0:$PORT config.wsgi
```",
    sources: &[
        "https://devcenter.heroku.com/articles/runtime-principles#web-servers",
        "https://docs.gunicorn.org/en/stable/settings.html#bind",
    ],
    check,
};

fn check(look: &mut Look) {
    if super::is_absent(look) {
        return;
    }
    let facts = look.facts;
    let mut any = false;
    for server in &facts.servers {
        let fixed_is_wrong = match server.process.declared {
            // Fly sends requests to the port that fly.toml names, whatever PORT says.
            Declaration::Procfile if is_of_fly(facts, &server.process.at.file) => continue,
            Declaration::Procfile if server.process.name == "web" => true,
            Declaration::Platform => false,
            _ => continue,
        };
        any = true;
        let binds = server.binds();
        if binds.is_empty() {
            unset(look, server, fixed_is_wrong);
        }
        for (bind, at) in binds {
            judge(look, server, &bind, at, fixed_is_wrong);
        }
    }
    if !any {
        look.undetermined(
            "no process of the platform starts a server that is known",
            "look at the platform's log of the start",
            None,
        );
    }
}

/// Whether a Procfile stands beside a fly.toml, whose image runs it by a process manager.
fn is_of_fly(facts: &Facts, procfile: &RepoPath) -> bool {
    procfile
        .parent()
        .and_then(|folder| folder.join("fly.toml"))
        .is_some_and(|path| facts.inventory.has(&path))
}

/// A server that is told no address.
fn unset(look: &mut Look, server: &AppServer, router: bool) {
    let at = server.process.at.clone();
    match server.program {
        Program::Gunicorn if server.unread.is_none() => {
            look.evidence("gunicorn binds the platform's PORT by itself", Some(at));
        }
        Program::Uvicorn | Program::Daphne | Program::Hypercorn if router => tell(
            look,
            at,
            format!("{} is told no port, and its default is 8000 on loopback", server.title()),
        ),
        _ => look.undetermined(
            "the address of the server is set in a file that is not in the repository",
            "look at the platform's log of the start",
            Some(at),
        ),
    }
}

fn judge(look: &mut Look, server: &AppServer, bind: &Bind, at: Span, fixed_is_wrong: bool) {
    match bind {
        Bind::Computed(_) => look.evidence("the address is taken from the environment", Some(at)),
        Bind::Tcp { host, port } if bind.is_local() == Some(true) => tell(
            look,
            at,
            format!("{} listens on {host}:{port}, which the platform cannot reach", server.title()),
        ),
        Bind::Tcp { port, .. } if fixed_is_wrong => {
            tell(look, at, format!("{} listens on port {port}, whatever PORT says", server.title()))
        }
        Bind::Tcp { port, .. } => {
            look.evidence(format!("the server listens on port {port} of all addresses"), Some(at))
        }
        Bind::Unix(_) | Bind::Descriptor => look.undetermined(
            "the server listens on a socket; what connects it to PORT is not known",
            "look at the buildpack's proxy",
            Some(at),
        ),
    }
}

fn tell(look: &mut Look, at: Span, message: String) {
    look.finding(
        at,
        Fault {
            severity: Severity::Error,
            message,
            consequence:
                "the platform's router never reaches the server and gives it up after a minute"
                    .to_owned(),
            fix: "bind 0.0.0.0:$PORT, or for gunicorn nothing at all".to_owned(),
        },
    );
}
