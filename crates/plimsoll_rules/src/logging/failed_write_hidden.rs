//! `failed-write-hidden`: a write to the database may fail and nobody learns of it.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::SwallowedHow;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "failed-write-hidden",
    control: "LOG-01",
    title: "a write to the database may fail and nobody learns of it",
    what: "Handlers of every exception (`except Exception`, bare `except`) whose body does nothing, around code that saves, makes, changes or deletes rows. Handlers that log, that say why in a comment, and handlers of named exceptions such as `DoesNotExist` or `IntegrityError`, are left out, as are management commands, migrations, scripts, tests and `apps.py`, where tables may not be there yet.",
    why: "The page says saved, the row is not there, and no log knows of it.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def save(request):
    try:
        Note.objects.create(text=request.POST['text'])
    except Exception:
        pass
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
def save(request):
    try:
        Note.objects.create(text=request.POST['text'])
    except IntegrityError:
        pass
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/transactions/#controlling-transactions-explicitly",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = 0;
    for module in
        // At the start of an app its tables may not be there yet.
        facts.code.modules.iter().filter(|module| {
            !module.is_manual() && !module.is_test() && module.path.file_name() != "apps.py"
        })
    {
        for handler in &module.facts.swallowed {
            if handler.how != SwallowedHow::Silent || handler.changes.is_empty() {
                continue;
            }
            found += 1;
            let finding = look.finding(
                handler.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message:
                        "whatever fails while rows are written above is dropped here without a word"
                            .to_owned(),
                    consequence: "data is lost and the log says nothing of it".to_owned(),
                    fix: "catch the exception that is expected, or log it with logger.exception(…)"
                        .to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if found == 0 {
        look.evidence(format!("{}, and none hides a failed write", facts.code.looked_at()), None);
    }
}
