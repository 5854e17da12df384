//! `migration-irreversible`: a migration cannot be reversed.

use plimsoll_catalog::Severity;

use super::graph::recent;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migration-irreversible",
    control: "DB-05",
    title: "a migration cannot be reversed",
    what: "`RunPython` without `reverse_code` and `RunSQL` without `reverse_sql` in migrations that production may not have applied yet: the last one of each app, if it was generated in the month before the newest migration of the project, by the date in its header. Older ones, first ones and squashed ones are left alone: they are applied, and nobody goes back behind them.",
    why: "When the release has to be taken back, `migrate app 0041` stops with IrreversibleError, and the only way is a restore, with everything written since then lost.",
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
```python shifts/migrations/0002_fill.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = [migrations.RunPython(fill)]
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
```python shifts/migrations/0002_fill.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/migration-operations/#runpython"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut sound = 0usize;
    for recent in recent(facts) {
        let one_way = recent.operations().find(|operation| operation.reversible == Some(false));
        let Some(operation) = one_way else {
            sound += 1;
            continue;
        };
        let (what, argument) = match operation.kind.as_str() {
            "RunSQL" => ("SQL", "reverse_sql"),
            _ => ("a function", "reverse_code"),
        };
        look.finding(
            operation.at.clone(),
            fault(
                Severity::Warning,
                format!("{} of {} runs {what} that nothing undoes", recent.name, recent.app),
                "a release that has to be taken back stops here with IrreversibleError; what is left is a restore",
                format!("give it {argument}, or {}.noop where the data may stay as it is", operation.kind),
            ),
        );
    }
    if sound > 0 {
        look.evidence(
            format!("{sound} migrations that may still wait for their release can be reversed"),
            None,
        );
    }
}
