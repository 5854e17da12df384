//! What a set of records proves, at a given time, for a given release.
//!
//! The verdicts of an assessment are decided by `plimsoll_assess`. Here they can only be taken back:
//! evidence grows old, a release or a configuration comes that it does not cover, a waiver ends. A
//! verdict that lost its ground is unproven, by itself and without a new record. What people say
//! after an assessment counts too: attestations and waivers that are in force.

mod control;
mod outlook;
mod people;

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_catalog::{Catalog, Freshness, Target, Verdict};
use serde_json::json;

use crate::record::{Assessment, Body, Evidence, Observation, Release, Sealed, Subject};
use crate::{Digest, NotCanonical, canonical};

pub use outlook::{Change, Due, DueState, changes, due};
pub use people::{Vouching, WaiverState, attestation_in_force, waivers};

/// What is asked of the records.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The catalog of this build.
    pub catalog: &'a Catalog,
    /// What kind of thing is asked about.
    pub target: Target,
    /// Now.
    pub now: Timestamp,
    /// The release by name; `None` for the newest one, or where none is recorded for the files of
    /// the newest assessment.
    pub release: Option<&'a str>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoStanding {
    /// No release of this name is recorded.
    #[error("there is no release {0} in the ledger")]
    NoRelease(String),
}

/// Where a system stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What kind of thing is asked about.
    pub target: Target,
    /// When.
    pub now: Timestamp,
    /// The release in question.
    pub release: InQuestion,
    /// The newest assessment that bears on it.
    pub assessed: Option<Timestamp>,
    /// Each control of the catalog, in its order.
    pub controls: Vec<Stand>,
}

/// The files and the configuration in question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InQuestion {
    /// The release's name, where one is recorded.
    pub name: Option<String>,
    /// The digest of its files; `None` where nothing is recorded at all.
    pub digest: Option<Digest>,
    /// The digest of its configuration, where it was determined.
    pub configuration: Option<Digest>,
    /// The commit.
    pub commit: Option<String>,
}

/// Where one control stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Its id.
    pub control: String,
    /// The verdict that holds now.
    pub verdict: Verdict,
    /// Why, where it is not evident.
    pub reason: Option<String>,
    /// When the verdict lapses by itself.
    pub expires: Option<Timestamp>,
    /// When it was last assessed.
    pub assessed: Option<Timestamp>,
    /// The records that it rests on.
    pub grounds: Vec<Ground>,
}

/// A record that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The record's number.
    pub seq: u64,
    /// The record's kind.
    pub kind: &'static str,
    /// The check, where it is one's.
    pub check: Option<String>,
    /// The digest of what it says, apart from times and measured values: the same observation made
    /// again has the same digest. For what people say it is the record's own.
    pub said: Digest,
}

/// Where a system stands by its records, which must have been verified before.
///
/// # Errors
/// Where the release that is asked about is not recorded.
pub fn standing(records: &[Sealed], question: Question<'_>) -> Result<Standing, NoStanding> {
    let view = View::new(records, question)?;
    let controls = question.catalog.controls().map(|control| view.stand(control)).collect();
    let covering = view.assessments.iter().rev().find(|(_, body)| view.covers(&body.subject));
    let assessed = covering.or(view.assessments.last()).map(|(_, body)| body.started);
    Ok(Standing {
        target: question.target,
        now: question.now,
        release: view.release,
        assessed,
        controls,
    })
}

impl Standing {
    /// Where a control stands.
    pub fn control(&self, id: &str) -> Option<&Stand> {
        self.controls.iter().find(|stand| stand.control == id)
    }

    /// How many controls have each verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.controls.iter().filter(|stand| stand.verdict == verdict).count()
    }

    /// The digest of what stands: the release, and each control's verdict with what was seen and
    /// said. People sign it. It changes with a verdict or with what it rests on; the same things seen
    /// again leave it as it is.
    ///
    /// # Errors
    /// Never for what [`standing()`] gave; the form of its text forbids numbers that it does not have.
    pub fn digest(&self) -> Result<Digest, NotCanonical> {
        let controls: Vec<serde_json::Value> = self
            .controls
            .iter()
            .map(|stand| {
                let mut said: Vec<Digest> = stand.grounds.iter().map(|g| g.said).collect();
                said.sort();
                json!({"control": stand.control, "verdict": stand.verdict, "said": said})
            })
            .collect();
        let text = canonical(&json!({
            "version": 1,
            "target": self.target,
            "release": self.release.digest,
            "configuration": self.release.configuration,
            "controls": controls,
        }))?;
        Ok(Digest::of(text))
    }
}

