//! What may be said of a setting's value where production can have more than the repository.

use plimsoll_facts::{Facts, Given, Reading, survey};
use plimsoll_python::State;
use plimsoll_source::MemoryTree;

/// A system with these settings, whose unit gives the process its whole environment.
fn facts(settings: &str, unit: &str) -> Facts {
    let tree = MemoryTree::new([
        ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
        ("shop/wsgi.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
        ("shop/settings.py", settings),
        ("etc/shop.service", unit),
    ]);
    survey(&tree, &Given::default()).unwrap()
}

const WHOLE: &str = "[Service]\nEnvironment=A=1\nExecStart=/bin/gunicorn shop.wsgi\n";
const OPEN: &str = "[Service]\nEnvironmentFile=/etc/x.env\nExecStart=/bin/gunicorn shop.wsgi\n";

/// The variables and files under which the value is another one; `None` where it is not known.
fn depends<'f>(facts: &'f Facts, name: &str) -> Option<Vec<&'f str>> {
    match facts.reading(name) {
        Reading::Certain(_) => Some(Vec::new()),
        Reading::Assumed { variables, .. } => Some(variables),
        _ => None,
    }
}

#[test]
fn a_file_outside_of_the_repository_may_say_something_else() {
    let settings = "\
import configparser, os
config = configparser.ConfigParser()
config.read(['/etc/shop/shop.cfg', os.path.expanduser('~/.shop.cfg')])
DEBUG = config.getboolean('django', 'debug', fallback=False)
SECRET_KEY = config.get('django', 'secret', fallback='x')
if config.has_section('redis'):
    SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
USE_TZ = True
";
    let facts = facts(settings, WHOLE);
    assert!(facts.environment.is_complete());
    for name in ["DEBUG", "SECRET_KEY", "SESSION_ENGINE"] {
        // It may be absent or say anything, so nothing is assumed.
        assert_eq!(depends(&facts, name), None, "{name}");
        let setting = facts.settings.get(name).unwrap();
        assert!(!matches!(setting.state, State::Known(_)), "{setting:?}");
        assert!(facts.certain(name).is_none(), "{name}");
    }
    let State::Unknown { reason, .. } = &facts.settings.get("SECRET_KEY").unwrap().state else {
        panic!("it is known");
    };
    assert!(reason.contains("/etc/shop/shop.cfg") || reason.contains("~/.shop.cfg"), "{reason}");
    assert!(facts.settings.outside.contains(&"/etc/shop/shop.cfg".to_owned()));
    assert_eq!(depends(&facts, "USE_TZ"), Some(Vec::new()));
}

#[test]
fn a_branch_that_an_unset_variable_leaves_out_counts_where_the_environment_has_gaps() {
    let settings = "\
import os
if os.environ.get('PROXY'):
    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
";
    let open = facts(settings, OPEN);
    assert_eq!(depends(&open, "SECURE_PROXY_SSL_HEADER"), Some(vec!["PROXY"]));
    let whole = facts(settings, WHOLE);
    assert_eq!(depends(&whole, "SECURE_PROXY_SSL_HEADER"), Some(Vec::new()));
}

/// What the examples of an environment make of a setting: the file, and the text or `None` where it
/// is left to be filled in.
fn suggested(files: &[(&str, &str)], name: &str) -> Option<(String, Option<String>)> {
    let tree = MemoryTree::new(files.iter().copied());
    let facts = survey(&tree, &Given::default()).unwrap();
    match facts.reading(name) {
        Reading::Assumed { suggested: Some(suggested), .. } => {
            let text = suggested.value.and_then(|value| value.text().map(str::to_owned));
            Some((suggested.file.to_string(), text))
        }
        _ => None,
    }
}

#[test]
fn examples_say_what_production_may_have() {
    let settings = "import os\nSITE = os.environ.get('SITE', 'none')\n";
    let base = [("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n")];
    for (example, expected) in [
        (vec![(".env.example", "SITE=a\n")], Some((".env.example", Some("a")))),
        (vec![(".env.example", "SITE=\n")], Some((".env.example", None))),
        // What speaks of production wins.
        (
            vec![(".env.example", "SITE=a\n"), ("deploy/.env.template", "SITE=b\n")],
            Some(("deploy/.env.template", Some("b"))),
        ),
        (vec![(".env.example", "OTHER=a\n")], None),
        // Those of development and of tests say nothing of production.
        (vec![(".envs/.local/.env.example", "SITE=a\n")], None),
        (vec![("tests/.env.example", "SITE=a\n")], None),
    ] {
        let mut files = base.to_vec();
        files.push(("settings.py", settings));
        files.extend(example.iter().copied());
        let expected = expected.map(|(file, text)| (file.to_owned(), text.map(str::to_owned)));
        assert_eq!(suggested(&files, "SITE"), expected, "{example:?}");
    }
}

