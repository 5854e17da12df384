//! `redis-unencrypted`: Redis on another host is reached over a clear connection.

use plimsoll_catalog::Severity;

use super::links::{self, Purpose};
use crate::containers::{fault, is_private};
use crate::database::connection::is_remote;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-unencrypted",
    control: "CACHE-02",
    title: "Redis on another host is reached over a clear connection",
    what: "Addresses of caches, channel layers and RQ queues in the settings: `redis://` to a host that is certainly another machine (a name with a domain, an address outside of private networks). Celery's broker has a rule of its own; services of the same stack, private addresses and names without a domain are left out, and addresses that hold only while a variable is unset.",
    why: "Sessions and cached pages of signed-in users, and the password itself, cross the network readable. Managed services that ask for a password refuse clear connections anyway.",
    bad: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://:x8Jq4Zt1@cache.example.org:6379/0'}}
```",
    good: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'rediss://:x8Jq4Zt1@cache.example.org:6379/0'}}
```",
    sources: &["https://redis.io/docs/latest/operate/oss_and_stack/management/security/encryption/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut known = 0usize;
    for link in links::links(facts) {
        if matches!(link.purpose, Purpose::Broker | Purpose::Results) || !link.address.is_redis() {
            continue;
        }
        known += 1;
        let host = &link.address.host;
        let what = link.purpose.name();
        if link.address.is_encrypted() {
            look.evidence(format!("the connection of {what} is encrypted"), Some(link.at));
        } else if !is_remote(host) || is_private(host) {
            look.evidence(format!("{what} is on {host}, near the application"), Some(link.at));
        } else if !link.assumed.is_empty() {
            look.undetermined(
                format!(
                    "{what} is on {host} unless {} says otherwise",
                    crate::database::connection::several(&link.assumed)
                ),
                "check with production's environment: --env-file FILE",
                Some(link.at),
            );
        } else {
            look.finding(
                link.at,
                fault(
                    Severity::Warning,
                    format!("{what} is on {host}, by a connection in clear"),
                    "whoever sits between reads sessions, cached pages and the password",
                    "use rediss:// and have the certificate checked",
                ),
            );
        }
    }
    if known == 0 && facts.is_set("CACHES") {
        look.undetermined(
            "no address of a Redis is known",
            "check with production's environment: --env-file FILE",
            facts.place_of("CACHES"),
        );
    }
}
