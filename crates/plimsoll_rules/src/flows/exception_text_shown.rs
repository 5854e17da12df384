//! `exception-text-shown`: visitors read the text of whatever went wrong inside.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::AnswerHow;

use super::{here_as_well, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "exception-text-shown",
    control: "QA-13",
    title: "visitors read the text of whatever went wrong inside",
    what: "Handlers of every exception (`except Exception as e`) that put the exception's text into a response, a page or a message (`str(e)`, an f-string). Handlers of named exceptions, whose text may be meant for people, and the admin's modules are left out. One finding for each module, which also says how many of the handlers keep the error nowhere else.",
    why: "The text is written for programmers: it names tables and columns, files, addresses of other services, at times with the password in them. The visitor can do nothing with it, whoever tries the doors can.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def export(request):
    try:
        build()
    except Exception as e:
        logger.exception('export failed')
        return JsonResponse({'error': str(e)}, status=500)
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
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html",
        "https://cwe.mitre.org/data/definitions/209.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut any = false;
    for module in running(look.facts) {
        if module.path.file_name().contains("admin") {
            continue;
        }
        let shown = |how: AnswerHow| matches!(how, AnswerHow::Shown | AnswerHow::ShownOnly);
        let places: Vec<_> =
            module.facts.dealings.answers.iter().filter(|answer| shown(answer.how)).collect();
        let Some(first) = places.first() else { continue };
        any = true;
        let only = places.iter().filter(|answer| answer.how == AnswerHow::ShownOnly).count();
        let message = match (places.len(), only) {
            (1, 0) => "the text of any exception is put into the answer".to_owned(),
            (1, _) => {
                "the text of any exception is put into the answer, and no log has it".to_owned()
            }
            (count, 0) => format!(
                "{count} handlers of this module put the text of any exception into the answer"
            ),
            (count, only) if only == count => format!(
                "{count} handlers of this module put the text of any exception into the answer, and no log has it"
            ),
            (count, only) => format!(
                "{count} handlers of this module put the text of any exception into the answer, and {only} of them log nothing"
            ),
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message,
                consequence: if only > 0 {
                    "visitors see names of tables, files and services, and who could mend it sees nothing"
                } else {
                    "visitors see names of tables, files and services"
                }
                .to_owned(),
                fix: "log it with logger.exception(…) and answer with a sentence of your own; catch by name what has a text for people".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
        here_as_well(finding, places.iter().skip(1).map(|answer| &answer.at));
    }
    if !any {
        look.undetermined(
            format!(
                "{}; no handler of every exception was seen that shows its text",
                code.looked_at()
            ),
            "a drill: the answers to missing and wrong input on each address",
            None,
        );
    }
}