#[test]
fn a_key_of_a_dict_depends_on_its_own_variables() {
    let settings = "\
import os
JWT = {'LIFETIME': 5, 'KEY': os.environ.get('KEY', 'x'), 'NAME': os.environ.get('NAME', 'y')}
if os.environ.get('MORE'):
    JWT['MORE'] = True
";
    let facts = facts(settings, OPEN);
    for (keys, expected) in [
        (&["LIFETIME"][..], &["MORE"][..]),
        (&["KEY"], &["KEY", "MORE"]),
        (&["KEY", "NAME"], &["KEY", "MORE", "NAME"]),
    ] {
        let variables = match facts.reading_of_keys("JWT", keys) {
            Reading::Certain(_) => Vec::new(),
            Reading::Assumed { variables, .. } => variables,
            other => panic!("{keys:?}: {other:?}"),
        };
        assert_eq!(variables, expected, "{keys:?}");
    }
}

/// What is known of `X` in a repository with these files and settings in `backend/shop`, or at the
/// top.
fn x(files: &[(&str, &str)], settings: &str, below: bool) -> String {
    let at = |path: &str| if below { format!("backend/{path}") } else { path.to_owned() };
    let mut all = vec![
        (at("manage.py"), "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
        (at("shop/wsgi.py"), "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
        (at("shop/settings.py"), settings),
        (at("name.txt"), "below"),
    ];
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), *text)));
    let tree = MemoryTree::new(all.iter().map(|(path, text)| (path.as_str(), *text)));
    match &survey(&tree, &Given::default()).unwrap().settings.get("X").unwrap().state {
        State::Known(value) => value.text().unwrap_or("no text").to_owned(),
        State::Unknown { reason, .. } => reason.clone(),
        State::OneOf(_) => "one of several".to_owned(),
    }
}

#[test]
fn paths_without_a_folder_lead_from_where_the_web_process_starts() {
    let settings = "X = open('name.txt').read()\n";
    let unit = |command: &str| format!("[Service]\nExecStart={command}\n");
    let gunicorn = unit("/venv/bin/gunicorn shop.wsgi");
    for (files, below, expected) in [
        // Nothing is declared: the top, where `manage.py` stands there.
        (vec![], false, "below"),
        (vec![], true, "name.txt depends on the folder"),
        (vec![("etc/shop.service", gunicorn.as_str())], false, "below"),
        (vec![("etc/shop.service", gunicorn.as_str())], true, "below"),
        (
            vec![
                ("etc/shop.service", "[Service]\nExecStart=/bin/gunicorn backend.shop.wsgi\n"),
                ("name.txt", "top"),
            ],
            true,
            "top",
        ),
        (
            vec![(
                "etc/shop.service",
                "[Service]\nExecStart=/bin/gunicorn --chdir /srv shop.wsgi\n",
            )],
            true,
            "name.txt depends on the folder",
        ),
        (
            vec![(
                "etc/shop.service",
                "[Service]\nEnvironment=PYTHONPATH=/srv/backend\nExecStart=/bin/gunicorn shop.wsgi\n",
            )],
            true,
            "name.txt depends on the folder",
        ),
        (
            vec![(
                "Dockerfile",
                "FROM python:3.12\nWORKDIR /app\nCOPY backend .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
            )],
            true,
            "below",
        ),
        (
            vec![(
                "etc/shop.service",
                "[Service]\nExecStart=/bin/uwsgi --http :80 --module shop.wsgi\n",
            )],
            true,
            "name.txt depends on the folder",
        ),
    ] {
        let found = x(&files, settings, below);
        assert!(found.starts_with(expected), "{files:?}: {found}");
    }
}

#[test]
fn what_differs_between_the_accepted_versions_of_django_is_not_known() {
    let settings = "import django\nX = 'new' if django.VERSION >= (5, 0) else 'old'\n";
    for (requirements, expected, varies) in [
        ("django==4.2.11\n", "old", false),
        ("django~=4.2.0\n", "old", false),
        ("django>=4.2,<5.0\n", "old", false),
        ("django>=5.0\n", "new", false),
        ("django>=4.2\n", "one of several", true),
        ("django>=4.2,<5.1\n", "one of several", true),
        ("django>=3.2,!=4.0.*,<5\n", "old", false),
    ] {
        let files = [("requirements.txt", requirements)];
        assert_eq!(x(&files, settings, false), expected, "{requirements}");
        let tree = MemoryTree::new([
            ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
            ("shop/settings.py", "A = 1\n"),
            ("requirements.txt", requirements),
        ]);
        let facts = survey(&tree, &Given::default()).unwrap();
        match facts.reading("USE_TZ") {
            Reading::Unknown { reason, .. } => {
                assert!(varies && reason.contains("versions that the project accepts"), "{reason}");
            }
            Reading::Certain(_) => assert!(!varies, "{requirements}"),
            other => panic!("{requirements}: {other:?}"),
        }
    }
    // An old Python takes no new Django.
    let files = [("requirements.txt", "django>=4.2\n"), (".python-version", "3.9\n")];
    assert_eq!(x(&files, settings, false), "old");
}
