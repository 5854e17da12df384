//! Command lines of the programs that serve a Django project, wherever they are given.
//!
//! [`Command::read`] takes the words of one command (an `ExecStart=`, a Procfile line, a compose
//! `command:`), takes away what merely starts something else (`exec`, `env`, `poetry run`,
//! `newrelic-admin run-program`…) and reads the options of the program it finds by that
//! program's table. Words keep `$VARIABLES` and systemd's `%` specifiers as written: a value that
//! holds one is not known here. Failure policy: a word that fits nothing is kept as an operand or
//! an unknown option, never an error.

mod gunicorn;
mod options;
mod servers;
mod tables;
mod words;

use crate::Spanned;

pub use gunicorn::{GUNICORN_SETTINGS, GunicornSetting, SettingKind, gunicorn_setting};
pub use options::{CommandOption, Options};
pub use servers::Bind;
pub use words::{CommandLine, split_command};

/// A program that is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// gunicorn.
    Gunicorn,
    /// uvicorn.
    Uvicorn,
    /// hypercorn.
    Hypercorn,
    /// daphne.
    Daphne,
    /// uWSGI; options only where they are given as `--name`.
    Uwsgi,
    /// `celery worker`.
    CeleryWorker,
    /// `celery beat`.
    CeleryBeat,
    /// `celery flower`, or `flower` itself.
    CeleryFlower,
    /// `celery multi`, which starts workers in the background.
    CeleryMulti,
    /// Another subcommand of celery.
    CeleryOther,
    /// `manage.py` or `django-admin`; the subcommand is the first operand.
    Manage,
    /// A shell: with `-c` the script is the value of option `c`, else the first operand.
    Shell,
    /// Any other program.
    Other,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it runs in the end.
    pub program: Program,
    /// The word that names the program (`/srv/venv/bin/gunicorn`, `manage.py`).
    pub name: Spanned<String>,
    /// Its options and operands.
    pub options: Options,
    /// Variables set for it by `NAME=value` words or `env`.
    pub environment: Vec<(String, Spanned<String>)>,
    /// What starts it, outermost first (`exec`, `poetry`, `python`).
    pub wrappers: Vec<Spanned<String>>,
    /// All words, as given.
    pub words: Vec<Spanned<String>>,
}

impl Command {
    /// Reads the words of one command; `None` where there are none left after assignments.
    pub fn read(words: &[Spanned<String>]) -> Option<Self> {
        let mut unwrapped = Unwrapped::default();
        let mut rest = words;
        // Each step takes away at least one word.
        while let Some(shorter) = unwrapped.step(rest) {
            rest = shorter;
        }
        let (name, args) = rest.split_first()?;
        let base = base_name(&name.value);
        let (program, options) = recognise(base, args);
        Some(Self {
            program,
            name: name.clone(),
            options,
            environment: unwrapped.environment,
            wrappers: unwrapped.wrappers,
            words: words.to_vec(),
        })
    }

    /// The subcommand of `manage.py`, such as `runserver`.
    pub fn management_command(&self) -> Option<&Spanned<String>> {
        (self.program == Program::Manage).then(|| self.options.operands.first()).flatten()
    }

    /// The settings module it is told to use: `--settings`, or `DJANGO_SETTINGS_MODULE` set for
    /// it, or gunicorn's `--env DJANGO_SETTINGS_MODULE=…`.
    pub fn settings_module(&self) -> Option<Spanned<String>> {
        const NAME: &str = "DJANGO_SETTINGS_MODULE";
        let option = match self.program {
            Program::Manage => self.options.value("settings"),
            Program::Gunicorn => self.options.value("django_settings"),
            _ => None,
        };
        let by_gunicorn = || {
            let prefixed = self.options.values("raw_env");
            prefixed.filter_map(|value| {
                let module = value.value.strip_prefix(NAME)?.strip_prefix('=')?;
                Some(Spanned::new(module.to_owned(), value.span.clone()))
            })
        };
        option.cloned().or_else(|| by_gunicorn().last()).or_else(|| self.variable(NAME).cloned())
    }

