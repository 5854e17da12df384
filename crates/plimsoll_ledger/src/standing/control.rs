//! Where one control stands.

use jiff::Timestamp;
use plimsoll_catalog::{Control, Severity, Verdict};
use serde_json::json;

use super::people::{WaiverState, attestation_of, waiver_of, waiver_of_rule};
use super::{Ground, Stand, View, day};
use crate::ledger::SKEW;
use crate::record::{
    Assessment, ControlResult, Evidence, FindingNote, FindingState, Observation, Sealed,
};
use crate::{Digest, canonical};

/// What an assessment says of a control.
#[derive(Clone, Copy)]
struct Judged<'a> {
    sealed: &'a Sealed,
    assessment: &'a Assessment,
    result: &'a ControlResult,
}

impl View<'_> {
    pub(super) fn stand(&self, control: &Control) -> Stand {
        let judged = self.judged(&control.id);
        let mut stand = match judged {
            Some(judged) => self.base(control, judged),
            None => Stand {
                control: control.id.clone(),
                verdict: Verdict::Unproven,
                reason: Some("nothing is recorded of it".to_owned()),
                expires: None,
                assessed: None,
                grounds: Vec::new(),
            },
        };
        if matches!(stand.verdict, Verdict::Failed | Verdict::Unproven) {
            self.lay_over(control, judged, &mut stand);
        }
        stand
    }

    /// The newest result for the release in question; else the newest of all.
    fn judged(&self, control: &str) -> Option<Judged<'_>> {
        let mut newest = None;
        for (sealed, assessment) in self.assessments.iter().rev() {
            let found = assessment.controls.iter().find(|result| result.control == control);
            let Some(result) = found else { continue };
            let judged = Judged { sealed, assessment, result };
            if self.covers(&assessment.subject) {
                return Some(judged);
            }
            newest = newest.or(Some(judged));
        }
        newest
    }

    /// What the assessment leaves standing, without what people say beside it.
    fn base(&self, control: &Control, judged: Judged<'_>) -> Stand {
        let Judged { assessment, result, .. } = judged;
        let mut stand = Stand {
            control: control.id.clone(),
            verdict: result.verdict,
            reason: result.reason.as_ref().map(ToString::to_string),
            expires: None,
            assessed: Some(assessment.started),
            grounds: Vec::new(),
        };
        let unproven = |stand: &mut Stand, reason: String| {
            stand.verdict = Verdict::Unproven;
            stand.reason = Some(reason);
            stand.grounds.clear();
            stand.expires = None;
        };
        match result.verdict {
            Verdict::Failed => {
                stand.grounds = self.observed(judged);
                if let Some(other) = self.uncovered(&assessment.subject) {
                    let seen = day(assessment.started);
                    stand.reason = Some(format!("it failed for {other} on {seen}; not seen since"));
                }
            }
            Verdict::NotApplicable => {
                if let Some(other) = self.uncovered(&assessment.subject) {
                    let reason = format!("whether it applies was judged for {other}");
                    unproven(&mut stand, reason);
                }
            }
            Verdict::Proven => match self.proof(control, judged) {
                Ok((grounds, expires)) => {
                    stand.grounds = grounds;
                    stand.expires = expires;
                }
                Err(reason) => unproven(&mut stand, reason),
            },
            Verdict::Unproven => {
                let needs: Vec<&str> = result.needs.iter().map(|need| need.as_str()).collect();
                let reason = match needs.as_slice() {
                    [] => "no check has shown it".to_owned(),
                    needs => format!("it needs {}", needs.join("; ")),
                };
                stand.reason = Some(reason);
            }
            Verdict::Waived => self.waived(judged, &mut stand),
            // Whether the attestation still holds is judged by its own record.
            Verdict::Attested => {
                unproven(&mut stand, "what attested it is no longer in force".to_owned());
            }
        }
        stand
    }

    /// A waiver of the configuration file, as the assessment noted it.
    fn waived(&self, judged: Judged<'_>, stand: &mut Stand) {
        let Judged { sealed, assessment, result } = judged;
        let end = result.waived_until.and_then(end_of);
        if let Some(other) = self.uncovered(&assessment.subject) {
            stand.verdict = Verdict::Unproven;
            stand.reason = Some(format!("it was waived for {other}"));
        } else if end.is_some_and(|end| self.question.now >= end) {
            stand.verdict = Verdict::Failed;
            stand.reason = Some("its waiver has expired".to_owned());
        } else {
            stand.expires = end;
            let said = json!({
                "control": result.control,
                "reason": result.reason,
                "until": result.waived_until,
            });
            stand.grounds = vec![ground(sealed, "assessment", None, &said)];
        }
    }

    /// The evidence that proves a control, and when the first of it lapses; else why it no longer
    /// does.
    fn proof(
        &self,
        control: &Control,
        judged: Judged<'_>,
    ) -> Result<(Vec<Ground>, Option<Timestamp>), String> {
        let wanted = control.checks(self.question.target);
        let recorded = &judged.result.checks;
        if let Some(new) = wanted.iter().find(|check| !recorded.contains(check)) {
            return Err(format!("the catalog asks for the check {new} since"));
        }
        if recorded.is_empty() {
            return Err("no check is recorded that proves it".to_owned());
        }
        let mut grounds = Vec::new();
        let mut expires: Option<Timestamp> = None;
        for check in recorded {
            let (sealed, evidence) = self.evidence_of(check)?;
            if let Some(end) = self.end(evidence) {
                expires = Some(expires.map_or(end, |known| known.min(end)));
            }
            let said = json!({
                "check": evidence.check,
                "target": evidence.target,
                "statements": evidence.statements,
            });
            grounds.push(ground(sealed, "evidence", Some(check), &said));
        }
        Ok((grounds, expires))
    }

    /// The newest evidence of a check that still holds; else why there is none.
    fn evidence_of(&self, check: &str) -> Result<(&Sealed, &Evidence), String> {
        let all = self.evidence.get(check).map(Vec::as_slice).unwrap_or_default();
        let contrary = self.observations.get(check).map(Vec::as_slice).unwrap_or_default();
        let contrary = contrary.iter().rev().find(|(_, body)| self.covers(&body.subject));
        let contrary = contrary.map_or(0, |(sealed, _)| sealed.record.seq);
        let mut why = format!("the evidence of {check} is not recorded");
        for (sealed, evidence) in all.iter().rev() {
            let reason = if let Some(other) = self.uncovered(&evidence.subject) {
                format!("the evidence of {check} is for {other}")
            } else if sealed.record.seq < contrary {
                format!("{check} found something else since")
            } else if evidence.effective.duration_since(self.question.now) > SKEW {
                format!("the evidence of {check} is dated in the future")
            } else {
                match self.end(evidence).filter(|end| *end <= self.question.now) {
                    Some(end) => format!("the evidence of {check} expired on {}", day(end)),
                    None => return Ok((sealed, evidence)),
                }
            };
            // The newest one's reason is the one to tell.
            if why.ends_with("is not recorded") {
                why = reason;
            }
        }
        Err(why)
    }

    /// The findings of an assessment's run against a control.
    fn findings(&self, judged: Judged<'_>) -> Vec<(&Sealed, &Observation, &FindingNote)> {
        let run = judged.assessment.run.as_str();
        let of_run = self.observations.values().flatten().filter(|(_, body)| {
            body.run.as_deref() == Some(run) && body.controls.contains(&judged.result.control)
        });
        of_run
            .flat_map(|(sealed, body)| body.findings.iter().map(move |f| (*sealed, *body, f)))
            .filter(|(_, _, finding)| finding.severity >= Severity::Warning)
            .collect()
    }

    fn observed(&self, judged: Judged<'_>) -> Vec<Ground> {
        let mut grounds: Vec<Ground> = Vec::new();
        for (sealed, body, _) in self.findings(judged) {
            if grounds.iter().any(|ground| ground.seq == sealed.record.seq) {
                continue;
            }
            let said = json!({"check": body.check, "findings": body.findings});
            grounds.push(ground(sealed, "observation", Some(&body.check.id), &said));
        }
        grounds
    }

    /// What people said of a control that is failed or unproven.
    fn lay_over(&self, control: &Control, judged: Option<Judged<'_>>, stand: &mut Stand) {
        let findings = judged.map(|judged| self.findings(judged)).unwrap_or_default();
        let now = self.question.now;
        if stand.verdict == Verdict::Unproven
            && findings.is_empty()
            && control.attestation.is_some()
        {
            match attestation_of(self.records, control, &self.release, now) {
                Some(Ok(vouching)) => {
                    stand.verdict = Verdict::Attested;
                    stand.reason = Some(vouching.reason());
                    stand.expires = vouching.ends;
                    stand.grounds = vec![spoken(vouching.sealed, "attestation")];
                    return;
                }
                Some(Err(why)) => stand.reason = Some(why),
                None => {}
            }
        }
        if let Some(state) = waiver_of(&self.waivers, &control.id) {
            self.waive(state, stand);
            return;
        }
        let open: Vec<&FindingNote> = findings
            .iter()
            .map(|(_, _, finding)| *finding)
            .filter(|finding| finding.state == FindingState::Open)
            .collect();
        let waivers: Option<Vec<&WaiverState<'_>>> =
            open.iter().map(|f| waiver_of_rule(&self.waivers, &f.rule, &control.id)).collect();
        let first_to_end = waivers.into_iter().flatten().min_by_key(|state| state.waiver.expires);
        if let Some(state) = first_to_end.filter(|_| stand.verdict == Verdict::Failed) {
            self.waive(state, stand);
        }
    }

    fn waive(&self, state: &WaiverState<'_>, stand: &mut Stand) {
        let waiver = state.waiver;
        let end = end_of(waiver.expires);
        if end.is_some_and(|end| self.question.now >= end) {
            stand.verdict = Verdict::Failed;
            let reason = format!("its waiver by {} expired on {}", waiver.owner, waiver.expires);
            stand.reason = Some(reason);
            return;
        }
        stand.verdict = Verdict::Waived;
        let reason =
            format!("waived by {} until {}: {}", waiver.owner, waiver.expires, waiver.reason);
        stand.reason = Some(reason);
        stand.expires = end;
        stand.grounds.push(spoken(state.sealed, "waiver"));
    }
}

/// The end of a day, in UTC.
fn end_of(day: jiff::civil::Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?;
    next.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|start| start.timestamp())
}

fn ground(
    sealed: &Sealed,
    kind: &'static str,
    check: Option<&str>,
    said: &serde_json::Value,
) -> Ground {
    // A statement without a canonical form could not have been stored.
    let said = canonical(said).map_or(sealed.digest, Digest::of);
    Ground { seq: sealed.record.seq, kind, check: check.map(str::to_owned), said }
}

fn spoken(sealed: &Sealed, kind: &'static str) -> Ground {
    Ground { seq: sealed.record.seq, kind, check: None, said: sealed.digest }
}
