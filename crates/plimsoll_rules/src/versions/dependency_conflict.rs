//! `dependency-conflict`: two pinned versions that do not work together.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::requirements::Version;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule, applies};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-conflict",
    control: "APP-08",
    title: "two pinned versions do not work together",
    what: "Pairs of exact versions of which one refuses the other or breaks with it, read off the packages’ own code: Django with drivers of PostgreSQL and MySQL that are too old for it, Django before 3.1 with psycopg2 from 2.9 on, Django before 4.2 with psycopg 3 alone, Jinja2 2 with MarkupSafe from 2.1 on, and djangorestframework-simplejwt up to 5.2.2 on an image with Python 3.12 or newer and no setuptools. Versions that are not pinned are left alone.",
    why: "Each was pinned or raised by itself, by a bot or a search for the newest. The image builds, and the process ends when it starts, or each query fails.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'rota'}}
```
```text requirements.txt
Django==6.0.6
mysqlclient==2.1.1
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'rota'}}
```
```text requirements.txt
Django==6.0.6
mysqlclient==2.2.7
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/databases/",
        "https://docs.djangoproject.com/en/4.2/releases/4.2/#psycopg-3-support",
        "https://www.psycopg.org/docs/news.html#what-s-new-in-psycopg-2-9",
        "https://markupsafe.palletsprojects.com/en/stable/changes/#version-2-1-0",
    ],
    check,
};

/// A pinned package.
struct Pin<'f> {
    name: &'static str,
    version: &'f Version,
    at: &'f Span,
}

impl<'f> Pin<'f> {
    fn of(facts: &'f Facts, names: &[&'static str]) -> Option<Self> {
        names.iter().find_map(|name| {
            let declared = facts.versions.distributions.get(*name)?;
            Some(Self { name, version: declared.exact.as_ref()?, at: &declared.at })
        })
    }

    fn is_below(&self, release: &[u64]) -> bool {
        self.version.release() < release
    }
}

/// What is wrong with a pair.
struct Conflict<'f> {
    at: &'f Span,
    with: &'f Span,
    message: String,
    consequence: &'static str,
    fix: String,
    confidence: Confidence,
}

const PSYCOPG2: [&str; 2] = ["psycopg2-binary", "psycopg2"];
const PSYCOPG3: [&str; 2] = ["psycopg", "psycopg-binary"];

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.versions.distributions.is_empty() {
        return;
    }
    let found: Vec<Conflict<'_>> =
        [drivers(facts), templates(facts), tokens(facts)].into_iter().flatten().collect();
    if found.is_empty() {
        look.evidence("the pinned versions hold none of the pairs that are known to fail", None);
    }
    for conflict in found {
        let Conflict { at, with, message, consequence, fix, confidence } = conflict;
        let finding = look.finding(
            at.clone(),
            Fault { severity: Severity::Error, message, consequence: consequence.to_owned(), fix },
        );
        finding.confidence = confidence;
        finding
            .related
            .push(Related { at: with.clone(), message: "the other one is pinned here".to_owned() });
    }
}

