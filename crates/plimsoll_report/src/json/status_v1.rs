//! Version 1 of the JSON of `plimsoll status`. Fields are added, never changed or removed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_catalog::{Criticality, Family, Target, Verdict};
use plimsoll_ledger::{Digest, DueState, LedgerId};
use serde::Serialize;

use super::to_text;
use crate::status::{CRITICALITIES, StatusReport, VERDICTS, rhythm};
use crate::text::verdict_name;

#[derive(Serialize)]
struct Status<'a> {
    version: u32,
    ledger: LedgerId,
    head: Head,
    target: Target,
    now: Timestamp,
    release: Release<'a>,
    assessed: Option<Timestamp>,
    /// What people sign.
    evidence: Option<Digest>,
    controls: Vec<Control<'a>>,
    families: BTreeMap<&'static str, BTreeMap<String, usize>>,
    criticalities: BTreeMap<String, BTreeMap<String, usize>>,
    since: Option<Timestamp>,
    changes: Vec<Change<'a>>,
    expiring: Vec<Expiring<'a>>,
    due: Vec<Due<'a>>,
}

#[derive(Serialize)]
struct Head {
    seq: u64,
    digest: Digest,
}

#[derive(Serialize)]
struct Release<'a> {
    name: Option<&'a str>,
    digest: Option<Digest>,
    configuration: Option<Digest>,
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct Control<'a> {
    id: &'a str,
    title: &'a str,
    family: &'static str,
    criticality: Criticality,
    verdict: Verdict,
    reason: Option<&'a str>,
    expires: Option<Timestamp>,
    assessed: Option<Timestamp>,
    grounds: Vec<Ground<'a>>,
}

#[derive(Serialize)]
struct Ground<'a> {
    record: u64,
    kind: &'a str,
    check: Option<&'a str>,
    said: Digest,
}

#[derive(Serialize)]
struct Change<'a> {
    control: &'a str,
    before: Verdict,
    now: Verdict,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Expiring<'a> {
    control: &'a str,
    verdict: Verdict,
    at: Timestamp,
}

#[derive(Serialize)]
struct Due<'a> {
    control: &'a str,
    every: &'static str,
    every_hours: u32,
    role: &'a str,
    last: Option<Timestamp>,
    state: &'static str,
    at: Option<Timestamp>,
}

/// Where a system stands, as JSON, version 1; `schemas/status-v1.json` describes it.
pub fn status_json(report: &StatusReport<'_>) -> String {
    let standing = report.standing;
    let release = &standing.release;
    to_text(&Status {
        version: 1,
        ledger: report.ledger,
        head: Head { seq: report.head.seq, digest: report.head.digest },
        target: standing.target,
        now: standing.now,
        release: Release {
            name: release.name.as_deref(),
            digest: release.digest,
            configuration: release.configuration,
            commit: release.commit.as_deref(),
        },
        assessed: standing.assessed,
        evidence: standing.digest().ok(),
        controls: controls(report),
        families: (Family::ALL.into_iter())
            .map(|family| (family.prefix(), counted(report.of_family(family))))
            .collect(),
        criticalities: (CRITICALITIES.into_iter())
            .map(|level| {
                let name = serde_json::to_value(level).unwrap_or_default();
                let name = name.as_str().unwrap_or_default().to_owned();
                (name, counted(report.of_criticality(level)))
            })
            .collect(),
        since: report.since,
        changes: (report.changes.iter())
            .map(|change| Change {
                control: &change.control,
                before: change.before,
                now: change.now,
                reason: change.reason.as_deref(),
            })
            .collect(),
        expiring: (report.expiring().into_iter())
            .map(|(control, stand, at)| Expiring {
                control: &control.id,
                verdict: stand.verdict,
                at,
            })
            .collect(),
        due: due(report),
    })
}

fn controls<'a>(report: &'a StatusReport<'_>) -> Vec<Control<'a>> {
    report
        .controls()
        .map(|(control, stand)| Control {
            id: &control.id,
            title: &control.title,
            family: control.family.prefix(),
            criticality: control.criticality,
            verdict: stand.verdict,
            reason: stand.reason.as_deref(),
            expires: stand.expires,
            assessed: stand.assessed,
            grounds: (stand.grounds.iter())
                .map(|ground| Ground {
                    record: ground.seq,
                    kind: ground.kind,
                    check: ground.check.as_deref(),
                    said: ground.said,
                })
                .collect(),
        })
        .collect()
}

fn counted(counts: [usize; 6]) -> BTreeMap<String, usize> {
    let names = VERDICTS.into_iter().map(|verdict| verdict_name(verdict).replace(' ', "_"));
    names.zip(counts).collect()
}

fn due<'a>(report: &'a StatusReport<'_>) -> Vec<Due<'a>> {
    let tasks = report.due.iter();
    tasks
        .map(|task| {
            let (state, at) = match task.state {
                DueState::Never => ("never", None),
                DueState::Overdue(at) => ("overdue", Some(at)),
                DueState::By(at) => ("due", Some(at)),
            };
            Due {
                control: &task.control,
                every: rhythm(task.every_hours),
                every_hours: task.every_hours,
                role: &task.role,
                last: task.last,
                state,
                at,
            }
        })
        .collect()
}
