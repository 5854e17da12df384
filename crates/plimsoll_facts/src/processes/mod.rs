//! The processes of production: what the files of the repository start, with which environment.
//!
//! Read are systemd units with their drop-ins, Supervisor programs, the services of the compose
//! files that are run together, Procfiles, the files of hosting platforms, and images. A process
//! that a shell script starts is found in that script, which may set variables on the way.

mod commands;
mod compose;
mod compose_files;
mod crontabs;
mod images;
mod platforms;
mod servers;
mod supervisor;
mod units;
mod written;

pub(crate) use compose::environment as compose_environment;
pub(crate) use images::copies;
pub use supervisor::ProgramFacts;
pub use units::UnitFacts;

use plimsoll_formats::command::{Command, Program};
use plimsoll_formats::compose::ComposeProject;
use plimsoll_source::{RepoPath, Span, Spanned, Tree};

use self::written::WrittenFiles;
use crate::blocks::Blocks;
use crate::inventory::Inventory;
use crate::surroundings::Surroundings;
use crate::systems::{System, resolve};

/// What a process does in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessKind {
    /// Serves requests.
    Web,
    /// Takes tasks from a queue.
    Worker,
    /// Puts tasks into a queue by schedule: `celery beat` and its like.
    Scheduler,
    /// Shows what queues do: Flower.
    Monitor,
    /// Prepares a release: migrations, static files.
    Release,
    /// Django's development server.
    DevelopmentServer,
    /// Another management command.
    Management,
    /// Anything else that is built or started with the project's code.
    Other,
}

/// The kinds of declarations, in the order in which they tell of production: what an administrator
/// installs on a host stands before what a developer runs anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Declaration {
    /// A systemd unit.
    Unit,
    /// A program of Supervisor.
    Supervisor,
    /// A service of compose files.
    Compose,
    /// A Procfile.
    Procfile,
    /// A file of a hosting platform, or a Kubernetes manifest.
    Platform,
    /// A job of a crontab.
    Crontab,
    /// What an image runs by itself.
    Image,
}

impl Declaration {
    /// What to call it in a sentence, before its name: `the unit`, `the service`.
    pub fn name(self) -> &'static str {
        match self {
            Declaration::Unit => "the unit",
            Declaration::Supervisor => "the program",
            Declaration::Compose => "the service",
            Declaration::Procfile => "the process type",
            Declaration::Platform => "the process",
            Declaration::Crontab => "the job at",
            Declaration::Image => "the image",
        }
    }
}

/// A process of production.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its name where it is declared: the unit's file name, the service, the process type.
    pub name: String,
    /// What it does.
    pub kind: ProcessKind,
    /// What it runs in the end, where that is known.
    pub command: Option<Command>,
    /// What the server or worker loads, as its command or its configuration file says:
    /// `config.wsgi:application`.
    pub loads: Option<Spanned<String>>,
    /// The configuration file of its server, where one of the repository is loaded.
    pub config: Option<RepoPath>,
    /// What kind of file declares it.
    pub declared: Declaration,
    /// Where it is declared.
    pub at: Span,
    /// The environment it gets, and why there may be more to it.
    pub surroundings: Surroundings,
    /// The user it runs as, where the declaration says.
    pub user: Option<Spanned<String>>,
    /// The working folder, where the declaration says.
    pub working_directory: Option<Spanned<String>>,
    /// The folders of the repository that it is built from or runs in, where that is known.
    pub folders: Vec<RepoPath>,
}

impl Process {
    /// The dotted name of the module that the server or worker loads: `config.wsgi`.
    pub fn application_module(&self) -> Option<String> {
        let word = &self.loads.as_ref()?.value;
        let module = word.split([':', '(']).next().unwrap_or(word);
        let module = module.strip_suffix(".py").map_or(module.to_owned(), |m| m.replace('/', "."));
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        (!module.is_empty() && module.chars().all(plain)).then_some(module)
    }

    /// The settings module that its command or environment names, and where.
    pub fn settings_module(&self) -> Option<(String, Span)> {
        if let Some(named) = self.command.as_ref().and_then(Command::settings_module)
            && !named.value.contains('$')
        {
            return Some((named.value, named.span));
        }
        let variable = self.surroundings.environment.variables.get("DJANGO_SETTINGS_MODULE")?;
        Some((variable.value.expose().to_owned(), variable.at.clone()?))
    }
}

/// What the declarations of a repository say.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// The processes, what tells most of production first.
    pub(crate) processes: Vec<Process>,
    /// Where files and folders of the repository are in the containers of compose: pairs of a path
    /// there and a path here.
    pub(crate) mounts: Vec<(String, RepoPath)>,
    /// The compose project of production.
    pub(crate) compose: Option<ComposeProject>,
    /// The services of compose that are run together.
    pub(crate) stack: Option<crate::containers::ComposeStack>,
    /// The systemd units.
    pub(crate) units: Vec<UnitFacts>,
    /// The programs of Supervisor that start something of Django's.
    pub(crate) programs: Vec<ProgramFacts>,
}

