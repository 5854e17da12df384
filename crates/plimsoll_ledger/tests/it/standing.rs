//! What stands, and what lets it fall.

use jiff::{SignedDuration, Timestamp};
use plimsoll_catalog::{
    CheckKind, Confidence, Control, Freshness, Severity, Target, Verdict, catalog,
};
use plimsoll_ledger::{
    Assessment, Attestation, Body, CheckRef, Clean, ControlResult, Digest, DueState, Evidence,
    FindingNote, FindingState, Fresh, How, Ledger, MemoryStore, NoStanding, Observation, Proof,
    Question, Redact, Release, Scope, Sealed, Standing, Statement, Subject, System, Tool, Waiver,
    Writer, changes, due, standing, verify,
};

use crate::support::{NOON, at, id, key};

struct Open;

impl Redact for Open {
    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn clean(text: &str) -> Clean {
    Clean::new(text, &Open)
}

/// Hours after noon.
fn hour(hours: i64) -> Timestamp {
    at(NOON) + SignedDuration::from_hours(hours)
}

struct World {
    ledger: Ledger,
    target: Target,
}

impl World {
    fn new(target: Target) -> Self {
        let ledger = Ledger::new(Box::new(MemoryStore::new(id()))).unwrap();
        Self { ledger, target }
    }

    fn write(&mut self, bodies: &[Body], now: Timestamp) {
        let key = key(1);
        self.ledger.append(bodies, Writer { key: &key, name: "Ada", now }).unwrap();
    }

    fn records(&mut self) -> Vec<Sealed> {
        verify(id(), self.ledger.rows().unwrap(), &Default::default()).records
    }

    fn stands(&mut self, now: Timestamp) -> Standing {
        let question = Question { catalog: catalog(), target: self.target, now, release: None };
        standing(&self.records(), question).unwrap()
    }

    /// Verdict and reason of a control.
    fn verdict(&mut self, control: &str, now: Timestamp) -> (Verdict, String) {
        let stands = self.stands(now);
        let stand = stands.control(control).unwrap();
        (stand.verdict, stand.reason.clone().unwrap_or_default())
    }

