//! `exception-swallowed`: code that protects data swallows every error.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "exception-swallowed",
    control: "MON-01",
    title: "code that protects data or money swallows every error",
    what: "`except:`, `except Exception:` and `except BaseException:` with nothing in them but `pass`, in modules whose path speaks of backups, payments, billing, invoices, audit, webhooks, deployment or encryption, and wherever the `try` writes an audit or activity log by its call's name. Handlers that log, report, return or raise, narrower exceptions, `finally`, tests and migrations are left alone.",
    why: "The payment, the audit entry or the backup did not happen, and nothing says so: no log line, no report, no failed task.",
    bad: "```python settings.py
DEBUG = False
```
```python shop/payments/webhook.py
def handle(event):
    try:
        record(event)
    except Exception:
        pass
```",
    good: "```python settings.py
DEBUG = False
```
```python shop/payments/webhook.py
import logging
def handle(event):
    try:
        record(event)
    except Exception:
        logging.getLogger(__name__).exception('a payment could not be recorded')
        raise
```",
    sources: &["https://docs.python.org/3/tutorial/errors.html#handling-exceptions"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let places = &facts.code.swallowed;
    if places.is_empty() {
        return look.evidence(
            format!(
                "{}; no module about money, audit or backups swallows every error",
                facts.code.looked_at()
            ),
            None,
        );
    }
    for at in places {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: "every error is caught here and nothing is done about it".to_owned(),
                consequence: "what this code protects is lost, and nobody hears of it".to_owned(),
                fix: "catch only what is expected; log the rest with its traceback and raise it again".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
}
