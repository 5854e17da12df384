//! Libraries that settings modules use, against what the libraries themselves did.
//!
//! `library_cases.json` was written by running each settings module under CPython 3.11 with the
//! libraries from PyPI, in the versions that each case names (`null`: the newest of November
//! 2026). `PLIMSOLL_LIBRARY_CASES` names another file of cases to run instead.

use std::collections::BTreeMap;

use plimsoll_python::{Environment, Request, Settings, State, Value, Variable, evaluate};
use plimsoll_source::{MemoryTree, RepoPath, Secret};
use serde_json::{Value as Json, json};

/// Written by `tools/library_cases/run.py`, each from its topic.
const CASES: &[&str] = &[
    include_str!("library_cases.json"),
    include_str!("environs_cases.json"),
    include_str!("configurations_cases.json"),
    include_str!("parts_cases.json"),
];

/// Where the cases were run.
const ROOT: &str = "/tmp/plimsoll-cases/app";

fn environment(variables: &Json) -> Environment {
    let variables = variables.as_object().unwrap().iter().map(|(name, value)| {
        let value = Secret::new(value.as_str().unwrap());
        (name.clone(), Variable { value, at: None })
    });
    Environment { variables: variables.collect(), unknown: BTreeMap::new(), given: true }
}

fn settings_of(files: &Json, variables: &Json, installed: &Json) -> Settings {
    let files: Vec<(&str, &str)> = files
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str().unwrap()))
        .collect();
    let tree = MemoryTree::new(files);
    let environment = environment(variables);
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.absolute_root = ROOT.to_owned();
    request.installed.django = Some((5, 2));
    request.installed.complete = true;
    for name in [
        "django",
        "django-environ",
        "python-decouple",
        "python-dotenv",
        "dj-database-url",
        "dj-email-url",
        "django-split-settings",
    ] {
        request.installed.distributions.insert(name.into(), None);
    }
    for (name, version) in installed.as_object().unwrap() {
        let version = version.as_str().map(str::to_owned);
        if name == "django"
            && let Some(version) = &version
        {
            let mut parts = version.split('.').map(|part| part.parse().unwrap());
            request.installed.django = Some((parts.next().unwrap(), parts.next().unwrap()));
        }
        request.installed.distributions.insert(name.clone(), version);
    }
    evaluate(&request)
}

/// A value in the words of the cases.
fn shown(value: &Value) -> Json {
    let all = |items: &[Value]| items.iter().map(shown).collect::<Vec<_>>();
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => match i64::try_from(number) {
            Ok(small) if small.abs() < 1 << 60 => json!(small),
            _ => json!({ "big": number.to_string() }),
        },
        Value::Float(number) if number.is_finite() => json!({ "float": number }),
        Value::Float(number) => json!({ "float": number.to_string().to_lowercase() }),
        Value::Bytes(bytes) => json!({ "bytes": bytes }),
        Value::Timedelta(microseconds) => {
            json!({ "microseconds": i64::try_from(*microseconds).unwrap() })
        }
        Value::Path(path) => json!({ "path": path }),
        Value::List(items) => json!({ "list": all(items) }),
        Value::Tuple(items) => json!({ "tuple": all(items) }),
        Value::Dict(pairs) => {
            let pairs: Vec<Json> = pairs.iter().map(|(k, v)| json!([shown(k), shown(v)])).collect();
            json!({ "dict": pairs })
        }
        Value::Unknown { reason, .. } => json!({ "unknown": reason }),
        Value::OneOf(items) => json!({ "one_of": all(items) }),
        Value::Object(object) => json!({ "other": object.type_name }),
        other => other.text().map_or_else(|| json!({ "other": "?" }), |text| json!(text)),
    }
}

/// Whether a known value is the one that Python had.
fn agrees(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Object(a), Json::Object(b)) => {
            if let (Some(written), Some(number)) = (a.get("float"), b.get("float")) {
                if a == b {
                    return true;
                }
                return written.as_str().and_then(|text| text.parse().ok()) == number.as_f64();
            }
            // Objects are named by another name here; that it is one is enough.
            if a.contains_key("other") && b.contains_key("other") {
                return true;
            }
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| agrees(v, w)))
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b))
        }
        _ => expected == found,
    }
}

#[derive(Default)]
struct Tally {
    right: usize,
    unknown: Vec<String>,
    wrong: Vec<String>,
}

