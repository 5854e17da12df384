//! `integration-credentials-missing`: an integration is switched on and has no account.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Facts, Reading};
use plimsoll_python::{Origin, Value};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "integration-credentials-missing",
    control: "SET-12",
    title: "an integration is switched on and lacks its account, token or sender",
    what: "Settings that switch something on (`SMS_ENABLED`, `USE_TWILIO`, `ENABLE_LDAP`) and are true in production, against the settings that share its name and hold an account, a token, a key or a sender: one that is empty is reported. So are the KEY and SECRET of a social login whose backend is in AUTHENTICATION_BACKENDS. Integrations without a switch are left alone: an empty account is how many are switched off.",
    why: "It fails at its first use, long after the deployment was signed off, mostly in a background task whose error nobody reads.",
    bad: "```python settings.py
import os
TWILIO_ENABLED = True
TWILIO_ACCOUNT_SID = os.environ.get('TWILIO_ACCOUNT_SID', '')
TWILIO_AUTH_TOKEN = os.environ.get('TWILIO_AUTH_TOKEN', '')
```
```ini process.env
TWILIO_ACCOUNT_SID=AC0f1e
```",
    good: "```python settings.py
import os
TWILIO_ENABLED = True
TWILIO_ACCOUNT_SID = os.environ.get('TWILIO_ACCOUNT_SID', '')
TWILIO_AUTH_TOKEN = os.environ.get('TWILIO_AUTH_TOKEN', '')
```
```ini process.env
TWILIO_ACCOUNT_SID=AC0f1e
TWILIO_AUTH_TOKEN=6bd72c9e
```",
    sources: &[
        "https://www.twilio.com/docs/usage/secure-credentials",
        "https://12factor.net/config",
    ],
    check,
};

/// How names of settings end that hold what an integration needs.
const NEEDED: [&str; 19] = [
    "_ACCOUNT_SID",
    "_AUTH_TOKEN",
    "_ACCESS_TOKEN",
    "_API_TOKEN",
    "_BOT_TOKEN",
    "_TOKEN",
    "_API_KEY",
    "_API_SECRET",
    "_SECRET_KEY",
    "_CLIENT_ID",
    "_CLIENT_SECRET",
    "_ACCOUNT",
    "_PASSWORD",
    "_DSN",
    "_FROM_NUMBER",
    "_PHONE_NUMBER",
    "_SENDER",
    "_SID",
    "_APP_ID",
];

/// Backends of social-auth-core, by their class, with the name in their settings.
const SOCIAL: [(&str, &str); 9] = [
    ("google.GoogleOAuth2", "GOOGLE_OAUTH2"),
    ("github.GithubOAuth2", "GITHUB"),
    ("gitlab.GitLabOAuth2", "GITLAB"),
    ("facebook.FacebookOAuth2", "FACEBOOK"),
    ("linkedin.LinkedinOAuth2", "LINKEDIN_OAUTH2"),
    ("twitter.TwitterOAuth", "TWITTER"),
    ("keycloak.KeycloakOAuth2", "KEYCLOAK"),
    ("azuread.AzureADOAuth2", "AZUREAD_OAUTH2"),
    ("azuread_tenant.AzureADTenantOAuth2", "AZUREAD_TENANT_OAUTH2"),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let project = || {
        let settings = facts.settings.settings.iter();
        settings
            .filter(|(_, setting)| setting.origin == Origin::Project)
            .map(|(name, _)| name.as_str())
    };
    for switch in project() {
        let Some(stem) = stem(switch) else { continue };
        if facts.certain(switch).is_none_or(|value| *value != Value::Bool(true)) {
            continue;
        }
        let needed = project().filter(|name| {
            name.strip_prefix(stem).is_some_and(|rest| {
                NEEDED.contains(&rest) || NEEDED.iter().any(|end| rest.ends_with(end))
            })
        });
        for name in needed {
            judge(look, name, switch);
        }
    }
    let backends = facts.partial("AUTHENTICATION_BACKENDS").and_then(Value::items).unwrap_or(&[]);
    for backend in backends.iter().filter_map(Value::text) {
        let known = SOCIAL.iter().find(|(class, _)| {
            backend.strip_prefix("social_core.backends.").is_some_and(|rest| rest == *class)
        });
        for end in known
            .iter()
            .flat_map(|(_, name)| ["KEY", "SECRET"].map(|end| format!("SOCIAL_AUTH_{name}_{end}")))
        {
            if facts.is_set(&end) {
                judge(look, &end, "AUTHENTICATION_BACKENDS");
            }
        }
    }
}

/// What a switch switches: `SMS_ENABLED`, `ENABLE_SMS` and `USE_SMS` are all of SMS.
fn stem(name: &str) -> Option<&str> {
    let stem = name
        .strip_suffix("_ENABLED")
        .or_else(|| name.strip_prefix("ENABLE_"))
        .or_else(|| name.strip_prefix("USE_"))?;
    // USE_TZ, USE_I18N and their like are Django's.
    (stem.len() >= 3 && !matches!(name, "USE_TZ" | "USE_I18N" | "USE_L10N" | "USE_ETAGS"))
        .then_some(stem)
}

fn judge(look: &mut Look, name: &str, switch: &str) {
    let Some(at) = look.facts.place_of(name) else { return };
    let empty = |value: &Value| {
        matches!(value, Value::None) || value.text().is_some_and(|text| text.trim().is_empty())
    };
    match look.facts.reading(name) {
        Reading::Certain(value) if empty(value) => {
            let message = format!("{name} is empty, and {switch} switches its integration on");
            found(look, name, switch, message);
        }
        Reading::Certain(_) => look.evidence(format!("{name} is given"), Some(at)),
        Reading::Assumed { value, variables, .. } if empty(value) => {
            let reason = format!(
                "{name} is empty unless {} is set, and production's whole environment is not in the repository",
                crate::list(&variables)
            );
            look.undetermined(reason, needs(&variables), Some(at));
        }
        _ => look.undetermined(format!("{name} is not known"), crate::way_to_know(name), Some(at)),
    }
}

fn needs(variables: &[&str]) -> String {
    format!(
        "check with production's environment: --env-file FILE, or --env {}=VALUE",
        variables.first().unwrap_or(&"NAME")
    )
}

fn found(look: &mut Look, name: &str, switch: &str, message: String) {
    let facts: &Facts = look.facts;
    let Some(at) = facts.place_of(name) else { return };
    // An empty text in the code itself is often put right in a module that is not here.
    let written = facts.settings.get(name).is_some_and(|setting| setting.variables.is_empty());
    let severity = if written { Severity::Warning } else { Severity::Error };
    let finding = look.finding(
        at,
        Fault {
            severity,
            message,
            consequence: "it fails at its first use, mostly where nobody reads the error".to_owned(),
            fix: format!("set {name} in production's environment, or switch the integration off; read it without a fallback where the switch is on"),
        },
    );
    if let Some(at) = facts.place_of(switch) {
        finding.related.push(Related { at, message: "switched on here".to_owned() });
    }
}
