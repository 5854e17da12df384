//! `throttle-address-forgeable`: a client escapes the throttle by a header.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "throttle-address-forgeable",
    control: "API-03",
    title: "a client escapes the throttle by a header",
    what: "NUM_PROXIES of REST_FRAMEWORK: unset, DRF takes the whole X-Forwarded-For header for the client's identity.",
    why: "A client that sends another X-Forwarded-For with each request is a new client each time, and is never throttled.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle'], 'DEFAULT_THROTTLE_RATES': {'anon': '5/min'}}
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {
    'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle'],
    'DEFAULT_THROTTLE_RATES': {'anon': '5/min'},
    'NUM_PROXIES': 1,
}
```",
    sources: &["https://www.django-rest-framework.org/api-guide/throttling/#how-clients-are-identified"],
    check,
};

fn check(look: &mut Look) {
    if !super::throttle_per_process::throttles(look) {
        return;
    }
    let forgeable = || {
        Judgement::warning(
            "NUM_PROXIES is not set, so throttles trust the whole X-Forwarded-For header",
            "a client that changes the header with each request is never throttled",
            "set REST_FRAMEWORK['NUM_PROXIES'] to the number of proxies in front of the application, or have the proxy overwrite the header",
        )
    };
    // A proxy that overwrites the header leaves nothing to forge.
    let overwritten = !look.facts.edge.locations.is_empty()
        && look.facts.edge.locations.iter().all(|location| {
            location.passes("X-Forwarded-For").is_some_and(|(value, _)| value == "$remote_addr")
        });
    if overwritten {
        look.evidence("the proxy overwrites X-Forwarded-For with the address it saw", None);
        return;
    }
    if !look.facts.is_set("REST_FRAMEWORK") {
        look.settle_default("INSTALLED_APPS", forgeable());
        return;
    }
    // Where the dict itself is certain, what its other entries depend on changes nothing.
    if let (Some(value @ Value::Dict(pairs)), Some(at)) =
        (look.facts.certain("REST_FRAMEWORK"), look.facts.place_of("REST_FRAMEWORK"))
        && !pairs.is_empty()
        && value.get("NUM_PROXIES").is_none()
    {
        look.settle(at, forgeable());
        return;
    }
    look.judge_keys("REST_FRAMEWORK", &["NUM_PROXIES"], |value| match value.get("NUM_PROXIES") {
        Some(Value::Int(number)) => Judgement::Certain(format!("NUM_PROXIES is {number}")),
        Some(Value::None) => forgeable(),
        None if matches!(value, Value::Dict(_)) => forgeable(),
        _ => Judgement::Neither,
    });
}
