//! `database-version-unsupported`: the database server is too old for Django, or out of support.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{DatabaseKind, DatabaseServer};

use super::support;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-version-unsupported",
    control: "DB-01",
    title: "the declared database server is older than the declared Django supports, or past its end of life",
    what: "The version in the image's tag of database services in production's compose files, against the lowest that the project's series of Django supports, and against the end of the server's own support by a table of 20 November 2026. Servers that are not in a compose file are left to an inspection of the host.",
    why: "Django refuses to connect to a server below its lowest version: after the upgrade of Django no page works until the database has been upgraded as well, which takes a dump and a restore. A server without fixes keeps its holes and its corruption bugs.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.8
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:12
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.8
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/databases/",
        "https://www.postgresql.org/support/versioning/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.containers.databases.is_empty() || facts.containers.production_stack().is_none() {
        look.undetermined(
            "no file says which version of the database server production runs",
            "on the host: SELECT version()",
            None,
        );
        return;
    }
    for server in &facts.containers.databases {
        judge(look, server);
    }
}

fn judge(look: &mut Look, server: &DatabaseServer) {
    let facts = look.facts;
    let what = match server.kind {
        DatabaseKind::Postgres => "PostgreSQL",
        DatabaseKind::Mysql => "MySQL",
        DatabaseKind::Mariadb => "MariaDB",
    };
    let Some(version) = &server.version else {
        look.undetermined(
            format!("the tag of the image of {} names no version", server.service),
            "on the host: SELECT version()",
            Some(server.at.clone()),
        );
        return;
    };
    let shown: Vec<String> = version.value.iter().map(ToString::to_string).collect();
    let shown = format!("{what} {}", shown.join("."));
    let series = match facts.django.as_deref() {
        Some([major, minor, ..]) => Some((*major, *minor)),
        _ => None,
    };
    let lowest = series.and_then(|series| support::lowest(series, server.kind));
    // A tag such as `8` or `10` may be any minor version of it.
    let have = (
        version.value.first().copied().unwrap_or(u32::MAX),
        version.value.get(1).copied().unwrap_or(u32::MAX),
    );
    if let (Some(lowest), Some((major, minor))) = (lowest, series)
        && have < lowest
    {
        let finding = look.finding(
            version.span.clone(),
            fault(
                Severity::Error,
                format!("{} runs {shown}; Django {major}.{minor} needs {what} {} or newer", server.service, number(lowest)),
                "Django refuses to connect, or fails at statements that the server does not know",
                "upgrade the server first: dump, start the new version with an empty volume, restore",
            ),
        );
        if let Some(django) = facts.versions.distributions.get("django") {
            finding
                .related
                .push(Related { at: django.at.clone(), message: "Django's version".to_owned() });
        }
        return;
    }
    if let Some(month) = support::ended(server.kind, &version.value) {
        look.finding(
            version.span.clone(),
            fault(
                Severity::Warning,
                format!("{} runs {shown}, which has had no fixes since {month}", server.service),
                "its holes and bugs stay open, and the next Django will refuse it",
                "plan the upgrade: dump, start the new version with an empty volume, restore; and rehearse it",
            ),
        );
        return;
    }
    let series_known = lowest.is_some();
    if series_known {
        look.evidence(format!("{} runs {shown}", server.service), Some(version.span.clone()));
    } else {
        look.undetermined(
            format!(
                "{} runs {shown}; what Django's version needs is not in the table of {}",
                server.service,
                support::AS_OF
            ),
            "https://docs.djangoproject.com/en/stable/ref/databases/",
            Some(version.span.clone()),
        );
    }
}

fn number((major, minor): (u32, u32)) -> String {
    if minor == 0 { major.to_string() } else { format!("{major}.{minor}") }
}
