//! Application servers with the settings that they will have, and the units around them.

use plimsoll_facts::{AppServer, ServerSetting};
use plimsoll_formats::command::Bind;

use crate::support::facts;

fn server(files: &[(&str, &str)]) -> AppServer {
    facts(files).servers.into_iter().next().expect("a server was found")
}

fn text(setting: &ServerSetting) -> Option<&str> {
    match setting {
        ServerSetting::Set { text, .. } => Some(text),
        _ => None,
    }
}

#[test]
fn the_command_line_wins_over_the_configuration_file() {
    let unit =
        "[Service]\nExecStart=/srv/venv/bin/gunicorn -c deploy/conf.py --workers 3 shop.wsgi\n";
    let found = server(&[
        ("deploy/web.service", unit),
        (
            "deploy/conf.py",
            "import os\nworkers = 9\ntimeout = 120\nthreads = os.cpu_count()\nbind = ['unix:/run/a', '127.0.0.1:1']\n",
        ),
    ]);
    assert_eq!(text(&found.setting("workers")), Some("3"));
    assert_eq!(found.in_file("workers").and_then(ServerSetting::number), Some(9));
    assert_eq!(found.setting("timeout").number(), Some(120));
    assert!(matches!(found.setting("threads"), ServerSetting::Computed { .. }));
    assert!(found.setting("keepalive").is_unset());
    let binds: Vec<Bind> = found.binds().into_iter().map(|(bind, _)| bind).collect();
    assert_eq!(
        binds,
        [Bind::Unix("/run/a".to_owned()), Bind::Tcp { host: "127.0.0.1".to_owned(), port: 1 },]
    );
    assert!(found.unread.is_none());
}

#[test]
fn variables_stand_between_the_command_and_the_file() {
    let unit = "[Service]\nEnvironment=\"GUNICORN_CMD_ARGS=--timeout 90\" WEB_CONCURRENCY=4\nExecStart=/srv/venv/bin/gunicorn shop.wsgi\n";
    let found = server(&[("deploy/web.service", unit)]);
    assert_eq!(found.setting("timeout").number(), Some(90));
    assert_eq!(found.setting("workers").number(), Some(4));
}

#[test]
fn a_configuration_that_is_not_here_is_told() {
    let unit = "[Service]\nExecStart=/srv/venv/bin/gunicorn -c /etc/gunicorn/shop.py shop.wsgi\n";
    assert!(server(&[("deploy/web.service", unit)]).unread.is_some());
}

#[test]
fn uwsgi_reads_its_ini_file() {
    let unit = "[Service]\nExecStart=/srv/venv/bin/uwsgi --ini uwsgi.ini\n";
    let ini =
        "[uwsgi]\nmodule = shop.wsgi\nworkers = 5\nharakiri = 60\nsocket = /run/shop/uwsgi.sock\n";
    let found = server(&[("deploy/web.service", unit), ("uwsgi.ini", ini)]);
    assert_eq!(found.setting("processes").number(), Some(5));
    assert_eq!(found.setting("harakiri").number(), Some(60));
    assert_eq!(found.binds().len(), 1);
}

#[test]
fn units_keep_what_they_start_and_those_of_documents_are_told() {
    let unit = "[Service]\nExecStart=/srv/venv/bin/gunicorn shop.wsgi\n";
    let readme =
        "# Deploy\n\n```ini\n[Service]\nExecStart=/srv/venv/bin/celery -A shop worker\n```\n";
    let found = facts(&[("deploy/web.service", unit), ("DEPLOYMENT.md", readme)]);
    let told: Vec<(bool, usize)> =
        found.units.iter().map(|unit| (unit.is_shown, unit.processes.len())).collect();
    assert_eq!(told, [(false, 1), (true, 1)]);
}
