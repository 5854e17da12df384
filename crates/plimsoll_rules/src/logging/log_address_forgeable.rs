//! `log-address-forgeable`: code takes the client's address from what the client wrote.

use plimsoll_catalog::{Confidence, Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-address-forgeable",
    control: "LOG-04",
    title: "code takes the client's address from what the client wrote",
    what: "Code that takes the first entry of X-Forwarded-For. Proxies append, so the first entry is whatever the client sent; only where the outermost proxy overwrites the header is it the client's address.",
    why: "An attacker writes any address into audit log, limits and allow-lists by adding one header.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def address(request):
    forwarded = request.META.get('HTTP_X_FORWARDED_FOR')
    return forwarded.split(',')[0] if forwarded else request.META['REMOTE_ADDR']
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
def address(request):
    forwarded = request.META.get('HTTP_X_FORWARDED_FOR')
    return forwarded.split(',')[-1].strip() if forwarded else request.META['REMOTE_ADDR']
```",
    sources: &[
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#security_and_privacy_concerns",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let places: Vec<_> =
        facts.code.modules.iter().flat_map(|module| &module.facts.forwarded_first).collect();
    if places.is_empty() {
        look.evidence(
            format!("{}, none takes the first entry of X-Forwarded-For", facts.code.looked_at()),
            None,
        );
        return;
    }
    let passed: Vec<_> = facts
        .edge
        .locations
        .iter()
        .filter_map(|location| location.passes("X-Forwarded-For"))
        .collect();
    let all = facts.edge.locations.len();
    if all > 0 && passed.len() == all && passed.iter().all(|(value, _)| *value == "$remote_addr") {
        look.evidence("the proxy overwrites X-Forwarded-For with the address it saw", None);
        return;
    }
    let appended = passed.iter().find(|(value, _)| *value == "$proxy_add_x_forwarded_for");
    for at in places {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "the first entry of X-Forwarded-For is taken for the client's address".to_owned(),
                consequence: "whoever sends the header chooses the address that is logged and trusted".to_owned(),
                fix: "have the outermost proxy set X-Forwarded-For to $remote_addr, or count entries from the end by the number of your proxies".to_owned(),
            },
        );
        match appended {
            Some((_, place)) => finding.related.push(Related {
                at: (*place).clone(),
                message: "the proxy appends to what the client sent".to_owned(),
            }),
            None => finding.confidence = Confidence::Medium,
        }
    }
}
