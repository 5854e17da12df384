//! `proxy-config-misplaced`: a configuration of nginx lies where nginx wants another kind.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts, NginxConfig};
use plimsoll_source::{RepoPath, Span};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-config-misplaced",
    control: "PRX-01",
    title: "a configuration of nginx lies where nginx wants another kind",
    what: "Configurations of nginx that compose services mount, images copy and scripts install below `/etc/nginx`: a file that takes the place of `nginx.conf` without `http { }` or `events { }`, a file with `http { }` or `events { }` among the sites (`conf.d`, `sites-enabled`, `templates`), and, in nginx’s own image, a file that its `nginx.conf` does not include (`sites-enabled`, or a name in `conf.d` that does not end in `.conf`). Where a service brings its own `nginx.conf` besides, its includes decide and sites are left alone; so are files that another program fills in.",
    why: "nginx reads one main file, and includes sites inside of its `http` block. A site in the main file’s place, or a main file among the sites, makes it refuse to start with “directive is not allowed here”; a site that nothing includes leaves the welcome page where the application should be.",
    bad: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
  proxy:
    image: nginx:1.27
    volumes:
      - ./deploy/nginx.conf:/etc/nginx/nginx.conf:ro
```
```text deploy/nginx.conf
server {
    listen 80;
    location / { proxy_pass http://web:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
  proxy:
    image: nginx:1.27
    volumes:
      - ./deploy/nginx.conf:/etc/nginx/conf.d/default.conf:ro
```
```text deploy/nginx.conf
server {
    listen 80;
    location / { proxy_pass http://web:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/beginners_guide.html#conf_structure",
        "https://nginx.org/en/docs/ngx_core_module.html#events",
        "https://hub.docker.com/_/nginx",
    ],
    check,
};

/// A file of the repository and where it goes on the proxy's disk.
struct Placed {
    file: RepoPath,
    target: String,
    /// Where it is said, where one line says it.
    at: Option<Span>,
    /// Who does it, for a sentence.
    by: String,
    /// Whether nginx's own image has it, whose main file is known, and no main file is brought.
    own_image: bool,
    /// Whether another main file is brought, whose includes decide.
    own_main: bool,
}

const MAIN: &str = "/etc/nginx/nginx.conf";

fn check(look: &mut Look) {
    if sites::is_absent(look, "the proxy's configuration") {
        return;
    }
    let facts = look.facts;
    let mut placed = in_containers(facts);
    placed.extend(by_scripts(facts));
    let mut right = 0;
    let mut seen = std::collections::BTreeSet::new();
    for place in &placed {
        let Some(config) = facts.edge.nginx.iter().find(|c| c.config.entry == place.file) else {
            continue;
        };
        if config.config.template || config.expands || config.config.directives.is_empty() {
            continue;
        }
        match fault_of(config, place) {
            None => right += 1,
            Some((at, message)) => {
                if !seen.insert((place.file.clone(), place.target.clone())) {
                    continue;
                }
                let starts = !message.contains("does not include");
                let finding = look.finding(
                    at,
                    Fault {
                        severity: Severity::Error,
                        message,
                        consequence: if starts { "nginx refuses to start with it, so that nothing is served".to_owned() } else { "nginx serves its welcome page, and no request reaches the application".to_owned() },
                        fix: if place.target == MAIN { "put the site into /etc/nginx/conf.d/ under a name that ends in .conf, or write events { } and http { } around it".to_owned() } else if starts { format!("put it in place of {MAIN}, or leave only the server blocks in it") } else { "put it into /etc/nginx/conf.d/ under a name that ends in .conf".to_owned() },
                    },
                );
                finding.confidence = Confidence::High;
                finding.related.extend(
                    place
                        .at
                        .clone()
                        .map(|at| Related { at, message: "it is put there here".to_owned() }),
                );
            }
        }
    }
    if right > 0 && seen.is_empty() {
        look.evidence(
            format!("{right} configurations of nginx lie where their kind belongs"),
            None,
        );
    } else if seen.is_empty() {
        look.evidence(
            "nothing in the repository puts a configuration of nginx where another kind belongs",
            None,
        );
    }
}

/// What is wrong with a configuration at its place, and where that shows.
fn fault_of(from: &NginxConfig, place: &Placed) -> Option<(Span, String)> {
    let config = &from.config;
    let top = |names: &[&str]| {
        let mut found = config.directives.iter();
        found
            .find(|directive| names.iter().any(|name| directive.is(name)) && !directive.conditional)
    };
    let (by, target) = (&place.by, &place.target);
    if target == MAIN {
        if let Some(site) = top(&["server", "location", "upstream", "proxy_pass", "listen"]) {
            let name = &site.name.value;
            return Some((
                site.span.clone(),
                format!(
                    "{by} puts this file in the place of {MAIN}, where {name} may not stand outside of http {{ }}"
                ),
            ));
        }
        let unread = config.has_unread_includes();
        if top(&["events"]).is_none() && top(&["http"]).is_some() && !unread {
            let at = config.directives.first()?.span.clone();
            return Some((
                at,
                format!(
                    "{by} puts this file in the place of {MAIN}, and it has no events {{ }}, without which nginx does not start"
                ),
            ));
        }
        return None;
    }
    if let Some(main) = top(&["http", "events", "worker_processes", "pid", "user"])
        && !place.own_main
    {
        let name = &main.name.value;
        return Some((
            main.span.clone(),
            format!(
                "{by} puts this file among the sites ({target}), which nginx reads inside of its own http {{ }}, where {name} may not stand"
            ),
        ));
    }
    let name = target.rsplit('/').next().unwrap_or("");
    let unread = target.starts_with("/etc/nginx/sites-")
        || (target.starts_with("/etc/nginx/conf.d/")
            && name.contains('.')
            && !name.ends_with(".conf"));
    if place.own_image && unread {
        let at = config.directives.first()?.span.clone();
        return Some((
            at,
            format!(
                "{by} puts this file to {target}, which the nginx.conf of nginx's own image does not include"
            ),
        ));
    }
    None
}

/// Whether nginx reads files at a path as its main file or as sites.
fn is_read(target: &str) -> bool {
    target == MAIN
        || ["/etc/nginx/conf.d", "/etc/nginx/sites-", "/etc/nginx/templates"]
            .iter()
            .any(|folder| target.starts_with(folder))
}

fn in_containers(facts: &Facts) -> Vec<Placed> {
    let mut found = Vec::new();
    let Some(stack) = facts.containers.production_stack() else { return found };
    for interior in facts.interiors.iter().filter(|i| i.declared == Declaration::Compose) {
        let Some(service) = stack.project.services.get(&interior.name) else { continue };
        // A command of its own may name another configuration.
        if service.command.as_ref().is_some_and(|c| c.texts().any(|text| text.contains("-c"))) {
            continue;
        }
        let holds: Vec<(String, &RepoPath)> = interior
            .holds
            .iter()
            .filter(|(there, _)| is_read(there))
            .flat_map(|(there, here)| files_of(facts, there, here))
            .collect();
        let own_main = holds.iter().any(|(there, _)| there == MAIN)
            || interior.mounts.iter().any(|mount| mount.target == "/etc/nginx");
        let image = crate::containers::image_name(service);
        let own_image = !own_main
            && service.build.is_none()
            && matches!(image.as_deref(), Some("nginx" | "nginx-unprivileged"));
        // The last one wins where two lie at one place.
        for (target, file) in &holds {
            let hidden = holds.iter().rev().find(|(there, _)| there == target);
            if hidden.is_some_and(|(_, last)| last != file) {
                continue;
            }
            let mount = interior.mounts.iter().find(|mount| *target == mount.target);
            found.push(Placed {
                file: (*file).clone(),
                target: target.clone(),
                at: mount.map(|mount| mount.at.clone()).or_else(|| Some(interior.at.clone())),
                by: format!("the service {}", interior.name),
                own_image,
                own_main: own_main && target != MAIN,
            });
        }
    }
    found
}

/// The configurations of nginx that a path of the repository brings to a path in a container: the
/// file itself, or those of a folder.
fn files_of<'f>(facts: &'f Facts, there: &str, here: &RepoPath) -> Vec<(String, &'f RepoPath)> {
    let entries = facts.edge.nginx.iter().map(|from| &from.config.entry);
    let mut found = Vec::new();
    for entry in entries {
        if entry == here {
            // A folder as the target takes the file under its own name.
            let folder = there.trim_end_matches('/');
            let into = ["/etc/nginx/conf.d", "/etc/nginx/templates", "/etc/nginx/sites-enabled"];
            let target = if into.contains(&folder) {
                format!("{folder}/{}", entry.file_name())
            } else {
                folder.to_owned()
            };
            found.push((target, entry));
        } else if let Some(rest) = entry.strip_prefix(here).filter(|_| !here.is_root()) {
            let rest: &str = rest;
            found.push((format!("{}/{rest}", there.trim_end_matches('/')), entry));
        }
    }
    found
}

/// What scripts, recipes and pipelines copy or link below `/etc/nginx`.
fn by_scripts(facts: &Facts) -> Vec<Placed> {
    let mut found = Vec::new();
    for routine in facts.routines.iter().filter(|r| r.is_main() && !r.is_document()) {
        for (command, reached) in routine.reached() {
            if !matches!(reached.program, "cp" | "ln" | "install" | "mv") {
                continue;
            }
            let words: Vec<String> = reached
                .arguments
                .iter()
                .map(|word| routine.resolve(word).unwrap_or_else(|| word.text.clone()))
                .filter(|word| !word.starts_with('-'))
                .collect();
            let [source, target] = words.as_slice() else { continue };
            if !is_read(target) {
                continue;
            }
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            let mut same =
                facts.edge.nginx.iter().filter(|from| from.config.entry.file_name() == name);
            let (Some(one), None) = (same.next(), same.next()) else { continue };
            let target =
                if target.ends_with('/') { format!("{target}{name}") } else { target.clone() };
            found.push(Placed {
                file: one.config.entry.clone(),
                target,
                at: Some(command.span.clone()),
                by: routine.file.to_string(),
                own_image: false,
                own_main: false,
            });
        }
    }
    found
}
