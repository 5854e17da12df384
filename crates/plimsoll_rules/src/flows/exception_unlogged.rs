//! `exception-unlogged`: an error is answered or printed, and no log has it.

use plimsoll_catalog::Severity;
use plimsoll_python::code::AnswerHow;

use super::{here_as_well, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "exception-unlogged",
    control: "LOG-01",
    title: "an error is answered or printed, and no log has it",
    what: "Handlers of every exception (`except Exception`, bare `except`) that give an answer (a response, a message to the visitor), and neither log, raise again, nor hand the exception to anything; and such that only print it. Handlers of named exceptions, and those that show the exception's text, which `exception-text-shown` tells, are left out. One finding for each module.",
    why: "Customers are told that something went wrong, for weeks, and nobody who could mend it ever hears of it: no traceback, no mail, nothing at the error tracker.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def export(request):
    try:
        build()
    except Exception:
        return JsonResponse({'error': 'The export failed.'}, status=500)
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
        return JsonResponse({'error': 'The export failed.'}, status=500)
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/logging/#make-logging-calls"],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut any = false;
    for module in running(look.facts) {
        let lost = |how: AnswerHow| matches!(how, AnswerHow::Lost | AnswerHow::Printed);
        let mut places: Vec<_> =
            module.facts.dealings.answers.iter().filter(|answer| lost(answer.how)).collect();
        // What is nowhere at all comes first.
        places.sort_by_key(|answer| answer.how == AnswerHow::Printed);
        let Some(first) = places.first() else { continue };
        any = true;
        let printed = first.how == AnswerHow::Printed;
        let message = match (printed, places.len()) {
            (true, 1) => "an exception is only printed".to_owned(),
            (true, count) => format!("{count} handlers of this module only print what they catch"),
            (false, 1) => "an error is answered here, and nothing keeps what it was".to_owned(),
            (false, count) => format!(
                "{count} handlers of this module answer or print errors, and no log has them"
            ),
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: if printed { Severity::Note } else { Severity::Warning },
                message,
                consequence: if printed {
                    "what is printed has no time, level or traceback, and reaches no log, mail or error tracker"
                } else {
                    "visitors are turned away, and no log, mail or error tracker tells why"
                }
                .to_owned(),
                fix: "log it where it is caught, with logger.exception(…), or catch only what is expected here".to_owned(),
            },
        );
        here_as_well(finding, places.iter().skip(1).map(|answer| &answer.at));
    }
    if !any {
        look.evidence(
            format!("{}, and none answers or prints an error without a log", code.looked_at()),
            None,
        );
    }
}
