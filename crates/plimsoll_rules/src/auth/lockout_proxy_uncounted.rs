//! `lockout-proxy-uncounted`: the lockout sees the proxy's address in place of the client's.

use plimsoll_catalog::{Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-proxy-uncounted",
    control: "AUTH-05",
    title: "the lockout sees the proxy's address in place of the client's",
    what: "django-axes that counts by address, behind a proxy of the repository, without AXES_IPWARE_PROXY_COUNT, AXES_IPWARE_META_PRECEDENCE_ORDER, AXES_CLIENT_IP_CALLABLE or a middleware that sets REMOTE_ADDR. By itself axes takes REMOTE_ADDR, which is the proxy's.",
    why: "All clients then have one address: where the lockout counts by address, five wrong passwords of one person lock out everybody; combined with the user name, an attacker anywhere can lock out a user everywhere.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
AXES_LOCKOUT_PARAMETERS = [['username', 'ip_address']]
```
```nginx deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
AXES_LOCKOUT_PARAMETERS = [['username', 'ip_address']]
AXES_IPWARE_PROXY_COUNT = 1
AXES_IPWARE_META_PRECEDENCE_ORDER = ['HTTP_X_FORWARDED_FOR']
```
```nginx deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; proxy_set_header X-Forwarded-For $remote_addr; }
}
```",
    sources: &[
        "https://django-axes.readthedocs.io/en/latest/4_configuration.html#configuring-reverse-proxies",
    ],
    check,
};

const TELLS: [&str; 8] = [
    "AXES_IPWARE_PROXY_COUNT",
    "AXES_IPWARE_PROXY_TRUSTED_IPS",
    "AXES_IPWARE_META_PRECEDENCE_ORDER",
    "AXES_CLIENT_IP_CALLABLE",
    "AXES_PROXY_COUNT",
    "AXES_META_PRECEDENCE_ORDER",
    "AXES_BEHIND_REVERSE_PROXY",
    "AXES_CLIENT_IP_ATTRIBUTE",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("axes") != Some(true) {
        return;
    }
    let Some(at) = facts.place_of("INSTALLED_APPS") else { return };
    if let Some(name) = TELLS.into_iter().find(|name| facts.is_set(name)) {
        look.evidence(
            format!("{name} tells axes where the client's address is"),
            facts.place_of(name),
        );
        return;
    }
    // Counting by user name alone looks at no address.
    let by_address = facts
        .partial("AXES_LOCKOUT_PARAMETERS")
        .and_then(|value| value.items())
        .is_none_or(|items| {
            items.iter().any(|item| {
                item.text() == Some("ip_address")
                    || item.items().is_some_and(|inner| {
                        inner.iter().any(|one| one.text() == Some("ip_address"))
                    })
            })
        });
    if !by_address {
        look.evidence(
            "the lockout does not look at addresses",
            facts.place_of("AXES_LOCKOUT_PARAMETERS"),
        );
        return;
    }
    let own = facts
        .partial("MIDDLEWARE")
        .and_then(|value| value.items())
        .unwrap_or_default()
        .iter()
        .filter_map(|item| item.text())
        .find(|name| {
            let name = name.to_ascii_lowercase();
            [
                "xff",
                "forwarded",
                "realip",
                "real_ip",
                "remoteaddr",
                "remote_addr",
                "clientip",
                "ipware",
                "proxy",
            ]
            .iter()
            .any(|word| name.contains(word))
        });
    if let Some(name) = own {
        look.undetermined(
            format!("whether {name} sets REMOTE_ADDR to the client's address is not known"),
            "a drill: lock a canary account from one address, log another in from a second one",
            Some(at),
        );
        return;
    }
    match facts.edge.locations.first() {
        Some(location) => {
            let place = location.at.clone();
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: "axes counts by address, and takes the proxy's for every client".to_owned(),
                    consequence: "one person's wrong passwords count against everybody".to_owned(),
                    fix: "have the proxy set X-Forwarded-For to $remote_addr, and set AXES_IPWARE_PROXY_COUNT and AXES_IPWARE_META_PRECEDENCE_ORDER".to_owned(),
                },
            );
            finding.related.push(Related { at: place, message: "requests come through here".to_owned() });
        }
        None => look.undetermined(
            "axes takes REMOTE_ADDR, and whether a proxy stands in front is not in the repository",
            "add the proxy's configuration to the repository, or look at the addresses in the axes log",
            Some(at),
        ),
    }
}
