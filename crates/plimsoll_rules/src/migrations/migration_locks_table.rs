//! `migration-locks-table`: a migration locks a table while it is rewritten or indexed.

use plimsoll_catalog::{Confidence, Severity};

use super::graph::{Recent, recent};
use crate::containers::fault;
use crate::database::connection;
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migration-locks-table",
    control: "DB-05",
    title: "a migration locks a table for as long as it is rewritten or indexed",
    what: "On PostgreSQL, in migrations that production may not have applied yet (the last one of each app, if it was generated in the month before the newest migration of the project): AddIndex, and unique, check and exclusion constraints added to existing tables (notes, as how big the table is cannot be told); data changed by RunPython in the same transaction as the schema (a warning); and AddIndexConcurrently in a migration that is a transaction, which Django refuses. MySQL's InnoDB builds indexes beside writers and is left out, as is SQLite.",
    why: "The index is built under a lock that stops every write; on a table of millions of rows that is minutes, in which all workers wait and the site is down. With data in the same transaction the lock lasts until the last row is written.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota'}}
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
    operations = [migrations.AddIndex('shift', models.Index(fields=['day'], name='shift_day'))]
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota'}}
```
```python shifts/migrations/0001_initial.py
from django.db import migrations

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = []
```
```python shifts/migrations/0002_day.py
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

class Migration(migrations.Migration):
    atomic = False
    dependencies = [('shifts', '0001_initial')]
    operations = [AddIndexConcurrently('shift', models.Index(fields=['day'], name='shift_day'))]
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/contrib/postgres/operations/#concurrent-index-operations",
        "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let recent = recent(facts);
    if recent.is_empty() {
        return;
    }
    let Some(database) = connection::default(facts) else { return };
    if (database.is_sqlite() || database.is_mysql()) && !database.assumed.is_empty() {
        look.undetermined(
            format!(
                "which database production has depends on {}",
                connection::several(&database.assumed)
            ),
            crate::way_to_know("DATABASES"),
            Some(database.at),
        );
        return;
    }
    if database.is_sqlite() || database.is_mysql() {
        look.evidence(
            format!(
                "{} builds indexes without stopping writers, or has no others",
                database.engine().unwrap_or("the database")
            ),
            Some(database.at),
        );
        return;
    }
    if !database.is_postgres() {
        look.undetermined(
            "the production database is not known",
            crate::way_to_know("DATABASES"),
            Some(database.at),
        );
        return;
    }
    let mut sound = 0usize;
    for recent in &recent {
        sound += usize::from(!one(look, recent));
    }
    if sound == recent.len() {
        look.evidence(
            format!("{sound} migrations that may still wait for their release hold no long lock that can be told"),
            None,
        );
    }
}

/// Judges one migration; whether there was anything.
fn one(look: &mut Look, recent: &Recent) -> bool {
    let mut any = false;
    let name = format!("{} of {}", recent.name, recent.app);
    for operation in recent.operations() {
        let kind = operation.kind.as_str();
        let model = operation.model.as_deref().unwrap_or("a model");
        let what = match (kind, operation.adds.as_deref()) {
            ("AddIndex", _) => "an index".to_owned(),
            ("AddConstraint", Some("UniqueConstraint")) => "a unique constraint".to_owned(),
            ("AddConstraint", Some("CheckConstraint")) => "a check constraint".to_owned(),
            ("AddConstraint", Some("ExclusionConstraint")) => "an exclusion constraint".to_owned(),
            ("AddIndexConcurrently" | "RemoveIndexConcurrently", _)
                if !recent.migration.not_atomic =>
            {
                any = true;
                look.finding(
                    operation.at.clone(),
                    fault(
                        Severity::Error,
                        format!("{name} uses {kind} inside of a transaction"),
                        "Django refuses it with NotSupportedError, and the deployment stops",
                        "atomic = False in the migration, with nothing else in it",
                    ),
                );
                continue;
            }
            _ => continue,
        };
        any = true;
        let long = if kind == "AddIndex" {
            "while the index is built"
        } else {
            "while every row is looked at"
        };
        look.settle(
            operation.at.clone(),
            Judgement::note(
                format!("{name} adds {what} to {model} under a lock"),
                format!("nobody can write to the table {long}: seconds on a small one, minutes on a big one"),
                if kind == "AddIndex" {
                    "on a big table use AddIndexConcurrently, in a migration with atomic = False"
                } else {
                    "on a big table add the constraint NOT VALID by SQL (or a unique index CONCURRENTLY) and validate it afterwards"
                },
            ),
        );
    }
    let schema = recent.operations().any(|operation| {
        matches!(operation.kind.as_str(), "AddField" | "AlterField" | "RemoveField" | "RenameField")
    });
    let data = recent
        .operations()
        .find(|operation| operation.kind == "RunPython" && operation.reversible.is_some());
    if let (true, Some(data), false) = (schema, data, recent.migration.not_atomic) {
        any = true;
        let finding = look.finding(
            data.at.clone(),
            fault(
                Severity::Warning,
                format!("{name} changes data in the same transaction as the schema"),
                "the table stays locked until the last row is changed, and PostgreSQL can refuse the next change of it (\"pending trigger events\")",
                "put the data into a migration of its own, between that which adds the column and that which makes it required",
            ),
        );
        finding.confidence = Confidence::Medium;
    }
    any
}
