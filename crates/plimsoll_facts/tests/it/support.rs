//! A small system to lay the files of a case over.

use plimsoll_facts::{Facts, Given, survey};
use plimsoll_source::MemoryTree;

/// A system whose entry points name `shop.settings`.
pub(crate) const SYSTEM: [(&str, &str); 3] = [
    ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
    ("shop/settings.py", "import os\nDEBUG = os.environ.get('DEBUG') == '1'\n"),
    ("shop/wsgi.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"),
];

/// The facts of the small system with further files.
pub(crate) fn facts(files: &[(&str, &str)]) -> Facts {
    let tree = MemoryTree::new(SYSTEM.iter().chain(files).copied());
    survey(&tree, &Given::default()).unwrap()
}

/// The variables of the production environment, unknown ones as `NAME?`.
pub(crate) fn variables(facts: &Facts) -> Vec<String> {
    let environment = &facts.environment.environment;
    let known = environment
        .variables
        .iter()
        .map(|(name, variable)| format!("{name}={}", variable.value.expose()));
    let mut all: Vec<String> =
        known.chain(environment.unknown.keys().map(|name| format!("{name}?"))).collect();
    all.sort();
    all
}
