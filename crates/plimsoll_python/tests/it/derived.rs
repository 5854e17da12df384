//! Defaults that Django derives from what the project sets.

use plimsoll_python::{Environment, Installed, Origin, Request, Settings, evaluate};
use plimsoll_source::{MemoryTree, RepoPath};

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
