//! `dependency-vulnerable`: a dependency has known vulnerabilities.

use plimsoll_catalog::Severity;
use plimsoll_facts::versions::Distribution;
use plimsoll_formats::advisories::{Advisories, Hole, Level};
use plimsoll_formats::requirements::Version;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-vulnerable",
    control: "SEC-05",
    title: "a dependency has known vulnerabilities",
    what: "Every dependency whose exact version the lock or the requirements name, against a database of advisories that is given with `--advisories FILE`. It is read in the OSV schema: one record, an array, JSON lines, a folder of them, or the archive that osv.dev publishes at `https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip`. Plimsoll itself reads no network, so without a database the question stays open. Versions are compared as PEP 440 orders them; withdrawn records are left out; records that name each other as aliases count once. A lock names what is installed for developing as well, and so does this rule. Whether the project uses the part of the package that has the hole is not looked at.",
    why: "What is published is tried, by everybody, within days: scanners know which version has which hole. An old hole in a package is the cheapest way in.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.1
```
```json advisories.osv
{\"id\": \"PYSEC-2026-77\", \"modified\": \"2026-03-01T00:00:00Z\", \"aliases\": [\"CVE-2026-1077\"], \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"django\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"5.2\"}, {\"fixed\": \"5.2.19\"}]}]}]}
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```
```json advisories.osv
{\"id\": \"PYSEC-2026-77\", \"modified\": \"2026-03-01T00:00:00Z\", \"aliases\": [\"CVE-2026-1077\"], \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"django\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"5.2\"}, {\"fixed\": \"5.2.19\"}]}]}]}
```",
    sources: &["https://osv.dev/", "https://ossf.github.io/osv-schema/"],
    check,
};

/// As many holes of a package are told in full; the rest are counted.
const TOLD: usize = 8;

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    let Some(advisories) = &facts.advisories else {
        look.undetermined(
            "no database of advisories was given",
            "fetch https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip and give it with --advisories all.zip, or run pip-audit on what is installed",
            None,
        );
        return;
    };
    let exact: Vec<(&String, &Distribution, &Version)> = declared
        .iter()
        .filter_map(|(name, known)| Some((name, known, known.exact.as_ref()?)))
        .collect();
    let mut sound = 0;
    for (name, known, version) in &exact {
        let holes = advisories.of(name, version);
        if holes.is_empty() {
            sound += 1;
        } else {
            look.finding(known.at.clone(), fault(name, version, &holes));
        }
    }
    let open: Vec<(&String, &Span)> = declared
        .iter()
        .filter(|(_, known)| known.exact.is_none())
        .map(|(name, known)| (name, &known.at))
        .collect();
    if let Some((_, at)) = open.first() {
        let names: Vec<&str> = open.iter().take(TOLD).map(|(name, _)| name.as_str()).collect();
        let more = open.len().saturating_sub(TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        look.undetermined(
            format!("no exact version is named for {}{more}", names.join(", ")),
            "lock the dependencies, or run pip-audit on what is installed",
            Some((*at).clone()),
        );
    }
    if sound > 0 && sound == exact.len() {
        look.evidence(
            format!("{sound} dependencies have no known hole in {}", told(advisories)),
            None,
        );
    } else if declared.is_empty() {
        look.undetermined(
            "the project declares no dependencies",
            "keep the requirements or the lock in the repository",
            None,
        );
    }
}

/// The database in a sentence.
fn told(advisories: &Advisories) -> String {
    let day = advisories.newest.as_deref().and_then(|time| time.get(..10));
    let day = day.map_or(String::new(), |day| format!(", the newest of {day}"));
    format!("{} advisories{day}", advisories.records)
}

fn fault(name: &str, version: &Version, holes: &[Hole<'_>]) -> Fault {
    // They come with the gravest first.
    let worst = holes.first().and_then(|hole| hole.severity);
    let severity = match worst {
        Some(Level::High | Level::Critical) => Severity::Error,
        _ => Severity::Warning,
    };
    let listed: Vec<String> = holes.iter().take(TOLD).map(describe).collect();
    let more = holes.len().saturating_sub(TOLD);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let count = match holes.len() {
        1 => "a known vulnerability".to_owned(),
        count => format!("{count} known vulnerabilities"),
    };
    // The highest of the first versions without each of them is without all.
    let all_fixed = holes.iter().all(|hole| hole.fixed.is_some());
    let fixed = holes.iter().filter_map(|hole| hole.fixed).max();
    let fix = match fixed {
        Some(fixed) if all_fixed => format!("raise {name} to {fixed} or later and deploy"),
        Some(fixed) => format!(
            "raise {name} to {fixed} or later; not all of them are fixed there: read the advisories for the others"
        ),
        None => format!(
            "no release of {name} without it is known: read the advisory, and replace the package or shut off what uses it"
        ),
    };
    let summary = holes.first().and_then(Hole::summary);
    Fault {
        severity,
        message: format!("{name} {version} has {count}: {}{more}", listed.join("; ")),
        consequence: match summary {
            Some(summary) => format!("the worst of them: {}", summary.trim_end_matches('.')),
            None => "what is published is tried by everybody".to_owned(),
        },
        fix,
    }
}

/// `CVE-2026-1077 (PYSEC-2026-77, high, fixed in 5.2.19)`.
fn describe(hole: &Hole<'_>) -> String {
    let mut notes: Vec<String> = Vec::new();
    for name in hole.names().filter(|name| *name != hole.id()) {
        if !notes.iter().any(|known| known == name) {
            notes.push(name.to_owned());
        }
    }
    notes.truncate(3);
    notes.extend(hole.severity.map(|level| level.name().to_owned()));
    notes.push(match hole.fixed {
        Some(fixed) => format!("fixed in {fixed}"),
        None => "no fix known".to_owned(),
    });
    format!("{} ({})", hole.id(), notes.join(", "))
}