fn judge(
    name: &str,
    case: &Json,
    installed: &Json,
    expected: &BTreeMap<&str, &Json>,
    tally: &mut Tally,
) {
    let settings = settings_of(&case["files"], &case["env"], installed);
    let source = case["files"]["settings.py"].as_str().unwrap_or_default();
    for (key, expected) in expected {
        let line =
            source.lines().find(|line| line.contains(&format!("    {key} = "))).unwrap_or(key);
        let place = || format!("{name} {installed} {}", line.trim());
        match settings.get(key).map(|setting| &setting.state) {
            Some(State::Known(value)) => {
                let found = shown(value);
                if agrees(expected, &found) {
                    tally.right += 1;
                } else {
                    tally.wrong.push(format!(
                        "{}\n    expected {expected}\n    found    {found}",
                        place()
                    ));
                }
            }
            Some(State::Unknown { reason, .. }) => {
                tally.unknown.push(format!("{} : {reason}", place()))
            }
            Some(State::OneOf(values)) => {
                let values: Vec<Json> = values.iter().map(shown).collect();
                if values.iter().any(|value| agrees(expected, value)) {
                    tally.unknown.push(format!("{} : one of {values:?}", place()));
                } else {
                    tally.wrong.push(format!(
                        "{}\n    expected {expected}\n    one of {values:?}",
                        place()
                    ));
                }
            }
            None => tally.wrong.push(format!(
                "{}\n    expected {expected}\n    not set; stops {:?} problems {:?}",
                place(),
                settings.stops,
                settings.problems
            )),
        }
    }
}

#[test]
fn libraries_do_what_they_did_under_python() {
    let path = std::env::var("PLIMSOLL_LIBRARY_CASES").ok();
    let files = path.map_or_else(
        || CASES.iter().map(|cases| (*cases).to_owned()).collect(),
        |path| vec![std::fs::read_to_string(path).unwrap()],
    );
    let cases: Vec<Json> =
        files.iter().flat_map(|cases| serde_json::from_str::<Vec<Json>>(cases).unwrap()).collect();
    let mut tally = Tally::default();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let base = case["expected"].as_object().unwrap();
        let first: BTreeMap<&str, &Json> = base.iter().map(|(k, v)| (k.as_str(), v)).collect();
        if first.contains_key("raise") {
            continue;
        }
        judge(name, case, &case["installed"], &first, &mut tally);
        for other in case["others"].as_array().unwrap() {
            let mut expected = first.clone();
            expected.extend(
                other["expected"].as_object().unwrap().iter().map(|(k, v)| (k.as_str(), v)),
            );
            judge(name, case, &other["installed"], &expected, &mut tally);
        }
    }
    if std::env::var_os("PLIMSOLL_SHOW_UNKNOWN").is_some() {
        println!("{}", tally.unknown.join("\n"));
    }
    println!("{} right, {} unknown, {} wrong", tally.right, tally.unknown.len(), tally.wrong.len());
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    assert!(
        tally.unknown.len() * 20 < tally.right,
        "{} of {} are unknown",
        tally.unknown.len(),
        tally.right
    );
}

/// Settings of one file, with nothing declared but Django and the libraries.
fn settings(text: &str, others: &[(&str, &str)], variables: Json) -> Settings {
    let mut files = serde_json::Map::new();
    files.insert("settings.py".into(), text.into());
    files.extend(others.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())));
    settings_of(&Json::Object(files), &variables, &json!({}))
}

fn known(settings: &Settings, name: &str) -> Json {
    match settings.known(name) {
        Some(value) => shown(value),
        None => json!({ "state": format!("{:?}", settings.get(name).map(|it| &it.state)) }),
    }
}

#[test]
fn readings_of_variables_are_recorded_with_cast_fallback_and_reader() {
    let text = "import environ\nfrom decouple import config\nimport dj_database_url\n\
                env = environ.Env(DEBUG=(bool, False))\n\
                DEBUG = env('DEBUG')\n\
                HOSTS = env.list('HOSTS', default=['a'])\n\
                DATABASES = {'default': env.db()}\n\
                PORT = config('PORT', default=25, cast=int)\n\
                OTHER = dj_database_url.config('OTHER_URL', default='sqlite:///x')\n\
                LEVEL = config('LEVEL')\n";
    let found = settings(text, &[(".env", "LEVEL=3\n")], json!({"HOSTS": "x,y"}));
    let uses: Vec<_> = found
        .variables
        .iter()
        .map(|usage| {
            let fallback = usage.fallback.as_ref().map(shown);
            (usage.name.as_str(), usage.cast.as_deref(), fallback, usage.is_set, usage.reader)
        })
        .collect();
    let environ = "django-environ";
    let decouple = "python-decouple";
    let expected = [
        ("DEBUG", Some("bool"), Some(json!(false)), false, environ),
        ("HOSTS", Some("list"), Some(json!({ "list": ["a"] })), true, environ),
        ("DATABASE_URL", Some("db_url"), None, false, environ),
        ("PORT", Some("int"), Some(json!(25)), false, decouple),
        ("OTHER_URL", Some("db_url"), Some(json!("sqlite:///x")), false, "dj-database-url"),
        ("LEVEL", None, None, true, decouple),
    ];
    assert_eq!(uses, expected);
    assert_eq!(found.variables[0].at.start.line, 5);
    assert_eq!(known(&found, "LEVEL"), json!("3"));
}

