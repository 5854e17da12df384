//! systemd units.

use std::time::Duration;

use plimsoll_formats::command::{Bind, Program};
use plimsoll_formats::dotenv::EnvValue;
use plimsoll_formats::systemd::{ServiceType, TimeSpan, Unit, UnitKind};

use crate::damage::{assert_inside, damaged, source};

fn unit(text: &str) -> Unit {
    Unit::read(&source("deploy/web.service", text))
}

const WEB: &str = r#"# a comment
[Unit]
Description=Web
After=network.target postgresql.service

[Service]
Type=notify
User=app
Group=www-data
RuntimeDirectory=app
WorkingDirectory=-/srv/app
Environment="DJANGO_SETTINGS_MODULE=config.settings.production" 'A=b c' PATH=%h/bin
Environment=LAST=1
EnvironmentFile=-/etc/app/env
EnvironmentFile=/srv/app/.env
ExecStartPre=/bin/true
ExecStartPre=
ExecStartPre=-+/srv/app/venv/bin/python manage.py migrate --noinput ; /bin/echo done
ExecStart=/srv/app/venv/bin/gunicorn \
    --workers 3 \
# a comment between
    --bind unix:/run/app/gunicorn.sock \
    --access-logfile "-" config.wsgi:application
ExecReload=/bin/kill -s HUP $MAINPID
Restart=on-failure
TimeoutStopSec=1min 30s
KillMode=mixed
PrivateTmp=true
NoNewPriviliges=yes
[Install]
WantedBy=multi-user.target
"#;

#[test]
fn a_service_is_read_with_joined_lines() {
    let unit = unit(WEB);
    assert!(unit.problems.is_empty(), "{:?}", unit.problems);
    assert_eq!((unit.kind, unit.name.as_str()), (UnitKind::Service, "web.service"));
    let service = unit.service().unwrap();
    assert_eq!(service.service_type(), Some(ServiceType::Notify));
    assert_eq!(service.user().unwrap().value, "app");
    assert_eq!(service.runs_as_root(), Some(false));
    let (folder, optional) = service.working_directory().unwrap();
    assert_eq!((folder.value.as_str(), optional), ("/srv/app", true));
    assert_eq!(service.timeout_stop().unwrap().value, TimeSpan::Finite(Duration::from_secs(90)));
    assert!(service.restarts_after_failure());
    let start = service.exec("ExecStart");
    let words: Vec<_> = start[0].argv.iter().map(|word| word.value.as_str()).collect();
    assert_eq!(
        words,
        [
            "/srv/app/venv/bin/gunicorn",
            "--workers",
            "3",
            "--bind",
            "unix:/run/app/gunicorn.sock",
            "--access-logfile",
            "-",
            "config.wsgi:application",
        ]
    );
    let at = &start[0].argv[3].span;
    assert_eq!((at.start.line, at.start.column, at.end.column), (22, 5, 11));
    let command = start[0].command().unwrap();
    assert_eq!(command.program, Program::Gunicorn);
    assert_eq!(command.binds()[0].value, Bind::Unix("/run/app/gunicorn.sock".to_owned()));
    assert_eq!(command.workers().unwrap().value, 3);
    assert_eq!(unit.wanted_by()[0].value, "multi-user.target");
    assert_eq!(unit.names("Unit", "After").len(), 2);
    assert_eq!(service.hardening().len(), 1);
}

#[test]
fn an_empty_assignment_resets_and_prefixes_are_told_apart() {
    let unit = unit(WEB);
    let service = unit.service().unwrap();
    let before = service.exec("ExecStartPre");
    assert_eq!(before.len(), 2);
    assert!(before[0].prefix.ignore_failure && before[0].prefix.full_privileges);
    assert_eq!(before[0].command().unwrap().program, Program::Manage);
    assert_eq!(before[1].argv[0].value, "/bin/echo");
}

#[test]
fn the_environment_has_names_values_and_places() {
    let unit = unit(WEB);
    let service = unit.service().unwrap();
    let environment = service.environment();
    let names: Vec<_> = environment.iter().map(|v| (v.name.as_str(), v.span.start.line)).collect();
    assert_eq!(names, [("DJANGO_SETTINGS_MODULE", 12), ("A", 12), ("PATH", 12), ("LAST", 13)]);
    let EnvValue::Text(value) = &environment[1].value else { panic!("known") };
    assert_eq!(value.expose(), "b c");
    assert!(matches!(environment[2].value, EnvValue::Unknown(_)));
    let files = service.environment_files();
    let files: Vec<_> = files.iter().map(|f| (f.path.value.as_str(), f.optional)).collect();
    assert_eq!(files, [("/etc/app/env", true), ("/srv/app/.env", false)]);
}

