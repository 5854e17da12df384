//! `redis-port-published`: the Redis port is published or bound to all addresses.

use plimsoll_catalog::Severity;

use super::servers;
use crate::containers::{fault, is_public};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-port-published",
    control: "CACHE-02",
    title: "the Redis port is published or bound to all addresses",
    what: "Ports of Redis and Valkey services in production's compose files that are bound to all addresses of the host, and `bind` of redis.conf files to all addresses. Loopback and private addresses are fine.",
    why: "Redis speaks no TLS by default and tries no lockout: with a port on the internet its password is guessed at tens of thousands of tries a second. ufw does not stop it, as Docker writes its packet rules ahead of ufw's.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --requirepass ${REDIS_PASSWORD}
    ports:
      - \"6379:6379\"
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --requirepass ${REDIS_PASSWORD}
    ports:
      - \"127.0.0.1:6379:6379\"
```",
    sources: &["https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw"],
    check,
};

fn check(look: &mut Look) {
    for server in servers(look, "where it listens") {
        let published = server.published.iter().find(|(a, _)| is_public(a.as_deref()));
        let bound = server
            .binds
            .iter()
            .find(|bind| matches!(bind.value.as_str(), "0.0.0.0" | "*" | "::" | "::*"));
        let found = match (published, bound) {
            (Some((_, at)), _) => Some((at.clone(), "is published on all addresses of the host")),
            // In a container all addresses are those of its own network.
            (None, Some(bind)) if server.place == plimsoll_facts::RedisPlace::ConfFile => {
                Some((bind.span.clone(), "is bound to all addresses"))
            }
            _ => None,
        };
        let Some((at, how)) = found else {
            look.evidence(
                format!("{} has no port on all addresses", server.name),
                Some(server.at.clone()),
            );
            continue;
        };
        look.finding(
            at,
            fault(
                if server.password == Some(false) { Severity::Error } else { Severity::Warning },
                format!("the port of {} {how}", server.name),
                "everybody who reaches the host can try passwords; ufw does not stop what Docker publishes",
                "publish nothing (the stack's services reach it by its name), or only on 127.0.0.1",
            ),
        );
    }
}
