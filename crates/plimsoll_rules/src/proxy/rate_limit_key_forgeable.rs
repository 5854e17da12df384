//! `rate-limit-key-forgeable`: the rate limit counts by a header that the client writes.

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::{Config, Zone};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "rate-limit-key-forgeable",
    control: "PRX-07",
    title: "the rate limit counts by a header that the client writes",
    what: "The keys of nginx’s `limit_req_zone`: a request header (`$http_x_forwarded_for` and the like), `$proxy_add_x_forwarded_for`, a variable that a `map` makes of one, or the client’s address where `set_real_ip_from` believes everybody. A header that a CDN writes is as forgeable for whoever reaches the proxy past the CDN.",
    why: "Who sends another X-Forwarded-For with each try is a new client each time: the limit stops honest people only.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
limit_req_zone $http_x_forwarded_for zone=login:10m rate=10r/m;
server {
    listen 443 ssl;
    location / {
        limit_req zone=login;
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
limit_req_zone $binary_remote_addr zone=login:10m rate=10r/m;
server {
    listen 443 ssl;
    location / {
        limit_req zone=login;
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_zone",
        "https://nginx.org/en/docs/http/ngx_http_realip_module.html#set_real_ip_from",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "by what the proxy counts requests") {
        return;
    }
    let facts = look.facts;
    let mut any = false;
    for from in &facts.edge.nginx {
        let config = &from.config;
        for zone in config.limit_req_zones() {
            any = true;
            judge(look, config, &zone);
        }
    }
    if !any {
        look.undetermined(
            "no limit_req_zone is in what the repository has of the proxy's configuration",
            "see rate-limit-missing",
            None,
        );
    }
}

fn judge(look: &mut Look, config: &Config, zone: &Zone<'_>) {
    let at = zone.directive.span.clone();
    let source = source_of(config, zone.key);
    if let Some((header, place)) = source {
        look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!("the limit of zone {} counts by {header}, which the client writes", zone.name),
                consequence: "whoever changes the header with each request is never limited".to_owned(),
                fix: "count by $binary_remote_addr, and behind another proxy set_real_ip_from its addresses with real_ip_header".to_owned(),
            },
        );
        if let Some(place) = place {
            look.relate(Related {
                at: place,
                message: "the variable is made of the header here".to_owned(),
            });
        }
        return;
    }
    if !matches!(zone.key, "$binary_remote_addr" | "$remote_addr") {
        look.undetermined(
            format!("what {} is made of is not known", zone.key),
            "send a burst with a header that changes, and look whether it is limited",
            Some(at),
        );
        return;
    }
    let believed =
        config.servers().iter().filter_map(|server| server.scope().real_ip()).find_map(|real| {
            let everybody =
                real.from.iter().position(|from| matches!(*from, "0.0.0.0/0" | "::/0"))?;
            real.directives
                .get(everybody)
                .map(|directive| (real.header.to_owned(), directive.span.clone()))
        });
    match believed {
        Some((header, place)) if header != "proxy_protocol" => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("the limit counts by the client's address, which nginx takes from {header} of everybody"),
                    consequence: "whoever changes the header with each request is never limited".to_owned(),
                    fix: "name only the addresses of the proxies in front in set_real_ip_from".to_owned(),
                },
            );
            look.relate(Related { at: place, message: "everybody is believed here".to_owned() });
        }
        _ => look.evidence(format!("zone {} counts by the client's address", zone.name), Some(at)),
    }
}

/// The header that a key is made of, and the `map` in between.
fn source_of(config: &Config, key: &str) -> Option<(String, Option<plimsoll_source::Span>)> {
    if let Some(header) = header_in(key) {
        return Some((header, None));
    }
    for map in config.http_directives("map") {
        if map.arg(1) != Some(key) {
            continue;
        }
        let passes = |value: &str| header_in(value).is_some() || value == map.arg(0).unwrap_or("");
        let header = map.arg(0).and_then(header_in)?;
        // A map that only chooses who is limited takes the key itself from elsewhere.
        let copies = map.children().iter().any(|entry| {
            entry.args.iter().any(|word| passes(&word.value) || is_capture(&word.value))
        });
        if copies {
            return Some((header, Some(map.span.clone())));
        }
    }
    None
}

/// `$1` or a named capture of the source itself.
fn is_capture(value: &str) -> bool {
    value
        .strip_prefix('$')
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()) && !rest.is_empty())
}

fn header_in(text: &str) -> Option<String> {
    if text.contains("$proxy_add_x_forwarded_for") {
        return Some("X-Forwarded-For".to_owned());
    }
    let at = text.find("$http_")?;
    let name: String = text
        .get(at + 6..)?
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let address = name.contains("forwarded")
        || name.contains("real_ip")
        || name.contains("client_ip")
        || name.contains("connecting_ip");
    address.then(|| {
        let words = name.split('_').map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            format!("{}{rest}", first.to_ascii_uppercase())
        });
        words.collect::<Vec<_>>().join("-")
    })
}
