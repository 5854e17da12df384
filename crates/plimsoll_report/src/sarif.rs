//! SARIF 2.1.0 (OASIS standard of 27 March 2020), as much of it as code scanning reads.

use indexmap::IndexMap;
use plimsoll_assess::{AssessedFinding, FindingState};
use plimsoll_catalog::{Confidence, Severity};
use plimsoll_source::{RepoPath, Span};
use serde::Serialize;

use crate::fingerprint::Fingerprints;
use crate::report::TargetProblem;
use crate::{Report, RuleText};

/// The report as SARIF.
pub fn check_sarif(report: &Report<'_>) -> String {
    let mut rules: IndexMap<&str, Rule> = IndexMap::new();
    let mut prints = Fingerprints::new(&report.sources, &report.redactor);
    let results = report
        .assessment
        .findings
        .iter()
        .map(|assessed| {
            let id = assessed.finding.rule;
            let entry = rules.entry(id);
            let index = entry.index();
            entry.or_insert_with(|| Rule::new(id, assessed.finding.control, report));
            Result::new(assessed, index, &mut prints, report)
        })
        .collect();
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "plimsoll",
                    version: report.version,
                    semantic_version: report.version,
                    rules: rules.into_values().collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: (report.target.problems.iter())
                    .map(|problem| Notification::new(problem, report))
                    .collect(),
            }],
            results,
        }],
    };
    crate::json::to_text(&log)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<Result>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Message,
    full_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    help: Help,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    control: String,
    criticality: plimsoll_catalog::Criticality,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: IndexMap<&'static str, String>,
    suppressions: Vec<Suppression>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct ResultProperties {
    control: &'static str,
    confidence: Confidence,
    consequence: String,
    fix: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Rule {
    fn new(id: &str, control: &str, report: &Report<'_>) -> Self {
        let none = RuleText::default();
        let text = report.rules.get(id).unwrap_or(&none);
        let title = if text.title.is_empty() { id } else { &text.title };
        let what = if text.what.is_empty() { title } else { &text.what };
        let markdown =
            [("", &text.what), ("Why", &text.why), ("Bad", &text.bad), ("Good", &text.good)]
                .into_iter()
                .filter(|(_, body)| !body.is_empty())
                .map(|(heading, body)| match heading {
                    "" => body.clone(),
                    _ => format!("## {heading}\n\n{body}"),
                })
                .collect::<Vec<_>>()
                .join("\n\n");
        let markdown = if markdown.is_empty() { what.to_owned() } else { markdown };
        let uri = text.sources.iter().find(|source| source.starts_with("https://"));
        Self {
            id: id.to_owned(),
            short_description: Message { text: title.to_owned() },
            full_description: Message { text: what.to_owned() },
            help_uri: uri.cloned(),
            help: Help { text: markdown.clone(), markdown },
            properties: RuleProperties {
                tags: vec!["security".to_owned(), "django".to_owned(), control.to_owned()],
                control: control.to_owned(),
                criticality: report.criticality(control),
            },
        }
    }
}

impl Result {
    fn new(
        assessed: &AssessedFinding,
        rule_index: usize,
        prints: &mut Fingerprints<'_>,
        report: &Report<'_>,
    ) -> Self {
        let finding = &assessed.finding;
        let clean = |text: &str| report.redactor.message(text);
        let related = finding.related.iter().enumerate().map(|(index, related)| Location {
            id: Some(index + 1),
            physical_location: PhysicalLocation::new(&related.at),
            message: Some(Message { text: clean(&related.message) }),
        });
        Self {
            rule_id: finding.rule,
            rule_index,
            level: level(finding.severity),
            message: Message {
                text: [&finding.message, &finding.consequence, &finding.fix]
                    .map(|text| sentence(&clean(text)))
                    .join(" ")
                    .trim()
                    .to_owned(),
            },
            locations: [Location {
                id: None,
                physical_location: PhysicalLocation::new(&finding.at),
                message: None,
            }],
            related_locations: related.collect(),
            partial_fingerprints: IndexMap::from([("plimsollFinding/v1", prints.of(finding))]),
            suppressions: match &assessed.state {
                FindingState::Open => Vec::new(),
                FindingState::Ignored { reason } => {
                    vec![Suppression { kind: "inSource", justification: reason.clone() }]
                }
                FindingState::Waived { reason, owner, expiry } => vec![Suppression {
                    kind: "external",
                    justification: format!("{reason} ({owner}, until {expiry})"),
                }],
            },
            properties: ResultProperties {
                control: finding.control,
                confidence: finding.confidence,
                consequence: clean(&finding.consequence),
                fix: clean(&finding.fix),
            },
        }
    }
}

impl Notification {
    fn new(target: &TargetProblem, report: &Report<'_>) -> Self {
        Self {
            level: if target.area == "stop" { "error" } else { "note" },
            message: Message { text: report.redactor.message(&target.problem.message) },
            locations: [Location {
                id: None,
                physical_location: PhysicalLocation::new(&target.problem.at),
                message: None,
            }],
        }
    }
}

impl PhysicalLocation {
    fn new(span: &Span) -> Self {
        Self {
            artifact_location: ArtifactLocation { uri: uri(&span.file), uri_base_id: "%SRCROOT%" },
            region: Region {
                start_line: span.start.line.max(1),
                start_column: span.start.column.max(1),
                end_line: span.end.line.max(span.start.line).max(1),
                end_column: span.end.column.max(1),
            },
        }
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// With a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// A path as a relative reference (RFC 3986): all but unreserved characters and `/` escaped.
fn uri(path: &RepoPath) -> String {
    let mut out = String::new();
    for byte in path.as_str().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    if out.is_empty() { ".".to_owned() } else { out }
}