/// The records by what they are, for one question.
struct View<'a> {
    question: Question<'a>,
    release: InQuestion,
    /// Those of the target, the oldest first.
    assessments: Vec<(&'a Sealed, &'a Assessment)>,
    /// Evidence on the target, by check, the oldest first.
    evidence: BTreeMap<&'a str, Vec<(&'a Sealed, &'a Evidence)>>,
    /// Observations on the target, by check, the oldest first.
    observations: BTreeMap<&'a str, Vec<(&'a Sealed, &'a Observation)>>,
    waivers: Vec<WaiverState<'a>>,
    records: &'a [Sealed],
}

impl<'a> View<'a> {
    fn new(records: &'a [Sealed], question: Question<'a>) -> Result<Self, NoStanding> {
        let mut view = View {
            question,
            release: InQuestion::default(),
            assessments: Vec::new(),
            evidence: BTreeMap::new(),
            observations: BTreeMap::new(),
            waivers: waivers(records),
            records,
        };
        let mut release: Option<&Release> = None;
        for sealed in records {
            match &sealed.record.body {
                Body::Assessment(body) if body.target == question.target => {
                    view.assessments.push((sealed, body));
                }
                Body::Evidence(body) if body.target == question.target => {
                    view.evidence.entry(&body.check.id).or_default().push((sealed, body));
                }
                Body::Observation(body) if body.target == question.target => {
                    view.observations.entry(&body.check.id).or_default().push((sealed, body));
                }
                Body::Release(body) if question.release.is_none_or(|name| body.name == name) => {
                    release = Some(body);
                }
                _ => {}
            }
        }
        if let (Some(name), None) = (question.release, release) {
            return Err(NoStanding::NoRelease(name.to_owned()));
        }
        view.release = match (release, view.assessments.last()) {
            (Some(release), _) => InQuestion {
                name: Some(release.name.clone()),
                digest: Some(release.digest),
                configuration: release.configuration,
                commit: release.commit.clone(),
            },
            (None, Some((_, newest))) => InQuestion {
                name: None,
                digest: newest.subject.release,
                configuration: newest.subject.configuration,
                commit: newest.subject.commit.clone(),
            },
            (None, None) => InQuestion::default(),
        };
        Ok(view)
    }

    /// Whether what was looked at is the release in question.
    fn covers(&self, subject: &Subject) -> bool {
        self.uncovered(subject).is_none()
    }

    /// Why it is not.
    fn uncovered(&self, subject: &Subject) -> Option<&'static str> {
        let differs = |asked: Option<Digest>, seen: Option<Digest>| match (asked, seen) {
            (Some(asked), Some(seen)) => asked != seen,
            // What is not known of either side is no reason.
            _ => false,
        };
        if differs(self.release.digest, subject.release) {
            return Some("another release");
        }
        differs(self.release.configuration, subject.configuration)
            .then_some("another configuration")
    }

    /// When evidence lapses; `None` where only another release ends it.
    fn end(&self, evidence: &Evidence) -> Option<Timestamp> {
        let own = hours(evidence.fresh_for.0);
        let now = self.question.catalog.check(&evidence.check.id).and_then(|c| hours(c.fresh_for));
        // A catalog that asks for fresher evidence than it did counts from now on.
        let least = match (own, now) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        after(evidence.effective, least?)
    }
}

fn hours(freshness: Freshness) -> Option<u32> {
    match freshness {
        Freshness::Hours(hours) => Some(hours),
        Freshness::Commit => None,
    }
}

/// The time so many hours later; `None` beyond the calendar.
fn after(time: Timestamp, hours: u32) -> Option<Timestamp> {
    time.checked_add(jiff::SignedDuration::from_hours(i64::from(hours))).ok()
}

/// `2026-11-21`.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
