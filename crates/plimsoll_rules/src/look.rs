//! How a rule looks at facts and says what it saw.

use plimsoll_catalog::{Confidence, Evidence, Finding, Outcome, Related, Severity, Undetermined};
use plimsoll_facts::{Facts, Reading};
use plimsoll_python::{Value, is_file_name};
use plimsoll_source::{RepoPath, Span};

use crate::Rule;

/// What a rule thinks of one value of a setting.
pub enum Judgement {
    /// It is as it should be: what was seen, as a sentence.
    Good(String),
    /// It is as it should be even if parts of the value are not known: what was seen.
    Certain(String),
    /// It is not: a defect.
    Bad(Fault),
    /// It is not, even if parts of the value are not known: the defect was seen in a known part.
    Found(Fault),
    /// Worth a note that leaves the control whole.
    Remark(Fault),
    /// The rule has nothing to say of it.
    Neither,
    /// It can't be told from the value: why, and what would settle it.
    Open {
        /// Why.
        reason: String,
        /// What would settle it.
        needs: String,
    },
}

/// What is wrong with a value.
pub struct Fault {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, as a sentence. Never holds the value of a secret.
    pub message: String,
    /// What happens in production because of it.
    pub consequence: String,
    /// What to do.
    pub fix: String,
}

impl Judgement {
    /// A defect that will hurt in production.
    pub fn error(
        message: impl Into<String>,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::bad(Severity::Error, message, consequence, fix)
    }

    /// A weakness.
    pub fn warning(
        message: impl Into<String>,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::bad(Severity::Warning, message, consequence, fix)
    }

    /// The same judgement, holding even if other parts of the value are not known.
    #[must_use]
    pub fn surely(self) -> Self {
        match self {
            Judgement::Bad(fault) => Judgement::Found(fault),
            other => other,
        }
    }

    /// Worth knowing: does not fail the control, and does not speak for it either.
    pub fn note(
        message: impl Into<String>,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::bad(Severity::Note, message, consequence, fix)
    }

    /// Worth knowing and no shortcoming of the control: what was seen is evidence as well.
    pub fn remark(
        message: impl Into<String>,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let (message, consequence, fix) = (message.into(), consequence.into(), fix.into());
        Judgement::Remark(Fault { severity: Severity::Note, message, consequence, fix })
    }

    fn bad(
        severity: Severity,
        message: impl Into<String>,
        consequence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let (message, consequence, fix) = (message.into(), consequence.into(), fix.into());
        Judgement::Bad(Fault { severity, message, consequence, fix })
    }
}

/// A rule at work: gathers its outcome.
pub struct Look<'f> {
    /// The facts it looks at.
    pub facts: &'f Facts,
    rule: &'static str,
    control: &'static str,
    parameters: &'f Parameters<'f>,
    outcome: Outcome,
}

/// What an example of an environment makes of a setting that a rule judges.
struct Example<'e> {
    file: &'e RepoPath,
    /// Whether the setting is as bad with what the example gives.
    is_bad: bool,
    /// Whether the example gives the variables, or leaves them to be filled in.
    is_given: bool,
}

/// The figures that controls are measured by: what the user set, else the chosen profiles', else
/// the catalog's.
pub type Parameters<'p> = dyn Fn(&str, &str) -> Option<i64> + Sync + 'p;

impl<'f> Look<'f> {
    /// Begins a rule's look at the facts.
    pub(crate) fn new(rule: &Rule, facts: &'f Facts, parameters: &'f Parameters<'f>) -> Self {
        let outcome = Outcome {
            check: rule.id,
            findings: Vec::new(),
            evidence: Vec::new(),
            undetermined: Vec::new(),
        };
        Self { facts, rule: rule.id, control: rule.control, parameters, outcome }
    }

    /// The figure that the rule's control is measured by, as a whole number in the unit that the
    /// catalog names.
    pub fn parameter(&self, name: &str) -> i64 {
        let default =
            || match &plimsoll_catalog::catalog().control(self.control)?.parameter(name)?.value {
                plimsoll_catalog::ParameterValue::Integer(number) => Some(*number),
                _ => None,
            };
        (self.parameters)(self.control, name).or_else(default).unwrap_or(0)
    }

    /// What the rule saw.
    pub(crate) fn finish(mut self) -> Outcome {
        fold_documents(&mut self.outcome.findings);
        for finding in &mut self.outcome.findings {
            if finding.repair.is_none() {
                finding.repair = crate::repairs::of(self.facts, finding);
            }
        }
        self.outcome
    }