    /// An assessment of one control, with evidence of all its checks where it is proven, and with
    /// findings of the first where it failed.
    fn assess(&mut self, control: &str, verdict: Verdict, files: &str, now: Timestamp) {
        let control = catalog().control(control).unwrap();
        let subject = subject(files);
        let run = format!("{:032x}", now.as_millisecond());
        let checks = control.checks(self.target).to_vec();
        let mut bodies = vec![Body::Assessment(Assessment {
            run: run.clone(),
            target: self.target,
            system: System { name: "shop".to_owned(), ..System::default() },
            subject: subject.clone(),
            tool: Tool {
                name: "plimsoll".to_owned(),
                version: "0.1.0".to_owned(),
                catalog: Digest::of("catalog"),
            },
            profiles: Vec::new(),
            scope: Scope::Part,
            host: None,
            started: now,
            finished: now,
            controls: vec![ControlResult {
                control: control.id.clone(),
                verdict,
                reason: None,
                checks: checks.clone(),
                needs: Vec::new(),
                waived_until: None,
            }],
        })];
        for check in &checks {
            let body = match verdict {
                Verdict::Proven => {
                    Body::Evidence(evidence(&run, control, check, &subject, self.target, now))
                }
                Verdict::Failed => {
                    Body::Observation(observation(&run, control, check, &subject, self.target, now))
                }
                _ => continue,
            };
            bodies.push(body);
        }
        self.write(&bodies, now);
    }
}

fn subject(files: &str) -> Subject {
    Subject { release: Some(Digest::of(files)), configuration: Some(Digest::of("c")), commit: None }
}

fn reference(check: &str) -> CheckRef {
    CheckRef { id: check.to_owned(), kind: CheckKind::Rule, version: "0.1.0".to_owned() }
}

fn evidence(
    run: &str,
    control: &Control,
    check: &str,
    subject: &Subject,
    target: Target,
    now: Timestamp,
) -> Evidence {
    Evidence {
        run: Some(run.to_owned()),
        controls: vec![control.id.clone()],
        check: reference(check),
        target,
        subject: subject.clone(),
        host: None,
        how: How::Reading { files: Vec::new() },
        started: now,
        finished: now,
        effective: now,
        statements: vec![Statement { text: clean("it is so"), at: None }],
        measured: Vec::new(),
        artefacts: Vec::new(),
        negative_control: None,
        fresh_for: Fresh(catalog().check(check).map_or(Freshness::Commit, |check| check.fresh_for)),
    }
}

fn observation(
    run: &str,
    control: &Control,
    check: &str,
    subject: &Subject,
    target: Target,
    now: Timestamp,
) -> Observation {
    Observation {
        run: Some(run.to_owned()),
        controls: vec![control.id.clone()],
        check: reference(check),
        target,
        subject: subject.clone(),
        effective: now,
        findings: vec![FindingNote {
            rule: check.to_owned(),
            control: control.id.clone(),
            severity: Severity::Error,
            confidence: Confidence::High,
            message: clean("it is wrong"),
            at: None,
            state: FindingState::Open,
            accepted: None,
        }],
        undetermined: Vec::new(),
        statements: Vec::new(),
    }
}

fn release(name: &str, files: &str, configuration: &str) -> Body {
    Body::Release(Release {
        name: name.to_owned(),
        digest: Digest::of(files),
        configuration: Some(Digest::of(configuration)),
        commit: None,
        note: None,
    })
}

fn attestation(control: &str, effective: Timestamp) -> Attestation {
    Attestation {
        control: control.to_owned(),
        by: "Ada".to_owned(),
        role: None,
        wording: "so it is".to_owned(),
        note: None,
        evidence: vec![Proof::Link { url: clean("https://x.example") }],
        measured: Vec::new(),
        effective,
        fresh_for: Fresh(
            catalog().control(control).unwrap().attestation.as_ref().unwrap().fresh_for,
        ),
        release: None,
        withdrawn: false,
    }
}

fn waiver(control: Option<&str>, rule: Option<&str>, expires: &str) -> Body {
    Body::Waiver(Waiver {
        control: control.map(str::to_owned),
        rule: rule.map(str::to_owned),
        reason: clean("the demo host"),
        owner: "Grace".to_owned(),
        expires: expires.parse().unwrap(),
    })
}

#[test]
fn proof_holds_for_its_own_release_and_configuration_only() {
    let mut world = World::new(Target::Repository);
    assert_eq!(world.verdict("SET-01", hour(0)).1, "nothing is recorded of it");
    world.assess("SET-01", Verdict::Proven, "one", hour(0));
    assert_eq!(
        world.verdict("SET-01", hour(24 * 400)).0,
        Verdict::Proven,
        "a reading does not age"
    );
    world.write(&[release("r1", "one", "c")], hour(1));
    assert_eq!(world.verdict("SET-01", hour(1)).0, Verdict::Proven);
    world.write(&[release("r2", "two", "c")], hour(2));
    let (verdict, reason) = world.verdict("SET-01", hour(2));
    assert_eq!(verdict, Verdict::Unproven);
    assert!(reason.contains("is for another release"), "{reason}");
    world.write(&[release("r3", "one", "d")], hour(3));
    let (verdict, reason) = world.verdict("SET-01", hour(3));
    assert_eq!(verdict, Verdict::Unproven);
    assert!(reason.contains("is for another configuration"), "{reason}");
    world.write(&[release("r4", "four", "c")], hour(4));
    world.assess("SET-01", Verdict::Proven, "four", hour(5));
    assert_eq!(world.verdict("SET-01", hour(5)).0, Verdict::Proven);
    let question = Question {
        catalog: catalog(),
        target: Target::Repository,
        now: hour(6),
        release: Some("r1"),
    };
    let records = world.records();
    let old = standing(&records, question).unwrap();
    assert_eq!(old.control("SET-01").unwrap().verdict, Verdict::Proven);
    assert_eq!(old.release.name.as_deref(), Some("r1"));
    let unknown = standing(&records, Question { release: Some("r9"), ..question });
    assert_eq!(unknown.unwrap_err(), NoStanding::NoRelease("r9".to_owned()));
}

/// A control that probes prove in production, with how many hours their evidence holds.
fn probed() -> (&'static Control, u32) {
    catalog()
        .controls()
        .find_map(|control| match catalog().fresh_for(control, Target::Production)? {
            Freshness::Hours(hours) if control.attestation.is_none() => Some((control, hours)),
            _ => None,
        })
        .unwrap()
}

#[test]
fn evidence_grows_old_by_itself() {
    let (control, hours) = probed();
    let mut world = World::new(Target::Production);
    world.assess(&control.id, Verdict::Proven, "one", hour(0));
    let stands = world.stands(hour(1));
    let stand = stands.control(&control.id).unwrap();
    assert_eq!((stand.verdict, stand.expires), (Verdict::Proven, Some(hour(i64::from(hours)))));
    let (verdict, reason) = world.verdict(&control.id, hour(i64::from(hours)));
    assert_eq!(verdict, Verdict::Unproven);
    assert!(reason.contains("expired on"), "{reason}");
    let (verdict, reason) = world.verdict(&control.id, hour(-5));
    assert_eq!(verdict, Verdict::Unproven);
    assert!(reason.contains("dated in the future"), "{reason}");
}

#[test]
fn a_failure_stays_until_something_else_is_shown() {
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Failed, "one", hour(0));
    let stands = world.stands(hour(0));
    assert!(!stands.control("SET-01").unwrap().grounds.is_empty());
    world.write(&[release("r2", "two", "c")], hour(1));
    let (verdict, reason) = world.verdict("SET-01", hour(24 * 900));
    assert_eq!(verdict, Verdict::Failed);
    assert!(reason.contains("another release"), "{reason}");
    world.assess("SET-01", Verdict::Proven, "two", hour(2));
    assert_eq!(world.verdict("SET-01", hour(2)).0, Verdict::Proven);
}

