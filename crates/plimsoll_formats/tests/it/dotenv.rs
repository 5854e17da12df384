//! Environment files against what the real readers make of them.
//!
//! `dotenv_cases.json` holds what the readers themselves said: python-dotenv 0.19.2 to 1.2.4,
//! django-environ 0.4.5 to 0.14.0, python-decouple 3.1 to 3.8, compose-go's and docker's parsers,
//! systemd 252's environment.d generator, dash and bash. `PLIMSOLL_DOTENV_CASES` names another
//! file of cases to run instead.

use std::collections::BTreeMap;

use plimsoll_formats::dotenv::{
    Cause, Dialect, EnvFile, EnvValue, Interpolation, Lookup, Quote, Reading, Version, differences,
    read,
};
use plimsoll_source::{Position, RepoPath, SourceText};
use serde_json::Value;

fn source(text: &str) -> SourceText {
    SourceText::new(RepoPath::new("deploy/.env").unwrap(), text)
}

fn dialect(name: &str, version: Option<&str>) -> Dialect {
    let version = version.map_or(Version::NEWEST, |text| Version::parse(text).unwrap());
    let dotenv = |interpolation| Dialect::PythonDotenv { version, interpolation };
    match name {
        "python-dotenv" => dotenv(Interpolation::OuterFirst),
        "python-dotenv-file" => dotenv(Interpolation::FileFirst),
        "python-dotenv-off" => dotenv(Interpolation::Off),
        "django-environ" => Dialect::DjangoEnviron { version, parse_comments: false },
        "django-environ-comments" => Dialect::DjangoEnviron { version, parse_comments: true },
        "decouple" => Dialect::Decouple { version },
        "decouple-ini" => Dialect::DecoupleIni,
        "compose" => Dialect::Compose,
        "docker-run" => Dialect::DockerRun,
        "systemd" => Dialect::Systemd,
        "shell" | "bash" => Dialect::Shell,
        other => panic!("no dialect {other}"),
    }
}

fn outer(name: &str) -> Lookup {
    match name {
        "OUTER" => Lookup::Set("from outside".into()),
        "EMPTY" => Lookup::Set(String::new()),
        _ => Lookup::Unset,
    }
}

/// What a file sets, as the cases write it: `None` is a name without a value, the error an
/// unknown value.
fn facts(file: &EnvFile, keeps_absent: bool) -> BTreeMap<String, Result<Option<String>, ()>> {
    let mut facts = BTreeMap::new();
    for entry in file.effective() {
        let value = match &entry.value {
            EnvValue::Text(text) => Ok(Some(text.expose().to_owned())),
            EnvValue::Absent if keeps_absent => Ok(None),
            EnvValue::Absent => continue,
            EnvValue::Unknown(_) => Err(()),
        };
        facts.insert(entry.key.clone(), value);
    }
    facts
}

/// How a case went: right, unknown, or wrong with the reason.
enum Outcome {
    Right,
    Unknown,
    Wrong(String),
}

fn judge(case: &Value) -> Outcome {
    let name = case["dialect"].as_str().unwrap();
    let text = case["text"].as_str().unwrap();
    let file = read(&source(text), dialect(name, case["version"].as_str()), &outer);
    let expected = &case["expected"];
    let refused = expected == "refused";
    if refused != file.refused.is_some() {
        let unknown = file.entries.iter().any(|e| matches!(e.value, EnvValue::Unknown(_)));
        if unknown {
            return Outcome::Unknown;
        }
        return Outcome::Wrong(format!("expected {expected}, read {:?}", file.refused));
    }
    if refused {
        return Outcome::Right;
    }
    let facts = facts(&file, name.starts_with("python-dotenv"));
    let expected = expected.as_object().unwrap();
    let unknown = facts.values().any(Result::is_err) || file.open.is_some();
    for (key, value) in expected {
        // Shells show a variable that was in the environment all along only where it changed.
        match facts.get(key) {
            Some(Err(())) => {}
            None if file.open.is_some() => {}
            Some(Ok(read)) if value.as_str() == read.as_deref() && !value.is_object() => {}
            found => return Outcome::Wrong(format!("{key}: expected {value}, read {found:?}")),
        }
    }
    let shell = matches!(name, "shell" | "bash");
    for (key, value) in &facts {
        let as_before = shell
            && matches!((outer(key), value),
            (Lookup::Set(before), Ok(Some(now))) if before == *now);
        if value.is_ok() && !expected.contains_key(key) && !as_before {
            return Outcome::Wrong(format!("{key}: not expected, read {value:?}"));
        }
    }
    if unknown { Outcome::Unknown } else { Outcome::Right }
}

