//! The verdict of a control for every way its checks can come out.

use plimsoll_assess::config::{Names, Waiver, parse};
use plimsoll_assess::{
    Applicability, AskedCheck, Assessment, ElsewhereCheck, Ignore, Input, NoticeKind, Subject,
    assess, read_ignores,
};
use plimsoll_catalog::{
    Confidence, Evidence, Finding, Outcome, Severity, Target, Undetermined, Verdict,
};
use plimsoll_source::{RepoPath, SourceText, Span};

fn finding(rule: &'static str, control: &'static str, severity: Severity) -> Finding {
    Finding {
        rule,
        control,
        severity,
        confidence: Confidence::High,
        message: "m".into(),
        consequence: "c".into(),
        fix: "f".into(),
        at: Span::of_file(RepoPath::new("s.py").unwrap()),
        related: vec![],
        repair: None,
    }
}

/// An outcome from words: `e` evidence, `u` undetermined, `E`/`W`/`N` a finding.
fn outcome(check: &'static str, words: &str) -> Outcome {
    let severity = |word| match word {
        'E' => Some(Severity::Error),
        'W' => Some(Severity::Warning),
        'N' => Some(Severity::Note),
        _ => None,
    };
    let evidence = Evidence { check: check.into(), statement: "s".into(), at: None };
    let question = Undetermined { reason: "r".into(), needs: "the variable X".into(), at: None };
    Outcome {
        check,
        findings: words.chars().filter_map(severity).map(|s| finding(check, "C-01", s)).collect(),
        evidence: words.chars().filter(|word| *word == 'e').map(|_| evidence.clone()).collect(),
        undetermined: words.chars().filter(|word| *word == 'u').map(|_| question.clone()).collect(),
    }
}

fn subject(checks: &[&str]) -> Subject {
    let asked = |id: &&str| AskedCheck { id: (*id).to_owned(), looks_at: String::new() };
    Subject {
        id: "C-01".into(),
        applicability: Applicability::Applies,
        checks: checks.iter().map(asked).collect(),
        beyond: None,
        elsewhere: vec![ElsewhereCheck {
            target: Target::Production,
            what: "a probe: the live site".into(),
        }],
        attestation: Some("the owner declares: it is so".into()),
    }
}

fn judge(
    subject: Subject,
    outcomes: &[Outcome],
    ignores: &[Ignore],
    waivers: &[Waiver],
) -> Assessment {
    assess(Input {
        subjects: &[subject],
        outcomes,
        rules: &["a", "b"],
        ignores,
        waivers,
        attestations: &[],
        today: "2026-11-20".parse().unwrap(),
    })
}

fn verdict(subject: Subject, outcomes: &[Outcome]) -> (Verdict, Vec<String>) {
    let control = judge(subject, outcomes, &[], &[]).controls.remove(0);
    (control.verdict, control.needs)
}

#[test]
fn the_verdict_follows_from_what_the_checks_gave() {
    use Verdict::{Failed, Proven, Unproven};
    for (a, b, expected) in [
        (Some("e"), Some("e"), Proven),
        (Some("eN"), Some("e"), Proven),
        (Some("eE"), Some("e"), Failed),
        (Some("W"), None, Failed),
        (Some("uE"), Some("u"), Failed),
        (Some("e"), None, Unproven),
        (Some("e"), Some(""), Unproven),
        (Some("e"), Some("u"), Unproven),
        (Some("eu"), Some("e"), Unproven),
        (Some("e"), Some("N"), Unproven),
        (Some(""), Some(""), Unproven),
        (None, None, Unproven),
    ] {
        let outcomes: Vec<Outcome> = [("a", a), ("b", b)]
            .into_iter()
            .filter_map(|(check, words)| Some(outcome(check, words?)))
            .collect();
        let (verdict, needs) = verdict(subject(&["a", "b"]), &outcomes);
        assert_eq!(verdict, expected, "{a:?} {b:?}");
        assert_eq!(needs.is_empty(), expected != Unproven, "{a:?} {b:?}: {needs:?}");
    }
}

#[test]
fn what_no_file_shows_keeps_a_control_unproven_and_does_not_keep_it_from_failing() {
    let beyond = || Subject { beyond: Some("that it works".into()), ..subject(&["a"]) };
    let (unproven, needs) = verdict(beyond(), &[outcome("a", "e")]);
    assert_eq!(unproven, Verdict::Unproven);
    assert_eq!(
        needs,
        [
            "a look at the running system: no file shows that it works",
            "a probe: the live site (in production)",
            "an attestation: the owner declares: it is so",
        ]
    );
    assert_eq!(verdict(beyond(), &[outcome("a", "eE")]).0, Verdict::Failed);
}

#[test]
fn without_a_check_for_the_target_nothing_is_proven() {
    let (verdict, needs) = verdict(subject(&[]), &[outcome("a", "e")]);
    assert_eq!(verdict, Verdict::Unproven);
    assert_eq!(
        needs,
        ["a probe: the live site (in production)", "an attestation: the owner declares: it is so"]
    );
}

