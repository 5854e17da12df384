//! Figures of items as parameters.

use plimsoll_catalog::catalog;
use plimsoll_checklist::{Dialect, Document, figures};

/// `parameter=value` for each figure that an item of this text gives for a control.
fn read(control: &str, text: &str) -> Vec<String> {
    let document =
        Document::read(format!("- [ ] {text}\n").as_bytes(), Dialect::Markdown).expect("text");
    let item = document.items.first().expect("an item");
    let parameters = &catalog().control(control).expect("a control").parameters;
    let shown = |value: &plimsoll_catalog::ParameterValue| {
        value.integer().map_or_else(|| format!("{value:?}"), |number| number.to_string())
    };
    figures(item, parameters)
        .iter()
        .map(|figure| format!("{}={}", figure.parameter, shown(&figure.value)))
        .collect()
}

#[test]
fn figures_in_the_unit_of_the_parameter() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("SET-02", "SECRET_KEY of 50+ random characters", &["key_length=50"]),
        (
            "SET-02",
            "SECRET_KEY comes from the environment and has at least 50 characters",
            &["key_length=50"],
        ),
        ("AUTH-05", "Lock after 5 failed attempts for 1 hour", &["failures=5", "cool_off=3600"]),
        ("AUTH-05", "AXES_FAILURE_LIMIT = 3", &["failures=3"]),
        ("AUTH-04", "Passwords of at least 12 characters", &["minimum_length=12"]),
        ("AUTH-06", "Session ends after 2 hours", &["session_age=7200"]),
        (
            "AUTH-08",
            "Access tokens 15 minutes, refresh tokens 7 days",
            &["access_lifetime=900", "refresh_lifetime=604800"],
        ),
        ("AUTH-08", "15 minutes and 7 days", &[]),
        ("BAK-03", "Keep backups 30 days", &["retention=30"]),
        ("BAK-09", "RTO 4 h, RPO 1 hour", &["recovery_time=4", "recovery_point=1"]),
        ("PRX-05", "client_max_body_size 20M", &["body_limit=20"]),
        (
            "PERF-01",
            "1000 requests, 100 concurrent, >95% success, <500ms mean",
            &["requests=1000", "concurrency=100", "success_rate=95", "mean_time=500"],
        ),
        ("TLS-05", "A+ rating expected", &["grade=Text(\"A+\")"]),
        ("HDR-01", "SECURE_HSTS_SECONDS = 31536000  # 1 year", &["max_age=31536000"]),
    ];
    for (control, text, expected) in cases {
        let found = read(control, text);
        assert_eq!(&found, expected, "{control}: {text}");
    }
}
