//! A small shop with one of everything: findings in one and in several files, an ignored and a
//! waived finding, an open question, a hostile line, a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use plimsoll_assess::{
    Applicability, AskedCheck, Assessment, ElsewhereCheck, Input, Subject, assess, read_ignores,
};
use plimsoll_catalog::{
    Confidence, Criticality, Evidence, Family, Finding, Outcome, Related, Severity, Target,
    Undetermined,
};
use plimsoll_report::{
    AssumedEnvironment, ChosenProfile, ControlInfo, EnvironmentSource, Redactor, Report, RuleText,
    Sources, TargetInfo, TargetProblem,
};
use plimsoll_source::{Problem, ProblemKind, RepoPath, Secret, SourceText, Span};

pub(crate) const SETTINGS: &str = "\
import os

SECRET_KEY = \"correct-horse-battery\"
DEBUG = True  # <b>&amp;</b>
ALLOWED_HOSTS = [
    \"*\",
    \"shop.example\",
]
# plimsoll: ignore[hsts-missing] the proxy sets it
SECURE_HSTS_SECONDS = 0
\tEVIL = \"\u{1b}[31m\u{202e}desrever\"
X_FRAME_OPTIONS = None  # plimsoll: ignore[frame-options]
LONG = os.environ.get(\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", \"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\") or target or \"CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC\"
";

const COMPOSE: &str = "\
services:
  web:
    image: shop
    environment:
      DEBUG: \"on\"
      POSTGRES_PASSWORD: hunter2hunter2
";

fn text(path: &str, content: &str) -> SourceText {
    SourceText::new(RepoPath::new(path).unwrap(), content)
}

/// The span of `needle` in a file's text.
fn span(source: &SourceText, needle: &str) -> Span {
    let at = source.text().find(needle).unwrap();
    source.span(at..at + needle.len())
}

struct Draft<'a> {
    rule: &'static str,
    control: &'static str,
    severity: Severity,
    message: &'a str,
    at: Span,
    related: Vec<Related>,
}

fn finding(draft: Draft<'_>) -> Finding {
    Finding {
        rule: draft.rule,
        control: draft.control,
        severity: draft.severity,
        confidence: if draft.severity == Severity::Error {
            Confidence::High
        } else {
            Confidence::Medium
        },
        message: draft.message.to_owned(),
        consequence: "An error page shows settings, source and the values of local variables to \
                      whoever provokes an error."
            .to_owned(),
        fix: "Read it from the environment with a safe default, and give the production process \
              the right value."
            .to_owned(),
        at: draft.at,
        related: draft.related,
        repair: None,
    }
}

fn outcomes(settings: &SourceText, compose: &SourceText) -> Vec<Outcome> {
    let debug = finding(Draft {
        rule: "debug-enabled",
        control: "SET-01",
        severity: Severity::Error,
        message: "DEBUG is True in production",
        at: span(settings, "True"),
        related: vec![
            Related { at: span(settings, "import os"), message: "module starts here".into() },
            Related {
                at: span(compose, "DEBUG: \"on\""),
                message: "and it is set here too".into(),
            },
        ],
    });
    let key = finding(Draft {
        rule: "secret-key-literal",
        control: "SET-02",
        severity: Severity::Error,
        message: "SECRET_KEY is a literal in the repository",
        at: span(settings, "\"correct-horse-battery\""),
        related: vec![],
    });
    let hosts = finding(Draft {
        rule: "allowed-hosts-any",
        control: "SET-03",
        severity: Severity::Warning,
        message: "ALLOWED_HOSTS lets every host in",
        at: span(settings, "[\n    \"*\",\n    \"shop.example\",\n]"),
        related: vec![],
    });
    let hsts = finding(Draft {
        rule: "hsts-missing",
        control: "HDR-02",
        severity: Severity::Warning,
        message: "SECURE_HSTS_SECONDS is 0",
        at: span(settings, "SECURE_HSTS_SECONDS = 0"),
        related: vec![],
    });
    let many = [
        "services:",
        "web:",
        "image: shop",
        "environment:",
        "POSTGRES_PASSWORD: hunter2hunter2",
        "EVIL",
    ];
    let many = many.into_iter().map(|needle| {
        let source = if needle == "EVIL" { settings } else { compose };
        finding(Draft {
            rule: "compose-healthcheck-missing",
            control: "APP-01",
            severity: Severity::Warning,
            message: "the service has no health check",
            at: span(source, needle),
            related: vec![],
        })
    });
    let far = finding(Draft {
        rule: "log-level-low",
        control: "LOG-01",
        severity: Severity::Note,
        message: "the level is far to the right",
        at: span(settings, "target"),
        related: vec![],
    });
    let mut list = vec![
        outcome("debug-enabled", vec![debug]),
        outcome("secret-key-literal", vec![key]),
        outcome("allowed-hosts-any", vec![hosts]),
        outcome("hsts-missing", vec![hsts]),
        outcome("compose-healthcheck-missing", many.collect()),
        outcome("log-level-low", vec![far]),
        outcome("mail-backend-console", vec![]),
        outcome("static-root-missing", vec![]),
    ];
    list[6].undetermined.push(Undetermined {
        reason: "EMAIL_BACKEND depends on the variable EMAIL_URL, which nobody gave".into(),
        needs: "give it with --env EMAIL_URL=…".into(),
        at: Some(span(settings, "import os")),
    });
    list[7].evidence.push(Evidence {
        check: "static-root-missing".into(),
        statement: "STATIC_ROOT is set and no finder folder".into(),
        at: Some(span(settings, "import os")),
    });
    list
}

fn outcome(check: &'static str, findings: Vec<Finding>) -> Outcome {
    Outcome { check, findings, evidence: vec![], undetermined: vec![] }
}

