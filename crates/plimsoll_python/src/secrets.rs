//! Takes secret texts into custody before settings leave the evaluator.

use std::collections::BTreeSet;

use plimsoll_source::Secret;

use crate::environment::Environment;
use crate::settings::{Settings, State};
use crate::value::{Object, Value};

/// Words that make a name a secret's.
const WORDS: &[&str] = &[
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "PRIVATE_KEY",
    "SIGNING_KEY",
    "ENCRYPTION_KEY",
    "ACCESS_KEY",
    "DSN",
    "CREDENTIAL",
    "FERNET",
    "SALT",
    "LICENSE_KEY",
    "AUTH_KEY",
    "ACCOUNT_KEY",
    "FIELD_KEY",
    "WEBHOOK_KEY",
    "MASTER_KEY",
    "DATABASE_URL",
    "BROKER_URL",
    "REDIS_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "CONNECTION_STRING",
];
/// Words that take that back: what such a name holds is about secrets, not one.
const INNOCENT: &[&str] = &[
    "HASHERS",
    "VALIDATORS",
    "TIMEOUT",
    "_MODEL",
    "_CLASS",
    "CLASSES",
    "BACKEND",
    "COOKIE_NAME",
    "HEADER",
    "LIFETIME",
    "EXPIR",
    "_FORM",
    "_SERIALIZER",
    "_VIEW",
    "_URL_NAME",
    "LENGTH",
    "_DAYS",
    "_HOURS",
    "_MINUTES",
    "_SECONDS",
    "_AGE",
    "ALGORITHM",
    "_FIELD",
    "_TYPE",
    "TYPES",
    "REQUIRED",
    "ENABLED",
    "_USE_",
    "_PATH",
    "_FILE",
    "_ROOT",
    "_DIR",
    "_FOLDER",
    "_PREFIX",
    "_PARAM",
    "RESET_",
    "_REDIRECT",
    "ROTATE",
    "BLACKLIST",
    "_GENERATOR",
    "TOKEN_URL",
    "TOKEN_ENDPOINT",
    "_HANDLER",
    "_NAME",
    "_ID_",
    "KEY_ID",
    "CHANGE_",
    "MIN_",
    "MAX_",
    "ALLOW",
];

/// Whether a setting, key or variable of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_uppercase().replace(['-', '.', ' '], "_");
    if name == "SECRET_KEY_FALLBACKS" {
        return true;
    }
    WORDS.iter().any(|word| name.contains(word)) && !INNOCENT.iter().any(|word| name.contains(word))
}

/// Hides secret texts in settings and in the fallbacks of variables: by the name of the setting or
/// key, by credentials in a URL, and wherever the value of a secretly named variable occurs.
pub(crate) fn hide(settings: &mut Settings, environment: &Environment) {
    let named: BTreeSet<&str> = environment
        .variables
        .iter()
        .filter(|(name, _)| is_secret_name(name))
        .map(|(_, variable)| variable.value.expose())
        // Shorter ones would hide half of everything.
        .filter(|value| value.len() >= 6)
        .collect();
    for (name, setting) in &mut settings.settings {
        let secret = is_secret_name(name);
        match &mut setting.state {
            State::Known(value) | State::Unknown { partial: value, .. } => {
                conceal(value, secret, &named)
            }
            State::OneOf(values) => {
                values.iter_mut().for_each(|value| conceal(value, secret, &named))
            }
        }
    }
    for usage in &mut settings.variables {
        if let Some(value) = &mut usage.fallback {
            conceal(value, is_secret_name(&usage.name), &named);
        }
    }
}

fn conceal(value: &mut Value, secret: bool, named: &BTreeSet<&str>) {
    match value {
        Value::Str(text) => {
            let holds = named.iter().any(|secret| text.contains(secret));
            let hidden = secret && !text.is_empty() && !is_dotted_path(text) && !is_open_url(text);
            if hidden || holds || has_credentials(text) {
                *value = Value::Secret(Secret::new(std::mem::take(text)));
            }
        }
        Value::Bytes(bytes) => {
            if secret && let Ok(text) = std::str::from_utf8(bytes) {
                let hidden = Value::Secret(Secret::new(text));
                *value = Value::Object(Object {
                    type_name: "bytes".to_owned(),
                    repr: "(secret)".to_owned(),
                    arguments: vec![(None, hidden)],
                });
            }
        }
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::OneOf(items) => {
            items.iter_mut().for_each(|item| conceal(item, secret, named));
        }
        Value::Dict(pairs) => {
            for (key, value) in pairs {
                let own = key.text().is_some_and(is_secret_name);
                // A dict of a secret's name holds named parts: each is judged by its own.
                conceal(value, own, named);
                if let Value::Str(text) = key
                    && named.iter().any(|secret| text.contains(secret))
                {
                    *key = Value::Secret(Secret::new(std::mem::take(text)));
                }
            }
        }
        Value::Object(object) => {
            if named.iter().any(|secret| object.repr.contains(secret))
                || has_credentials(&object.repr)
            {
                object.repr = format!("<{} object>", object.type_name);
            }
            for (name, value) in &mut object.arguments {
                let own = secret || name.as_deref().is_some_and(is_secret_name);
                conceal(value, own, named);
            }
        }
        Value::Path(_)
        | Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Secret(_)
        | Value::Timedelta(_)
        | Value::Unknown { .. } => {}
    }
}

/// `package.module.Class`: names something, reveals nothing.
fn is_dotted_path(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && part.len() < 40
                && !part.chars().any(|c| c.is_ascii_digit())
        })
}

/// `scheme://host/path` with nobody's name before the host and no query that could carry a key.
fn is_open_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            && !rest.contains(['@', '?', '#'])
            && rest.split('/').all(|part| part.len() < 20)
    })
}

/// `scheme://user:password@host`, with a password.
fn has_credentials(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        match authority.rsplit_once('@') {
            Some((user, _)) => {
                user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
            }
            None => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{has_credentials, is_open_url, is_secret_name};

    #[test]
    fn secrets_are_told_from_what_is_about_them() {
        for name in [
            "SECRET_KEY",
            "PASSWORD",
            "EMAIL_HOST_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "STRIPE_API_KEY",
            "SENTRY_DSN",
            "SIGNING_KEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PASSWORD_HASHERS",
            "AUTH_PASSWORD_VALIDATORS",
            "CSRF_COOKIE_NAME",
            "PASSWORD_RESET_TIMEOUT",
            "TOKEN_MODEL",
            "DEBUG",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn credentials_in_urls_are_secret() {
        assert!(has_credentials("postgres://u:p@db/x"));
        assert!(has_credentials("redis://:p@host:6379/0"));
        assert!(!has_credentials("redis://host:6379/0"));
        assert!(!has_credentials("https://example.org/a:b@c"));
        assert!(is_open_url("redis://cache:6379/0"));
        assert!(!is_open_url("https://0123456789abcdef@o1.ingest.example/4"));
        assert!(!is_open_url("https://hooks.example.org/services/T00000000000000000000000"));
    }
}
