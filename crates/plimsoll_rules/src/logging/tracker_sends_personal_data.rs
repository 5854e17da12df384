//! `tracker-sends-personal-data`: the error tracker is sent who was logged in and what they sent.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tracker-sends-personal-data",
    control: "LOG-06",
    title: "the error tracker is sent who was logged in and what they sent",
    what: "`send_default_pii` of `sentry_sdk.init`; it is off unless it is given.",
    why: "Each error then carries the user's name, mail and address, cookies and the body of the request to a service outside, for as long as it keeps events.",
    bad: "```python settings.py
import sentry_sdk
sentry_sdk.init(dsn='https://key@sentry.example.org/1', send_default_pii=True)
```",
    good: "```python settings.py
import sentry_sdk
sentry_sdk.init(dsn='https://key@sentry.example.org/1')
```",
    sources: &["https://docs.sentry.io/platforms/python/data-management/data-collected/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for module in &facts.code.modules {
        for tracker in &module.facts.trackers {
            let at = tracker.personal_data_at.clone().unwrap_or_else(|| tracker.at.clone());
            match tracker.personal_data {
                Some(Some(true)) => {
                    let message = if tracker.scrubs {
                        "send_default_pii is on; what before_send takes out again is not known here"
                    } else {
                        "send_default_pii is on"
                    };
                    look.finding(
                        at,
                        Fault {
                            severity: Severity::Warning,
                            message: message.to_owned(),
                            consequence: "names, addresses, cookies and request bodies of users go to the error tracker".to_owned(),
                            fix: "remove send_default_pii, or agree with whoever answers for data protection and say so in an ignore".to_owned(),
                        },
                    );
                }
                Some(None) => look.undetermined(
                    "send_default_pii is not a literal",
                    "look at what production gives it",
                    Some(at),
                ),
                None if tracker.open => look.undetermined(
                    "sentry_sdk.init is given options from elsewhere",
                    "look whether send_default_pii is among them",
                    Some(at),
                ),
                Some(Some(false)) | None => look.evidence("send_default_pii is off", Some(at)),
            }
        }
    }
}
