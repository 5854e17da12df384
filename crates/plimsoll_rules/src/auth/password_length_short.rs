//! `password-length-short`: passwords may be shorter than the wanted length.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-length-short",
    control: "AUTH-04",
    title: "passwords may be shorter than the wanted length",
    what: "MinimumLengthValidator in AUTH_PASSWORD_VALIDATORS and its `min_length` (Django’s default is 8) against 10 characters.",
    why: "Short passwords fall to guessing from a leaked hash within hours.",
    bad: "```python settings.py
AUTH_PASSWORD_VALIDATORS = [
    {'NAME': 'django.contrib.auth.password_validation.UserAttributeSimilarityValidator'},
    {'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator', 'OPTIONS': {'min_length': 6}},
    {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},
]
```",
    good: "```python settings.py
AUTH_PASSWORD_VALIDATORS = [
    {'NAME': 'django.contrib.auth.password_validation.UserAttributeSimilarityValidator'},
    {'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator', 'OPTIONS': {'min_length': 12}},
    {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},
]
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/passwords/#django.contrib.auth.password_validation.MinimumLengthValidator",
        "https://pages.nist.gov/800-63-4/sp800-63b.html",
    ],
    check,
};

/// Django's default of `min_length`.
const DEFAULT: i64 = 8;

fn check(look: &mut Look) {
    let wanted = look.parameter("minimum_length");
    look.judge("AUTH_PASSWORD_VALIDATORS", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let named = |item: &&Value| {
            item.get("NAME")
                .and_then(Value::text)
                .is_some_and(|name| name.ends_with("LengthValidator"))
        };
        let Some(validator) = items.iter().find(named) else {
            return if items.is_empty() || !value.is_known() {
                Judgement::Neither
            } else {
                Judgement::warning(
                    "no validator asks for a minimum length",
                    "passwords of one character are accepted",
                    format!("add MinimumLengthValidator with min_length {wanted}"),
                )
            };
        };
        let length = match validator.get("OPTIONS").map(|options| options.get("min_length")) {
            None | Some(None) => Some(DEFAULT),
            Some(Some(value)) => value.integer(),
        };
        match length {
            Some(length) if length >= wanted => {
                Judgement::Good(format!("passwords have at least {length} characters"))
            }
            Some(length) => Judgement::warning(
                format!(
                    "passwords of {length} characters are accepted, the wanted minimum is {wanted}"
                ),
                "short passwords fall to guessing from a leaked hash",
                format!("give MinimumLengthValidator 'OPTIONS': {{'min_length': {wanted}}}"),
            ),
            None => Judgement::Neither,
        }
    });
}
