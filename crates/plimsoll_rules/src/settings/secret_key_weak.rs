//! `secret-key-weak`: SECRET_KEY is too short, too regular or made by startproject.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-key-weak",
    control: "SET-02",
    title: "SECRET_KEY is too short, too regular or made by startproject",
    what: "The value of SECRET_KEY where it is known: at least 50 characters, at least 5 distinct ones, no `django-insecure-` prefix: what `check --deploy` asks for as security.W009.",
    why: "The key signs sessions, password reset links, messages and everything in `django.core.signing`. Whoever guesses it logs in as anybody; with a pickle session serialiser, runs code.",
    bad: "```python settings.py
SECRET_KEY = 'django-insecure-abc'
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```
```ini process.env
SECRET_KEY=8gvJ2kPz4mQx7sRt1wYb5nCd9fHj3lVa6eUo0iTqZcXkMhGpWu
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secret-key",
        "https://docs.djangoproject.com/en/stable/ref/checks/#security",
    ],
    check,
};

fn check(look: &mut Look) {
    if look.leave_fallback_to("SECRET_KEY", "secret-key-default") {
        return;
    }
    look.judge("SECRET_KEY", |value| super::secret_key::judge_strength("SECRET_KEY", value));
}