/// The processes that the repository declares for production.
pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks) -> Declared {
    let written = WrittenFiles::new(tree, inventory);
    let units = units::gather(tree, inventory, blocks, &written);
    let mut processes: Vec<Process> =
        units.iter().flat_map(|unit| unit.processes.iter().cloned()).collect();
    let programs = supervisor::gather(tree, inventory, blocks);
    processes.extend(programs.iter().flat_map(|program| program.processes.iter().cloned()));
    let stack = compose::gather(tree, inventory, blocks, &written);
    processes.extend(stack.processes);
    processes.extend(platforms::gather(tree, inventory));
    processes.extend(crontabs::gather(tree, inventory, blocks));
    processes.extend(images::gather(tree, inventory, &stack.built));
    Declared {
        processes,
        mounts: stack.mounts,
        compose: stack.project,
        stack: stack.services,
        units,
        programs,
    }
}

/// Whether a process can belong to a system: it loads or is built from nothing that only another
/// one has.
pub(crate) fn belongs(
    tree: &dyn Tree,
    process: &Process,
    system: &System,
    others: &[System],
) -> bool {
    if let Some(module) = process.application_module() {
        let has = |system: &System| {
            std::iter::once(&system.root)
                .chain(&system.search)
                .any(|root| resolve(tree, root, &module).is_some())
        };
        if has(system) {
            return true;
        }
        if others.iter().any(has) {
            return false;
        }
    }
    let touches = |root: &RepoPath| {
        process.folders.iter().any(|folder| folder.is_within(root) || root.is_within(folder))
    };
    process.folders.is_empty()
        || touches(&system.root)
        || !others.iter().any(|other| touches(&other.root))
}

/// What a command does, by its program.
fn kind_of(command: &Command) -> ProcessKind {
    match command.program {
        Program::Gunicorn
        | Program::Uvicorn
        | Program::Hypercorn
        | Program::Daphne
        | Program::Uwsgi => ProcessKind::Web,
        Program::CeleryWorker | Program::CeleryMulti => ProcessKind::Worker,
        Program::CeleryBeat => ProcessKind::Scheduler,
        Program::CeleryFlower => ProcessKind::Monitor,
        Program::Manage => command
            .management_command()
            .map_or(ProcessKind::Management, |name| managed(name.value.as_str())),
        Program::CeleryOther | Program::Shell | Program::Other => {
            let name = command.name.value.rsplit('/').next().unwrap_or("");
            match name {
                "granian" | "waitress-serve" | "mod_wsgi-express" | "unitd" | "uvicorn-worker"
                | "pyruvate" | "bjoern" | "cheroot" | "nginx-unit" => ProcessKind::Web,
                "dramatiq" | "huey_consumer" | "huey_consumer.py" | "arq" | "taskiq"
                | "procrastinate" => ProcessKind::Worker,
                "rq" | "rqworker" => ProcessKind::Worker,
                "rqscheduler" => ProcessKind::Scheduler,
                _ => ProcessKind::Other,
            }
        }
    }
}

/// Management commands of Django and of common libraries.
fn managed(name: &str) -> ProcessKind {
    match name {
        "runserver" | "runserver_plus" | "runsslserver" | "runserver_uwsgi" | "livereload"
        | "testserver" | "tailwind" => ProcessKind::DevelopmentServer,
        "migrate" | "collectstatic" | "compilemessages" | "compress" | "createcachetable"
        | "migrate_schemas" | "makemigrations" | "compilescss" | "check" | "createsuperuser"
        | "ensure_superuser" | "loaddata" => ProcessKind::Release,
        "rqworker" | "rqworker-pool" | "qcluster" | "run_huey" | "rundramatiq"
        | "process_tasks" | "db_worker" | "procrastinate" | "runworker" | "consume" => {
            ProcessKind::Worker
        }
        "rqscheduler" | "scheduler" | "runcrons" | "crontab" => ProcessKind::Scheduler,
        "run_gunicorn" | "rungunicorn" | "pyuwsgi" | "runuwsgi" | "daphne" => ProcessKind::Web,
        _ => ProcessKind::Management,
    }
}

/// The processes of what a declaration runs: one for each command that is told apart, else one of
/// which no command is known.
fn of_commands(
    whole: &Process,
    runner: &commands::Runner<'_>,
    ran: Vec<commands::Ran>,
    nameless: ProcessKind,
) -> Vec<Process> {
    let interesting: Vec<Process> = ran
        .into_iter()
        .map(|ran| {
            let mut process = whole.clone();
            process.kind = kind_of(&ran.command);
            ran.effects.apply(&mut process.surroundings);
            process.loads = servers::read(runner, &ran.command, &mut process.surroundings);
            process.config = servers::config(runner, &ran.command);
            process.working_directory = ran.directory.or(process.working_directory);
            process.user = ran.user.or(process.user);
            process.command = Some(ran.command);
            process
        })
        .collect();
    if interesting.iter().any(|process| process.kind != ProcessKind::Other) {
        return interesting.into_iter().filter(|p| p.kind != ProcessKind::Other).collect();
    }
    let mut process = whole.clone();
    process.kind = nameless;
    process.command = interesting.into_iter().next_back().and_then(|process| process.command);
    vec![process]
}
