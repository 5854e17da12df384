//! Classes of errors that the differential tests found, each with the value that Python gives.

use serde_json::{Value as Json, json};

use crate::batch;

/// What the evaluator says of `X` in a module of this source: its value where it is known,
/// `"unknown"` where it is not, the candidates of a choice.
fn x(source: &str, environment: &[(&str, &str)]) -> Json {
    let environment: serde_json::Map<String, Json> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let request = json!({
        "files": {"conf/__init__.py": "", "conf/settings.py": source, "data.json": "{}"},
        "module": "conf.settings",
        "environment": environment,
    });
    let answer = batch::answer(&request.to_string());
    let entry = &answer["settings"]["X"];
    match entry["state"].as_str() {
        Some("known") => entry["value"].clone(),
        Some("one_of") => json!({"one_of": entry["candidates"]}),
        Some(state) => json!(state),
        None => json!({"not set": answer["stops"]}),
    }
}

#[test]
fn values_are_those_of_python() {
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Json);
    let cases: &[Case] = &[("X = 'a,b'.split(',')", &[], json!(["a", "b"]))];
    for (source, environment, expected) in cases {
        assert_eq!(&x(source, environment), expected, "{source}");
    }
}
