//! The readers of URLs against what the libraries themselves said.
//!
//! `url_cases.json` was written by `tools/library_cases/urls.py`, which ran dj-database-url 0.5.0 to 3.1.2, django-environ 0.4.5
//! to 0.14.0, dj-email-url 1.0.6, python-decouple 3.8 and CPython 3.11 with Django 5.2, without
//! django-redis. `PLIMSOLL_URL_CASES` names another file of cases to run instead.

use plimsoll_formats::dotenv::Version;
use serde_json::Value as Json;

use super::super::stdlib_text::{Trouble, literal, shlex};
use super::{Context, dj_database_url, dj_email_url, environ, environ_search, text};
use crate::Value;

/// A case's value in the words of the cases.
fn shown(value: &Value) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) => {
            i64::try_from(number).map_or_else(|_| number.to_string().into(), Json::from)
        }
        Value::Float(number) => serde_json::json!({ "float": *number }),
        Value::Dict(pairs) => {
            let pairs: Vec<Json> =
                pairs.iter().map(|(k, v)| Json::Array(vec![shown(k), shown(v)])).collect();
            serde_json::json!({ "dict": pairs })
        }
        Value::List(items) => {
            serde_json::json!({ "list": items.iter().map(shown).collect::<Vec<_>>() })
        }
        Value::OneOf(items) => {
            serde_json::json!({ "one_of": items.iter().map(shown).collect::<Vec<_>>() })
        }
        other => other.text().map_or_else(|| panic!("{other:?}"), Json::from),
    }
}

fn run(case: &Json, version: &str) -> Result<Value, Trouble> {
    let version = Version::parse(version).unwrap_or(Version::NEWEST);
    let context = Context {
        django_until: None,
        version,
        django: Some((5, 2)),
        django_redis: Some(false),
        redis_cache: Some(false),
        pymemcache: Some(false),
    };
    let url = case["url"].as_str().unwrap();
    let engine = case["engine"].as_str();
    match case["fn"].as_str().unwrap() {
        "dj" => {
            let arguments = dj_database_url::Arguments {
                engine: engine.map(str::to_owned),
                conn_max_age: case["age"].as_i64().map(|age| Value::Int(age.into())),
                ssl_require: case["ssl"] == true,
                ..Default::default()
            };
            dj_database_url::parse(url, &arguments, &context)
        }
        "db" => environ::db_url(url, engine, &context),
        "cache" => environ::cache_url(url, engine, &context),
        "email" => environ::email_url(url, engine, &context),
        "channels" => environ::channels_url(url, engine, &context),
        "search" => environ_search::search_url(url, engine, &context),
        "dj_email" => dj_email_url::parse(url),
        "csv" => {
            let delimiter = case["delimiter"].as_str().unwrap_or(",");
            let words = shlex::split(url, delimiter)?;
            let white: &[char] = &[' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];
            Ok(Value::List(words.iter().map(|word| text(word.trim_matches(white))).collect()))
        }
        "literal" => Ok(literal::literal_eval(url)?.unwrap_or_else(|| text(url))),
        "int" => literal::int(url).map(Value::Int),
        "float" => literal::float(url).map(Value::Float),
        other => panic!("no function {other}"),
    }
}

fn agrees(expected: &Json, found: &Value) -> bool {
    let found = shown(found);
    if expected["float"].is_string() {
        let written = expected["float"].as_str().unwrap();
        return match found["float"].as_f64() {
            Some(number) => written.parse::<f64>() == Ok(number),
            // JSON has neither infinity nor NaN.
            None => matches!(written.trim_start_matches('-'), "inf" | "nan"),
        };
    }
    let wide = expected.as_number().map(ToString::to_string);
    *expected == found
        || (wide.is_some() && wide.as_deref() == found.as_str())
        || format!("{expected}") == format!("{found}")
}

#[test]
fn urls_and_texts_are_read_as_the_libraries_read_them() {
    let path = std::env::var("PLIMSOLL_URL_CASES").ok();
    let cases = path.map_or_else(
        || include_str!("../../../tests/it/url_cases.json").to_owned(),
        |path| std::fs::read_to_string(path).unwrap(),
    );
    let cases: Vec<Json> = serde_json::from_str(&cases).unwrap();
    let mut counts: std::collections::BTreeMap<&str, (usize, usize)> = Default::default();
    let mut wrong = Vec::new();
    let with_versions = cases.iter().flat_map(|case| {
        case["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(move |version| (case, version.as_str().unwrap()))
    });
    let mut all = 0;
    for (case, version) in with_versions {
        all += 1;
        let count = counts.entry(case["fn"].as_str().unwrap()).or_default();
        let expected = &case["expected"];
        let found = run(case, version);
        let right = match &found {
            Err(Trouble::Unknown(_)) => {
                count.1 += 1;
                continue;
            }
            Err(Trouble::Raise(class, _)) => {
                let class = class.rsplit('.').next().unwrap();
                expected["raise"] == class
                    || (class == "KeyError" && expected["raise"] == "KeyError")
            }
            Ok(value) => expected.get("value").is_some_and(|expected| agrees(expected, value)),
        };
        count.0 += usize::from(right);
        if !right {
            let found = found.map(|value| shown(&value));
            wrong.push(format!("{version} {case}\n    {found:?}"));
        }
    }
    println!("right and unknown: {counts:?}");
    assert!(all > 3000, "the cases are there");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    for (name, (right, unknown)) in counts {
        assert!(unknown * 5 <= right, "{name}: {unknown} unknown against {right} right");
    }
}