#[test]
fn a_required_variable_that_is_not_set_stops_the_process_but_not_the_reading() {
    let text = "import environ\nenv = environ.Env()\nA = env('NEEDED')\nB = env.db('NEEDED_URL')\n\
                C = 1\n";
    let found = settings(text, &[], json!({}));
    assert_eq!(known(&found, "C"), json!(1));
    let lines: Vec<u32> = found.stops.iter().map(|stop| stop.at.start.line).collect();
    assert_eq!(lines, [3, 4]);
    assert!(found.stops[0].message.contains("ImproperlyConfigured"));
    assert!(found.stops[0].message.contains("NEEDED"));
    let Some(State::Unknown { reason, .. }) = found.get("A").map(|it| &it.state) else {
        panic!("{:?}", found.get("A"));
    };
    assert!(reason.contains("NEEDED"), "{reason}");
}

#[test]
fn what_is_not_in_the_repository_is_not_guessed() {
    // A file that has to be there, and is not: its values are unknown, the rest is known.
    let text = "from decouple import Config, RepositoryEnv\n\
                config = Config(RepositoryEnv('/tmp/plimsoll-cases/app/prod.env'))\n\
                A = config('A')\nB = config('B', default=1)\nC = config('C')\n";
    let found = settings(text, &[], json!({"C": "given"}));
    assert!(matches!(found.get("A").unwrap().state, State::Unknown { .. }));
    assert!(matches!(found.get("B").unwrap().state, State::Unknown { .. }));
    assert_eq!(known(&found, "C"), json!("given"));
    // A secret in a file outside of the repository.
    let text = "import environ\nenv = environ.FileAwareEnv()\nKEY = env('KEY')\n";
    let found = settings(text, &[], json!({"KEY_FILE": "/run/secrets/key", "KEY": "other"}));
    let Some(State::Unknown { reason, .. }) = found.get("KEY").map(|it| &it.state) else {
        panic!("{:?}", found.get("KEY"));
    };
    assert!(reason.contains("KEY_FILE"), "{reason}");
    // An env file whose path is not known may set anything.
    let text = "import os, environ\nenv = environ.Env()\nenv.read_env(os.environ['WHERE'])\n\
                A = env('A', default='x')\nB = env('B', default='x')\n";
    let found = settings(text, &[], json!({"B": "given"}));
    assert!(matches!(found.get("A").unwrap().state, State::Unknown { .. }));
    assert_eq!(known(&found, "B"), json!("given"), "the process wins over the file");
}

#[test]
fn error_reporting_leaves_its_arguments_as_a_fact() {
    let text = "import sentry_sdk\nfrom sentry_sdk.integrations.django import DjangoIntegration\n\
                import os\nDSN = os.environ.get('SENTRY_DSN', '')\nRATES = {'a': 1}\n\
                sentry_sdk.init(dsn=DSN, integrations=[DjangoIntegration()], send_default_pii=True)\n";
    let found = settings(text, &[], json!({}));
    let call = found.calls.first().expect("the call is recorded");
    assert_eq!((call.function.as_str(), call.at.start.line), ("sentry_sdk.init", 6));
    let argument = |name: &str| {
        let found = call.arguments.iter().find(|(key, _)| key.as_deref() == Some(name));
        shown(&found.unwrap().1)
    };
    assert_eq!(argument("dsn"), json!(""));
    assert_eq!(argument("send_default_pii"), json!(true));
    assert_eq!(known(&found, "RATES"), json!({ "dict": [["a", 1]] }));
}

