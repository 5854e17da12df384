//! `migrations-conflicting`: an application's migrations have more than one leaf.

use plimsoll_catalog::{Related, Severity};
use plimsoll_source::Span;

use super::graph::apps;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migrations-conflicting",
    control: "DB-04",
    title: "an application's migrations have more than one leaf",
    what: "The migrations of each app of the project as they name each other in `dependencies`, squashed ones standing in for those they replace: more than one that nothing follows. Apps with a migration whose dependencies are computed are left out.",
    why: "Two branches added a migration each and were merged. `migrate` refuses with \"Conflicting migrations detected\", in the middle of the deployment.",
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
```python shifts/migrations/0002_note.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = []
```
```python shifts/migrations/0002_colour.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = []
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
```python shifts/migrations/0002_note.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0001_initial')]
    operations = []
```
```python shifts/migrations/0003_colour.py
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [('shifts', '0002_note')]
    operations = []
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/migrations/#version-control"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut sound = 0usize;
    for app in apps(facts) {
        if app.open {
            look.undetermined(
                format!(
                    "{} holds a file that does not read as a migration with written dependencies",
                    app.folder
                ),
                "python manage.py makemigrations --check",
                Some(Span::of_file(app.folder.clone())),
            );
            continue;
        }
        let leaves = app.leaves();
        let [first, second, ..] = leaves.as_slice() else {
            sound += 1;
            continue;
        };
        let place = |name: &str| {
            app.migrations.get(name).map(|(module, _)| Span::of_file(module.path.clone()))
        };
        let Some(at) = place(second) else { continue };
        let finding = look.finding(
            at,
            fault(
                Severity::Error,
                format!("the migrations {} of {} are all last", leaves.join(" and "), app.name),
                "migrate stops with \"Conflicting migrations detected\" during the deployment",
                format!(
                    "python manage.py makemigrations --merge {}, and read what it merges",
                    app.name
                ),
            ),
        );
        finding
            .related
            .extend(place(first).map(|at| Related { at, message: "the other one".to_owned() }));
    }
    if sound > 0 {
        look.evidence(format!("the migrations of {sound} apps have one end each"), None);
    }
}
