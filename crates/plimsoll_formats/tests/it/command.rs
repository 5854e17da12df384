//! Command lines of servers, workers and management commands.

use std::time::Duration;

use plimsoll_formats::command::{Bind, Command, Program, gunicorn_setting, split_command};

use crate::damage::{assert_inside, damaged, source};

fn commands(line: &str) -> Vec<Command> {
    let text = source("Procfile", line);
    let split = split_command(&text, 0..line.len());
    split.commands.iter().filter_map(|words| Command::read(words)).collect()
}

fn one(line: &str) -> Command {
    let mut found = commands(line);
    assert_eq!(found.len(), 1, "{line}: {found:?}");
    found.remove(0)
}

#[test]
fn programs_are_found_behind_what_starts_them() {
    let cases = [
        ("gunicorn config.wsgi", Program::Gunicorn),
        ("exec /venv/bin/gunicorn config.wsgi", Program::Gunicorn),
        ("python -m gunicorn config.wsgi", Program::Gunicorn),
        ("python3.12 -u -m uvicorn a:b", Program::Uvicorn),
        ("newrelic-admin run-program gunicorn a", Program::Gunicorn),
        ("poetry run python manage.py runserver", Program::Manage),
        ("uv run --with x -- hypercorn a:b", Program::Hypercorn),
        ("DJANGO_SETTINGS_MODULE=a.b ./manage.py migrate", Program::Manage),
        ("env -u B A=1 daphne a:b", Program::Daphne),
        ("sudo -u www-data -E celery -A a worker", Program::CeleryWorker),
        ("gosu app celery -A a beat -l info", Program::CeleryBeat),
        ("celery --app=a flower --port=5555", Program::CeleryFlower),
        ("celery multi start w1 -A a", Program::CeleryMulti),
        ("celery -A a inspect ping", Program::CeleryOther),
        ("tini -- uwsgi --ini uwsgi.ini", Program::Uwsgi),
        ("bash -c 'gunicorn a'", Program::Shell),
        ("python worker.py", Program::Other),
        ("poetry install", Program::Other),
        ("timeout 30 python manage.py check", Program::Manage),
    ];
    for (line, program) in cases {
        assert_eq!(one(line).program, program, "{line}");
    }
    assert_eq!(commands("python manage.py migrate && gunicorn a; celery -A a worker &").len(), 3);
}

#[test]
fn gunicorn_options_in_every_spelling() {
    let lines = [
        "gunicorn -w 4 -t 120 -b 0.0.0.0:8000 a.wsgi:application",
        "gunicorn a.wsgi:application --workers=4 --timeout=120 --bind=0.0.0.0:8000",
        "gunicorn -w4 -t120 -b0.0.0.0:8000 a.wsgi:application",
        "gunicorn --workers 4 --timeout '120' --bin 0.0.0.0:8000 -- a.wsgi:application",
    ];
    for line in lines {
        let command = one(line);
        assert_eq!(command.options.number("timeout"), Some(120), "{line}");
        assert_eq!(command.worker_timeout().unwrap().value, Duration::from_secs(120), "{line}");
        let bind = Bind::Tcp { host: "0.0.0.0".to_owned(), port: 8000 };
        assert_eq!(command.binds()[0].value, bind, "{line}");
        assert_eq!(command.application().unwrap().value, "a.wsgi:application", "{line}");
        assert_eq!(command.workers().unwrap().value, 4, "{line}");
    }
    // `--worker` may begin three options: gunicorn refuses it, and no value is taken.
    assert!(one("gunicorn --worker 4 a").workers().is_none());
}

