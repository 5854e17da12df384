//! `throttle-missing`: the API does not limit how often it is called.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "throttle-missing",
    control: "API-03",
    title: "the API does not limit how often it is called",
    what: "DEFAULT_THROTTLE_CLASSES and DEFAULT_THROTTLE_RATES of REST_FRAMEWORK, and throttles and limits that single views, actions and functions set. A limit at the proxy is looked at by its own rule.",
    why: "One client with a loop takes all workers, and a password or code can be guessed as fast as the server answers.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'PAGE_SIZE': 50}
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {
    'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle'],
    'DEFAULT_THROTTLE_RATES': {'anon': '60/min'},
}
```",
    sources: &["https://www.django-rest-framework.org/api-guide/throttling/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_drf(facts) {
        return;
    }
    let modules = facts.code.modules.iter().filter(|module| !module.is_test());
    let own = modules.flat_map(|module| &module.facts.limits).next();
    let missing = || match own {
        Some(_) => Judgement::Open {
            reason: "there is no throttle for the whole API, and some views set their own"
                .to_owned(),
            needs: "a drill: a burst of requests to each endpoint".to_owned(),
        },
        None => Judgement::warning(
            "REST_FRAMEWORK sets no throttle, and no view sets one",
            "one client can take all workers, and guess passwords and codes as fast as it likes",
            "set DEFAULT_THROTTLE_CLASSES and DEFAULT_THROTTLE_RATES",
        ),
    };
    if !facts.is_set("REST_FRAMEWORK") {
        look.settle_default("INSTALLED_APPS", missing());
        return;
    }
    look.judge_keys(
        "REST_FRAMEWORK",
        &["DEFAULT_THROTTLE_CLASSES", "DEFAULT_THROTTLE_RATES"],
        |value| match value.get("DEFAULT_THROTTLE_CLASSES") {
            Some(classes) if classes.items().is_some_and(|items| !items.is_empty()) => {
                let built_in = classes.items().unwrap_or_default().iter().all(|class| {
                    class.text().is_some_and(|name| name.starts_with("rest_framework."))
                });
                match value.get("DEFAULT_THROTTLE_RATES") {
                    Some(Value::Dict(pairs))
                        if !pairs.is_empty()
                            && pairs.iter().all(|(_, rate)| *rate == Value::None) =>
                    {
                        missing()
                    }
                    None if built_in && value.is_known() => missing(),
                    _ => Judgement::Certain("DEFAULT_THROTTLE_CLASSES is set".to_owned()),
                }
            }
            Some(Value::Unknown { .. }) => Judgement::Neither,
            _ if matches!(value, Value::Dict(_)) => missing(),
            _ => Judgement::Neither,
        },
    );
}