#[test]
fn reads_as_the_real_readers_do() {
    let path = std::env::var("PLIMSOLL_DOTENV_CASES").ok();
    let cases = path.map_or_else(
        || include_str!("dotenv_cases.json").to_owned(),
        |path| std::fs::read_to_string(path).unwrap(),
    );
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in &cases {
        let count = counts.entry(case["dialect"].as_str().unwrap()).or_default();
        match judge(case) {
            Outcome::Right => count.0 += 1,
            Outcome::Unknown => count.1 += 1,
            Outcome::Wrong(why) => wrong.push(format!(
                "{} {} {}\n    {why}",
                case["dialect"], case["version"], case["text"]
            )),
        }
    }
    println!("right and unknown: {counts:?}");
    assert!(cases.len() > 500, "the cases are there");
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    for (name, (right, unknown)) in counts {
        assert!(unknown * 4 <= right, "{name}: {unknown} unknown against {right} right");
    }
}

#[test]
fn places_quotes_and_references_are_exact() {
    let file = read(
        &source("# head\nexport KEY = \"a ${OUTER}\"  # note\nB='x'\n"),
        Dialect::PYTHON_DOTENV,
        &outer,
    );
    let entry = file.get("KEY").unwrap();
    assert_eq!(entry.text(), Some("a from outside"));
    assert_eq!(entry.key_span.start, Position { line: 2, column: 8 });
    assert_eq!(entry.value_span.start, Position { line: 2, column: 14 });
    assert_eq!(entry.value_span.end, Position { line: 2, column: 26 });
    assert_eq!(entry.raw.expose(), "\"a ${OUTER}\"");
    assert!(entry.exported);
    assert_eq!(entry.quote, Quote::Double);
    assert_eq!(entry.references, ["OUTER"]);
    assert_eq!(file.get("B").unwrap().quote, Quote::Single);
    assert!(!format!("{file:?}").contains("from outside"), "values stay out of debug output");
}

#[test]
fn every_dialect_places_a_plain_value_alike() {
    for dialect in [
        Dialect::PYTHON_DOTENV,
        Dialect::DJANGO_ENVIRON,
        Dialect::DECOUPLE,
        Dialect::Compose,
        Dialect::DockerRun,
        Dialect::Systemd,
        Dialect::Shell,
    ] {
        let file = read(&source("\n# c\nDB_NAME=shop\nB=x\n"), dialect, &outer);
        let entry = file.get("DB_NAME").unwrap();
        assert_eq!(entry.text(), Some("shop"), "{dialect:?}");
        assert_eq!(entry.key_span.to_string(), "deploy/.env:3:1", "{dialect:?}");
        assert_eq!(entry.value_span.to_string(), "deploy/.env:3:9", "{dialect:?}");
        assert_eq!(entry.value_span.end, Position { line: 3, column: 13 }, "{dialect:?}");
        assert!(file.problems.is_empty(), "{dialect:?}: {:?}", file.problems);
    }
}

#[test]
fn what_a_reader_drops_is_a_problem_without_the_value() {
    let cases = [
        ("A = hunter2\n", Dialect::DJANGO_ENVIRON, 1),
        ("hunter2\n", Dialect::DECOUPLE, 1),
        ("A=1\nA B hunter2\n", Dialect::Systemd, 2),
        ("A=hunter2 command\n", Dialect::Shell, 1),
        ("A=hunter2&x\n", Dialect::Shell, 1),
        ("A='hunter2\n", Dialect::PYTHON_DOTENV, 1),
        ("KEY\n", Dialect::Compose, 1),
    ];
    for (text, dialect, line) in cases {
        let file = read(&source(text), dialect, &outer);
        let problem = file.problems.first().unwrap_or_else(|| panic!("{text:?} in {dialect:?}"));
        assert_eq!(problem.at.start.line, line, "{text:?}");
        assert!(!problem.message.contains("hunter2"), "{text:?}");
    }
}

#[test]
fn a_refused_file_sets_nothing_and_says_where() {
    let file = read(&source("A=1\nB C=2\n"), Dialect::Compose, &outer);
    assert!(file.entries.is_empty());
    assert_eq!(file.refused.unwrap().at.start.line, 2);
    let latin =
        SourceText::from_bytes(RepoPath::new("f").unwrap(), b"A=caf\xe9\n".to_vec()).unwrap();
    assert!(read(&latin, Dialect::PYTHON_DOTENV, &outer).refused.is_some());
}

#[test]
fn unknown_surroundings_make_unknown_values() {
    let outer = |_: &str| Lookup::Unknown("the platform sets it".into());
    for dialect in [Dialect::PYTHON_DOTENV, Dialect::Compose, Dialect::Shell] {
        let file = read(&source("A=\"x ${HOST}\"\nB=y\n"), dialect, &outer);
        let value = &file.get("A").unwrap().value;
        assert_eq!(*value, EnvValue::Unknown("the platform sets it".into()), "{dialect:?}");
        assert_eq!(file.get("B").unwrap().text(), Some("y"));
    }
}

