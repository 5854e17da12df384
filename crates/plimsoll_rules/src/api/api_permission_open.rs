//! `api-permission-open`: the API lets everybody in unless a view says otherwise.

use plimsoll_facts::Module;
use plimsoll_python::Value;
use plimsoll_python::code::{Class, Function};

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
    let (mut own, mut without) = (0, 0);
    for (module, class) in facts.code.classes().filter(|(module, _)| !module.is_test()) {
        if class.permissions.is_some() || class.methods.iter().any(|name| name == "get_permissions")
        {
            own += 1;
        } else if is_view(class) && !inherits(module, class) {
            without += 1;
        }
    }
    let of_functions = |function: &Function| {
        let is_api = function.decorators.iter().any(|name| name.ends_with("api_view"));
        is_api && function.permissions.is_none()
    };
    without += facts.code.functions().filter(|(_, function)| of_functions(function)).count();
    let open = |message: &str| {
        if own > 0 && without == 0 {
            return Judgement::note(
                format!("{message}; each of the {own} views that were seen sets its own"),
                "the next view that somebody adds without permission classes is open to everybody",
                "set DEFAULT_PERMISSION_CLASSES to IsAuthenticated and open single views by name",
            );
        }
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

/// Whether a class is a view of DRF by its bases.
fn is_view(class: &Class) -> bool {
    class.bases.iter().any(|base| {
        let base = base.rsplit('.').next().unwrap_or(base);
        base.ends_with("APIView") || base.ends_with("ViewSet")
    })
}

/// Whether another class of the module that it derives from sets permissions.
fn inherits(module: &Module, class: &Class) -> bool {
    class.bases.iter().any(|base| {
        let mut others = module.facts.classes.iter();
        others.any(|other| other.name == *base && other.permissions.is_some())
    })
}
