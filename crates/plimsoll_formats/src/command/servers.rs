//! What the options of the servers mean alike.

use std::time::Duration;

use crate::Spanned;

use super::options::{CommandOption, Options};
use super::{Command, Program};

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Bind {
    /// A TCP address. An empty host is every address, as `:8000` has it.
    Tcp {
        /// The host, an IPv6 one without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A unix socket.
    Unix(String),
    /// A file descriptor, as socket activation hands it over.
    Descriptor,
    /// Not known from the words: what is written.
    Computed(String),
}

impl Bind {
    /// Reads `host:port`, `:port`, `[v6]:port`, `unix:/path`, `fd://3`, or a bare host, for which
    /// `port` stands in.
    pub fn parse(text: &str, port: u16) -> Self {
        if text.contains(['$', '%', '{']) {
            return Self::Computed(text.to_owned());
        }
        let text = text.strip_prefix("tcp://").unwrap_or(text);
        if text.starts_with("fd://") {
            return Self::Descriptor;
        }
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").filter(|rest| rest.starts_with('/')).unwrap_or(path);
            return Self::Unix(path.to_owned());
        }
        if text.starts_with('/') {
            return Self::Unix(text.to_owned());
        }
        if let Some((host, after)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let port = match after.strip_prefix(':').map(str::parse) {
                Some(Ok(port)) => port,
                None => port,
                Some(Err(_)) => return Self::Computed(text.to_owned()),
            };
            return Self::Tcp { host: host.to_owned(), port };
        }
        match text.rsplit_once(':') {
            Some((host, number)) => match number.parse() {
                Ok(port) => Self::Tcp { host: host.to_owned(), port },
                Err(_) => Self::Computed(text.to_owned()),
            },
            None => Self::Tcp { host: text.to_owned(), port },
        }
    }

    /// Whether only the machine itself can connect. `None` where it is not known.
    pub fn is_local(&self) -> Option<bool> {
        match self {
            Self::Unix(_) => Some(true),
            Self::Tcp { host, .. } => {
                Some(host == "localhost" || host.starts_with("127.") || host == "::1")
            }
            Self::Descriptor | Self::Computed(_) => None,
        }
    }
}

