//! `password-validators-missing`: passwords are not validated.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-validators-missing",
    control: "AUTH-04",
    title: "passwords are not validated",
    what: "AUTH_PASSWORD_VALIDATORS of the production settings; Django’s own default is an empty list.",
    why: "Any password is accepted: `1`, the user name, `password`. Lockout does not help against a first guess that is right.",
    bad: "```python settings.py
AUTH_PASSWORD_VALIDATORS = []
```",
    good: "```python settings.py
AUTH_PASSWORD_VALIDATORS = [
    {'NAME': 'django.contrib.auth.password_validation.UserAttributeSimilarityValidator'},
    {'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator', 'OPTIONS': {'min_length': 10}},
    {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},
]
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#auth-password-validators",
        "https://docs.djangoproject.com/en/stable/topics/auth/passwords/#enabling-password-validation",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("AUTH_PASSWORD_VALIDATORS", |value| match value.items() {
        Some([]) => Judgement::error(
            "AUTH_PASSWORD_VALIDATORS is empty",
            "Django checks no password: wherever a form or serializer of the project does not check by itself, the shortest and the best known are accepted",
            "add the length, common-password and similarity validators of Django",
        ),
        Some(items) => Judgement::Good(format!("{} password validators are in force", items.len())),
        None => Judgement::Neither,
    });
}
