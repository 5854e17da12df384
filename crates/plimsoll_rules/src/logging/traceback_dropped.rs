//! `traceback-dropped`: an error is logged without the place where it happened.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::code::SwallowedHow;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "traceback-dropped",
    control: "LOG-01",
    title: "an error is logged without the place where it happened",
    what: "Handlers of every exception (`except Exception`, bare `except`) that log with `error` or `critical`, and neither hand over the traceback (`exception`, `exc_info`, `traceback.format_exc`, an error tracker) nor raise again. Handlers of named exceptions, warnings and lower levels are left out: there the author knew what to expect. One note for each module.",
    why: "At three in the morning the log says `'NoneType' object has no attribute 'id'` and nothing else.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def export(request):
    try:
        build()
    except Exception as e:
        logger.error('export failed: %s', e)
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
def export(request):
    try:
        build()
    except Exception:
        logger.exception('export failed')
```",
    sources: &["https://docs.python.org/3/library/logging.html#logging.Logger.exception"],
    check,
};

/// Places that a finding shows besides its first.
const SHOWN: usize = 8;

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for module in facts.code.modules.iter().filter(|module| !module.is_test()) {
        let places: Vec<_> = module
            .facts
            .swallowed
            .iter()
            .filter(|handler| handler.how == SwallowedHow::Untraced)
            .collect();
        let Some(first) = places.first() else { continue };
        any = true;
        let message = match places.len() {
            1 => "an exception is logged without its traceback".to_owned(),
            count => {
                format!("{count} handlers of this module log exceptions without their traceback")
            }
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Note,
                message,
                consequence: "the log tells that something failed, and not where".to_owned(),
                fix: "log with logger.exception(…), or hand over exc_info=True".to_owned(),
            },
        );
        finding.related = places
            .iter()
            .skip(1)
            .take(SHOWN)
            .map(|place| Related { at: place.at.clone(), message: "here as well".to_owned() })
            .collect();
    }
    if !any {
        look.evidence(
            format!("{}, and none logs an error without its traceback", facts.code.looked_at()),
            None,
        );
    }
}