impl Command {
    /// Where it is told to listen; empty where its default holds ([`Self::default_bind`]) or it
    /// does not listen.
    pub fn binds(&self) -> Vec<Spanned<Bind>> {
        let options = &self.options;
        let all = |name: &str, port| -> Vec<Spanned<Bind>> {
            // gunicorn and hypercorn take several in one value, divided by commas.
            let values = options.values(name).flat_map(|value| {
                let parts = value.value.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| Spanned::new(Bind::parse(part, port), value.span.clone()))
            });
            values.collect()
        };
        match self.program {
            Program::Gunicorn => all("bind", 8000),
            Program::Hypercorn => {
                ["bind", "insecure_bind"].iter().flat_map(|name| all(name, 8000)).collect()
            }
            Program::Uvicorn => self.host_and_port("host", "port", "uds", "127.0.0.1"),
            Program::Daphne => self.host_and_port("bind", "port", "unix_socket", "127.0.0.1"),
            Program::Uwsgi => {
                let names = ["http", "http-socket", "https", "socket", "uwsgi-socket"];
                names.iter().flat_map(|name| all(name, 0)).collect()
            }
            Program::Manage => self.runserver_bind(),
            _ => Vec::new(),
        }
    }

    /// Where it listens when it is told nothing. gunicorn takes `PORT` of its environment
    /// instead, which is not known here.
    pub fn default_bind(&self) -> Option<Bind> {
        let served = match self.program {
            Program::Gunicorn | Program::Uvicorn | Program::Hypercorn | Program::Daphne => true,
            _ => self.management_command().is_some_and(|command| command.value == "runserver"),
        };
        served.then(|| Bind::Tcp { host: "127.0.0.1".to_owned(), port: 8000 })
    }

    fn host_and_port(
        &self,
        host: &str,
        port: &str,
        socket: &str,
        default_host: &str,
    ) -> Vec<Spanned<Bind>> {
        if let Some(path) = self.options.value(socket) {
            return vec![Spanned::new(Bind::Unix(path.value.clone()), path.span.clone())];
        }
        let (host, port) = (self.options.value(host), self.options.value(port));
        let Some(at) = host.or(port) else { return Vec::new() };
        let host = host.map_or(default_host, |host| host.value.as_str());
        let number = port.map_or("8000", |port| port.value.as_str());
        let computed = host.contains('$');
        let bind = match number.parse() {
            Ok(port) if !computed => Bind::Tcp { host: host.to_owned(), port },
            _ => Bind::Computed(format!("{host}:{number}")),
        };
        vec![Spanned::new(bind, at.span.clone())]
    }

    /// `runserver [address:]port`.
    fn runserver_bind(&self) -> Vec<Spanned<Bind>> {
        let mut operands = self.options.operands.iter();
        let is_server = operands.next().is_some_and(|first| first.value.starts_with("runserver"));
        let Some(address) = operands.next().filter(|_| is_server) else { return Vec::new() };
        let text = address.value.as_str();
        let bind = match text.parse() {
            Ok(port) => Bind::Tcp { host: "127.0.0.1".to_owned(), port },
            Err(_) => match Bind::parse(text, 8000) {
                // `0:8000` is Django's short form.
                Bind::Tcp { host, port } if host == "0" => {
                    Bind::Tcp { host: "0.0.0.0".to_owned(), port }
                }
                bind => bind,
            },
        };
        vec![Spanned::new(bind, address.span.clone())]
    }

    /// How many worker processes it is told to have.
    pub fn workers(&self) -> Option<Spanned<u64>> {
        let name = match self.program {
            Program::Gunicorn | Program::Uvicorn | Program::Hypercorn => "workers",
            Program::Uwsgi => "processes",
            Program::CeleryWorker => "concurrency",
            _ => return None,
        };
        let value = self.options.value(name)?;
        Some(Spanned::new(value.value.parse().ok()?, value.span.clone()))
    }

    /// After what time a worker that does not answer is killed, where that is set: gunicorn's
    /// `--timeout` (default 30 s, 0 is never), uWSGI's `harakiri`.
    pub fn worker_timeout(&self) -> Option<Spanned<Duration>> {
        let name = match self.program {
            Program::Gunicorn => "timeout",
            Program::Uwsgi => "harakiri",
            _ => return None,
        };
        let value = self.options.value(name)?;
        Some(Spanned::new(Duration::from_secs(value.value.parse().ok()?), value.span.clone()))
    }

    /// The addresses from which it believes forwarded headers, where that is set. gunicorn and
    /// uvicorn believe loopback (and unix sockets) by default; daphne believes everybody once
    /// `--proxy-headers` is given.
    pub fn forwarded_allow_ips(&self) -> Option<&Spanned<String>> {
        self.options.value("forwarded_allow_ips")
    }

    /// What it serves: the module and name, `config.wsgi:application`.
    pub fn application(&self) -> Option<&Spanned<String>> {
        match self.program {
            Program::Gunicorn | Program::Uvicorn | Program::Hypercorn | Program::Daphne => {
                self.options.operands.first()
            }
            Program::Uwsgi => {
                ["module", "wsgi", "wsgi-file"].iter().find_map(|name| self.options.value(name))
            }
            Program::CeleryWorker
            | Program::CeleryBeat
            | Program::CeleryFlower
            | Program::CeleryMulti
            | Program::CeleryOther => self.options.value("app"),
            Program::Manage | Program::Shell | Program::Other => None,
        }
    }

    /// Whether a celery command runs the scheduler: `celery beat`, or a worker with `-B`.
    pub fn runs_beat(&self) -> bool {
        self.program == Program::CeleryBeat
            || (self.program == Program::CeleryWorker && self.options.has("beat"))
    }

    /// The queues a celery worker takes tasks from, where they are named.
    pub fn queues(&self) -> Vec<&str> {
        let value = self.options.value("queues").map_or("", |value| value.value.as_str());
        value.split(',').filter(|queue| !queue.is_empty()).collect()
    }
}

/// The short options of uWSGI that take a value, with their long names.
const UWSGI_SHORT: &[(&str, &str)] =
    &[("-s", "socket"), ("-w", "module"), ("-p", "processes"), ("-H", "home"), ("-d", "daemonize")];
/// Switches of uWSGI; every other option takes a value when a word that is no option follows.
const UWSGI_SWITCHES: &[&str] = &[
    "master",
    "enable-threads",
    "vacuum",
    "die-on-term",
    "single-interpreter",
    "need-app",
    "lazy-apps",
    "thunder-lock",
    "strict",
    "disable-logging",
    "no-orphans",
    "M",
];

/// uWSGI's options: any `--name value` or `--name=value`, named as in its ini files.
pub(super) fn uwsgi_options(args: &[Spanned<String>]) -> Options {
    let mut out = Options::default();
    let mut words = args.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.value.as_str();
        if !text.starts_with('-') || text == "-" {
            out.operands.push(word.clone());
            continue;
        }
        let (written, attached) = match text.split_once('=') {
            Some((name, value)) => (name, Some(Spanned::new(value.to_owned(), word.span.clone()))),
            None => (text, None),
        };
        let long = UWSGI_SHORT.iter().find(|(short, _)| *short == written).map(|(_, long)| *long);
        let name = long.unwrap_or_else(|| written.trim_start_matches('-'));
        let takes = !UWSGI_SWITCHES.contains(&name);
        let value = attached
            .or_else(|| words.next_if(|next| takes && !next.value.starts_with('-')).cloned());
        let (name, flag) = (name.to_owned(), word.clone());
        out.options.push(CommandOption { name, value, flag, known: long.is_some() });
    }
    // `http-socket` and `wsgi-file` are the same with underscores.
    for option in &mut out.options {
        option.name = option.name.replace('_', "-");
        if option.name == "workers" {
            option.name = "processes".to_owned();
        }
    }
    out
}
