//! `broker-certificate-unchecked`: the broker's TLS connection does not check the certificate.

use plimsoll_catalog::Severity;
use plimsoll_python::Value;

use crate::cache::links::{self, Purpose};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "broker-certificate-unchecked",
    control: "JOB-03",
    title: "the broker's TLS connection does not check the certificate",
    what: "Celery's broker and result backend: `ssl_cert_reqs` of none in their addresses, and CERT_NONE in CELERY_BROKER_USE_SSL and CELERY_REDIS_BACKEND_USE_SSL. A result backend on `rediss://` that says nothing of the certificate is reported as well: Celery refuses to start with it.",
    why: "Encrypted to nobody in particular: whoever answers in the broker's place gets the password, reads every task and hands its own to the workers.",
    bad: "```python settings.py
CELERY_BROKER_URL = 'rediss://:x8Jq4Zt1@mq.example.org:6380/0?ssl_cert_reqs=none'
```",
    good: "```python settings.py
CELERY_BROKER_URL = 'rediss://:x8Jq4Zt1@mq.example.org:6380/0?ssl_cert_reqs=required'
```",
    sources: &[
        "https://docs.celeryq.dev/en/stable/userguide/configuration.html#broker-use-ssl",
        "https://docs.celeryq.dev/en/stable/userguide/configuration.html#redis-backend-use-ssl",
    ],
    check,
};

const SWITCHES: [(&str, Purpose); 4] = [
    ("CELERY_BROKER_USE_SSL", Purpose::Broker),
    ("BROKER_USE_SSL", Purpose::Broker),
    ("CELERY_REDIS_BACKEND_USE_SSL", Purpose::Results),
    ("CELERY_RESULT_BACKEND_USE_SSL", Purpose::Results),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    for (name, _) in SWITCHES.iter().filter(|(name, _)| facts.is_set(name)) {
        let Some(at) = facts.place_of(name) else { continue };
        let wanted = facts
            .partial(name)
            .and_then(|value| value.get("ssl_cert_reqs").or_else(|| value.get("cert_reqs")));
        match wanted.map(checks) {
            Some(Some(false)) => {
                look.finding(at, problem(format!("{name} does not check the certificate")));
            }
            Some(Some(true)) => {
                look.evidence(format!("{name} has the certificate checked"), Some(at));
            }
            Some(None) => look.undetermined(
                format!("what {name} says of the certificate is not known"),
                crate::way_to_know(name),
                Some(at),
            ),
            None => {}
        }
    }
    for link in links::links(facts) {
        let told =
            SWITCHES.iter().any(|(name, purpose)| *purpose == link.purpose && facts.is_set(name));
        if !matches!(link.purpose, Purpose::Broker | Purpose::Results)
            || !link.address.is_encrypted()
        {
            if matches!(link.purpose, Purpose::Broker) && !told {
                look.evidence(
                    "the broker's connection is not encrypted; nothing to check",
                    Some(link.at),
                );
            }
            continue;
        }
        let said = link
            .address
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix("ssl_cert_reqs="))
            .map(str::to_ascii_lowercase);
        match said.as_deref() {
            Some("none" | "cert_none") => {
                look.finding(
                    link.at,
                    problem(format!("the address of {} switches the check of the certificate off", link.purpose.name())),
                );
            }
            Some(_) => look.evidence(
                format!("the address of {} has the certificate checked", link.purpose.name()),
                Some(link.at),
            ),
            None if link.purpose == Purpose::Results && link.address.is_redis() && !told => {
                look.finding(
                    link.at,
                    fault(
                        Severity::Error,
                        "the address of the result backend says nothing of the certificate",
                        "Celery refuses to start: a rediss:// URL must have parameter ssl_cert_reqs",
                        "add ?ssl_cert_reqs=required",
                    ),
                );
            }
            None if !told => look.undetermined(
                format!("the address of {} says nothing of the certificate; the client library's default holds", link.purpose.name()),
                "add ?ssl_cert_reqs=required",
                Some(link.at),
            ),
            None => {}
        }
    }
}

fn problem(message: String) -> crate::Fault {
    fault(
        Severity::Warning,
        message,
        "whoever can answer in the broker's place reads the password and every task, and hands out tasks of its own",
        "ssl_cert_reqs=required, with the authority's file where it is not a public one",
    )
}

/// Whether a value of `ssl_cert_reqs` checks the certificate.
fn checks(value: &Value) -> Option<bool> {
    if let Some(number) = value.integer() {
        return Some(number != 0);
    }
    let text = match value {
        Value::None => return Some(false),
        Value::Object(object) => object.repr.clone(),
        value => value.text()?.to_owned(),
    };
    let lower = text.to_ascii_lowercase();
    if lower.contains("none") {
        Some(false)
    } else if lower.contains("required") || lower.contains("optional") {
        Some(true)
    } else {
        None
    }
}
