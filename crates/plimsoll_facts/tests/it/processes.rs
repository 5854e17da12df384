//! The processes of production, by kind.

use plimsoll_facts::{Declaration, ProcessKind};

use crate::support::facts;

/// Name, kind and declaration of each process.
fn processes(files: &[(&str, &str)]) -> Vec<(String, ProcessKind, Declaration)> {
    facts(files).processes.into_iter().map(|p| (p.name, p.kind, p.declared)).collect()
}

#[test]
fn every_command_has_its_kind() {
    for (command, kind) in [
        ("gunicorn shop.wsgi", ProcessKind::Web),
        ("poetry run gunicorn shop.wsgi:application", ProcessKind::Web),
        ("uvicorn shop.asgi:application", ProcessKind::Web),
        ("daphne -b 0.0.0.0 shop.asgi:application", ProcessKind::Web),
        ("uwsgi --ini uwsgi.ini", ProcessKind::Web),
        ("granian --interface wsgi shop.wsgi:application", ProcessKind::Web),
        ("celery -A shop worker -l info", ProcessKind::Worker),
        ("python manage.py rqworker default", ProcessKind::Worker),
        ("python manage.py qcluster", ProcessKind::Worker),
        ("celery -A shop beat", ProcessKind::Scheduler),
        ("celery -A shop flower", ProcessKind::Monitor),
        ("python manage.py migrate --noinput", ProcessKind::Release),
        ("python manage.py collectstatic --noinput", ProcessKind::Release),
        ("python manage.py runserver", ProcessKind::DevelopmentServer),
        ("python manage.py send_newsletter", ProcessKind::Management),
    ] {
        let found = processes(&[("Procfile", &format!("x: {command}\n"))]);
        assert_eq!(found, [("x".to_owned(), kind, Declaration::Procfile)], "{command}");
    }
}

#[test]
fn a_line_of_several_commands_is_several_processes() {
    let found = processes(&[(
        "compose.yml",
        "services:\n  web:\n    build: .\n    command: sh -c \"python manage.py migrate && gunicorn shop.wsgi\"\n  worker:\n    build: .\n    command: celery -A shop worker\n  cache:\n    image: redis\n",
    )]);
    let expected =
        [("web", ProcessKind::Release), ("web", ProcessKind::Web), ("worker", ProcessKind::Worker)];
    let found: Vec<_> = found.iter().map(|(name, kind, _)| (name.as_str(), *kind)).collect();
    assert_eq!(found, expected);
}

#[test]
fn units_tell_user_folder_and_command() {
    let facts = facts(&[
        (
            "etc/shop.service",
            "[Unit]\nDescription=x\n[Service]\nUser=shop\nWorkingDirectory=/srv/shop\nExecStartPre=/srv/venv/bin/python manage.py migrate\nExecStart=/srv/venv/bin/gunicorn --workers 3 shop.wsgi\n",
        ),
        ("etc/redis.service", "[Service]\nExecStart=/usr/bin/redis-server\n"),
    ]);
    let kinds: Vec<_> = facts.processes.iter().map(|process| process.kind).collect();
    assert_eq!(kinds, [ProcessKind::Release, ProcessKind::Web]);
    let web = facts.processes_of(ProcessKind::Web).next().unwrap();
    assert_eq!(web.user.as_ref().unwrap().value, "shop");
    assert_eq!(web.working_directory.as_ref().unwrap().value, "/srv/shop");
    assert_eq!(web.application_module().as_deref(), Some("shop.wsgi"));
    assert_eq!(web.command.as_ref().unwrap().workers().unwrap().value, 3);
    assert_eq!((web.at.file.as_str(), web.at.start.line), ("etc/shop.service", 7));
}

#[test]
fn an_image_that_compose_builds_is_no_process_of_its_own() {
    let dockerfile =
        ("Dockerfile", "FROM python:3.12\nUSER app\nCMD [\"gunicorn\", \"shop.wsgi\"]\n");
    let alone = processes(&[dockerfile]);
    assert_eq!(alone, [("Dockerfile".to_owned(), ProcessKind::Web, Declaration::Image)]);
    let built = facts(&[dockerfile, ("compose.yml", "services:\n  web:\n    build: .\n")]);
    let found: Vec<_> = built.processes.iter().map(|p| (p.name.as_str(), p.declared)).collect();
    assert_eq!(found, [("web", Declaration::Compose)]);
    assert_eq!(built.processes[0].user.as_ref().unwrap().value, "app");
}

#[test]
fn cron_starts_management_commands() {
    let facts = facts(&[(
        "etc/cron.d/shop",
        "MODE=live\n# nightly\n5 3 * * * shop cd /srv/shop && venv/bin/python manage.py clearsessions\n@daily root /usr/bin/certbot renew\n",
    )]);
    let found: Vec<_> = facts.processes.iter().map(|p| (p.name.as_str(), p.kind)).collect();
    assert_eq!(found, [("line 3 of etc/cron.d/shop", ProcessKind::Management)]);
    let job = &facts.processes[0];
    assert_eq!(job.user.as_ref().unwrap().value, "shop");
    assert!(job.surroundings.environment.variables.contains_key("MODE"));
}

#[test]
fn an_ini_file_tells_what_uwsgi_loads() {
    let facts = facts(&[
        ("etc/shop.service", "[Service]\nExecStart=/bin/uwsgi --ini etc/uwsgi.ini\n"),
        ("etc/uwsgi.ini", "[uwsgi]\nmodule = shop.wsgi:application\n"),
    ]);
    assert_eq!(facts.processes[0].application_module().as_deref(), Some("shop.wsgi"));
}

#[test]
fn a_script_that_starts_itself_ends() {
    let found = processes(&[
        ("Procfile", "web: bin/run.sh\n"),
        ("bin/run.sh", &format!("#!/bin/sh\n{}exec \"$@\"\n", "./bin/run.sh\n".repeat(300))),
    ]);
    assert_eq!(found.len(), 1);
}
