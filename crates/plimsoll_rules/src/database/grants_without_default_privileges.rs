//! `grants-without-default-privileges`: grants that miss every later table.

use std::collections::BTreeMap;

use plimsoll_catalog::Severity;
use plimsoll_formats::postgres::SqlStatement;
use plimsoll_source::Span;

use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "grants-without-default-privileges",
    control: "DB-06",
    title: "grants on all tables are given without default privileges for later ones",
    what: "`GRANT … ON ALL TABLES IN SCHEMA` in SQL scripts of the repository, and in SQL written inside its scripts and deployment guides, against `ALTER DEFAULT PRIVILEGES` for the same role anywhere in them. Grants to PUBLIC, which applications give on schemas of their own, and MySQL's grants on a database, which cover later tables, are left out.",
    why: "The grant covers the tables that exist at that moment. Run before the first `migrate` it grants nothing; after it, the next migration makes a table that the application may not read: \"permission denied for table\", on the day of the release. Columns of type serial need rights on their sequences as well (identity columns, which Django makes since 4.1, do not).",
    bad: "```python settings.py
DEBUG = False
```
```sql deploy/roles.sql
CREATE ROLE rota_app LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rota_app;
```",
    good: "```python settings.py
DEBUG = False
```
```sql deploy/roles.sql
CREATE ROLE rota_app LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rota_app;
ALTER DEFAULT PRIVILEGES FOR ROLE rota_migrator IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rota_app;
```",
    sources: &["https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut granted: BTreeMap<&str, &Span> = BTreeMap::new();
    let mut covered: Vec<&str> = Vec::new();
    for (statement, at) in facts.sql.iter().flat_map(|script| &script.grants.statements) {
        let SqlStatement::Privileges(given) = statement else { continue };
        let grantees = given.grantees.iter().map(String::as_str);
        if given.revoke {
            continue;
        }
        if given.default_for.is_some() {
            covered.extend(grantees);
        } else if given.object_kind.starts_with("ALL TABLES") {
            for grantee in grantees.filter(|grantee| *grantee != "public") {
                granted.entry(grantee).or_insert(at);
            }
        }
    }
    for (role, at) in granted {
        if covered.contains(&role) {
            look.evidence(
                format!("{role} gets its rights on later tables by default"),
                Some(at.clone()),
            );
            continue;
        }
        look.finding(
            at.clone(),
            fault(
                Severity::Warning,
                format!("{role} gets rights on the tables that exist when this runs, and on no later ones"),
                "the table of the next migration is refused to it (\"permission denied for table\"); run before the first migrate, it grants nothing at all",
                format!("add, for the role that migrates: ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA public GRANT … ON TABLES TO {role}, and the same for sequences where the database has serial columns"),
            ),
        );
    }
}
