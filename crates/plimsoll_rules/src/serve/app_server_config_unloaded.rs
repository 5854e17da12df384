//! `app-server-config-unloaded`: a server's configuration file that nothing loads.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{AppServer, inventory::Role};
use plimsoll_formats::command::Program;
use plimsoll_source::{RepoPath, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "app-server-config-unloaded",
    control: "APP-01",
    title: "a configuration file of the application server that no command loads",
    what: "Files by the name of a gunicorn or uWSGI configuration, where commands of the repository start that server and none of them loads the file: by its options, by GUNICORN_CMD_ARGS, or because gunicorn finds `gunicorn.conf.py` in its working folder. Where a command loads a configuration that is not in the repository, the file may be copied there: if the name is the same it counts as loaded.",
    why: "Workers, timeout and bind are written down with care, and the process runs with the defaults: one worker, 30 seconds. Nobody sees it until the first long report.",
    bad: "```python settings.py
DEBUG = False
```
```python deploy/gunicorn_config.py
workers = 5
timeout = 120
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi:application
```",
    good: "```python settings.py
DEBUG = False
```
```python deploy/gunicorn_config.py
workers = 5
timeout = 120
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn -c deploy/gunicorn_config.py config.wsgi:application
```",
    sources: &["https://docs.gunicorn.org/en/stable/configure.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for (program, name, files) in [
        (Program::Gunicorn, "gunicorn", gunicorn_files(look)),
        (
            Program::Uwsgi,
            "uWSGI",
            facts
                .inventory
                .main(Role::Uwsgi)
                .map(|file| file.path.clone())
                .collect::<Vec<RepoPath>>(),
        ),
    ] {
        let servers: Vec<&AppServer> =
            facts.servers.iter().filter(|server| server.program == program).collect();
        for file in &files {
            any = true;
            let at = Span::of_file(file.clone());
            if servers.is_empty() {
                look.undetermined(format!("no command of the repository starts {name}, so that who loads {file} is not known"), "look at the command line of the running process", Some(at));
            } else if servers.iter().any(|server| loads(server, file)) {
                look.evidence(format!("{name} loads {file}"), Some(at));
            } else {
                let finding = look.finding(
                    at,
                    Fault {
                        severity: Severity::Warning,
                        message: format!("no command of the repository that starts {name} loads this configuration"),
                        consequence: format!("{name} runs with its defaults and with what its command line says"),
                        fix: "name the file in the command (gunicorn -c FILE, uwsgi --ini FILE), or delete it".to_owned(),
                    },
                );
                finding.confidence = Confidence::Medium;
                finding.related.extend(servers.iter().take(3).map(|server| Related {
                    at: server.process.at.clone(),
                    message: "started here without it".to_owned(),
                }));
            }
        }
    }
    if any {
        return;
    }
    match facts.servers.first() {
        Some(server) if server.unread.is_some() => look.undetermined(
            "the server loads a configuration that is not in the repository",
            "add the file to the repository",
            server.unread.clone(),
        ),
        Some(server) => look.evidence(
            "the server is configured by its command line alone",
            Some(server.process.at.clone()),
        ),
        None => look.undetermined(
            "which server production starts is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        ),
    }
}

/// Python files by the name of a gunicorn configuration.
fn gunicorn_files(look: &Look) -> Vec<RepoPath> {
    let files = look.facts.inventory.main(Role::Python);
    files
        .map(|file| file.path.clone())
        .filter(|path| {
            let name = path.file_name().to_ascii_lowercase();
            name.contains("gunicorn") && (name.contains("conf") || name == "gunicorn.py")
        })
        .collect()
}

/// Whether a server loads the file, or one of its name that an installation may bring.
fn loads(server: &AppServer, file: &RepoPath) -> bool {
    if server.config() == Some(file) {
        return true;
    }
    let named = ["config", "ini"].iter().filter_map(|name| match server.setting(name) {
        plimsoll_facts::ServerSetting::Set { text, .. } => Some(text),
        plimsoll_facts::ServerSetting::Computed { written, .. } => Some(written),
        plimsoll_facts::ServerSetting::Unset => None,
    });
    let mut named = named.peekable();
    let operands =
        server.command().map(|command| command.options.operands.as_slice()).unwrap_or_default();
    named.any(|text| {
        let last = text.rsplit('/').next().unwrap_or("");
        last == file.file_name() || text.contains('$')
    }) || operands.iter().any(|word| word.value.rsplit('/').next() == Some(file.file_name()))
}
