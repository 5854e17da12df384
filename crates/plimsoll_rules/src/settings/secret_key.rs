//! How strong a signing key is: the measures of Django's security.W009 and W025.

use plimsoll_python::Value;

use crate::Judgement;

/// Django's figures: `SECRET_KEY_MIN_LENGTH` and `SECRET_KEY_MIN_UNIQUE_CHARACTERS` in
/// `django/core/checks/security/base.py`, and the prefix that `startproject` writes.
const MIN_LENGTH: usize = 50;
const MIN_DISTINCT: usize = 5;
const INSECURE_PREFIX: &str = "django-insecure-";

/// Judges a key by Django's measures; `name` is what to call it in a sentence.
pub(super) fn judge_strength(name: &str, value: &Value) -> Judgement {
    let fix = "make a key with: python -c \"import secrets; print(secrets.token_urlsafe(64))\" and give it to the process by its environment";
    let consequence =
        "a key that can be guessed lets anybody sign sessions and password reset links";
    match value {
        Value::Unknown { .. } | Value::OneOf(_) | Value::Object(_) => Judgement::Neither,
        Value::Bytes(bytes) if bytes.len() >= MIN_LENGTH => {
            Judgement::Good(format!("{name} has {} bytes", bytes.len()))
        }
        other => {
            let Some(key) = other.text() else {
                return Judgement::error(format!("{name} is not a text"), consequence, fix);
            };
            let key = key.trim_end_matches(['\n', '\r']);
            let length = key.chars().count();
            let mut characters: Vec<char> = key.chars().collect();
            characters.sort_unstable();
            characters.dedup();
            if key.starts_with(INSECURE_PREFIX) {
                Judgement::error(
                    format!(
                        "{name} is one that startproject wrote: it begins with '{INSECURE_PREFIX}'"
                    ),
                    consequence,
                    fix,
                )
            } else if length < MIN_LENGTH {
                Judgement::error(
                    format!("{name} has {length} characters, less than {MIN_LENGTH}"),
                    consequence,
                    fix,
                )
            } else if characters.len() < MIN_DISTINCT {
                Judgement::error(
                    format!("{name} has only {} different characters", characters.len()),
                    consequence,
                    fix,
                )
            } else {
                Judgement::Good(format!(
                    "{name} has {length} characters, {} of them different",
                    characters.len()
                ))
            }
        }
    }
}
