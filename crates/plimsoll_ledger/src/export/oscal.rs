//! OSCAL assessment results (NIST, version 1.2): the newest assessment of each target.
//!
//! An evidence or observation record becomes an observation, with when it was collected and when it
//! expires; a control a finding, satisfied where it is proven or attested *now*; what is waived a risk
//! whose deviation is approved; a person's attestation an observation by interview. OSCAL knows only
//! satisfied and not satisfied: the verdict itself stands in a property of the finding.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_catalog::{Catalog, Target, Verdict};
use serde_json::{Value, json};

use crate::record::{Assessment, Body, Evidence, Observation, Sealed, Statement};
use crate::standing::{Ground, Question, Stand, Standing, standing};
use crate::{Digest, LedgerId};

/// The version of the schema that the form follows.
const OSCAL_VERSION: &str = "1.2.3";
/// The name space of the properties.
const NAMESPACE: &str = "https://example.org/plimsoll/oscal";

/// What the document is made from.
#[derive(Clone, Copy, Debug)]
pub struct OscalInput<'a> {
    /// The ledger's name.
    pub ledger: LedgerId,
    /// Its records, verified.
    pub records: &'a [Sealed],
    /// The catalog of this build.
    pub catalog: &'a Catalog,
    /// Now.
    pub now: Timestamp,
    /// The version of this program.
    pub version: &'a str,
}

/// The document; `None` where no assessment is recorded.
pub fn oscal(input: OscalInput<'_>) -> Option<Value> {
    let targets = [Target::Repository, Target::Rehearsal, Target::Production];
    let results: Vec<Value> =
        targets.into_iter().filter_map(|target| result_of(&input, target)).collect();
    if results.is_empty() {
        return None;
    }
    let head = input.records.last().map_or(Digest::NONE, |sealed| sealed.digest);
    let people = people(input.records);
    let parties: Vec<Value> = people
        .iter()
        .map(|(name, uuid)| json!({"uuid": uuid, "type": "person", "name": name}))
        .collect();
    let plan = uuid(&format!("plan {}", input.ledger));
    let mut metadata = json!({
        "title": "Results of Plimsoll's assessments",
        "last-modified": input.now,
        "version": head.short(),
        "oscal-version": OSCAL_VERSION,
        "props": [
            property("ledger", &input.ledger.to_string()),
            property("ledger-head", &head.to_string()),
            property("plimsoll-version", input.version),
        ],
    });
    put(&mut metadata, "parties", parties);
    Some(json!({
        "assessment-results": {
            "uuid": uuid(&format!("results {} {head}", input.ledger)),
            "metadata": metadata,
            // The plan is Plimsoll's catalog: which checks prove what on which target.
            "import-ap": {"href": format!("#{plan}")},
            "results": results,
            "back-matter": {"resources": [{
                "uuid": plan,
                "title": "The catalog of Plimsoll",
                "description": "Its controls and the checks that prove them: plimsoll catalog.",
            }]},
        }
    }))
}

/// What belongs to one result.
struct Parts<'a> {
    input: &'a OscalInput<'a>,
    standing: Standing,
    assessment: &'a Assessment,
    observations: Vec<Value>,
    /// The observations' ids by the record's number.
    of_record: BTreeMap<u64, String>,
    risks: Vec<Value>,
}

fn result_of(input: &OscalInput<'_>, target: Target) -> Option<Value> {
    let newest = input.records.iter().rev().find_map(|sealed| match &sealed.record.body {
        Body::Assessment(body) if body.target == target => Some((sealed, body)),
        _ => None,
    });
    let (sealed, assessment) = newest?;
    let question = Question { catalog: input.catalog, target, now: input.now, release: None };
    let standing = standing(input.records, question).ok()?;
    let mut parts = Parts {
        input,
        standing,
        assessment,
        observations: Vec::new(),
        of_record: BTreeMap::new(),
        risks: Vec::new(),
    };
    parts.observe();
    let findings = parts.findings();
    let applying = parts.standing.controls.iter().filter(|s| s.verdict != Verdict::NotApplicable);
    let reviewed: Vec<Value> =
        applying.map(|stand| json!({"control-id": token(&stand.control)})).collect();
    let selection = match reviewed.is_empty() {
        true => json!({"include-all": {}}),
        false => json!({"include-controls": reviewed}),
    };
    let system = line(&assessment.system.name);
    let mut props = vec![property("target", target_name(target)), property("run", &assessment.run)];
    for (name, digest) in
        [("files", assessment.subject.release), ("configuration", assessment.subject.configuration)]
    {
        props.extend(digest.map(|digest| property(name, &digest.to_string())));
    }
    let mut result = json!({
        "uuid": uuid(&format!("result {}", sealed.digest)),
        "title": format!("{system}, {}", target_name(target)),
        "description": format!("Record {} of the ledger and what stands by it.", sealed.record.seq),
        "start": assessment.started,
        "end": assessment.finished,
        "props": props,
        "reviewed-controls": {"control-selections": [selection]},
    });
    for (name, list) in
        [("observations", parts.observations), ("risks", parts.risks), ("findings", findings)]
    {
        put(&mut result, name, list);
    }
    Some(result)
}

