//! `error-tracker-development`: production's errors are filed as another environment's.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "error-tracker-development",
    control: "MON-01",
    title: "production’s errors are filed as another environment’s",
    what: "The argument `environment` of `sentry_sdk.init` as production will have it. Reported where it is a name for developing, testing or staging; a value that comes from a variable nobody sets leaves the question open. Without the argument sentry-sdk says `production`, or what SENTRY_ENVIRONMENT says, which is good.",
    why: "Alerts are set for the environment `production`; errors that arrive under another name wake nobody.",
    bad: "```python settings.py
import sentry_sdk
sentry_sdk.init(dsn='https://key@sentry.example.net/1', environment='development')
```",
    good: "```python settings.py
import sentry_sdk
sentry_sdk.init(dsn='https://key@sentry.example.net/1', environment='production')
```",
    sources: &["https://docs.sentry.io/platforms/python/configuration/environments/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for call in facts.settings.calls.iter().filter(|call| call.function == "sentry_sdk.init") {
        let at = call.at.clone();
        let given = call.arguments.iter().find(|(name, _)| name.as_deref() == Some("environment"));
        let Some((_, value)) = given else {
            look.evidence(
                "sentry-sdk files errors under 'production' where no environment is given",
                Some(at),
            );
            continue;
        };
        match value.text() {
            Some(text) if is_other(text) => {
                let finding = look.finding(
                    at,
                    Fault {
                        severity: Severity::Warning,
                        message: format!("the error tracker files production’s errors under '{text}'"),
                        consequence: "alerts for production stay silent".to_owned(),
                        fix: "set the environment from a variable of the deployment, with 'production' for production".to_owned(),
                    },
                );
                // A fallback holds only while its variable is unset.
                finding.confidence = Confidence::Medium;
            }
            Some(text) => look.evidence(format!("errors are filed under '{text}'"), Some(at)),
            None if *value == Value::None => {
                look.evidence(
                    "sentry-sdk files errors under 'production' where no environment is given",
                    Some(at),
                );
            }
            None => look.undetermined(
                "the environment of the error tracker is not known here",
                "check with production's environment (--env-file FILE)",
                Some(at),
            ),
        }
    }
}

fn is_other(text: &str) -> bool {
    let lower = text.to_lowercase();
    matches!(
        lower.as_str(),
        "dev"
            | "develop"
            | "development"
            | "local"
            | "localhost"
            | "test"
            | "testing"
            | "staging"
            | "stage"
            | "debug"
            | "ci"
            | "qa"
    )
}
