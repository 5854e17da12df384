//! `database-port-published`: the database port is published or bound to all addresses.

use plimsoll_catalog::Severity;
use plimsoll_facts::DatabaseKind;

use crate::containers::{fault, is_public, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-port-published",
    control: "NET-03",
    title: "the database port is published or bound to all addresses",
    what: "Ports of database services in production's compose files that are bound to all addresses of the host, and `listen_addresses = '*'` in a postgresql.conf of the repository that no compose file goes with. Loopback and private addresses are fine.",
    why: "The whole internet can try passwords against the database, whatever ufw says: Docker writes its packet rules ahead of it. Databases on open ports are found within hours and emptied for ransom.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
    ports:
      - \"5432:5432\"
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
    ports:
      - \"127.0.0.1:5432:5432\"
```",
    sources: &["https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.containers.databases.is_empty() {
        for conf in &facts.postgres {
            let Some(listens) = &conf.listens else { continue };
            let open = listens
                .value
                .split(',')
                .map(str::trim)
                .any(|a| matches!(a, "*" | "0.0.0.0" | "::"));
            if open {
                look.finding(
                    listens.span.clone(),
                    fault(
                        Severity::Note,
                        "PostgreSQL listens on all addresses of its host",
                        "unless a firewall closes port 5432, everybody can try passwords",
                        "listen_addresses = 'localhost', or the private address that the application connects to",
                    ),
                );
            } else {
                look.evidence(
                    format!("PostgreSQL listens on {}", listens.value),
                    Some(listens.span.clone()),
                );
            }
        }
        return;
    }
    if stack(look).is_none() {
        return;
    }
    for server in &facts.containers.databases {
        let port = if server.kind == DatabaseKind::Postgres { "5432" } else { "3306" };
        let open = server.published.iter().find(|(address, _)| is_public(address.as_deref()));
        match open {
            None => look.evidence(
                format!("{} publishes no port on all addresses", server.service),
                Some(server.at.clone()),
            ),
            Some((_, at)) => {
                look.finding(
                    at.clone(),
                    fault(
                        Severity::Error,
                        format!("port {port} of the database {} is open on all addresses of the host", server.service),
                        "everybody who reaches the host can try passwords against the database; ufw does not stop what Docker publishes",
                        format!("publish nothing (the stack's services reach it as {}), or only 127.0.0.1:{port}:{port}", server.service),
                    ),
                );
            }
        }
    }
}