fn subjects() -> Vec<Subject> {
    let subject = |id: &str, checks: &[&str]| Subject {
        id: id.to_owned(),
        applicability: Applicability::Applies,
        checks: checks
            .iter()
            .map(|id| AskedCheck { id: (*id).to_owned(), looks_at: String::new() })
            .collect(),
        beyond: None,
        elsewhere: vec![],
        attestation: None,
    };
    let mut subjects = vec![
        subject("SET-01", &["debug-enabled"]),
        subject("SET-02", &["secret-key-literal"]),
        subject("SET-03", &["allowed-hosts-any"]),
        subject("HDR-02", &["hsts-missing"]),
        subject("TLS-01", &[]),
        subject("APP-01", &["compose-healthcheck-missing"]),
        subject("JOB-01", &[]),
        subject("LOG-01", &["log-level-low"]),
        subject("MAIL-01", &["mail-backend-console"]),
        subject("STO-01", &["static-root-missing"]),
    ];
    subjects[4].elsewhere.push(ElsewhereCheck {
        target: Target::Production,
        what: "a probe of the live site: the protocols and ciphers it offers".into(),
    });
    subjects[6].applicability = Applicability::Not("no Celery is in use".into());
    subjects
}

/// The sample assessment with its waiver in force or expired.
pub(crate) fn assessment(today: &str) -> (Assessment, Sources) {
    let settings = text("shop/settings.py", SETTINGS);
    let compose = text("compose.yml", COMPOSE);
    let config = text(
        "plimsoll.toml",
        "[[waivers]]\ncontrol = \"SET-03\"\nreason = \"behind a proxy that checks\"\nowner = \"Ada\"\nexpiry = 2026-12-31\n",
    );
    let names = plimsoll_assess::config::Names {
        controls: BTreeMap::from([("SET-03".to_owned(), vec![])]),
        ..Default::default()
    };
    let waivers = plimsoll_assess::config::parse(&config, &names).unwrap().waivers;
    let ignores: Vec<_> = [&settings, &compose].into_iter().flat_map(read_ignores).collect();
    let rules = ["debug-enabled", "hsts-missing", "frame-options"];
    let assessment = assess(Input {
        subjects: &subjects(),
        outcomes: &outcomes(&settings, &compose),
        rules: &rules,
        ignores: &ignores,
        waivers: &waivers,
        attestations: &[],
        today: today.parse().unwrap(),
    });
    (assessment, [settings, compose, config].into_iter().collect())
}

/// The whole sample report over an assessment.
pub(crate) fn report(assessment: &Assessment, sources: Sources) -> Report<'_> {
    let controls = [
        ("SET-01", "DEBUG is off", Family::Set, Criticality::Critical),
        (
            "SET-02",
            "SECRET_KEY strong, unique and from the environment",
            Family::Set,
            Criticality::Critical,
        ),
        ("SET-03", "ALLOWED_HOSTS exact and enforced", Family::Set, Criticality::Critical),
        ("HDR-02", "HSTS", Family::Hdr, Criticality::Important),
        ("TLS-01", "Modern protocols", Family::Tls, Criticality::Critical),
        ("APP-01", "Health checks", Family::App, Criticality::Important),
        ("JOB-01", "Workers run", Family::Job, Criticality::Important),
        ("LOG-01", "Levels fit production", Family::Log, Criticality::Optional),
        ("MAIL-01", "Mail leaves the machine", Family::Mail, Criticality::Important),
        ("STO-01", "Static files are collected", Family::Sto, Criticality::Important),
    ];
    let place = |path: &str| Span::of_file(RepoPath::new(path).unwrap());
    Report {
        assessment,
        target: TargetInfo {
            name: "shop".into(),
            system: String::new(),
            settings: Some("shop.settings".into()),
            settings_file: RepoPath::new("shop/settings.py"),
            settings_reason: Some("compose.yml:5 names it for the service web".into()),
            django: Some("5.2".into()),
            profiles: vec![ChosenProfile {
                id: "base".into(),
                reason: "it is every system's".into(),
            }],
            environment: AssumedEnvironment {
                given: false,
                sources: vec![EnvironmentSource {
                    text: "the service web in compose.yml".into(),
                    at: Some(place("compose.yml")),
                }],
                gaps: vec![],
                left_out: vec![EnvironmentSource {
                    text: "docker/dev/.env (its folder docker/dev is named for development)".into(),
                    at: Some(place("docker/dev/.env")),
                }],
                variables: vec![("DEBUG".into(), Some(place("compose.yml")))],
            },
            problems: vec![TargetProblem {
                area: "survey",
                problem: Problem::new(ProblemKind::TooLarge, place("db.dump"), "100 MB: not read"),
            }],
            files: 1234,
            ..TargetInfo::default()
        },
        controls: controls
            .into_iter()
            .map(|(id, title, family, criticality)| {
                (id.to_owned(), ControlInfo { title: title.to_owned(), family, criticality })
            })
            .collect(),
        rules: BTreeMap::from([(
            "debug-enabled".to_owned(),
            RuleText {
                id: "debug-enabled".into(),
                title: "DEBUG is on".into(),
                what: "Reports `DEBUG` when it is true.".into(),
                why: "Error pages show secrets.".into(),
                bad: "```python\nDEBUG = True\n```".into(),
                good: "```python\nDEBUG = False\n```".into(),
                sources: vec!["https://docs.djangoproject.com/en/5.2/ref/settings/#debug".into()],
                built: true,
            },
        )]),
        sources,
        redactor: Redactor::new([Secret::new("correct-horse-battery")]),
        started: "2026-11-20T08:30:00".into(),
        elapsed: Duration::from_millis(42),
        version: "0.1.0",
    }
}
