//! `redis-without-password`: Redis is reachable by others and asks for no password.

use plimsoll_catalog::Severity;
use plimsoll_facts::{RedisPlace, RedisServer};

use super::servers;
use crate::containers::{fault, is_public};
use crate::database::connection::is_local;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-without-password",
    control: "CACHE-02",
    title: "Redis is reachable by others and asks for no password",
    what: "Redis and Valkey services of production's compose files whose port is published on all addresses or that share the host's network, and redis.conf files that bind to more than loopback, without `requirepass`, an access list or the variables by which their image takes a password. A service that only its own stack can reach may do without.",
    why: "An open Redis is taken over within hours: whoever connects reads sessions, puts tasks into the queue, and by CONFIG SET writes files on the host.",
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
```",
    sources: &["https://redis.io/docs/latest/operate/oss_and_stack/management/security/"],
    check,
};

fn check(look: &mut Look) {
    for server in servers(look, "whether it asks for a password") {
        let open = exposure(server);
        match (server.password, open) {
            (Some(true), _) => {
                look.evidence(
                    format!("{} asks for a password", server.name),
                    Some(server.at.clone()),
                );
            }
            (_, None) => look.evidence(
                format!("{} can be reached from its own machine or stack only", server.name),
                Some(server.at.clone()),
            ),
            (None, Some(_)) => look.undetermined(
                format!(
                    "whether {} asks for a password is not known: {}",
                    server.name,
                    server.open.as_deref().unwrap_or("a variable decides it")
                ),
                "redis-cli -h HOST PING must be refused",
                Some(server.at.clone()),
            ),
            (Some(false), Some((at, how, sure))) => {
                look.finding(
                    at,
                    fault(
                        if sure { Severity::Error } else { Severity::Warning },
                        format!("{} {how} and asks for no password", server.name),
                        "whoever reaches the port reads and changes sessions, cache and queue, and can write files on its host",
                        "bind it to loopback or to the stack's own network, and set requirepass",
                    ),
                );
            }
        }
    }
}

/// How a server can be reached by others, where it can, and whether by everybody for certain.
fn exposure(server: &RedisServer) -> Option<(plimsoll_source::Span, String, bool)> {
    if server.host_network {
        return Some((server.at.clone(), "shares the host's network".to_owned(), false));
    }
    if let Some((_, at)) = server.published.iter().find(|(a, _)| is_public(a.as_deref())) {
        return Some((at.clone(), "publishes its port on all addresses".to_owned(), true));
    }
    if server.place != RedisPlace::ConfFile {
        return None;
    }
    let far = server.binds.iter().find(|bind| !is_local(&bind.value) || bind.value == "0.0.0.0");
    if let Some(bind) = far {
        let all = matches!(bind.value.as_str(), "0.0.0.0" | "*" | "::" | "::*");
        return Some((
            bind.span.clone(),
            format!("listens on {}", bind.value),
            all && server.unprotected.is_some(),
        ));
    }
    // Without `bind` it listens everywhere, and protected mode turns others away.
    let at = server.unprotected.as_ref().filter(|_| server.binds.is_empty())?;
    Some((at.clone(), "listens on all addresses with its protected mode off".to_owned(), true))
}
