//! `sql-built-from-strings`: a value is written into SQL.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::Text;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "sql-built-from-strings",
    control: "SEC-09",
    title: "a value is written into SQL",
    what: "`execute` on cursors, `raw`, `extra` and `RawSQL` whose statement is put together by f-string, `%`, `+` or `format` with a value in it. Left out: constants, names of tables and columns (no parameter can stand for them), marks for parameters, psycopg's `sql` module, migrations, management commands and scripts that no request reaches, and places that the author has marked as looked at (`# nosec`, `# noqa: S608`).",
    why: "A quote in the value ends the string and the rest of it runs as SQL: one search field gives away the whole database.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
def search(request):
    with connection.cursor() as cursor:
        cursor.execute(f\"SELECT * FROM note WHERE title = '{request.GET['q']}'\")
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
def search(request):
    with connection.cursor() as cursor:
        cursor.execute('SELECT * FROM note WHERE title = %s', [request.GET['q']])
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/sql/#passing-parameters-into-raw",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (mut found, mut fixed) = (Vec::new(), 0);
    for module in &facts.code.modules {
        for sql in &module.facts.sql {
            match &sql.text {
                Text::With { part, from_request, as_name }
                    if *from_request || (!as_name && !module.is_manual()) =>
                {
                    found.push((sql.at.clone(), sql.call, part.clone(), *from_request));
                }
                Text::Fixed => fixed += 1,
                _ => {}
            }
        }
    }
    for (at, call, part, from_request) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: if *from_request { Severity::Error } else { Severity::Warning },
                message: format!("{part} is written into the SQL of {call}()"),
                consequence: "a quote in the value ends the string, and the rest of it runs as SQL"
                    .to_owned(),
                fix: "pass values as parameters: cursor.execute('… WHERE a = %s', [value])"
                    .to_owned(),
            },
        );
        if !from_request {
            // Where the value comes from is not seen here.
            finding.confidence = Confidence::Medium;
        }
    }
    if found.is_empty() {
        look.evidence(
            format!("{}; {fixed} statements of SQL hold no value", facts.code.looked_at()),
            None,
        );
    }
}