impl<'a> Parts<'a> {
    /// The records of the assessment's run, and those that verdicts rest on.
    fn observe(&mut self) {
        let grounds: Vec<u64> =
            self.standing.controls.iter().flat_map(|s| &s.grounds).map(|g| g.seq).collect();
        let run = Some(self.assessment.run.as_str());
        for sealed in self.input.records {
            let wanted = |own: Option<&str>| own == run || grounds.contains(&sealed.record.seq);
            let value = match &sealed.record.body {
                Body::Evidence(body) if wanted(body.run.as_deref()) => self.evidence(sealed, body),
                Body::Observation(body) if wanted(body.run.as_deref()) => observation(sealed, body),
                Body::Attestation(body) if wanted(None) => {
                    let id = record_uuid(sealed);
                    let ends = self.standing.control(&body.control).and_then(|stand| stand.expires);
                    let mut value = json!({
                        "uuid": id,
                        "title": format!("{} vouches for {}", line(&body.by), body.control),
                        "description": text(&body.wording),
                        "methods": ["INTERVIEW"],
                        "types": ["control-objective"],
                        "props": record_props(sealed),
                        "collected": body.effective,
                    });
                    put(&mut value, "expires", ends.map(|ends| json!(ends)));
                    let shown: Vec<Value> = body.evidence.iter().map(shown).collect();
                    put(&mut value, "relevant-evidence", shown);
                    value
                }
                _ => continue,
            };
            self.of_record.insert(sealed.record.seq, record_uuid(sealed));
            self.observations.push(value);
        }
    }

    fn evidence(&self, sealed: &Sealed, body: &Evidence) -> Value {
        let mut props = record_props(sealed);
        for measured in &body.measured {
            let value = format!("{} {}", measured.value, measured.unit);
            props.push(property(&token(&measured.name), &value));
        }
        let mut value = json!({
            "uuid": record_uuid(sealed),
            "title": format!("{} for {}", line(&body.check.id), body.controls.join(", ")),
            "description": statements(&body.statements),
            "methods": [method(body.target)],
            "types": ["control-objective"],
            "props": props,
            "collected": body.effective,
        });
        let expires = self
            .standing
            .controls
            .iter()
            .filter(|stand| stand.grounds.iter().any(|ground| ground.seq == sealed.record.seq))
            .filter_map(|stand| stand.expires)
            .min();
        put(&mut value, "expires", expires.map(|expires| json!(expires)));
        value
    }

    fn findings(&mut self) -> Vec<Value> {
        let controls = self.standing.controls.clone();
        let applying = controls.iter().filter(|stand| stand.verdict != Verdict::NotApplicable);
        applying.map(|stand| self.finding(stand)).collect()
    }

    fn finding(&mut self, stand: &Stand) -> Value {
        let title = self.input.catalog.control(&stand.control).map_or("", |control| &control.title);
        let satisfied = matches!(stand.verdict, Verdict::Proven | Verdict::Attested);
        let state = if satisfied { "satisfied" } else { "not-satisfied" };
        let reason = match stand.verdict {
            Verdict::Proven | Verdict::Attested => "pass",
            Verdict::Failed | Verdict::Waived => "fail",
            Verdict::Unproven | Verdict::NotApplicable => "other",
        };
        let verdict = serde_json::to_value(stand.verdict).unwrap_or_default();
        let verdict = verdict.as_str().unwrap_or_default().to_owned();
        let said = stand.reason.as_deref().map_or_else(|| verdict.clone(), text);
        let mut finding = json!({
            "uuid": uuid(&format!("finding {} {}", self.assessment.run, stand.control)),
            "title": format!("{} {}", stand.control, line(title)),
            "description": said,
            "props": [property("verdict", &verdict)],
            "target": {
                "type": "objective-id",
                "target-id": token(&stand.control),
                "status": {"state": state, "reason": reason},
            },
        });
        let related: Vec<Value> = stand
            .grounds
            .iter()
            .filter_map(|ground| self.of_record.get(&ground.seq))
            .map(|id| json!({"observation-uuid": id}))
            .collect();
        put(&mut finding, "related-observations", related);
        if stand.verdict == Verdict::Waived {
            let id = self.risk(stand, title);
            put(&mut finding, "related-risks", json!([{"risk-uuid": id}]));
        }
        finding
    }

