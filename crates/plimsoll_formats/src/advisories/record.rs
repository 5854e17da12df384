//! A record as the schema writes it.

use serde::Deserialize;

use super::{Advisory, End, Level, Range, cvss};
use crate::requirements::{Version, normalise};

/// The fields of a record that matter here; everything else is passed over.
#[derive(Deserialize)]
pub(super) struct Record {
    id: String,
    pub(super) modified: Option<String>,
    pub(super) withdrawn: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    summary: Option<String>,
    #[serde(default)]
    severity: Option<Vec<Severity>>,
    #[serde(default)]
    affected: Option<Vec<Affected>>,
    #[serde(default, deserialize_with = "lenient")]
    database_specific: Specific,
}

#[derive(Deserialize)]
struct Severity {
    #[serde(rename = "type")]
    kind: String,
    score: String,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<Package>,
    #[serde(default)]
    ranges: Option<Vec<Events>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    severity: Option<Vec<Severity>>,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Events {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// Each database writes what it likes there.
#[derive(Default)]
struct Specific {
    severity: Option<String>,
}

fn lenient<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Specific, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Any {
        Known { severity: String },
        Other(serde::de::IgnoredAny),
    }
    Ok(match Any::deserialize(deserializer)? {
        Any::Known { severity } => Specific { severity: Some(severity) },
        Any::Other(_) => Specific::default(),
    })
}

impl Record {
    /// What it says about wanted packages of PyPI, by normalised name.
    pub(super) fn advisories(self, wanted: &dyn Fn(&str) -> bool) -> Vec<(String, Advisory)> {
        let of_record = self.level();
        let Self { id, aliases, summary, affected, .. } = self;
        let aliases = aliases.unwrap_or_default();
        let mut found = Vec::new();
        for affected in affected.unwrap_or_default() {
            let Some(package) = affected.package.as_ref().filter(|p| is_pypi(&p.ecosystem)) else {
                continue;
            };
            let name = normalise(&package.name);
            if !wanted(&name) {
                continue;
            }
            let own = affected.severity.as_deref().and_then(of_vectors);
            let ranges = affected.ranges.as_deref().unwrap_or_default();
            let versions = affected.versions.unwrap_or_default();
            let advisory = Advisory {
                id: id.clone(),
                aliases: aliases.clone(),
                summary: summary.clone(),
                severity: own.or(of_record),
                ranges: ranges
                    .iter()
                    .filter(|r| r.kind == "ECOSYSTEM")
                    .flat_map(stretches)
                    .collect(),
                versions: versions.iter().filter_map(|text| Version::parse(text)).collect(),
            };
            found.push((name, advisory));
        }
        found
    }

    fn level(&self) -> Option<Level> {
        let word = self.database_specific.severity.as_deref().map(str::to_ascii_uppercase);
        let named = match word.as_deref() {
            Some("LOW") => Some(Level::Low),
            Some("MODERATE" | "MEDIUM") => Some(Level::Medium),
            Some("HIGH") => Some(Level::High),
            Some("CRITICAL") => Some(Level::Critical),
            _ => None,
        };
        named.or_else(|| self.severity.as_deref().and_then(of_vectors))
    }
}

/// `PyPI`, also with a suffix: `PyPI:…`.
fn is_pypi(ecosystem: &str) -> bool {
    ecosystem.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case("pypi"))
}

fn of_vectors(severities: &[Severity]) -> Option<Level> {
    let scored = severities.iter().filter(|severity| severity.kind == "CVSS_V3");
    scored.filter_map(|severity| cvss::base_score(&severity.score)).map(cvss::level).max()
}

/// The stretches of a list of events, which the schema does not require to be sorted. A version
/// that is none of PEP 440 ends nothing: what lies between is then taken for affected.
fn stretches(range: &Events) -> Vec<Range> {
    enum Mark {
        Begin,
        Fixed,
        Last,
    }
    let mut marks: Vec<(Option<Version>, Mark)> = Vec::new();
    for event in &range.events {
        match (&event.introduced, &event.fixed, &event.last_affected) {
            (Some(text), ..) if text == "0" => marks.push((None, Mark::Begin)),
            (Some(text), ..) => {
                if let Some(version) = Version::parse(text) {
                    marks.push((Some(version), Mark::Begin));
                }
            }
            (_, Some(text), _) => {
                if let Some(version) = Version::parse(text) {
                    marks.push((Some(version), Mark::Fixed));
                }
            }
            (_, _, Some(text)) => {
                if let Some(version) = Version::parse(text) {
                    marks.push((Some(version), Mark::Last));
                }
            }
            _ => {}
        }
    }
    marks.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut found = Vec::new();
    let mut open: Option<Option<Version>> = None;
    for (version, mark) in marks {
        match (mark, version) {
            (Mark::Begin, version) => {
                open.get_or_insert(version);
            }
            (Mark::Fixed, Some(fixed)) => {
                if let Some(introduced) = open.take() {
                    found.push(Range { introduced, end: End::Fixed(fixed) });
                }
            }
            (Mark::Last, Some(last)) => {
                if let Some(introduced) = open.take() {
                    found.push(Range { introduced, end: End::Last(last) });
                }
            }
            _ => {}
        }
    }
    if let Some(introduced) = open {
        found.push(Range { introduced, end: End::Open });
    }
    found
}
