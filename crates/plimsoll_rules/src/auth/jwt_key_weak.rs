//! `jwt-key-weak`: the key that signs tokens can be guessed.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "jwt-key-weak",
    control: "AUTH-10",
    title: "the key that signs tokens can be guessed",
    what: "SIMPLE_JWT['SIGNING_KEY'] with an HMAC algorithm: its length against what the algorithm wants (32 bytes for HS256, 48 for HS384, 64 for HS512), and whether it looks like an example. Without a key of its own simplejwt signs with SECRET_KEY, which has rules of its own.",
    why: "Anybody who holds one token can try keys against it at home, at millions a second, and with the key makes tokens for every account.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': 'rota-jwt-2024'}
```",
    good: "```python settings.py
import os
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': os.environ['JWT_KEY']}
```
```ini process.env
JWT_KEY=pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8
```",
    sources: &["https://www.rfc-editor.org/rfc/rfc7518#section-3.2"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_simplejwt(facts) {
        return;
    }
    if !facts.is_set("SIMPLE_JWT") {
        look.evidence(
            "tokens are signed with SECRET_KEY, which has rules of its own",
            facts.place_of("SECRET_KEY"),
        );
        return;
    }
    let secret = facts.partial("SECRET_KEY").and_then(Value::text);
    look.judge_keys("SIMPLE_JWT", &["ALGORITHM", "SIGNING_KEY"], |value| {
        let algorithm = value.get("ALGORITHM").and_then(Value::text).unwrap_or("HS256");
        let wanted = match algorithm {
            "HS256" => 32,
            "HS384" => 48,
            "HS512" => 64,
            _ => return Judgement::Certain(format!("{algorithm} signs with a private key")),
        };
        let Some(key) = value.get("SIGNING_KEY") else {
            return if matches!(value, Value::Dict(_)) {
                Judgement::Certain("tokens are signed with SECRET_KEY, which has rules of its own".to_owned())
            } else {
                Judgement::Neither
            };
        };
        let Some(text) = key.text() else { return Judgement::Neither };
        if Some(text) == secret {
            return Judgement::Certain("tokens are signed with SECRET_KEY, which has rules of its own".to_owned());
        }
        let weak = |message: String| {
            Judgement::error(
                message,
                "whoever has one token can find the key and make tokens for every account",
                "make a key with `openssl rand -base64 48` and give it to the service by the environment",
            )
            .surely()
        };
        if crate::settings::is_placeholder(text) {
            weak("the key that signs tokens looks like an example".to_owned())
        } else if text.len() < wanted {
            weak(format!("the key that signs tokens has {} bytes, {algorithm} wants {wanted}", text.len()))
        } else {
            Judgement::Certain(format!("the key that signs tokens has {} bytes", text.len()))
        }
    });
}