    /// Records something that speaks for the control.
    pub fn evidence(&mut self, statement: impl Into<String>, at: Option<Span>) {
        let check = self.rule.to_owned();
        self.outcome.evidence.push(Evidence { check, statement: statement.into(), at });
    }

    /// Records what could not be determined and what would settle it.
    pub fn undetermined(
        &mut self,
        reason: impl Into<String>,
        needs: impl Into<String>,
        at: Option<Span>,
    ) {
        let (reason, needs) = (reason.into(), needs.into());
        self.outcome.undetermined.push(Undetermined { reason, needs, at });
    }

    /// Records a defect at a place.
    pub fn finding(&mut self, at: Span, fault: Fault) -> &mut Finding {
        let Fault { severity, message, consequence, fix } = fault;
        self.outcome.findings.push(Finding {
            rule: self.rule,
            control: self.control,
            severity,
            confidence: Confidence::High,
            message,
            consequence,
            fix,
            at,
            related: Vec::new(),
            repair: None,
        });
        let last = self.outcome.findings.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "one was pushed on the line above")]
        &mut self.outcome.findings[last]
    }

    /// Judges a setting's value as production will have it: a certain value decides, a value that
    /// rests on a variable's absence proves nothing when good and is a finding when bad, and a
    /// choice decides only where all its values agree.
    pub fn judge(&mut self, name: &str, judge: impl Fn(&Value) -> Judgement) {
        self.judge_reading(name, self.facts.reading(name), judge);
    }

    /// The same for a dict of which only these keys matter: a variable that only other keys depend
    /// on leaves them certain.
    pub fn judge_keys(&mut self, name: &str, keys: &[&str], judge: impl Fn(&Value) -> Judgement) {
        self.judge_reading(name, self.facts.reading_of_keys(name, keys), judge);
    }

    fn judge_reading(
        &mut self,
        name: &str,
        reading: Reading<'f>,
        judge: impl Fn(&Value) -> Judgement,
    ) {
        let Some(at) = self.facts.place_of(name) else { return };
        match reading {
            Reading::Certain(value) => self.settle(at, judge(value)),
            Reading::Assumed { value, variables, suggested } => {
                let example = suggested.map(|suggested| Example {
                    file: suggested.file,
                    is_bad: suggested.value.is_some_and(|value| {
                        matches!(judge(value), Judgement::Bad(_) | Judgement::Found(_))
                    }),
                    is_given: suggested.value.is_some(),
                });
                self.assume(name, at, judge(value), &variables, example);
            }
            Reading::Choice(values) => self.choose(name, at, values.iter().map(judge).collect()),
            Reading::Unknown { reason, partial } => match judge(partial) {
                Judgement::Found(fault) => {
                    self.finding(at, fault);
                }
                Judgement::Certain(statement) => self.evidence(statement, Some(at)),
                _ => self.undetermined(
                    format!("{name} is not known: {reason}"),
                    way_to_know(name),
                    Some(at),
                ),
            },
            Reading::Absent => {}
        }
    }

    /// Judges a switch: `wanted` is good, the other side fails with this consequence and fix.
    pub fn require_flag(&mut self, name: &str, wanted: bool, consequence: &str, fix: &str) {
        let side = |on: bool| if on { "on" } else { "off" };
        self.judge(name, |value| match value.truth() {
            Some(truth) if truth == wanted => Judgement::Good(format!("{name} is {}", side(truth))),
            Some(truth) => Judgement::error(format!("{name} is {}", side(truth)), consequence, fix),
            None => Judgement::Neither,
        });
    }

    /// Judges whether a middleware is installed: the class itself, or one of the same name that the
    /// project or a library derives from it (the name ends in `tail`).
    pub fn require_middleware(&mut self, class: &str, tail: &str, consequence: &str, fix: &str) {
        self.judge("MIDDLEWARE", |value| {
            let Some(items) = value.items() else { return Judgement::Neither };
            let texts = || items.iter().filter_map(|item| item.text());
            if texts().any(|text| text == class) {
                return Judgement::Certain(format!("{tail} is installed"));
            }
            if let Some(own) = texts()
                .find(|text| text.rsplit('.').next().is_some_and(|last| last.ends_with(tail)))
            {
                return Judgement::Certain(format!("{own} is installed in place of {class}"));
            }
            if value.is_known() {
                Judgement::error(format!("{tail} is not in MIDDLEWARE"), consequence, fix)
            } else {
                Judgement::Neither
            }
        });
    }

    /// The last finding, where there is one.
    pub fn last(&mut self) -> Option<&mut Finding> {
        self.outcome.findings.last_mut()
    }

    /// Adds a place to the last finding, where there is one.
    pub fn relate(&mut self, related: Related) {
        if let Some(finding) = self.outcome.findings.last_mut() {
            finding.related.push(related);
        }
    }

    /// Whether a value that holds only while a variable is unset is the business of another rule,
    /// which looks at the fallback itself; says so.
    pub fn leave_fallback_to(&mut self, name: &str, rule: &str) -> bool {
        let Reading::Assumed { variables, .. } = self.facts.reading(name) else { return false };
        let reason = format!(
            "{name} depends on {}, which the repository does not give; its fallback is looked at by {rule}",
            list(&variables)
        );
        let needs = way_to_settle(name, &variables);
        self.undetermined(reason, needs, self.facts.place_of(name));
        true
    }

    /// Settles a judgement of a default, at the place of the setting that brings it about.
    pub fn settle_default(&mut self, name: &str, judgement: Judgement) {
        if let Some(at) = self.facts.place_of(name) {
            self.settle(at, judgement);
        }
    }

    /// Settles a judgement of something that is certain.
    pub fn settle(&mut self, at: Span, judgement: Judgement) {
        match judgement {
            Judgement::Good(statement) | Judgement::Certain(statement) => {
                self.evidence(statement, Some(at));
            }
            Judgement::Bad(fault) | Judgement::Found(fault) => {
                self.finding(at, fault);
            }
            Judgement::Remark(fault) => {
                self.evidence(fault.message.clone(), Some(at.clone()));
                self.finding(at, fault);
            }
            Judgement::Open { reason, needs } => self.undetermined(reason, needs, Some(at)),
            Judgement::Neither => {}
        }
    }

    fn assume(
        &mut self,
        name: &str,
        at: Span,
        judgement: Judgement,
        variables: &[&str],
        example: Option<Example<'_>>,
    ) {
        match judgement {
            // One defect, one finding: the switch that everything else follows.
            Judgement::Bad(fault) | Judgement::Found(fault)
                if let Some((variable, rule)) = self.switch_of(name, variables) =>
            {
                self.undetermined(
                    format!(
                        "{} where {variable} is not set, which {rule} looks at",
                        unstopped(&fault.message)
                    ),
                    way_to_settle(name, variables),
                    Some(at),
                );
            }
            // Whoever deploys follows the example: what stands in the code is not production's.
            Judgement::Bad(fault) | Judgement::Found(fault)
                if example.as_ref().is_some_and(|example| !example.is_bad) =>
            {
                let reason = match example {
                    Some(Example { file, is_given: true, .. }) => format!(
                        "{} where {} is not set; {file} sets it, and production's own environment is not in the repository",
                        unstopped(&fault.message),
                        list(&of_variables(variables))
                    ),
                    Some(Example { file, .. }) => format!(
                        "{} where {} is not set; {file} leaves it to be filled in, and production's own environment is not in the repository",
                        unstopped(&fault.message),
                        list(&of_variables(variables))
                    ),
                    None => fault.message,
                };
                self.undetermined(reason, way_to_settle(name, variables), Some(at));
            }
            Judgement::Bad(mut fault)
            | Judgement::Found(mut fault)
            | Judgement::Remark(mut fault) => {
                let otherwise = match example {
                    Some(example) => format!(
                        "production sets {} to something else than {} does",
                        list(&of_variables(variables)),
                        example.file
                    ),
                    None => otherwise(variables),
                };
                fault.message = format!("{} unless {otherwise}", unstopped(&fault.message));
                // Production may have what the repository does not show.
                fault.severity = fault.severity.min(Severity::Warning);
                let reads = self.readings(variables);
                let finding = self.finding(at, fault);
                finding.confidence = Confidence::Medium;
                finding.related = reads;
            }
            Judgement::Good(statement) | Judgement::Certain(statement) => self.undetermined(
                format!("{} unless {}", unstopped(&statement), otherwise(variables)),
                way_to_settle(name, variables),
                Some(at),
            ),
            other => self.settle(at, other),
        }
    }

    fn choose(&mut self, name: &str, at: Span, judgements: Vec<Judgement>) {
        let good = judgements
            .iter()
            .filter(|j| {
                matches!(j, Judgement::Good(_) | Judgement::Certain(_) | Judgement::Remark(_))
            })
            .count();
        let bad = judgements
            .iter()
            .filter(|j| matches!(j, Judgement::Bad(_) | Judgement::Found(_)))
            .count();
        let all = judgements.len();
        if good == all || bad == all {
            if let Some(first) = judgements.into_iter().next() {
                self.settle(at, first);
            }
        } else if bad > 0 || good > 0 {
            self.undetermined(
                format!(
                    "{name} is one of {all} values, depending on a condition that is not known here"
                ),
                way_to_know(name),
                Some(at),
            );
        }
    }

    /// The switch among the variables of a setting that falls to developing, and the rule that
    /// speaks of it: the variable of DEBUG, or that of a mode.
    fn switch_of<'v>(&self, name: &str, variables: &[&'v str]) -> Option<(&'v str, &'static str)> {
        let settings = &self.facts.settings;
        if name != "DEBUG"
            && let Reading::Assumed { value, variables: of_debug, .. } = self.facts.reading("DEBUG")
            && value.truth() == Some(true)
            && let Some(variable) = variables.iter().find(|name| of_debug.contains(name))
        {
            return Some((variable, "debug-default-on"));
        }
        let falls_to_developing = |name: &str| {
            settings
                .variables
                .iter()
                .any(|used| used.name == name && crate::settings::falls_to_developing(used))
        };
        let mode = variables.iter().find(|name| falls_to_developing(name))?;
        Some((mode, "application-mode-not-production"))
    }

    /// The places where variables are read, for the reader of a finding.
    fn readings(&self, variables: &[&str]) -> Vec<Related> {
        let uses = self.facts.settings.variables.iter();
        uses.filter(|used| variables.contains(&used.name.as_str()))
            .take(4)
            .map(|used| Related {
                at: used.at.clone(),
                message: format!("{} is read here", used.name),
            })
            .collect()
    }
}