#[test]
fn binds_of_every_server() {
    let tcp = |host: &str, port| Bind::Tcp { host: host.to_owned(), port };
    let cases = [
        ("gunicorn a --bind :$PORT", vec![Bind::Computed(":$PORT".to_owned())]),
        (
            "gunicorn a -b [::]:80 -b unix:/run/x.sock",
            vec![tcp("::", 80), Bind::Unix("/run/x.sock".to_owned())],
        ),
        ("gunicorn a --bind fd://3", vec![Bind::Descriptor]),
        ("gunicorn a", vec![]),
        ("uvicorn a:b --host 0.0.0.0", vec![tcp("0.0.0.0", 8000)]),
        (
            "uvicorn a:b --port ${PORT:-8000}",
            vec![Bind::Computed("127.0.0.1:${PORT:-8000}".to_owned())],
        ),
        ("daphne -b 0.0.0.0 -p 9000 a:b", vec![tcp("0.0.0.0", 9000)]),
        ("daphne -u /run/d.sock a:b", vec![Bind::Unix("/run/d.sock".to_owned())]),
        (
            "hypercorn a:b -b 0.0.0.0:80,127.0.0.1:81",
            vec![tcp("0.0.0.0", 80), tcp("127.0.0.1", 81)],
        ),
        ("python manage.py runserver 0:8000", vec![tcp("0.0.0.0", 8000)]),
        ("python manage.py runserver 9000", vec![tcp("127.0.0.1", 9000)]),
        ("python manage.py migrate 0001", vec![]),
        ("uwsgi --http-socket :8000 --master", vec![tcp("", 8000)]),
    ];
    for (line, expected) in cases {
        let found: Vec<_> = one(line).binds().into_iter().map(|bind| bind.value).collect();
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn celery_and_management_commands() {
    let worker = one("celery -A proj worker -l info -c 4 -Q a,b -B --max-tasks-per-child=100");
    assert!(worker.runs_beat());
    assert_eq!(worker.queues(), ["a", "b"]);
    assert_eq!(worker.workers().unwrap().value, 4);
    assert_eq!(worker.application().unwrap().value, "proj");
    assert_eq!(worker.options.value("loglevel").unwrap().value, "info");
    assert!(one("celery worker -A proj -DB").runs_beat());
    assert!(!one("celery -A proj worker").runs_beat());
    let manage = one("python manage.py --settings=a.b migrate --noinput");
    assert_eq!(manage.management_command().unwrap().value, "migrate");
    assert_eq!(manage.settings_module().unwrap().value, "a.b");
    let set = one("DJANGO_SETTINGS_MODULE=c.d gunicorn -e DJANGO_SETTINGS_MODULE=e.f a");
    assert_eq!(set.settings_module().unwrap().value, "e.f");
}

#[test]
fn gunicorn_s_settings_are_known() {
    assert_eq!(gunicorn_setting("timeout").unwrap().default, Some("30"));
    assert_eq!(gunicorn_setting("forwarded_allow_ips").unwrap().default, Some("127.0.0.1,::1"));
    assert!(gunicorn_setting("time_out").is_none());
}

#[test]
fn words_are_cut_as_a_shell_cuts_them() {
    let text = "a \"b c\" 'd e'f $X ${Y:-1 2} $(z 1) >out 2>&1 # rest\ng \\\n h";
    let split = split_command(&source("f", text), 0..text.len());
    let words: Vec<Vec<_>> = split
        .commands
        .iter()
        .map(|words| words.iter().map(|word| word.value.as_str()).collect())
        .collect();
    assert_eq!(words, [vec!["a", "b c", "d ef", "$X", "${Y:-1 2}", "$(z 1)"], vec!["g", "h"]]);
    assert!(split.is_script);
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    let line = "A=1 exec gunicorn -w 4 --bind=0.0.0.0:$PORT \"x y\" && celery -A a worker -B > o | uwsgi -s :1";
    damaged(line, |text| {
        let text = source("Procfile", text);
        let split = split_command(&text, 0..text.text().len());
        for words in &split.commands {
            words.iter().for_each(|word| assert_inside(&text, &word.span));
            if let Some(command) = Command::read(words) {
                command.binds();
                command.settings_module();
            }
        }
    });
}
