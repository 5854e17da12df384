//! `sql-raw-used`: SQL is run that is made elsewhere.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::Text;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "sql-raw-used",
    control: "SEC-09",
    title: "SQL is run that is made elsewhere",
    what: "`execute`, `raw`, `extra` and `RawSQL` with a statement that is a value handed in, so that its making is not seen. Migrations, management commands and scripts are left out. It is a note: look at the callers once.",
    why: "Whether values are kept apart from the statement is decided wherever it is made, which the next change may get wrong.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/query.py
def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/query.py
def run(title):
    with connection.cursor() as cursor:
        cursor.execute('SELECT * FROM note WHERE title = %s', [title])
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/sql/#executing-custom-sql-directly",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for module in facts.code.modules.iter().filter(|module| !module.is_manual()) {
        for sql in &module.facts.sql {
            let Text::Unseen(part) = &sql.text else { continue };
            any = true;
            let finding = look.finding(
                sql.at.clone(),
                Fault {
                    severity: Severity::Note,
                    message: format!("{}() runs {part}, whose making is not seen here", sql.call),
                    consequence: "values may be written into it by a caller".to_owned(),
                    fix: "write the statement where it is run, with parameters beside it, or use the query set's own methods".to_owned(),
                },
            );
            finding.confidence = Confidence::Low;
        }
    }
    if any {
        look.undetermined(
            "some SQL is made elsewhere than where it is run",
            "read the callers of the places that this rule notes",
            None,
        );
    } else {
        look.evidence(facts.code.looked_at(), None);
    }
}