#[test]
fn a_shell_program_makes_all_of_its_values_unknown() {
    let file = read(&source("A=1\nif [ -f x ]; then\n B=2\nfi\nC=3\n"), Dialect::Shell, &outer);
    assert!(file.entries.iter().all(|entry| matches!(entry.value, EnvValue::Unknown(_))));
    assert_eq!(file.problems.len(), 1);
    let command = read(&source("A=$(hostname)\nB=1\n"), Dialect::Shell, &outer);
    assert!(matches!(command.get("A").unwrap().value, EnvValue::Unknown(_)));
    assert_eq!(command.get("B").unwrap().text(), Some("1"));
}

#[test]
fn readers_disagree_on_exactly_these() {
    const READERS: &[Dialect] = &[
        Dialect::PYTHON_DOTENV,
        Dialect::DJANGO_ENVIRON,
        Dialect::DECOUPLE,
        Dialect::Compose,
        Dialect::DockerRun,
        Dialect::Systemd,
        Dialect::Shell,
    ];
    let cases = [
        ("A=1\nB=/srv/app\nC=a,b,c\n", None),
        ("A=31536000  # one year\n", Some(Cause::InlineComment)),
        ("A='x'  # Use: a generator\n", Some(Cause::InlineComment)),
        ("A=\"quoted\"\n", Some(Cause::Quotes)),
        ("A=pa$$word\n", Some(Cause::Dollar)),
        ("A=two words\n", Some(Cause::ShellCharacter)),
        ("A=k&(x)!*\n", Some(Cause::ShellCharacter)),
        ("export A=1\n", Some(Cause::Export)),
        ("A = 1\n", Some(Cause::Blanks)),
        ("A=\"one\ntwo\"\n", Some(Cause::Multiline)),
        ("A=a\\b\n", Some(Cause::Backslash)),
    ];
    for (text, cause) in cases {
        let found = differences(&source(text), READERS);
        assert_eq!(found.first().map(|difference| difference.cause), cause, "{text:?}");
    }
    let found = differences(&source("A=\"quoted\"\n"), &[Dialect::DECOUPLE, Dialect::Systemd]);
    assert!(found.is_empty(), "only the readers in use count");
    let found = differences(&source("A=x # y\n"), READERS);
    let (_, reading) = found[0].readings.last().unwrap();
    assert!(matches!(reading, Reading::Set(text) if text.expose() == "x"));
}

#[test]
fn unit_environment_lines_fall_into_words() {
    use plimsoll_formats::dotenv::environment_directive;
    let (found, ignored) =
        environment_directive(r#""A=x y" B=z 'C=it\'s' D="q" E=%i F=100%% G=a\x41\n novalue"#);
    let found: Vec<_> = found
        .iter()
        .map(|assignment| match &assignment.value {
            EnvValue::Text(text) => (assignment.key.as_str(), Some(text.expose())),
            _ => (assignment.key.as_str(), None),
        })
        .collect();
    let expected = [
        ("A", Some("x y")),
        ("B", Some("z")),
        ("C", Some("it's")),
        ("D", Some("q")),
        ("E", None),
        ("F", Some("100%")),
        ("G", Some("aA\n")),
    ];
    assert_eq!(found, expected);
    assert_eq!(ignored.len(), 1);
    let (found, ignored) = environment_directive(r#"A=1 "B=2"#);
    assert_eq!((found.len(), ignored.len()), (1, 1), "an open quote ends the line");
}

#[test]
fn a_byte_order_mark_is_part_of_the_first_name_to_most_readers() {
    let old = |version| Dialect::PythonDotenv {
        version: Version::parse(version).unwrap(),
        interpolation: Interpolation::OuterFirst,
    };
    for (dialect, text, expected) in [
        (Dialect::Compose, "A=1\nB=2\n", &["A", "B"][..]),
        (Dialect::DockerRun, "A=1\nB=2\n", &["A", "B"]),
        (Dialect::PYTHON_DOTENV, "A=1\nB=2\n", &["A", "B"]),
        (old("1.2.2"), "A=1\nB=2\n", &["B"]),
        (Dialect::DJANGO_ENVIRON, "A=1\nB=2\n", &["B"]),
        (Dialect::DECOUPLE, "A=1\nB=2\n", &["B"]),
        (Dialect::Systemd, "A=1\nB=2\n", &["B"]),
        (Dialect::Shell, "A=1\nB=2\n", &["B"]),
        (Dialect::Systemd, "# note\nA=1\n", &["A"]),
        (Dialect::DecoupleIni, "[settings]\nA=1\n", &[]),
    ] {
        let file = read(&source(&format!("\u{feff}{text}")), dialect, &|_| Lookup::Unset);
        let keys: Vec<&str> = file.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, expected, "{dialect:?}");
        let told = expected.len() < 2 && text.starts_with("A=");
        assert_eq!(!file.problems.is_empty(), told, "{dialect:?}");
    }
}