#[test]
fn unknown_directives_are_named_with_what_was_meant() {
    let unit = unit("[Unit]\nUser=x\nX-Own=1\n[Service]\nExecstart=/bin/a\nRestart=no\nFoo=1\n");
    let found: Vec<_> = unit
        .unknown_directives()
        .iter()
        .map(|u| (u.entry.key.value.clone(), u.belongs_in, u.similar))
        .collect();
    assert_eq!(
        found,
        [
            ("User".to_owned(), Some("Service"), None),
            ("Execstart".to_owned(), None, Some("ExecStart")),
            ("Foo".to_owned(), None, None),
        ]
    );
    assert_eq!(self::unit(WEB).unknown_directives()[0].similar, Some("NoNewPrivileges"));
}

#[test]
fn lines_that_systemd_ignores_are_problems() {
    let unit = unit("A=1\n[Service]\nExecStart=/bin/a\nsudo systemctl enable web\n[Install\n");
    let lines: Vec<_> = unit.problems.iter().map(|p| p.at.start.line).collect();
    assert_eq!(lines, [1, 4, 5]);
    assert_eq!(unit.service().unwrap().runs_as_root(), Some(true));
}

#[test]
fn drop_ins_sockets_and_timers() {
    let dropped = unit(WEB).with_drop_in(&source(
        "web.service.d/x.conf",
        "[Service]\nExecStart=\nExecStart=/bin/x\nUser=\n",
    ));
    let service = dropped.service().unwrap();
    assert_eq!(service.exec("ExecStart")[0].argv[0].value, "/bin/x");
    assert!(service.user().is_none());
    let socket = Unit::read(&source(
        "a.socket",
        "[Socket]\nListenStream=/run/a.sock\nListenStream=8000\nSocketMode=0660\nSocketUser=www-data\n",
    ));
    let view = socket.socket().unwrap();
    assert_eq!(view.listens().len(), 2);
    assert_eq!((view.mode().unwrap().value, view.service_name().as_str()), (0o660, "a.service"));
    let timer = Unit::read(&source(
        "b.timer.j2",
        "[Timer]\nOnCalendar=*-*-* 02:00\n{% if x %}\nPersistent=true\n{% endif %}\n",
    ));
    let view = timer.timer().unwrap();
    assert_eq!((view.on_calendar().len(), view.is_persistent()), (1, true));
    assert_eq!(view.unit_name(), "b.service");
    assert!(timer.value("Timer", "Persistent").unwrap().conditional);
}

#[test]
fn words_are_cut_as_systemd_cuts_them() {
    let cases: [(&str, &[&str]); 6] = [
        ("/bin/sh -c 'a \"b\" $C'", &["/bin/sh", "-c", "a \"b\" $C"]),
        (r#"/bin/a "x\ty" \x41 \q"#, &["/bin/a", "x\ty", "A", r"\q"]),
        ("/bin/a b\\;c \\; d", &["/bin/a", "b;c", ";", "d"]),
        ("@/bin/a zero one", &["/bin/a", "one"]),
        ("!!/bin/a %i ${X}", &["/bin/a", "%i", "${X}"]),
        ("/bin/a \"open", &["/bin/a", "open"]),
    ];
    for (line, expected) in cases {
        let unit = unit(&format!("[Service]\nExecStart={line}\n"));
        let exec = unit.service().unwrap().exec("ExecStart");
        assert_eq!(exec.len(), 1, "{line}");
        let words: Vec<_> = exec[0].argv.iter().map(|word| word.value.as_str()).collect();
        assert_eq!(words, expected, "{line}");
    }
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    damaged(WEB, |text| {
        let text = source("web.service", text);
        let unit = Unit::read(&text);
        for entry in &unit.entries {
            assert_inside(&text, &entry.key.span);
            assert_inside(&text, &entry.value.span);
        }
        unit.problems.iter().for_each(|problem| assert_inside(&text, &problem.at));
        unit.unknown_directives();
        let Some(service) = unit.service() else { return };
        for key in ["ExecStart", "ExecStartPre", "ExecReload"] {
            for exec in service.exec(key) {
                exec.argv.iter().for_each(|word| assert_inside(&text, &word.span));
                exec.command().map(|command| command.binds());
            }
        }
        service.environment().iter().for_each(|v| assert_inside(&text, &v.span));
        service.ignored_environment().iter().for_each(|(at, _)| assert_inside(&text, at));
        service.timeout_stop();
    });
}