#[test]
fn what_was_seen_later_outweighs_evidence() {
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Proven, "one", hour(0));
    let control = catalog().control("SET-01").unwrap();
    let check = &control.repository[0];
    let later = observation("x", control, check, &subject("one"), Target::Repository, hour(1));
    world.write(&[Body::Observation(later)], hour(1));
    let (verdict, reason) = world.verdict("SET-01", hour(1));
    assert_eq!(verdict, Verdict::Unproven);
    assert!(reason.contains("found something else since"), "{reason}");
}

#[test]
fn evidence_that_is_not_there_proves_nothing() {
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Proven, "one", hour(0));
    let mut records = world.records();
    let dropped =
        records.iter().rposition(|sealed| sealed.record.body.kind() == "evidence").unwrap();
    records.remove(dropped);
    let question =
        Question { catalog: catalog(), target: Target::Repository, now: hour(1), release: None };
    let stands = standing(&records, question).unwrap();
    assert_eq!(stands.control("SET-01").unwrap().verdict, Verdict::Unproven);
}

#[test]
fn waivers_hold_to_their_last_day_and_then_fail() {
    for (waived, holds) in [
        (waiver(Some("SET-01"), None, "2026-11-23"), true),
        (waiver(Some("SET-02"), None, "2026-11-23"), false),
        (waiver(Some("SET-01"), Some("debug-enabled"), "2026-11-23"), false),
    ] {
        let mut world = World::new(Target::Repository);
        world.assess("SET-01", Verdict::Failed, "one", hour(0));
        world.write(&[waived], hour(0));
        let expected = if holds { Verdict::Waived } else { Verdict::Failed };
        assert_eq!(world.verdict("SET-01", at("2026-11-23T23:59:00Z")).0, expected);
        let (verdict, reason) = world.verdict("SET-01", at("2026-11-24T00:00:00Z"));
        assert_eq!((verdict, reason.contains("expired on 2026-11-23")), (Verdict::Failed, holds));
    }
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Failed, "one", hour(0));
    let all: Vec<Body> = catalog()
        .control("SET-01")
        .unwrap()
        .repository
        .iter()
        .map(|rule| waiver(None, Some(rule), "2026-12-01"))
        .collect();
    world.write(&all, hour(1));
    assert_eq!(world.verdict("SET-01", hour(1)).0, Verdict::Waived, "each finding is waived");
    world.write(&[waiver(Some("SET-01"), None, "2026-11-20")], hour(2));
    assert_eq!(world.verdict("SET-01", hour(2)).0, Verdict::Failed, "the newest word counts");
}