/// Drivers of databases, which Django looks at when it loads its backend.
fn drivers(facts: &Facts) -> Vec<Conflict<'_>> {
    use plimsoll_catalog::FactPredicate as F;
    let mut found = Vec::new();
    let Some(django) = Pin::of(facts, &["django"]) else { return found };
    let six = !django.is_below(&[6, 0]);
    let modern = !django.is_below(&[4, 2]);
    let postgres = applies::holds(facts, F::DatabasePostgresql);
    let mut needs: Vec<(Pin<'_>, Vec<u64>)> = Vec::new();
    if postgres != Some(false) && modern {
        needs.extend(
            Pin::of(facts, &PSYCOPG2)
                .map(|pin| (pin, if six { vec![2, 9, 9] } else { vec![2, 8, 4] })),
        );
        needs.extend(
            Pin::of(facts, &PSYCOPG3)
                .map(|pin| (pin, if six { vec![3, 1, 12] } else { vec![3, 1, 8] })),
        );
    }
    if applies::holds(facts, F::DatabaseMysql) != Some(false) && !django.is_below(&[3, 2]) {
        let least = if six {
            vec![2, 2, 1]
        } else if modern {
            vec![1, 4, 3]
        } else {
            vec![1, 4, 0]
        };
        needs.extend(Pin::of(facts, &["mysqlclient"]).map(|pin| (pin, least)));
    }
    // Of two drivers Django takes psycopg 3 where it is there.
    let newer = Pin::of(facts, &PSYCOPG3).is_some() && modern;
    for (pin, least) in needs {
        if !pin.is_below(&least) || (newer && PSYCOPG2.contains(&pin.name)) {
            continue;
        }
        let least: Vec<String> = least.iter().map(u64::to_string).collect();
        let least = least.join(".");
        found.push(Conflict {
            at: pin.at,
            with: django.at,
            message: format!("Django {} refuses {} {}: it wants {least} or newer", django.version, pin.name, pin.version),
            consequence: "Django ends with ImproperlyConfigured when it loads the database backend: nothing starts",
            fix: format!("pin {} to {least} or newer", pin.name),
            confidence: if postgres == Some(true) || pin.name == "mysqlclient" { Confidence::High } else { Confidence::Medium },
        });
    }
    if let Some(pin) = Pin::of(facts, &PSYCOPG2)
        && postgres == Some(true)
        && django.is_below(&[3, 1])
        && !pin.is_below(&[2, 9])
    {
        found.push(Conflict {
            at: pin.at,
            with: django.at,
            message: format!("Django {} does not work with {} {}", django.version, pin.name, pin.version),
            consequence: "with time zones on, reading a date and time fails with \"database connection isn't set to UTC\"",
            fix: format!("pin {} below 2.9, or move to a newer Django", pin.name),
            confidence: Confidence::Medium,
        });
    }
    let declares =
        |names: &[&str]| names.iter().any(|name| facts.versions.distributions.contains_key(*name));
    if let Some(pin) = Pin::of(facts, &PSYCOPG3)
        && postgres == Some(true)
        && !modern
        && !declares(&["psycopg2", "psycopg2-binary", "psycopg2cffi"])
    {
        found.push(Conflict {
            at: pin.at,
            with: django.at,
            message: format!("Django {} knows psycopg2 only, and the requirements have psycopg {}", django.version, pin.version),
            consequence: "Django ends with \"No module named 'psycopg2'\" when it loads the database backend",
            fix: "add psycopg2-binary, or move to Django 4.2 or newer".to_owned(),
            confidence: Confidence::Medium,
        });
    }
    found
}

/// Jinja2 2 imports a name that MarkupSafe 2.1 took away.
fn templates(facts: &Facts) -> Vec<Conflict<'_>> {
    let (Some(jinja), Some(markup)) =
        (Pin::of(facts, &["jinja2"]), Pin::of(facts, &["markupsafe"]))
    else {
        return Vec::new();
    };
    if !jinja.is_below(&[3, 0]) || markup.is_below(&[2, 1]) {
        return Vec::new();
    }
    vec![Conflict {
        at: markup.at,
        with: jinja.at,
        message: format!(
            "Jinja2 {} needs a name that MarkupSafe {} no longer has",
            jinja.version, markup.version
        ),
        consequence: "importing Jinja2 ends with \"cannot import name 'soft_unicode'\"",
        fix: "move Jinja2 to 3, or pin MarkupSafe below 2.1".to_owned(),
        confidence: Confidence::High,
    }]
}

/// simplejwt up to 5.2.2 imports pkg_resources, which images of Python from 3.12 on do not bring.
fn tokens(facts: &Facts) -> Vec<Conflict<'_>> {
    let Some(pin) = Pin::of(facts, &["djangorestframework-simplejwt"]) else { return Vec::new() };
    let Some((python, at)) = &facts.versions.python_runs else { return Vec::new() };
    let of_image = at.file.file_name().to_ascii_lowercase().contains("dockerfile");
    let brings = facts.versions.distributions.contains_key("setuptools");
    if !of_image || *python < (3, 12) || brings || !pin.is_below(&[5, 2, 3]) {
        return Vec::new();
    }
    vec![Conflict {
        at: pin.at,
        with: at,
        message: format!(
            "djangorestframework-simplejwt {} imports pkg_resources, which the image of Python {}.{} does not bring",
            pin.version, python.0, python.1
        ),
        consequence: "the process ends at its start with \"No module named 'pkg_resources'\"",
        fix: "move to 5.3 or newer, or add setuptools to the requirements".to_owned(),
        confidence: Confidence::Medium,
    }]
}