#[test]
fn a_library_that_is_not_read_spoils_only_what_it_is_given() {
    let text = "import ldap\nimport somelib\nfrom somelib.parts import THING, make\n\
                GIVEN = {'a': 1}\nKEPT = ['x']\nTEXT = 'y'\n\
                ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_NEVER)\n\
                somelib.configure(GIVEN, TEXT)\n\
                MADE = make(1)\nAPPS = ['a', THING]\n";
    let found = settings(text, &[], json!({}));
    assert_eq!(known(&found, "KEPT"), json!({ "list": ["x"] }));
    assert_eq!(known(&found, "TEXT"), json!("y"));
    for name in ["GIVEN", "MADE"] {
        assert!(matches!(found.get(name).unwrap().state, State::Unknown { .. }), "{name}");
    }
    let Some(State::Unknown { reason, partial }) = found.get("APPS").map(|it| &it.state) else {
        panic!("{:?}", found.get("APPS"));
    };
    assert!(reason.contains("somelib"), "{reason}");
    assert_eq!(partial.items().unwrap()[0], Value::Str("a".into()));
}

#[test]
fn redis_backends_that_depend_on_other_packages_are_one_of_two() {
    let tree = MemoryTree::new([(
        "settings.py",
        "import environ\nCACHES = {'default': environ.Env().cache('C')}\n",
    )]);
    let environment = environment(&json!({"C": "redis://h:6379/1"}));
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.installed.django = Some((5, 2));
    let found = evaluate(&request);
    let text = format!("{:?}", found.get("CACHES").map(|it| &it.state));
    assert!(text.contains("django_redis.cache.RedisCache"), "{text}");
    assert!(text.contains("django.core.cache.backends.redis.RedisCache"), "{text}");
}

#[test]
fn schedules_and_queues_are_kept_as_they_were_made() {
    let text = "from celery.schedules import crontab\nfrom kombu import Queue\n\
                BEAT = {'a': {'task': 't', 'schedule': crontab(minute=0, hour='*/3')}}\n\
                QUEUES = (Queue('default'),)\n";
    let found = settings(text, &[], json!({}));
    let beat = found.known("BEAT").expect("known");
    let schedule = beat.get("a").unwrap().get("schedule").unwrap();
    let Value::Object(object) = schedule else { panic!("{schedule:?}") };
    assert_eq!(object.type_name, "celery.schedules.crontab");
    assert_eq!(object.arguments[1], (Some("hour".into()), Value::Str("*/3".into())));
    assert!(found.known("QUEUES").is_some());
}

#[test]
fn what_a_file_of_the_machine_may_say_is_not_known() {
    let texts = [
        "import os\nfrom dotenv import load_dotenv\nload_dotenv('/etc/app.env')\nA = os.getenv('A', 'a')",
        "import os, environ\nenviron.Env.read_env('/etc/app.env')\nA = os.getenv('A', 'a')",
        "import os\nfrom pathlib import Path\nA = Path('/etc/app.cfg').exists()",
        "import os\nA = os.path.isfile('/etc/app.cfg')",
        "try:\n    A = open('/etc/app.json').read()\nexcept OSError:\n    A = 'none'",
        "import json\ntry:\n    A = json.load(open('/etc/app.json'))['a']\nexcept OSError:\n    A = 'none'",
        "import yaml\ntry:\n    A = yaml.safe_load(open('/etc/app.yml'))\nexcept OSError:\n    A = 'none'",
        "import tomllib\ntry:\n    A = tomllib.load(open('/etc/app.toml', 'rb'))\nexcept OSError:\n    A = 'none'",
        "import configparser\nC = configparser.ConfigParser()\nC.read('/etc/app.cfg')\nA = C.get('a', 'b', fallback='c')",
        "import configparser, os\nC = configparser.ConfigParser()\nC.read(os.path.expanduser('~/.app.cfg'))\nA = C.get('a', 'b', fallback='c')",
        "A = open('/etc/app.json').read()",
    ];
    for text in texts {
        let found = settings(text, &[], json!({}));
        match &found.get("A").unwrap().state {
            State::Unknown { reason, .. } => assert!(
                ["/etc/app.", "~/.app.cfg"].iter().any(|name| reason.contains(name))
                    || reason.contains("depends on a branch"),
                "{text}: {reason}"
            ),
            State::OneOf(values) => assert!(text.contains("exists") && values.len() == 2, "{text}"),
            State::Known(value) => panic!("{text}: {value:?}"),
        }
        assert!(found.stops.is_empty(), "{text}: {:?}", found.stops);
    }
}

