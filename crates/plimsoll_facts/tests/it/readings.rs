//! What may be said of a setting's value where production can have more than the repository.

use plimsoll_facts::{Facts, Given, Reading, survey};
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
        let found = depends(&facts, name).unwrap();
        assert_eq!(found, ["/etc/shop/shop.cfg", "~/…"], "{name}");
        // What it is without the file stays told.
        assert!(facts.settings.known(name).is_some(), "{name}");
        assert!(facts.certain(name).is_none(), "{name}");
    }
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
