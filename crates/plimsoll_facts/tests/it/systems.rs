//! Which system and which settings module production runs.

use plimsoll_facts::{Given, survey};
use plimsoll_source::MemoryTree;

/// The root and the settings module that are chosen.
fn chosen(files: &[(&str, &str)]) -> (String, String) {
    let facts = survey(&MemoryTree::new(files.iter().copied()), &Given::default()).unwrap();
    (facts.system.root.to_string(), facts.candidates[0].module.clone())
}

fn names(module: &str) -> String {
    format!("os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n")
}

#[test]
fn the_module_that_the_server_loads_decides() {
    let (dev, a, b) = (names("shop.conf.dev"), names("shop.conf.a"), names("shop.conf.b"));
    let files = |loads: &'static str| {
        vec![
            ("manage.py", dev.as_str()),
            ("shop/wsgi.py", a.as_str()),
            ("shop/wsgi_other.py", b.as_str()),
            ("shop/conf/__init__.py", ""),
            ("shop/conf/dev.py", ""),
            ("shop/conf/a.py", ""),
            ("shop/conf/b.py", ""),
            ("Procfile", loads),
        ]
    };
    assert_eq!(chosen(&files("web: gunicorn shop.wsgi\n")).1, "shop.conf.a");
    assert_eq!(chosen(&files("web: gunicorn shop.wsgi_other:application\n")).1, "shop.conf.b");
    // A variable of the process wins over the module's default.
    let by_variable = "web: DJANGO_SETTINGS_MODULE=shop.conf.b gunicorn shop.wsgi\n";
    assert_eq!(chosen(&files(by_variable)).1, "shop.conf.b");
    assert_eq!(
        chosen(&files("web: gunicorn --env DJANGO_SETTINGS_MODULE=shop.conf.b shop.wsgi\n")).1,
        "shop.conf.b"
    );
}

#[test]
fn a_module_that_sets_the_variable_wins_over_the_process() {
    let manage = names("shop.conf.a");
    assert_eq!(
        chosen(&[
            ("manage.py", manage.as_str()),
            ("shop/wsgi.py", "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.conf.b'\n"),
            ("shop/conf/a.py", ""),
            ("shop/conf/b.py", ""),
            ("Procfile", "web: DJANGO_SETTINGS_MODULE=shop.conf.a gunicorn shop.wsgi\n"),
        ])
        .1,
        "shop.conf.b"
    );
}

#[test]
fn systems_are_found_in_odd_layouts() {
    let manage = names("shop.settings");
    let apps = format!(
        "import sys, os\nsys.path.insert(0, os.path.join(BASE, 'src'))\n{}",
        names("shop.settings")
    );
    for (what, files, root, module) in [
        (
            "a folder with blanks",
            vec![("My Shop/manage.py", manage.as_str()), ("My Shop/shop/settings.py", "")],
            "My Shop",
            "shop.settings",
        ),
        (
            "another script",
            vec![("Büro/manage.py", manage.as_str()), ("Büro/shop/settings.py", "")],
            "Büro",
            "shop.settings",
        ),
        (
            "src beside manage.py",
            vec![("manage.py", manage.as_str()), ("src/shop/settings.py", "")],
            ".",
            "shop.settings",
        ),
        (
            "a folder that manage.py adds",
            vec![("manage.py", apps.as_str()), ("src/shop/settings.py", "")],
            ".",
            "shop.settings",
        ),
    ] {
        assert_eq!(chosen(&files), (root.to_owned(), module.to_owned()), "{what}");
    }
}

#[test]
fn settings_import_from_folders_that_the_entry_point_adds() {
    let manage = format!("sys.path.append(os.path.join(HERE, 'apps'))\n{}", names("shop.settings"));
    let facts = survey(
        &MemoryTree::new([
            ("manage.py", manage.as_str()),
            ("shop/settings.py", "from common.values import *\n"),
            ("apps/common/__init__.py", ""),
            ("apps/common/values.py", "DEBUG = False\nSITE_ID = 7\n"),
        ]),
        &Given::default(),
    )
    .unwrap();
    assert_eq!(facts.system.search.iter().map(|f| f.as_str()).collect::<Vec<_>>(), ["apps"]);
    assert!(facts.is_set("SITE_ID"));
    assert!(facts.has_module("common.values"));
}

#[test]
fn processes_of_another_system_do_not_count() {
    let (shop, other) = (names("shop.settings"), names("intranet.settings"));
    let facts = survey(
        &MemoryTree::new([
            ("shop/manage.py", shop.as_str()),
            ("shop/shop/settings.py", ""),
            ("shop/shop/wsgi.py", shop.as_str()),
            ("shop/shop/models.py", ""),
            ("intranet/manage.py", other.as_str()),
            ("intranet/intranet/settings.py", ""),
            ("intranet/intranet/wsgi.py", other.as_str()),
            (
                "etc/a.service",
                "[Service]\nEnvironment=A=1\nExecStart=/bin/gunicorn intranet.wsgi\n",
            ),
            ("etc/b.service", "[Service]\nEnvironment=B=1\nExecStart=/bin/gunicorn shop.wsgi\n"),
        ]),
        &Given { settings: Some("shop.settings".to_owned()), ..Given::default() },
    )
    .unwrap();
    assert_eq!(facts.processes.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["b.service"]);
    assert!(facts.environment.environment.variables.contains_key("B"));
}

#[test]
fn blocks_name_settings_at_their_true_lines() {
    let manage = names("shop.settings");
    let facts = survey(
        &MemoryTree::new([
            ("manage.py", manage.as_str()),
            ("shop/settings.py", ""),
            ("shop/live.py", ""),
            (
                "DEPLOYMENT.md",
                "# Deploying\n\nA unit:\n\n```ini\n[Service]\nEnvironment=DJANGO_SETTINGS_MODULE=shop.live\nExecStart=/bin/gunicorn shop.wsgi\n```\n",
            ),
            (
                "docs/more.md",
                "```ini\n[Service]\nEnvironment=DJANGO_SETTINGS_MODULE=shop.none\nExecStart=/bin/gunicorn shop.wsgi\n```\n",
            ),
        ]),
        &Given::default(),
    )
    .unwrap();
    assert_eq!(facts.candidates[0].module, "shop.live");
    let mention = facts.mentions.iter().find(|mention| mention.module == "shop.live").unwrap();
    assert_eq!(mention.at.start.line, 7);
    assert!(facts.production_mentions().all(|mention| mention.module != "shop.none"));
}
