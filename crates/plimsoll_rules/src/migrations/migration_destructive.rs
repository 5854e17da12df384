//! `migration-destructive`: a migration drops or renames what the previous release still uses.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::code::Operation;

use super::graph::recent;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migration-destructive",
    control: "DB-05",
    title: "a migration drops or narrows what the previous release still uses",
    what: "RemoveField and DeleteModel (a note), RenameField, RenameModel, AlterModelTable and SQL that drops or empties something (a warning), in migrations that production may not have applied yet: the last one of each app, if it was generated in the month before the newest migration of the project. State-only operations, and models that the same migration makes, are left out.",
    why: "Between `migrate` and the restart of the last worker the old code still asks for the column: errors on every page that touches it. Taking the release back brings the column back empty.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
```
```python shifts/migrations/0001_initial.py
from django.db import migrations

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = []
```
```python shifts/migrations/0002_day.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = [migrations.RenameField('shift', 'date', 'day')]
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
```
```python shifts/migrations/0001_initial.py
from django.db import migrations

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = []
```
```python shifts/migrations/0002_day.py
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = [migrations.AddField('shift', 'day', models.DateField(null=True))]
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/migration-operations/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut sound = 0usize;
    let mut lost = false;
    for recent in recent(facts) {
        let mut found: Vec<(Severity, String, &Operation)> = Vec::new();
        for operation in recent.operations() {
            let Some((severity, what)) = harm(operation) else { continue };
            // A field that is taken away and made anew is one change.
            if !found.iter().any(|(_, known, _)| *known == what) {
                found.push((severity, what, operation));
            }
        }
        // Warnings before notes.
        found.sort_by_key(|(severity, ..)| *severity == Severity::Note);
        let Some(((severity, what, first), others)) = found.split_first() else {
            sound += 1;
            continue;
        };
        lost = true;
        let more = match others {
            [] => String::new(),
            [(_, other, _)] => format!(" and {other}"),
            others => format!(", and {} more such changes", others.len()),
        };
        let message = format!("{} of {} {what}{more}", recent.name, recent.app);
        let finding = look.finding(
            first.at.clone(),
            fault(
                *severity,
                message,
                if *severity == Severity::Note {
                    "the code of the previous release, which runs until the last process is restarted, still asks for it; taking the release back does not bring the data back"
                } else {
                    "the code of the previous release, which runs until the last process is restarted, fails on it"
                },
                "do it in two releases: first code that does without the old name, then the migration; and dump the data before",
            ),
        );
        finding.related.extend(others.iter().map(|(_, what, operation)| Related {
            at: operation.at.clone(),
            message: what.clone(),
        }));
    }
    // Where data are lost, going back does not bring them back: what the others do proves nothing.
    if sound > 0 && !lost {
        look.evidence(
            format!("{sound} migrations that may still wait for their release drop nothing"),
            None,
        );
    }
}

/// What an operation takes away.
fn harm(operation: &Operation) -> Option<(Severity, String)> {
    let model = operation.model.as_deref().unwrap_or("a model");
    let name = operation.name.as_deref().unwrap_or("a field");
    Some(match operation.kind.as_str() {
        "RemoveField" => (Severity::Note, format!("drops {name} of {model}")),
        "DeleteModel" => (Severity::Note, format!("drops the table of {model}")),
        "RenameField" => (Severity::Warning, format!("renames {name} of {model}")),
        "RenameModel" => (Severity::Warning, format!("renames the table of {model}")),
        "RunSQL" => {
            let sql = operation.sql.as_deref()?.to_ascii_uppercase();
            let words: Vec<&str> = sql.split_whitespace().collect();
            let pairs = || words.windows(2);
            if pairs().any(|pair| matches!(pair, ["DROP", "TABLE" | "COLUMN" | "SCHEMA"])) {
                (Severity::Warning, "drops tables or columns by SQL".to_owned())
            } else if words.first().is_some_and(|word| *word == "TRUNCATE") {
                (Severity::Warning, "empties a table by SQL".to_owned())
            } else {
                return None;
            }
        }
        _ => return None,
    })
}
