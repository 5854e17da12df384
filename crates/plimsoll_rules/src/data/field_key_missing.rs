//! `field-key-missing`: encrypted fields are used and their key is unset.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "field-key-missing",
    control: "DATA-01",
    title: "encrypted fields are used and their key is unset",
    what: "FIELD_ENCRYPTION_KEY where django-encrypted-model-fields is installed, which reads it and has no default.",
    why: "The service stops at the first model that is loaded; with an empty value in the environment it does so on the day of the deployment only.",
    bad: "```python settings.py
INSTALLED_APPS = ['encrypted_model_fields']
FIELD_ENCRYPTION_KEY = ''
```",
    good: "```python settings.py
import os
INSTALLED_APPS = ['encrypted_model_fields']
FIELD_ENCRYPTION_KEY = os.environ['FIELD_ENCRYPTION_KEY']
```
```ini process.env
FIELD_ENCRYPTION_KEY=pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8k=
```",
    sources: &["https://pypi.org/project/django-encrypted-model-fields/"],
    check,
};

fn check(look: &mut Look) {
    if look.facts.has_app("encrypted_model_fields") != Some(true) {
        return;
    }
    let missing = || {
        Judgement::error(
            "encrypted fields are used and FIELD_ENCRYPTION_KEY is not set",
            "the service stops when its models are loaded",
            "set FIELD_ENCRYPTION_KEY from the environment, and keep a copy of the key apart from the backups",
        )
    };
    if !look.facts.is_set("FIELD_ENCRYPTION_KEY") {
        look.settle_default("INSTALLED_APPS", missing());
        return;
    }
    look.judge("FIELD_ENCRYPTION_KEY", |value| match value.truth() {
        Some(true) => Judgement::Good("FIELD_ENCRYPTION_KEY is set".to_owned()),
        Some(false) => missing(),
        None => Judgement::Neither,
    });
}
