//! `broker-unencrypted`: the broker's password crosses a clear connection to another host.

use plimsoll_catalog::Severity;

use crate::cache::links::{self, Purpose};
use crate::containers::{fault, is_private};
use crate::database::connection::is_remote;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "broker-unencrypted",
    control: "JOB-03",
    title: "the broker's URL sends its password over a clear connection to another host",
    what: "Celery's broker and result backend on Redis or RabbitMQ: `redis://` or `amqp://` to a host that is certainly another machine (a name with a domain, an address outside of private networks). Services of the same stack, loopback, private addresses and names without a domain are left out, and addresses that hold only while a variable is unset.",
    why: "The password and every task's arguments, names and addresses among them, cross the network readable; whoever can write into the connection runs tasks of their choice.",
    bad: "```python settings.py
CELERY_BROKER_URL = 'amqp://rota:x8Jq4Zt1@mq.example.org:5672/rota'
```",
    good: "```python settings.py
CELERY_BROKER_URL = 'amqps://rota:x8Jq4Zt1@mq.example.org:5671/rota'
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/configuration.html#broker-use-ssl"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for link in links::links(facts) {
        if !matches!(link.purpose, Purpose::Broker | Purpose::Results) {
            continue;
        }
        let address = &link.address;
        let clear = (address.is_redis() || matches!(address.scheme.as_str(), "amqp" | "pyamqp"))
            && !address.is_encrypted();
        let switch = match link.purpose {
            Purpose::Broker => ["CELERY_BROKER_USE_SSL", "BROKER_USE_SSL"],
            _ => ["CELERY_REDIS_BACKEND_USE_SSL", "CELERY_RESULT_BACKEND_USE_SSL"],
        };
        let switched = switch.iter().any(|name| {
            facts.is_set(name)
                && facts.partial(name).and_then(plimsoll_python::Value::truth) != Some(false)
        });
        if !clear || switched {
            if address.is_encrypted() || switched {
                look.evidence(
                    format!("the connection of {} is encrypted", link.purpose.name()),
                    Some(link.at),
                );
            }
            continue;
        }
        if !is_remote(&address.host) || is_private(&address.host) {
            look.evidence(
                format!("{} are on {}, near the application", link.purpose.name(), address.host),
                Some(link.at),
            );
            continue;
        }
        if !link.assumed.is_empty() {
            look.undetermined(
                format!(
                    "{} are on {} unless {} says otherwise",
                    link.purpose.name(),
                    address.host,
                    crate::database::connection::several(&link.assumed)
                ),
                "check with production's environment: --env-file FILE",
                Some(link.at),
            );
            continue;
        }
        look.finding(
            link.at,
            fault(
                Severity::Warning,
                format!(
                    "{} are on {}, by a connection in clear",
                    link.purpose.name(),
                    address.host
                ),
                if address.has_password {
                    "its password and the arguments of every task can be read on the way"
                } else {
                    "the arguments of every task can be read and changed on the way"
                },
                "use rediss:// or amqps:// and have the certificate checked",
            ),
        );
    }
}
