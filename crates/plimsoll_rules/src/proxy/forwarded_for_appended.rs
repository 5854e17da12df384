//! `forwarded-for-appended`: the proxy appends to X-Forwarded-For, and the application trusts its
//! first entry.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::command::{Command, Program};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "forwarded-for-appended",
    control: "PRX-02",
    title: "the proxy appends to X-Forwarded-For, and the application trusts its first entry",
    what: "Locations of the proxy that pass `$proxy_add_x_forwarded_for` or the client's own header on, while something behind it takes the first entry for the client's address: code of the project, django-axes told to read the header without a count of proxies, uvicorn with `--forwarded-allow-ips=*`. A proxy that appends is no defect where nobody takes the first entry, and one behind another proxy has to append: then the outer one must overwrite.",
    why: "The proxy keeps what the client wrote and puts the true address behind it. The first entry is thus whatever an attacker sends: in the audit log, in limits, in lockouts, in allow-lists of addresses.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def address(request):
    return request.META.get('HTTP_X_FORWARDED_FOR', '').split(',')[0]
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
def address(request):
    return request.META.get('HTTP_X_FORWARDED_FOR', '').split(',')[0]
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-For $remote_addr;
    }
}
```",
    sources: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#security_and_privacy_concerns",
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#var_proxy_add_x_forwarded_for",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let edge = &facts.edge;
    if !edge.is_present() || edge.locations.is_empty() {
        return;
    }
    let passed: Vec<(&str, &Span)> =
        edge.locations.iter().filter_map(|location| location.passes("X-Forwarded-For")).collect();
    let keeps = |value: &str| {
        value.contains("$proxy_add_x_forwarded_for") || value.contains("$http_x_forwarded_for")
    };
    let kept: Vec<&Span> =
        passed.iter().filter(|(value, _)| keeps(value)).map(|(_, at)| *at).collect();
    let takers = takers(facts);
    match (kept.first(), takers.first()) {
        (Some(at), Some(_)) => {
            let finding = look.finding(
                (*at).clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "the proxy keeps what the client wrote into X-Forwarded-For, and the first entry is trusted behind it".to_owned(),
                    consequence: "whoever sends the header chooses the address that is logged, limited and let in".to_owned(),
                    fix: "set X-Forwarded-For to $remote_addr at the outermost proxy, or count entries from the end by the number of your proxies".to_owned(),
                },
            );
            for (at, message) in takers.into_iter().take(4) {
                finding.related.push(Related { at, message });
            }
        }
        (Some(at), None) => look.evidence(
            format!("the proxy appends to X-Forwarded-For, and nothing that is seen takes the first entry: {}", facts.code.looked_at()),
            Some((*at).clone()),
        ),
        (None, Some((at, _))) if passed.len() < edge.locations.len() => look.undetermined(
            "the first entry of X-Forwarded-For is trusted, and not every location of the proxy sets the header",
            "set X-Forwarded-For to $remote_addr in every location, or probe the live site with a header of your own",
            Some(at.clone()),
        ),
        (None, _) => {
            if let Some((_, at)) = passed.first() {
                look.evidence("the proxy overwrites X-Forwarded-For", Some((*at).clone()));
            }
        }
    }
}

/// What takes the first entry for the client's address.
fn takers(facts: &Facts) -> Vec<(Span, String)> {
    let code = facts.code.modules.iter().flat_map(|module| &module.facts.forwarded_first);
    let mut found: Vec<(Span, String)> =
        code.map(|at| (at.clone(), "the first entry is taken here".to_owned())).collect();
    let axes = "AXES_IPWARE_META_PRECEDENCE_ORDER";
    let reads_header = facts.is_set(axes)
        && facts.certain(axes).and_then(Value::items).is_some_and(|items| {
            items.first().and_then(Value::text).is_some_and(|text| text.contains("FORWARDED_FOR"))
        });
    let counted = ["AXES_IPWARE_PROXY_COUNT", "AXES_IPWARE_PROXY_TRUSTED_IPS"];
    if reads_header
        && facts.has_app("axes") == Some(true)
        && !counted.iter().any(|name| facts.is_set(name))
    {
        found.extend(facts.place_of(axes).map(|at| (at, "django-axes reads it here".to_owned())));
    }
    for process in &facts.processes {
        let Some(command) = process.command.as_ref().filter(|c| c.program == Program::Uvicorn)
        else {
            continue;
        };
        if trusts_everybody(command) {
            let at = command.name.span.clone();
            found.push((
                at,
                "uvicorn trusts every sender, and then takes the first entry".to_owned(),
            ));
        }
    }
    found
}

fn trusts_everybody(command: &Command) -> bool {
    command.options.value("forwarded-allow-ips").is_some_and(|value| value.value == "*")
}
