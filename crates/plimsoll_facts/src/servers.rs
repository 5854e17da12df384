//! Application servers with the settings that they will have.
//!
//! gunicorn takes a setting from its command line, else from `GUNICORN_CMD_ARGS`, else from its
//! configuration file, else from the variables that stand for defaults
//! (<https://gunicorn.org/configure/>). uWSGI's options add up from command line and file alike.

use plimsoll_formats::command::{Bind, Command, Program};
use plimsoll_formats::supervisor::UwsgiFile;
use plimsoll_python::code::{Assigned, assignments};
use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::processes::{Process, ProcessKind};

/// An application server among the processes.
#[derive(Clone, Debug)]
pub struct AppServer {
    /// The process.
    pub process: Process,
    /// The program.
    pub program: Program,
    /// What its configuration file assigns, in the order of names.
    assigned: Vec<(String, ServerSetting)>,
    /// Whether a configuration that is not in the repository may set more, and where it is named.
    pub unread: Option<Span>,
    /// Where a Dockerfile names the program other than to start it: an installation, as a rule.
    pub in_image: Option<Span>,
}

/// Where a setting of a server was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The command line.
    Command,
    /// A variable of the environment.
    Environment,
    /// The configuration file.
    File,
}

/// A setting of an application server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerSetting {
    /// This value, as text.
    Set {
        /// The value: numbers in digits, several texts divided by commas.
        text: String,
        /// Where.
        at: Span,
        /// In what.
        place: Place,
    },
    /// Set to something that is worked out when the server starts.
    Computed {
        /// What is written.
        written: String,
        /// Where.
        at: Span,
    },
    /// Set nowhere that was read.
    Unset,
}

impl ServerSetting {
    /// The value as a number.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Set { text, .. } => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Where it is set.
    pub fn at(&self) -> Option<&Span> {
        match self {
            Self::Set { at, .. } | Self::Computed { at, .. } => Some(at),
            Self::Unset => None,
        }
    }

    /// Whether it is set nowhere that was read.
    pub fn is_unset(&self) -> bool {
        *self == Self::Unset
    }
}

impl AppServer {
    /// The servers among processes: those of which the command is known.
    pub(crate) fn gather(
        tree: &dyn Tree,
        inventory: &Inventory,
        processes: &[Process],
    ) -> Vec<Self> {
        processes
            .iter()
            .filter(|process| process.kind == ProcessKind::Web)
            .filter_map(|process| {
                let command = process.command.as_ref()?;
                let source = process.config.as_ref().and_then(|path| tree.read(path).ok());
                let assigned = match (&source, command.program) {
                    (Some(source), Program::Gunicorn) => of_python(source),
                    (Some(source), Program::Uwsgi) => of_ini(source),
                    _ => Vec::new(),
                };
                Some(Self {
                    process: process.clone(),
                    program: command.program,
                    assigned,
                    unread: unread(command, source.as_ref()),
                    in_image: in_image(tree, inventory, command),
                })
            })
            .collect()
    }

    /// Its command.
    pub fn command(&self) -> Option<&Command> {
        self.process.command.as_ref()
    }

    /// The configuration file of the repository that it loads.
    pub fn config(&self) -> Option<&RepoPath> {
        self.process.config.as_ref()
    }

    /// What to call it in a sentence: `gunicorn in the unit web.service`.
    pub fn title(&self) -> String {
        let name = match self.program {
            Program::Gunicorn => "gunicorn",
            Program::Uvicorn => "uvicorn",
            Program::Hypercorn => "hypercorn",
            Program::Daphne => "daphne",
            Program::Uwsgi => "uWSGI",
            _ => "the server",
        };
        format!("{name} in {} {}", self.process.declared.name(), self.process.name)
    }

    /// A setting by gunicorn's name (`workers`, `timeout`, `bind`) or uWSGI's.
    pub fn setting(&self, name: &str) -> ServerSetting {
        if let Some(value) = self.command().and_then(|command| command.options.get(name)) {
            let at = value.value.as_ref().map_or(&value.flag.span, |word| &word.span).clone();
            let text = value.value.as_ref().map_or("true", |word| word.value.as_str()).to_owned();
            return set_or_computed(text, at, Place::Command);
        }
        if self.program == Program::Gunicorn
            && let Some(found) = self.of_variables(name)
        {
            return found;
        }
        let of_file = self.assigned.iter().find(|(known, _)| known == name);
        if let Some((_, value)) = of_file {
            return value.clone();
        }
        if name == "workers"
            && matches!(self.program, Program::Gunicorn | Program::Uvicorn)
            && let Some(found) = self.variable("WEB_CONCURRENCY")
        {
            return found;
        }
        ServerSetting::Unset
    }

