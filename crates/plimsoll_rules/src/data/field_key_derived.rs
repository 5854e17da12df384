//! `field-key-derived`: the key of encrypted fields is made of SECRET_KEY.

use plimsoll_catalog::Severity;
use plimsoll_python::Value;
use plimsoll_python::code::KeySource;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "field-key-derived",
    control: "DATA-01",
    title: "the key of encrypted fields is made of SECRET_KEY",
    what: "Keys of `Fernet` that are derived from SECRET_KEY, followed within the module, and key settings of encryption libraries that have SECRET_KEY's value.",
    why: "A leaked SECRET_KEY opens the data as well, and when it is changed for that reason nothing can be read any more.",
    bad: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```
```python notes/crypto.py
import base64, hashlib
key = base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest())
fernet = Fernet(key)
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
FIELD_KEY = os.environ['FIELD_KEY']
```
```python notes/crypto.py
fernet = Fernet(settings.FIELD_KEY)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html#separation-of-keys-and-data",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let fault = |message: String| {
        Fault {
        severity: Severity::Warning,
        message,
        consequence: "a leak of SECRET_KEY opens the data, and changing SECRET_KEY makes it unreadable".to_owned(),
        fix: "give the encryption a key of its own from the environment, and encrypt anew with MultiFernet".to_owned(),
    }
    };
    let mut seen = 0;
    let mut any = false;
    for module in &facts.code.modules {
        for key in &module.facts.keys {
            seen += 1;
            if key.source == KeySource::SecretKey {
                any = true;
                look.finding(
                    key.at.clone(),
                    fault("this key is derived from SECRET_KEY".to_owned()),
                );
            }
        }
    }
    let secret = facts.partial("SECRET_KEY").and_then(Value::text).filter(|text| !text.is_empty());
    for name in super::KEY_SETTINGS {
        if !facts.is_set(name) {
            continue;
        }
        seen += 1;
        let same = facts.partial(name).and_then(Value::text).is_some_and(|key| Some(key) == secret);
        if let (true, Some(at)) = (same, facts.place_of(name)) {
            any = true;
            look.finding(at, fault(format!("{name} is SECRET_KEY")));
        }
    }
    if seen > 0 && !any {
        look.evidence(
            format!("{seen} encryption keys, none made of SECRET_KEY as far as the module shows"),
            None,
        );
    }
}
