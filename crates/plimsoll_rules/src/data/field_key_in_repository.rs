//! `field-key-in-repository`: the key of encrypted fields stands in the code.

use plimsoll_catalog::Severity;
use plimsoll_python::Value;
use plimsoll_python::code::KeySource;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "field-key-in-repository",
    control: "DATA-01",
    title: "the key of encrypted fields stands in the code",
    what: "Literal keys of `Fernet`, and key settings of encryption libraries (FIELD_ENCRYPTION_KEY and its kin) whose value comes from no variable.",
    why: "The dump of the database and the repository together are all it takes to read the data, and both lie in more places than one thinks.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/crypto.py
fernet = Fernet(b'pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8k=')
```",
    good: "```python settings.py
import os
FIELD_KEY = os.environ['FIELD_KEY']
```
```python notes/crypto.py
fernet = Fernet(settings.FIELD_KEY)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html#key-storage",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let fault = |message: String| Fault {
        severity: Severity::Error,
        message,
        consequence: "whoever has the repository and a dump reads what was to be protected"
            .to_owned(),
        fix: "read the key from the environment, change it, and encrypt anew with MultiFernet"
            .to_owned(),
    };
    let (mut seen, mut any) = (0, false);
    for module in &facts.code.modules {
        for key in &module.facts.keys {
            seen += 1;
            if key.source == KeySource::Literal {
                any = true;
                look.finding(key.at.clone(), fault("this key is written in the code".to_owned()));
            }
        }
    }
    for name in super::KEY_SETTINGS {
        let Some(setting) = facts.settings.get(name).filter(|_| facts.is_set(name)) else {
            continue;
        };
        seen += 1;
        let text = setting.partial().and_then(Value::text).or_else(|| {
            setting
                .partial()
                .and_then(Value::items)
                .and_then(|keys| keys.first())
                .and_then(Value::text)
        });
        let literal = setting.variables.is_empty()
            && text.is_some_and(|text| text.len() >= 16 && !text.starts_with('/'));
        if let (true, Some(at)) = (literal, facts.place_of(name)) {
            any = true;
            look.finding(at, fault(format!("{name} is written in the settings")));
        }
    }
    if seen > 0 && !any {
        look.evidence(format!("{seen} encryption keys, none written in the code"), None);
    }
}