#[test]
fn a_condition_must_be_known_to_fail_and_findings_outweigh_it() {
    let with = |applicability| Subject { applicability, ..subject(&["a"]) };
    let not = || Applicability::Not("no Celery".into());
    assert_eq!(verdict(with(not()), &[]).0, Verdict::NotApplicable);
    assert_eq!(verdict(with(Applicability::Unsettled), &[]).0, Verdict::Unproven);
    assert_eq!(verdict(with(Applicability::Unsettled), &[outcome("a", "e")]).0, Verdict::Proven);
    assert_eq!(verdict(with(not()), &[outcome("a", "E")]).0, Verdict::Failed);
}

#[test]
fn a_check_that_serves_two_controls_fails_both() {
    let mut other = outcome("a", "e");
    other.findings.push(finding("a", "D-01", Severity::Error));
    let of = |waivers: &[Waiver]| {
        judge(subject(&["a"]), std::slice::from_ref(&other), &[], waivers).controls.remove(0)
    };
    let control = of(&[]);
    assert_eq!(control.verdict, Verdict::Failed);
    assert!(control.reason.unwrap().contains("D-01"));
    assert_eq!(of(&waivers("control = 'C-01'", "2030-01-01")).verdict, Verdict::Waived);
    assert_eq!(of(&waivers("control = 'C-01'", "2020-01-01")).verdict, Verdict::Failed);
}

#[test]
fn a_note_for_another_control_fails_nothing() {
    let mut other = outcome("a", "e");
    other.findings.push(finding("a", "D-01", Severity::Note));
    assert_eq!(verdict(subject(&["a"]), &[other]).0, Verdict::Proven);
}

fn waivers(keys: &str, expiry: &str) -> Vec<Waiver> {
    let names = Names {
        controls: [("C-01".to_owned(), vec![])].into(),
        rules: vec!["a".into(), "b".into()],
        ..Names::default()
    };
    let text = format!("[[waivers]]\n{keys}\nreason = 'r'\nowner = 'Ada'\nexpiry = {expiry}\n");
    parse(&SourceText::new(RepoPath::new("plimsoll.toml").unwrap(), text), &names).unwrap().waivers
}

#[test]
fn waivers_overlay_verdicts_until_their_day() {
    use Verdict::{Failed, Proven, Unproven, Waived};
    let unused = Some(NoticeKind::WaiverUnused);
    let expired = Some(NoticeKind::WaiverExpired);
    for (words, keys, expiry, expected, notice) in [
        ("E", "control = 'C-01'", "2026-11-20", Waived, None),
        ("E", "control = 'C-01'", "2026-11-19", Failed, expired),
        ("u", "control = 'C-01'", "2026-11-20", Waived, None),
        ("u", "control = 'C-01'", "2026-11-19", Failed, expired),
        ("e", "control = 'C-01'", "2026-11-20", Proven, unused),
        ("e", "control = 'C-01'", "2026-11-19", Proven, expired),
        ("eW", "rule = 'a'", "2026-11-20", Waived, None),
        ("eW", "rule = 'b'", "2026-11-20", Failed, unused),
        ("eW", "control = 'C-01'\nrule = 'a'", "2026-11-20", Waived, None),
        ("eW", "control = 'C-01'\npath = 's.*'", "2026-11-20", Waived, None),
        ("eW", "control = 'C-01'\npath = 'other/**'", "2026-11-20", Failed, unused),
        ("u", "control = 'C-01'\nrule = 'a'", "2026-11-20", Unproven, unused),
    ] {
        let assessment =
            judge(subject(&["a"]), &[outcome("a", words)], &[], &waivers(keys, expiry));
        let case = format!("{words} {keys} {expiry}");
        assert_eq!(assessment.controls[0].verdict, expected, "{case}");
        let kinds: Vec<_> = assessment.notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds, notice.into_iter().collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn an_expired_waiver_that_is_needed_reaches_the_threshold() {
    let outcomes = [outcome("a", "u")];
    let expired =
        judge(subject(&["a"]), &outcomes, &[], &waivers("control = 'C-01'", "2020-01-01"));
    assert!(expired.reaches(Severity::Error));
    let valid = judge(subject(&["a"]), &outcomes, &[], &waivers("control = 'C-01'", "2030-01-01"));
    assert!(!valid.reaches(Severity::Note));
}

#[test]
fn ignores_need_a_reason_a_known_rule_and_something_to_ignore() {
    use Verdict::{Failed, Unproven};
    for (comment, expected, notice) in [
        ("# plimsoll: ignore[a] is so", Unproven, None),
        ("# plimsoll: ignore[a]", Failed, Some(NoticeKind::IgnoreWithoutReason)),
        ("# plimsoll: ignore[zz] is so", Failed, Some(NoticeKind::IgnoreUnknownRule)),
        ("# plimsoll: ignore[b] is so", Failed, Some(NoticeKind::IgnoreUnused)),
        ("# plimsoll: ignore", Failed, Some(NoticeKind::IgnoreMalformed)),
        ("\n\n# plimsoll: ignore[a] is so", Failed, Some(NoticeKind::IgnoreUnused)),
    ] {
        let source = SourceText::new(RepoPath::new("s.py").unwrap(), comment);
        let assessment = judge(subject(&["a"]), &[outcome("a", "eE")], &read_ignores(&source), &[]);
        assert_eq!(assessment.controls[0].verdict, expected, "{comment}");
        let kinds: Vec<_> = assessment.notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds, notice.into_iter().collect::<Vec<_>>(), "{comment}");
    }
}