    /// A variable that the command line sets for the program.
    pub fn variable(&self, name: &str) -> Option<&Spanned<String>> {
        self.environment.iter().rfind(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// What stands before the program itself.
#[derive(Default)]
struct Unwrapped {
    environment: Vec<(String, Spanned<String>)>,
    wrappers: Vec<Spanned<String>>,
}

/// Programs that start another one: their name, the words that must follow to make them so, and
/// which of their options take a value. Options are skipped until the first word that is none.
const WRAPPERS: &[(&str, &[&str], &[&str])] = &[
    ("exec", &[], &["-a"]),
    ("env", &[], &["-u", "-C", "-S"]),
    ("sudo", &[], &["-u", "-g", "-H"]),
    ("nohup", &[], &[]),
    ("nice", &[], &["-n"]),
    ("ionice", &[], &["-c", "-n"]),
    ("time", &[], &[]),
    ("command", &[], &[]),
    ("stdbuf", &[], &["-o", "-e", "-i"]),
    ("dumb-init", &[], &[]),
    ("tini", &[], &["-e"]),
    ("/sbin/tini", &[], &[]),
    ("su-exec", &[], &[]),
    ("gosu", &[], &[]),
    ("setpriv", &[], &[]),
    ("chpst", &[], &["-u", "-e", "-U"]),
    ("timeout", &[], &["-k", "-s"]),
    ("poetry", &["run"], &["-C", "-P"]),
    (
        "uv",
        &["run"],
        &["--with", "--extra", "--group", "-p", "--python", "--env-file", "--project"],
    ),
    ("pipenv", &["run"], &[]),
    ("pdm", &["run"], &["-p"]),
    ("hatch", &["run"], &[]),
    ("rye", &["run"], &[]),
    ("newrelic-admin", &["run-program"], &[]),
    ("ddtrace-run", &[], &[]),
    ("opentelemetry-instrument", &[], &[]),
    ("dotenv", &["run"], &["-f"]),
    ("doppler", &["run"], &["-p", "-c"]),
    ("coverage", &["run"], &["--source", "--rcfile"]),
    ("watchmedo", &["auto-restart"], &["--directory", "-d", "--pattern", "-p"]),
    ("wait-for-it", &[], &[]),
    ("wait-for-it.sh", &[], &["-t"]),
    ("with-contenv", &[], &[]),
];

impl Unwrapped {
    /// Takes one wrapper or assignment off the front; `None` where the program stands there.
    fn step<'w>(&mut self, words: &'w [Spanned<String>]) -> Option<&'w [Spanned<String>]> {
        let (first, rest) = words.split_first()?;
        if let Some((name, value)) = assignment(&first.value) {
            let value = Spanned::new(value.to_owned(), first.span.clone());
            self.environment.push((name.to_owned(), value));
            return Some(rest);
        }
        let base = base_name(&first.value);
        if is_python(base) {
            return self.python(first, rest);
        }
        let (_, needed, with_value) = WRAPPERS.iter().find(|(name, ..)| *name == base)?;
        let mut rest = skip_options(rest, with_value);
        for word in *needed {
            let (next, after) = rest.split_first()?;
            if next.value != *word {
                return None;
            }
            rest = skip_options(after, with_value);
        }
        if matches!(base, "gosu" | "su-exec" | "timeout" | "wait-for-it" | "wait-for-it.sh") {
            // The user, the time, the address to wait for.
            rest = rest.split_first()?.1;
        }
        let rest = skip_options(rest, with_value);
        let rest = match rest.split_first() {
            Some((dashes, after)) if dashes.value == "--" => after,
            _ => rest,
        };
        if rest.is_empty() {
            return None;
        }
        self.wrappers.push(first.clone());
        Some(rest)
    }

    /// `python -m gunicorn`, `python manage.py`; a bare script stays the program.
    fn python<'w>(
        &mut self,
        first: &Spanned<String>,
        rest: &'w [Spanned<String>],
    ) -> Option<&'w [Spanned<String>]> {
        let mut at = rest;
        while let Some((word, after)) = at.split_first() {
            match word.value.as_str() {
                "-c" => return None,
                "-m" if !after.is_empty() => {
                    self.wrappers.push(first.clone());
                    return Some(after);
                }
                "-W" | "-X" => at = after.split_first()?.1,
                option if option.starts_with('-') => at = after,
                _ => {
                    self.wrappers.push(first.clone());
                    return Some(at);
                }
            }
        }
        None
    }
}