#[test]
fn folders_of_a_user_and_parts_of_libraries() {
    let text = "import configparser, environ, errno, importlib.metadata, inspect, os\n\
        from appdirs import user_data_dir\n\
        from csp.constants import NONCE\n\
        parser = configparser.ConfigParser()\n\
        A = parser.read(os.path.join(os.path.dirname(__file__), 'app.cfg'))\n\
        B = parser.get('a', 'b', fallback='c'); C = user_data_dir('app')\n\
        try: open(os.path.join(os.path.dirname(__file__), 'gone.yml'))\n\
        except IOError as error: D = error.errno == errno.ENOENT\n\
        E = importlib.metadata.version('Some_Package'); F = importlib.metadata.version('django')\n\
        G = os.path.basename(inspect.getfile(inspect.currentframe())); H = [NONCE]\n\
        parser.read(''); J = parser.sections()\n\
        from django.utils._os import safe_join\n\
        K = safe_join('/srv/a', 'b', '../c'); L = safe_join('/srv/a', '../b')\n\
        parser.read('here.ini'); I = parser.get('a', 'b', fallback='c')\n";
    let files = json!({"settings.py": text, "here.ini": "[a]\nb = 1\n"});
    let installed = json!({"appdirs": null, "django-csp": "4.0", "some-package": "1.2.post1"});
    let found = settings_of(&files, &json!({}), &installed);
    for (name, expected) in [
        ("A", json!({"list": []})),
        ("B", json!("c")),
        ("D", json!(true)),
        ("E", json!("1.2.post1")),
        ("G", json!("settings.py")),
        ("J", json!({"list": []})),
        ("K", json!("/srv/a/c")),
        ("H", json!({"list": [{"other": "csp.constants.Nonce"}]})),
    ] {
        match &found.settings[name].state {
            State::Known(value) => assert_eq!(shown(value), expected, "{name}"),
            other => panic!("{name} is {other:?}"),
        }
    }
    let text = "import os\n\
        A = any(k.startswith('APP_') for k in os.environ); B = any(k.startswith('APQ_') for k in os.environ)\n\
        C = any(k.startswith('PY') for k in os.environ); D = any(k == 'APP_X' for k in os.environ)\n";
    let files = json!({"settings.py": text});
    let machine = settings_of(&files, &json!({"APP_X": "1"}), &json!({}));
    for (name, expected) in [("A", true), ("B", false), ("D", true)] {
        let state = &machine.settings[name].state;
        assert!(matches!(state, State::Known(Value::Bool(flag)) if *flag == expected), "{name}");
    }
    assert!(matches!(machine.settings["C"].state, State::Unknown { .. } | State::OneOf(_)));
    // No version is declared; and what folder the process starts in is not known.
    for name in ["C", "F", "I", "L"] {
        assert!(matches!(found.settings[name].state, State::Unknown { .. }), "{name}");
    }
    let noted = found.problems.iter().filter(|it| it.kind == plimsoll_source::ProblemKind::Missing);
    assert!(noted.count() >= 2);
}

#[test]
fn a_configuration_comes_from_the_environment_or_the_request_or_nothing_is_known() {
    let text = "from configurations import Configuration\n\
                class Base(Configuration):\n    DEBUG = True\n    A = 1\n\
                class Prod(Base):\n    DEBUG = False\n";
    let tree = MemoryTree::new([("settings.py", text)]);
    let environment = environment(&json!({}));
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    for (configuration, expected) in [(Some("Prod"), Some(false)), (Some("Base"), Some(true))] {
        request.configuration = configuration.map(str::to_owned);
        let found = evaluate(&request);
        assert_eq!(found.known("DEBUG"), expected.map(Value::Bool).as_ref());
    }
    request.configuration = None;
    let found = evaluate(&request);
    for name in ["DEBUG", "ALLOWED_HOSTS"] {
        assert!(matches!(found.get(name).unwrap().state, State::Unknown { .. }), "{name}");
    }
}

#[test]
fn libraries_with_sources_of_their_own_are_named() {
    let text = "import dynaconf\nA = 1\nsettings = dynaconf.DjangoDynaconf(__name__)\n";
    let found = settings(text, &[], json!({}));
    assert!(found.problems.iter().any(|it| it.message.contains("dynaconf")));
    for name in ["A", "DEBUG"] {
        assert!(matches!(found.get(name).unwrap().state, State::Unknown { .. }), "{name}");
    }
    let text = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    x: int = 1\n\
                S_ = S()\nA = S_.x\nB = 2\n";
    let found = settings(text, &[], json!({}));
    assert!(found.problems.iter().any(|it| it.message.contains("pydantic-settings")));
    assert!(matches!(found.get("A").unwrap().state, State::Unknown { .. }));
    assert_eq!(known(&found, "B"), json!(2));
}
