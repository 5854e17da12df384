//! supervisor, uWSGI, Procfile, fly.toml, app.json, logrotate, redis.conf.

use plimsoll_formats::command::{Bind, Program};
use plimsoll_formats::dotenv::EnvValue;
use plimsoll_formats::platform::{AppJson, FlyToml, Procfile, python_version};
use plimsoll_formats::redis_conf::{RedisConf, memory};
use plimsoll_formats::supervisor::{self, UwsgiFile};
use plimsoll_formats::{crontab, logrotate};

use crate::damage::{assert_inside, damaged, source};

const SUPERVISOR: &str = "; main
[supervisord]
environment=LANG=\"C.UTF-8\"
[include]
files = /etc/supervisor/conf.d/*.conf other.ini
[program:web] ; the site
command = /venv/bin/gunicorn
    --bind=127.0.0.1:8000 ; a comment
    config.wsgi
user=app
environment = A=\"b,c\",DJANGO_SETTINGS_MODULE='x.y',
    C=%(ENV_HOME)s,D=plain
[program:worker]
command=celery -A x worker -B
autorestart=false
nonsense
";

#[test]
fn supervisor_programs_have_commands_and_variables() {
    let file = supervisor::read(&source("supervisord.conf", SUPERVISOR));
    assert_eq!(file.programs.len(), 2);
    let web = &file.programs[0];
    assert_eq!((web.name.value.as_str(), web.kind.as_str()), ("web", "program"));
    let command = web.runs().unwrap();
    assert_eq!(command.program, Program::Gunicorn);
    assert_eq!(command.binds()[0].value, Bind::Tcp { host: "127.0.0.1".to_owned(), port: 8000 });
    assert_eq!(command.binds()[0].span.start.line, 8);
    assert_eq!(command.application().unwrap().value, "config.wsgi");
    assert_eq!(web.get("user").unwrap().value, "app");
    assert_eq!(web.restarts(), Some(true));
    let variables: Vec<_> = web
        .environment
        .iter()
        .map(|v| match &v.value {
            EnvValue::Text(value) => (v.name.as_str(), value.expose(), v.span.start.line),
            _ => (v.name.as_str(), "?", v.span.start.line),
        })
        .collect();
    let expected = [
        ("A", "b,c", 11),
        ("DJANGO_SETTINGS_MODULE", "x.y", 11),
        ("C", "?", 12),
        ("D", "plain", 12),
    ];
    assert_eq!(variables, expected);
    assert_eq!(file.programs[1].restarts(), Some(false));
    assert!(file.programs[1].runs().unwrap().runs_beat());
    assert_eq!(file.includes.len(), 2);
    assert_eq!(file.environment[0].name, "LANG");
}

#[test]
fn uwsgi_files_name_options_either_way() {
    let text = "[uwsgi]\nhttp_socket = :8000\nsocket = /run/a.sock\nmodule=a.wsgi\nmaster\n";
    let file = UwsgiFile::read(&source("uwsgi.ini", text));
    assert_eq!(file.get("http-socket").unwrap().value, ":8000");
    assert!(file.get("master").is_some());
    let binds: Vec<_> = file.binds().into_iter().map(|bind| bind.value).collect();
    let tcp = Bind::Tcp { host: String::new(), port: 8000 };
    assert_eq!(binds, [tcp, Bind::Unix("/run/a.sock".to_owned())]);
}

const PROCFILE: &str = "# comment
release: python manage.py migrate --noinput && python manage.py collectstatic
web: gunicorn config.wsgi --bind 0.0.0.0:$PORT --log-file -
worker : REMAP_SIGTERM=SIGQUIT celery -A config worker -l info
not a line
";

#[test]
fn process_types_have_commands() {
    let file = Procfile::read(&source("Procfile", PROCFILE));
    let names: Vec<_> = file.processes.iter().map(|p| p.name.value.as_str()).collect();
    assert_eq!(names, ["release", "web", "worker"]);
    assert_eq!(file.process("release").unwrap().commands().len(), 2);
    let web = &file.process("web").unwrap().commands()[0];
    assert_eq!(web.binds()[0].value, Bind::Computed("0.0.0.0:$PORT".to_owned()));
    assert_eq!((web.binds()[0].span.start.line, web.binds()[0].span.start.column), (3, 34));
    let worker = &file.process("worker").unwrap().commands()[0];
    assert_eq!(worker.variable("REMAP_SIGTERM").unwrap().value, "SIGQUIT");
    assert_eq!(file.problems[0].at.start.line, 5);
}

const FLY: &str = r#"app = "shop"
[env]
PORT = "8080"
DEBUG = false
[deploy]
release_command = "python manage.py migrate"
[processes]
app = "gunicorn config.wsgi"
[http_service]
internal_port = 8080
force_https = true
[[http_service.checks]]
path = "/health"
headers = { Host = "shop.example" }
[[services]]
internal_port = 9000
[[services.ports]]
force_https = false
[services.http_checks.a]
path = "/a"
[[statics]]
guest_path = "/code/static"
url_prefix = "/static/"
"#;

#[test]
fn fly_toml_is_modelled() {
    let file = FlyToml::read(&source("fly.toml", FLY));
    assert!(file.problems.is_empty(), "{:?}", file.problems);
    assert_eq!(file.app.unwrap().value, "shop");
    assert_eq!(file.env[1].1.value.expose(), "false");
    assert_eq!(file.release_command.unwrap().span.start.line, 6);
    assert_eq!(file.processes[0].command.value, "gunicorn config.wsgi");
    assert_eq!(file.services.len(), 2);
    assert_eq!(file.services[0].internal_port.as_ref().unwrap().value, 8080);
    assert_eq!(
        file.services[0].checks[0].headers,
        [("Host".to_owned(), "shop.example".to_owned())]
    );
    assert!(!file.services[1].force_https.as_ref().unwrap().value);
    assert_eq!(file.services[1].checks[0].path.as_ref().unwrap().value, "/a");
    assert_eq!(file.statics[0].1.value, "/static/");
    assert_eq!(FlyToml::read(&source("fly.toml", "app = ")).problems.len(), 1);
}

#[test]
fn app_json_and_runtime_txt() {
    let text = r#"{"env": {"SECRET_KEY": {"generator": "secret"}, "DEBUG": "0",
        "X": {"required": false}}, "addons": ["heroku-postgresql:mini", {"plan": "heroku-redis"}],
        "scripts": {"postdeploy": "python manage.py migrate"}}"#;
    let file = AppJson::read(&source("app.json", text));
    assert!(file.env.iter().any(|v| v.name == "SECRET_KEY" && v.generated && v.value.is_none()));
    assert!(file.env.iter().any(|v| v.name == "X" && !v.required && v.span.start.line == 2));
    assert_eq!(file.addons, ["heroku-postgresql:mini", "heroku-redis"]);
    assert_eq!(file.postdeploy.unwrap().value, "python manage.py migrate");
    assert_eq!(AppJson::read(&source("app.json", "{")).problems.len(), 1);
    let version = |text| python_version(&source("runtime.txt", text)).map(|v| v.value);
    assert_eq!(version("python-3.11.4\n").as_deref(), Some("3.11.4"));
    assert_eq!(version("# x\n3.12\n").as_deref(), Some("3.12"));
    assert_eq!(version("pypy"), None);
}

const LOGROTATE: &str = "weekly
include /etc/logrotate.d
/var/log/app/*.log
\"/var/log/with space.log\" {
    daily   # each day
    rotate 14
    size=10M
    postrotate
        systemctl reload app } || true
    endscript
    create 0640 app adm
}
/var/log/x.log { rotate 4
}
";

#[test]
fn rotation_blocks_have_patterns_directives_and_scripts() {
    let file = logrotate::read(&source("app", LOGROTATE));
    assert!(file.problems.is_empty(), "{:?}", file.problems);
    let block = &file.blocks[0];
    assert_eq!(block.patterns[0].value, "/var/log/app/*.log");
    assert_eq!(block.scripts[0].body.value, "systemctl reload app } || true");
    assert_eq!(file.effective(block, "size").unwrap().value.value, "10M");
    assert_eq!(file.effective(block, "create").unwrap().value.value, "0640 app adm");
    assert_eq!(file.retention_days(block), Some(14));
    // The interval comes from the global directive.
    assert_eq!(file.retention_days(&file.blocks[1]), Some(28));
    assert_eq!(file.globals.len(), 2);
    assert_eq!(logrotate::read(&source("x", "/a {\n daily\n")).problems.len(), 1);
}

#[test]
fn redis_directives_are_read_as_redis_reads_them() {
    let text = "# c\nBIND 127.0.0.1 -::1\nmaxmemory 512mb\nmaxmemory-policy allkeys-lru\n\
        requirepass \"a b\"\nsave \"\"\nappendonly no\nbad \"open\n";
    let conf = RedisConf::read(&source("redis.conf", text));
    let binds: Vec<_> = conf.binds().into_iter().map(|bind| bind.value).collect();
    assert_eq!(binds, ["127.0.0.1", "::1"]);
    assert_eq!(conf.max_memory().unwrap().value, 512 << 20);
    assert_eq!(conf.max_memory_policy().unwrap().value, "allkeys-lru");
    assert!(conf.requires_password());
    assert_eq!(conf.persists(), Some(false));
    assert_eq!(conf.problems.len(), 1);
    assert!(
        !RedisConf::read(&source("r", "user default on nopass ~* +@all\n")).requires_password()
    );
    assert!(RedisConf::read(&source("r", "user default on >x ~* +@all\n")).requires_password());
    assert_eq!(RedisConf::read(&source("r", "")).persists(), None);
    let words = source("c", "/r.conf --maxmemory 1g --appendonly yes");
    let split = plimsoll_formats::command::split_command(&words, 0..words.text().len());
    let conf = RedisConf::from_arguments(&split.commands[0]);
    assert_eq!(conf.max_memory().unwrap().value, 1_000_000_000);
    assert_eq!(conf.persists(), Some(true));
    assert_eq!((memory("1gb"), memory("x"), memory("5")), (Some(1 << 30), None, Some(5)));
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    damaged(SUPERVISOR, |text| {
        let text = source("s.conf", text);
        let file = supervisor::read(&text);
        file.problems.iter().for_each(|p| assert_inside(&text, &p.at));
        for program in &file.programs {
            program.argv.iter().for_each(|word| assert_inside(&text, &word.span));
            program.environment.iter().for_each(|v| assert_inside(&text, &v.span));
        }
    });
    damaged(PROCFILE, |text| {
        let text = source("Procfile", text);
        let file = Procfile::read(&text);
        file.processes.iter().for_each(|p| assert_inside(&text, &p.command.span));
    });
    damaged(FLY, |text| {
        let text = source("fly.toml", text);
        let file = FlyToml::read(&text);
        file.problems.iter().for_each(|p| assert_inside(&text, &p.at));
        file.services.iter().for_each(|s| assert_inside(&text, &s.span));
    });
    damaged(LOGROTATE, |text| {
        let text = source("l", text);
        let file = logrotate::read(&text);
        file.problems.iter().for_each(|p| assert_inside(&text, &p.at));
        for block in &file.blocks {
            block.directives.iter().for_each(|d| assert_inside(&text, &d.value.span));
            block.scripts.iter().for_each(|s| assert_inside(&text, &s.body.span));
            file.retention_days(block);
        }
    });
    damaged("maxmemory 1gb\nrequirepass \"a\\\"b\"\nuser default on >x\n", |text| {
        let text = source("redis.conf", text);
        let conf = RedisConf::read(&text);
        for directive in &conf.directives {
            directive.args.iter().for_each(|arg| assert_inside(&text, &arg.span));
        }
        conf.requires_password();
    });
    damaged("A=\"b\"\n*/5 1-5 * jan sun echo 10\\% %in\n@daily x\n", |text| {
        let text = source("crontab", text);
        for kind in [crontab::CrontabKind::User, crontab::CrontabKind::System] {
            let file = crontab::read(&text, kind);
            file.problems.iter().for_each(|p| assert_inside(&text, &p.at));
            for job in &file.jobs {
                assert_inside(&text, &job.command.span);
                file.variable(job, "A");
            }
        }
        crontab::kind_of(&text);
    });
}