fn skip_options<'w>(
    mut words: &'w [Spanned<String>],
    with_value: &[&str],
) -> &'w [Spanned<String>] {
    while let Some((word, after)) = words.split_first() {
        if !word.value.starts_with('-') || word.value == "--" {
            break;
        }
        words = match after.split_first() {
            Some((_, rest)) if with_value.contains(&word.value.as_str()) => rest,
            _ => after,
        };
    }
    words
}

/// `NAME=value` with a name that a shell takes for a variable.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    (starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some((name, value))
}

fn base_name(word: &str) -> &str {
    word.rsplit_once('/').map_or(word, |(_, name)| name)
}

fn is_python(base: &str) -> bool {
    base.strip_prefix("python")
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || base == "pypy3"
}

fn recognise(base: &str, args: &[Spanned<String>]) -> (Program, Options) {
    use tables::{DAPHNE, GUNICORN, HYPERCORN, MANAGE, UVICORN};
    match base {
        "gunicorn" | "gunicorn3" | "gunicorn_django" => {
            (Program::Gunicorn, options::read(args, &[GUNICORN]))
        }
        "uvicorn" => (Program::Uvicorn, options::read(args, &[UVICORN])),
        "hypercorn" => (Program::Hypercorn, options::read(args, &[HYPERCORN])),
        "daphne" => (Program::Daphne, options::read(args, &[DAPHNE])),
        "uwsgi" => (Program::Uwsgi, servers::uwsgi_options(args)),
        "celery" => celery(args),
        "celeryd" => (Program::CeleryWorker, options::read(args, &[tables::CELERY_WORKER])),
        "celerybeat" => (Program::CeleryBeat, options::read(args, &[tables::CELERY_BEAT])),
        "flower" => (Program::CeleryFlower, options::read(args, &[tables::CELERY])),
        "manage.py" | "django-admin" | "django-admin.py" | "django" => {
            (Program::Manage, options::read(args, &[MANAGE]))
        }
        "sh" | "bash" | "ash" | "dash" | "zsh" => (Program::Shell, shell(args)),
        _ => (Program::Other, options::read(args, &[])),
    }
}

/// The subcommand is the first word that is neither an option nor the value of one.
fn celery(args: &[Spanned<String>]) -> (Program, Options) {
    let before = options::read(args, &[tables::CELERY]);
    let known = ["worker", "beat", "flower", "multi"];
    let name = before.operands.iter().find(|word| known.contains(&word.value.as_str()));
    let (program, table) = match name.map(|word| word.value.as_str()) {
        Some("worker") => (Program::CeleryWorker, tables::CELERY_WORKER),
        Some("beat") => (Program::CeleryBeat, tables::CELERY_BEAT),
        Some("flower") => (Program::CeleryFlower, tables::CELERY),
        Some("multi") => (Program::CeleryMulti, tables::CELERY_WORKER),
        _ => return (Program::CeleryOther, before),
    };
    let mut options = options::read(args, &[tables::CELERY, table]);
    if program != Program::CeleryMulti {
        options.operands.retain(|word| !known.contains(&word.value.as_str()));
    }
    (program, options)
}

/// `sh -c 'script' …`, with other options joined (`-ec`, `-lc`).
fn shell(args: &[Spanned<String>]) -> Options {
    let mut out = Options::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let text = word.value.as_str();
        let is_option = text.starts_with('-') && out.operands.is_empty();
        if is_option && !text.starts_with("--") && text.contains('c') {
            let (name, flag) = ("c".to_owned(), word.clone());
            let value = words.next().cloned();
            out.options.push(CommandOption { name, value, flag, known: true });
        } else if is_option {
            let name = text.trim_start_matches('-').to_owned();
            out.options.push(CommandOption { name, value: None, flag: word.clone(), known: false });
        } else {
            out.operands.push(word.clone());
        }
    }
    out
}
