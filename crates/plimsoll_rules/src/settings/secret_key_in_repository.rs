//! `secret-key-in-repository`: the production SECRET_KEY is written in a file of the repository.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-key-in-repository",
    control: "SET-02",
    title: "the production SECRET_KEY is written in a file of the repository",
    what: "Where the value of SECRET_KEY in the production settings comes from: a literal in the code, or an env file that git tracks.",
    why: "Everybody who ever had a copy of the repository, a build log or the image holds the key, and can sign a session for any user. Taking it out of the newest commit does not take it out of the history.",
    bad: "```python settings.py
SECRET_KEY = 'k3y-8gvJ2kPz4mQx7sRt1wYb5nCd9fHj3lVa6eUo0iTqZcXkMhGp'
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#secret-key"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(setting) = facts.settings.get("SECRET_KEY") else { return };
    let Some(at) = facts.place_of("SECRET_KEY") else { return };
    let empty = setting.known().and_then(|value| value.text()).is_some_and(str::is_empty);
    if empty || !facts.is_set("SECRET_KEY") {
        look.undetermined(
            "the production settings give SECRET_KEY no value",
            "set SECRET_KEY from the environment in the production settings",
            Some(at),
        );
        return;
    }
    if let Some(file) = setting.variables.iter().find(|name| plimsoll_python::is_file_name(name)) {
        look.undetermined(
            format!("SECRET_KEY is what {file} says, a file that is not in the repository"),
            format!("look at {file} in production"),
            Some(at),
        );
    } else if let Some(variable) = setting.variables.first() {
        let shown =
            facts.environment.environment.variables.get(variable).and_then(|v| v.at.clone());
        match shown.filter(|at| facts.is_tracked(&at.file)) {
            Some(place) => {
                look.finding(
                    place,
                    in_repository("the production SECRET_KEY is set in a file of the repository"),
                );
            }
            None => {
                look.evidence(format!("SECRET_KEY comes from the variable {variable}"), Some(at))
            }
        }
    } else if setting.known().is_some() {
        look.finding(at, in_repository("the production SECRET_KEY is written in the settings"));
    } else {
        look.evidence("SECRET_KEY is not written in the settings", Some(at));
    }
}

fn in_repository(message: &str) -> Fault {
    Fault {
        severity: Severity::Error,
        message: message.to_owned(),
        consequence: "everybody with a copy of the repository can sign sessions and password reset links for any user".to_owned(),
        fix: "make a new key, give it to the process by its environment or a file only it may read, and treat the old one as leaked".to_owned(),
    }
}
