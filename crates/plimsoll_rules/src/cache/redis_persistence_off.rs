//! `redis-persistence-off`: a Redis that holds queues or sessions writes nothing to disk.

use plimsoll_catalog::{Confidence, Related, Severity};

use super::links;
use super::servers;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-persistence-off",
    control: "CACHE-04",
    title: "a Redis that holds queues or sessions writes nothing to disk",
    what: "Production's Redis servers in which the settings keep Celery's or RQ's queues, or sessions that are in no database: saving switched off (`save \"\"` without `appendonly yes`), or a compose service whose data lies in no volume. Servers that hold only caches are left out, and what nobody's settings are known to use.",
    why: "A restart of Redis, or `docker compose down`, then loses every waiting task and signs everybody out. Nobody notices the tasks.",
    bad: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
```",
    good: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --appendonly yes
    volumes:
      - redis:/data
volumes:
  redis:
```",
    sources: &["https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for server in servers(look, "whether it writes to disk") {
        let uses = links::uses(facts, server);
        let kept: Vec<_> = uses.links.iter().filter(|link| link.purpose.must_last()).collect();
        if kept.is_empty() && uses.guessed.is_empty() {
            if uses.links.is_empty() {
                look.undetermined(
                    format!("what is kept in {} is not known", server.name),
                    "check with production's environment: --env-file FILE",
                    Some(server.at.clone()),
                );
            } else {
                look.evidence(
                    format!("nothing that must last is known to be in {}", server.name),
                    Some(server.at.clone()),
                );
            }
            continue;
        }
        let off = server.persists.as_ref().filter(|persists| !persists.value);
        let problem = match off {
            Some(off) => Some((off.span.clone(), "is told to write nothing to disk")),
            None if !server.has_volume => Some((server.at.clone(), "has no volume for its data")),
            None => None,
        };
        let Some((at, how)) = problem else {
            match &server.open {
                Some(why) if server.persists.is_none() => look.undetermined(
                    format!("whether {} writes to disk is not known: {why}", server.name),
                    "redis-cli CONFIG GET save appendonly",
                    Some(server.at.clone()),
                ),
                _ => look.evidence(
                    format!("{} keeps its data over a restart", server.name),
                    Some(server.at.clone()),
                ),
            }
            continue;
        };
        let mut names: Vec<String> = kept.iter().map(|link| link.purpose.name()).collect();
        names.extend(uses.guessed.iter().map(links::Purpose::name));
        names.dedup();
        let sure = off.is_some() && kept.iter().any(|link| link.assumed.is_empty());
        let finding = look.finding(
            at,
            fault(
                Severity::Warning,
                format!("{} holds {} and {how}", server.name, names.join(" and ")),
                "tasks that wait are gone, and sessions with them, after the next restart or update of the container",
                "appendonly yes, and a named volume at /data",
            ),
        );
        if !sure {
            finding.confidence = Confidence::Medium;
        }
        finding.related.extend(kept.iter().map(|link| Related {
            at: link.at.clone(),
            message: format!("{} points {} there", link.setting, link.purpose.name()),
        }));
    }
}
