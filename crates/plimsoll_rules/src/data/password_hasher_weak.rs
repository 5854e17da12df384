//! `password-hasher-weak`: passwords are hashed with a weak algorithm.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-hasher-weak",
    control: "DATA-09",
    title: "passwords are hashed with a weak algorithm",
    what: "The first entry of PASSWORD_HASHERS, by which new passwords are stored, and weak ones among the rest.",
    why: "From a leaked table MD5 and unsalted hashes give back most passwords within a day, and people use the same password elsewhere.",
    bad: "```python settings.py
PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']
```",
    good: "```python settings.py
PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher', 'django.contrib.auth.hashers.PBKDF2PasswordHasher']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#password-hashers",
        "https://docs.djangoproject.com/en/stable/topics/auth/passwords/",
    ],
    check,
};

/// Hashers that a leaked table gives passwords back from: unsalted or fast ones.
const WEAK: [&str; 6] = [
    "MD5PasswordHasher",
    "SHA1PasswordHasher",
    "UnsaltedMD5PasswordHasher",
    "UnsaltedSHA1PasswordHasher",
    "CryptPasswordHasher",
    "PlainPasswordHasher",
];

fn check(look: &mut Look) {
    look.judge("PASSWORD_HASHERS", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let texts: Vec<&str> = items.iter().filter_map(|item| item.text()).collect();
        let class = |text: &str| text.rsplit('.').next().unwrap_or(text).to_owned();
        let weak = |text: &&&str| WEAK.contains(&class(text).as_str());
        match (texts.first(), texts.iter().find(weak)) {
            (Some(first), Some(found)) if first == found => Judgement::error(
                format!("new passwords are stored by {}", class(first)),
                "a leaked user table gives back most passwords within a day",
                "put Argon2PasswordHasher or PBKDF2PasswordHasher first in PASSWORD_HASHERS",
            )
            .surely(),
            (Some(first), Some(found)) => Judgement::note(
                format!(
                    "{} is still accepted for old passwords, after {}",
                    class(found),
                    class(first)
                ),
                "users who have not logged in since keep a weak hash",
                "wrap the old hashes, or reset those passwords, then take the weak hasher out",
            ),
            (Some(first), None)
                if items.first().is_some_and(|item| item.text() == Some(*first)) =>
            {
                Judgement::Good(format!("new passwords are stored by {}", class(first)))
            }
            _ => Judgement::Neither,
        }
    });
}