#[test]
fn attestations_hold_as_long_as_the_catalog_says() {
    let year = 365 * 24;
    let mut world = World::new(Target::Repository);
    world.write(&[Body::Attestation(attestation("OPS-04", hour(0)))], hour(0));
    let (verdict, reason) = world.verdict("OPS-04", hour(year - 1));
    assert_eq!(verdict, Verdict::Attested);
    assert!(reason.starts_with("attested by Ada: https://x.example, until 2027-11-21"), "{reason}");
    let (verdict, reason) = world.verdict("OPS-04", hour(year));
    assert_eq!((verdict, reason.contains("expired")), (Verdict::Unproven, true));
    assert_eq!(world.verdict("OPS-04", hour(-3)).0, Verdict::Unproven);
    let back = Attestation { withdrawn: true, ..attestation("OPS-04", hour(5)) };
    world.write(&[Body::Attestation(back)], hour(5));
    let (verdict, reason) = world.verdict("OPS-04", hour(6));
    assert_eq!((verdict, reason.contains("withdrew")), (Verdict::Unproven, true));
    let bound = Attestation { release: Some("r1".to_owned()), ..attestation("OPS-04", hour(7)) };
    world.write(&[release("r1", "one", "c"), Body::Attestation(bound)], hour(7));
    assert_eq!(world.verdict("OPS-04", hour(8)).0, Verdict::Attested);
    world.write(&[release("r2", "two", "c")], hour(8));
    let (verdict, reason) = world.verdict("OPS-04", hour(8));
    assert_eq!((verdict, reason.contains("speaks of release r1")), (Verdict::Unproven, true));
}

#[test]
fn nobody_can_vouch_for_what_checks_prove_or_found_wrong() {
    let mut world = World::new(Target::Repository);
    let wrong = Attestation { control: "SET-01".to_owned(), ..attestation("OPS-04", hour(0)) };
    world.write(&[Body::Attestation(wrong)], hour(0));
    assert_eq!(world.verdict("SET-01", hour(1)).0, Verdict::Unproven);
    world.assess("DATA-03", Verdict::Failed, "one", hour(1));
    world.write(&[Body::Attestation(attestation("DATA-03", hour(1)))], hour(1));
    assert_eq!(world.verdict("DATA-03", hour(2)).0, Verdict::Failed);
}

#[test]
fn what_is_signed_changes_with_verdicts_and_not_with_repetition() {
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Proven, "one", hour(0));
    let first = world.stands(hour(1)).digest().unwrap();
    world.assess("SET-01", Verdict::Proven, "one", hour(2));
    assert_eq!(world.stands(hour(3)).digest().unwrap(), first);
    world.assess("SET-02", Verdict::Failed, "one", hour(4));
    let second = world.stands(hour(5)).digest().unwrap();
    assert_ne!(second, first);
    world.write(&[waiver(Some("SET-02"), None, "2026-12-01")], hour(6));
    assert_ne!(world.stands(hour(7)).digest().unwrap(), second);
}

#[test]
fn changes_and_tasks_that_come_back() {
    let mut world = World::new(Target::Repository);
    world.assess("SET-01", Verdict::Proven, "one", hour(0));
    let before = world.stands(hour(0));
    world.assess("SET-01", Verdict::Failed, "one", hour(1));
    let now = world.stands(hour(1));
    let changed = changes(&before, &now);
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].before, changed[0].now), (Verdict::Proven, Verdict::Failed));
    world.write(&[Body::Attestation(attestation("OPS-01", hour(2)))], hour(2));
    for (when, expected) in [
        (hour(3), DueState::By(hour(2 + 8 * 24))),
        (hour(9 * 24), DueState::Overdue(hour(2 + 8 * 24))),
    ] {
        let stands = world.stands(when);
        let tasks = due(&world.records(), catalog(), &stands, 100 * 24);
        let weekly = tasks.iter().find(|task| task.control == "OPS-01").unwrap();
        assert_eq!((weekly.state, weekly.last), (expected, Some(hour(2))));
        let monthly = tasks.iter().find(|task| task.control == "OPS-02").unwrap();
        assert_eq!(monthly.state, DueState::Never);
        assert!(tasks.iter().all(|task| task.control != "OPS-04"), "yearly ones are no routine");
    }
}