/// Several documents often say the same thing again: one finding with all the places.
fn fold_documents(findings: &mut Vec<Finding>) {
    const MOST: usize = 10;
    let is_document = |finding: &Finding| {
        let extension = finding.at.file.extension().unwrap_or("").to_ascii_lowercase();
        matches!(extension.as_str(), "md" | "markdown" | "rst")
    };
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let first = kept.iter_mut().find(|first| {
            first.message == finding.message
                && first.severity == finding.severity
                && is_document(first)
                && is_document(&finding)
        });
        match first {
            Some(first) if first.related.len() < MOST => first
                .related
                .push(Related { at: finding.at, message: "it stands here too".to_owned() }),
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    *findings = kept;
}

/// How to find out a setting's value when the repository does not tell. What holds a password or
/// key is not to be printed at a terminal.
pub fn way_to_know(name: &str) -> String {
    const SECRET: [&str; 10] = [
        "SECRET", "KEY", "PASSWORD", "TOKEN", "DATABASE", "CACHES", "URL", "BROKER", "LAYERS",
        "JWT",
    ];
    if SECRET.iter().any(|word| name.contains(word)) {
        return "check with production's environment (--env-file FILE), which shows no secret"
            .to_owned();
    }
    format!(
        "check with production's environment (--env-file FILE), or on the host: python manage.py shell -c \"from django.conf import settings; print(settings.{name})\""
    )
}

/// Names as a list in a sentence: `A`, `A or B`, `A, B or C`.
pub fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Those of the things that a value depends on that are variables.
fn of_variables<'n>(dependences: &[&'n str]) -> Vec<&'n str> {
    dependences.iter().copied().filter(|name| !is_file_name(name)).collect()
}

/// What would make a value another one: variables that are set, files that are there.
fn otherwise(dependences: &[&str]) -> String {
    let (files, variables): (Vec<&str>, Vec<&str>) =
        dependences.iter().partition(|name| is_file_name(name));
    let mut parts = Vec::new();
    if !variables.is_empty() {
        parts.push(format!("{} is set, and nothing in the repository sets it", list(&variables)));
    }
    if !files.is_empty() {
        let listed = list(&files);
        parts.push(format!("{listed}, a file outside of the repository, says something else"));
    }
    parts.join(", or ")
}

/// What would settle a value that depends on variables or on files that are not here.
fn way_to_settle(name: &str, dependences: &[&str]) -> String {
    match dependences.iter().find(|name| is_file_name(name)) {
        Some(file) => format!("look at {file} in production for what it says of {name}"),
        None => format!(
            "check with production's environment: --env-file FILE, or --env {}=VALUE",
            dependences.first().unwrap_or(&name)
        ),
    }
}

fn unstopped(sentence: &str) -> &str {
    sentence.trim_end_matches('.')
}