    fn risk(&mut self, stand: &Stand, title: &str) -> String {
        let id = uuid(&format!("risk {} {}", self.assessment.run, stand.control));
        let said = stand.reason.as_deref().map_or_else(|| "waived".to_owned(), text);
        let waiver = |ground: &&Ground| ground.kind == "waiver";
        let props: Vec<Value> = (stand.grounds.iter().filter(waiver))
            .map(|ground| property("record", &ground.seq.to_string()))
            .collect();
        let mut risk = json!({
            "uuid": id,
            "title": format!("{} {}", stand.control, line(title)),
            "description": said,
            "statement": said,
            "status": "deviation-approved",
        });
        put(&mut risk, "props", props);
        put(&mut risk, "deadline", stand.expires.map(|expires| json!(expires)));
        self.risks.push(risk);
        id
    }
}

fn observation(sealed: &Sealed, body: &Observation) -> Value {
    let mut lines: Vec<String> = Vec::new();
    for finding in &body.findings {
        let at = finding.at.as_ref().map(|at| format!(" ({}:{})", at.file, at.line));
        lines.push(format!("{}{}", finding.message, at.unwrap_or_default()));
    }
    lines.extend(body.undetermined.iter().map(|open| format!("not determined: {}", open.reason)));
    lines.extend(body.statements.iter().map(|statement| statement.text.to_string()));
    json!({
        "uuid": record_uuid(sealed),
        "title": format!("{} for {}", line(&body.check.id), body.controls.join(", ")),
        "description": text(&lines.join("\n\n")),
        "methods": [method(body.target)],
        "types": ["finding"],
        "props": record_props(sealed),
        "collected": body.effective,
    })
}

fn statements(statements: &[Statement]) -> String {
    let lines: Vec<String> = statements
        .iter()
        .map(|statement| {
            let at = statement.at.as_ref().map(|at| format!(" ({}:{})", at.file, at.line));
            format!("{}{}", statement.text, at.unwrap_or_default())
        })
        .collect();
    text(&lines.join("\n\n"))
}

fn shown(proof: &crate::record::Proof) -> Value {
    match proof {
        crate::record::Proof::File { path, digest, .. } => {
            json!({"description": format!("{} ({digest})", text(path))})
        }
        crate::record::Proof::Link { url } => json!({"description": text(url.as_str())}),
    }
}

fn record_props(sealed: &Sealed) -> Vec<Value> {
    vec![
        property("record", &sealed.record.seq.to_string()),
        property("record-digest", &sealed.digest.to_string()),
        property("signer", &sealed.record.signer.name),
    ]
}

fn people(records: &[Sealed]) -> BTreeMap<String, String> {
    let names = records.iter().map(|sealed| line(&sealed.record.signer.name));
    names.map(|name| (name.clone(), uuid(&format!("party {name}")))).collect()
}

fn method(target: Target) -> &'static str {
    match target {
        Target::Repository => "EXAMINE",
        Target::Rehearsal | Target::Production => "TEST",
    }
}

fn target_name(target: Target) -> &'static str {
    match target {
        Target::Repository => "repository",
        Target::Rehearsal => "rehearsal",
        Target::Production => "production",
    }
}

/// Adds a part to an object, unless it is nothing: OSCAL has no empty lists and no nulls.
fn put(object: &mut Value, name: &str, part: impl Into<Value>) {
    let part = part.into();
    let empty = part.is_null() || part.as_array().is_some_and(Vec::is_empty);
    if let Some(object) = object.as_object_mut().filter(|_| !empty) {
        object.insert(name.to_owned(), part);
    }
}

fn property(name: &str, value: &str) -> Value {
    json!({"name": name, "ns": NAMESPACE, "value": line(value)})
}

fn record_uuid(sealed: &Sealed) -> String {
    uuid(&format!("record {}", sealed.digest))
}

/// An id that the same name always has, in the form of a name-based UUID.
fn uuid(name: &str) -> String {
    let digest = Digest::of(name);
    let mut bytes: Vec<u8> = digest.as_bytes().iter().take(16).copied().collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = (*version & 0x0f) | 0x50;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = (*variant & 0x3f) | 0x80;
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// One line that is not empty.
fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

/// Text that is not empty.
fn text(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

/// A name as OSCAL has them: it begins with a letter, and holds letters, digits, `.`, `-` and `_`.
fn token(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let fits = c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        match out.is_empty() {
            true if c.is_alphabetic() || c == '_' => out.push(c),
            true => out.push('_'),
            false => out.push(if fits { c } else { '-' }),
        }
    }
    if out.is_empty() { "_".to_owned() } else { out }
}
