//! Defaults that Django derives from what the project sets.

use plimsoll_python::{Environment, Installed, Origin, Request, Settings, State, evaluate};
use plimsoll_source::{MemoryTree, RepoPath};

use crate::json::shown;

fn settings(source: &str, django: (u32, u32)) -> Settings {
    let tree = MemoryTree::new([("conf.py", source)]);
    let environment = Environment { given: true, ..Environment::default() };
    let mut request = Request::new(&tree, RepoPath::root(), "conf", &environment);
    request.installed = Installed { django: Some(django), ..Installed::default() };
    evaluate(&request)
}

#[test]
fn storages_follow_the_older_name_where_django_reads_it() {
    let source = "STATICFILES_STORAGE = 'whitenoise.storage.CompressedStaticFilesStorage'\n";
    let read = settings(source, (4, 2));
    let storages = read.get("STORAGES").unwrap();
    assert_eq!(storages.origin, Origin::Default);
    assert_eq!(storages.at.as_ref().map(|at| at.start.line), Some(1));
    let backend =
        storages.known().and_then(|value| value.get("staticfiles")?.get("BACKEND")?.text());
    assert_eq!(backend, Some("whitenoise.storage.CompressedStaticFilesStorage"));
    let ignored = settings(source, (5, 1));
    let backend = ignored
        .known("STORAGES")
        .and_then(|value| value.get("staticfiles")?.get("BACKEND")?.text());
    assert_eq!(backend, Some("django.contrib.staticfiles.storage.StaticFilesStorage"));
}

#[test]
fn a_default_that_differs_between_the_accepted_versions_is_not_known() {
    let text = "import django\nfrom django.conf import global_settings\n\
                NEW = django.VERSION >= (5, 0)\nOLD = django.VERSION < (4, 0)\n\
                TZ = global_settings.USE_TZ\nHSTS = global_settings.SECURE_HSTS_SECONDS\n";
    let shown_with = |django, until| {
        let tree = MemoryTree::new([("settings.py", text)]);
        let environment = Environment::default();
        let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
        request.installed =
            Installed { django: Some(django), django_until: until, ..Installed::default() };
        let found = evaluate(&request);
        ["NEW", "OLD", "TZ", "HSTS", "USE_TZ", "SECURE_HSTS_SECONDS", "USE_L10N", "SECURE_CSP"]
            .map(|name| shown(&found, name))
            .join(" ")
    };
    for (django, until, expected) in [
        ((4, 2), None, "false false false 0 false 0 true absent"),
        ((5, 2), None, "true false true 0 true 0 absent absent"),
        ((4, 2), Some((4, 2)), "false false false 0 false 0 true absent"),
        ((4, 2), Some((5, 2)), "unknown false unknown 0 unknown 0 unknown absent"),
        ((5, 0), Some((5, 2)), "true false true 0 true 0 absent absent"),
        ((5, 2), Some((6, 0)), "true false true 0 true 0 absent unknown"),
    ] {
        assert_eq!(shown_with(django, until), expected, "{django:?} {until:?}");
    }
    let tree = MemoryTree::new([("settings.py", "A = 1")]);
    let environment = Environment::default();
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.installed.django = Some((4, 2));
    request.installed.django_until = Some((6, 0));
    let found = evaluate(&request);
    let State::Unknown { reason, .. } = &found.get("USE_TZ").unwrap().state else { panic!() };
    assert!(reason.contains("4.2 to 6.0"), "{reason}");
}