    /// What its configuration file says of a setting, whether the command line overrules it or not.
    pub fn in_file(&self, name: &str) -> Option<&ServerSetting> {
        self.assigned.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Whether variables or files that are not in the repository may set more.
    pub fn may_be_set_elsewhere(&self) -> bool {
        self.unread.is_some() || !self.process.surroundings.is_complete()
    }

    /// Where it is told to listen, and where that is written. Empty where nothing tells.
    pub fn binds(&self) -> Vec<(Bind, Span)> {
        let of_command = self.command().map(Command::binds).unwrap_or_default();
        if !of_command.is_empty() {
            return of_command.into_iter().map(|bind| (bind.value, bind.span)).collect();
        }
        let names: &[&str] = match self.program {
            Program::Gunicorn => &["bind"],
            Program::Uwsgi => &["http", "http-socket", "https", "socket", "uwsgi-socket"],
            _ => return Vec::new(),
        };
        let default = if self.program == Program::Gunicorn { 8000 } else { 0 };
        let settings = names.iter().map(|name| self.setting(name));
        settings
            .flat_map(|setting| match setting {
                ServerSetting::Set { text, at, .. } => text
                    .split(',')
                    .map(|part| (Bind::parse(part.trim(), default), at.clone()))
                    .collect(),
                ServerSetting::Computed { written, at } => vec![(Bind::Computed(written), at)],
                ServerSetting::Unset => Vec::new(),
            })
            .collect()
    }

    /// A variable of its process, known or not.
    fn variable(&self, name: &str) -> Option<ServerSetting> {
        let environment = &self.process.surroundings.environment;
        if let Some(variable) = environment.variables.get(name) {
            let at = variable.at.clone().unwrap_or_else(|| self.process.at.clone());
            let text = variable.value.expose().to_owned();
            return Some(set_or_computed(text, at, Place::Environment));
        }
        let (_, at) = environment.unknown.get(name)?;
        let at = at.clone().unwrap_or_else(|| self.process.at.clone());
        Some(ServerSetting::Computed { written: format!("${name}"), at })
    }

    /// What `GUNICORN_CMD_ARGS` says of a setting.
    fn of_variables(&self, name: &str) -> Option<ServerSetting> {
        match self.variable("GUNICORN_CMD_ARGS")? {
            ServerSetting::Set { text, at, .. } => {
                let source = SourceText::new(at.file.clone(), format!("gunicorn {text}"));
                let length = source.text().len();
                let line = plimsoll_formats::command::split_command(&source, 0..length);
                let command = Command::read(line.commands.first()?)?;
                let text = command.options.value(name)?.value.clone();
                Some(set_or_computed(text, at, Place::Environment))
            }
            // It may say anything.
            computed => Some(computed),
        }
    }
}

fn set_or_computed(text: String, at: Span, place: Place) -> ServerSetting {
    if text.contains(['$', '`', '{', '%']) {
        return ServerSetting::Computed { written: text, at };
    }
    ServerSetting::Set { text, at, place }
}

/// The line of a Dockerfile that names the program and is none that starts it.
fn in_image(tree: &dyn Tree, inventory: &Inventory, command: &Command) -> Option<Span> {
    let name = match command.program {
        Program::Gunicorn => "gunicorn",
        Program::Uvicorn => "uvicorn",
        Program::Hypercorn => "hypercorn",
        Program::Daphne => "daphne",
        Program::Uwsgi => "uwsgi",
        _ => return None,
    };
    inventory.main(Role::Dockerfile).find_map(|file| {
        let source = tree.read(&file.path).ok()?;
        (1..=source.line_count())
            .find(|number| {
                let line = source.line(*number).unwrap_or("").trim().to_ascii_lowercase();
                let starts = ["cmd", "entrypoint", "#", "copy", "add "]
                    .iter()
                    .any(|word| line.starts_with(word));
                line.contains(name) && !starts
            })
            .map(|number| source.line_span(number))
    })
}

/// What a gunicorn configuration assigns.
fn of_python(source: &SourceText) -> Vec<(String, ServerSetting)> {
    assignments(source)
        .into_iter()
        .filter_map(|(name, (value, at))| {
            let text = match value {
                Assigned::Text(text) => text,
                Assigned::Integer(number) => number.to_string(),
                Assigned::Boolean(truth) => truth.to_string(),
                Assigned::Texts(texts) => texts.join(","),
                Assigned::Nothing => return None,
                Assigned::Computed(written) => {
                    return Some((name, ServerSetting::Computed { written, at }));
                }
            };
            Some((name, ServerSetting::Set { text, at, place: Place::File }))
        })
        .collect()
}

/// What the `[uwsgi]` section of an ini file assigns.
fn of_ini(source: &SourceText) -> Vec<(String, ServerSetting)> {
    let file = UwsgiFile::read(source);
    let entries = file.ini.entries.iter().filter(|entry| entry.section == "uwsgi");
    entries
        .map(|entry| {
            let name = entry.key.value.trim().replace('_', "-");
            let name = if name == "workers" { "processes".to_owned() } else { name };
            let value = entry.value.value.trim().to_owned();
            (name, set_or_computed(value, entry.value.span.clone(), Place::File))
        })
        .collect()
}

/// A configuration that the command names and the repository does not have.
fn unread(command: &Command, source: Option<&SourceText>) -> Option<Span> {
    if source.is_some() {
        return None;
    }
    let named = match command.program {
        Program::Gunicorn => command.options.value("config"),
        Program::Uwsgi => command.options.value("ini").or_else(|| {
            let mut operands = command.options.operands.iter();
            operands.find(|word| word.value.ends_with(".ini"))
        }),
        _ => None,
    };
    named.map(|word| word.span.clone())
}
