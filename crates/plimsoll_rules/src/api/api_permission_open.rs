//! `api-permission-open`: the API lets everybody in unless a view says otherwise.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "api-permission-open",
    control: "API-06",
    title: "the API lets everybody in unless a view says otherwise",
    what: "DEFAULT_PERMISSION_CLASSES of REST_FRAMEWORK: unset, it is AllowAny.",
    why: "A view that somebody adds and forgets to protect is open to the world, and no test fails.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'PAGE_SIZE': 50}
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated']}
```",
    sources: &[
        "https://www.django-rest-framework.org/api-guide/permissions/#setting-the-permission-policy",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_drf(facts) {
        return;
    }
    let open = |message: &str| {
        Judgement::warning(
            message,
            "a view without permission classes of its own is open to everybody",
            "set DEFAULT_PERMISSION_CLASSES to IsAuthenticated and open single views by name",
        )
    };
    let unset = "DEFAULT_PERMISSION_CLASSES is not set, and AllowAny is the default";
    if !facts.is_set("REST_FRAMEWORK") {
        look.settle_default("INSTALLED_APPS", open(unset));
        return;
    }
    look.judge_keys("REST_FRAMEWORK", &["DEFAULT_PERMISSION_CLASSES"], |value| {
        match value.get("DEFAULT_PERMISSION_CLASSES") {
            Some(classes) => match classes.items() {
                Some([]) => open("DEFAULT_PERMISSION_CLASSES is empty").surely(),
                Some(items) => {
                    let mut names = items.iter().map(|item| item.text());
                    let closing = |name: &str| !name.ends_with(".AllowAny");
                    if names.clone().flatten().any(closing) {
                        Judgement::Certain(
                            "DEFAULT_PERMISSION_CLASSES asks for a permission".to_owned(),
                        )
                    } else if names.all(|name| name.is_some()) {
                        open("DEFAULT_PERMISSION_CLASSES is AllowAny").surely()
                    } else {
                        Judgement::Neither
                    }
                }
                None => Judgement::Neither,
            },
            None if matches!(value, Value::Dict(_)) => open(unset),
            None => Judgement::Neither,
        }
    });
}
