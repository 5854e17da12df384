//! `jwt-algorithm-mismatch`: the algorithm and the key of tokens do not fit.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "jwt-algorithm-mismatch",
    control: "AUTH-10",
    title: "the algorithm and the key of tokens do not fit",
    what: "SIMPLE_JWT['ALGORITHM'] against SIGNING_KEY and VERIFYING_KEY: no unsigned tokens, a PEM key only with RS, ES and PS algorithms, and a public key to verify with them.",
    why: "With a public key taken for a shared secret anybody can sign; with a missing one no token is ever accepted.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ALGORITHM': 'RS256', 'SIGNING_KEY': 'pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8'}
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ALGORITHM': 'HS256'}
```",
    sources: &[
        "https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html#algorithm",
    ],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_simplejwt(look.facts) {
        return;
    }
    if !look.facts.is_set("SIMPLE_JWT") {
        look.evidence(
            "tokens are signed by HS256, the default",
            look.facts.place_of("INSTALLED_APPS"),
        );
        return;
    }
    look.judge_keys("SIMPLE_JWT", &["ALGORITHM", "SIGNING_KEY", "VERIFYING_KEY"], |value| {
        let fault = |message: &str| {
            Judgement::error(
                message,
                "tokens are refused, or anybody can make them",
                "use HS256 with a secret of its own, or RS256 with a private key in SIGNING_KEY and its public key in VERIFYING_KEY",
            )
        };
        let algorithm = match value.get("ALGORITHM") {
            None => "HS256",
            Some(Value::Str(name)) => name,
            Some(Value::None) => return fault("ALGORITHM is None").surely(),
            Some(_) => return Judgement::Neither,
        };
        if algorithm.eq_ignore_ascii_case("none") {
            return fault("tokens are not signed").surely();
        }
        let pem = |name: &str| value
                .get(name)
                .and_then(Value::text)
                // An empty one is missing, not of another kind.
                .filter(|key| !key.is_empty())
                .map(|key| key.contains("-----BEGIN"));
        let shared = algorithm.starts_with("HS");
        match (shared, pem("SIGNING_KEY")) {
            (true, Some(true)) => fault("a PEM key is used as a shared secret").surely(),
            (false, Some(false)) => fault("SIGNING_KEY is no private key, as the algorithm wants").surely(),
            (false, None) if value.get("SIGNING_KEY").is_none() && value.is_known() => {
                fault("the algorithm wants a private key, and SIGNING_KEY falls back to SECRET_KEY")
            }
            (false, Some(true))
                if matches!(value.get("VERIFYING_KEY"), Some(Value::None))
                || value.get("VERIFYING_KEY").and_then(Value::text) == Some("") =>
            {
                fault("the algorithm wants a public key, and VERIFYING_KEY is empty").surely()
            }
            (true, _) => Judgement::Certain(format!("tokens are signed by {algorithm}")),
            (false, Some(true)) => Judgement::Good(format!("tokens are signed by {algorithm} with a private key")),
            (false, None) => Judgement::Open {
                reason: format!("whether the keys fit {algorithm} is not known"),
                needs: crate::way_to_know("SIMPLE_JWT"),
            },
        }
    });
}
