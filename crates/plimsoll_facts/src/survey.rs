//! From a repository to the facts about one of its systems.

use std::collections::BTreeSet;

use plimsoll_formats::dotenv::{self, Dialect, EnvValue};
use plimsoll_python::{Environment, Installed, Machine, Request, Settings, Variable, evaluate};
use plimsoll_source::{GitFacts, RepoPath, Secret, SourceText, Tree};

use crate::automation::Automation;
use crate::blocks::Blocks;
use crate::candidates::{self, Candidate, Reason};
use crate::certificates::Certificates;
use crate::code::Routes;
use crate::containers::{ComposeStack, Containers};
use crate::edge::Edge;
use crate::environment;
use crate::examples::Shown;
use crate::guides::Guides;
use crate::ignores::Ignores;
use crate::inventory::Inventory;
use crate::middleware;
use crate::processes::{self, Declaration, Process, UnitFacts};
use crate::servers::AppServer;
use crate::surroundings::{Source, Surroundings};
use crate::sweep::Sweep;
use crate::systems::{self, System};
use crate::versions::Versions;
use crate::watch::Watched;
use crate::{
    Facts, env_files, examples, interiors, leaks, mentions, routines, scripts, sql, syntax, working,
};

/// What the user tells of the production process.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The settings module, in place of the one that the survey would choose.
    pub settings: Option<String>,
    /// Env files of the process, in order, later ones winning.
    pub env_files: Vec<SourceText>,
    /// Variables of the process, winning over files.
    pub variables: Vec<(String, Secret)>,
    /// The absolute path of the repository on this machine, without a trailing slash.
    pub absolute_root: String,
    /// Whether every commit of the history is searched for secrets, which takes seconds.
    pub history: bool,
    /// What production's machine has outside of the repository.
    pub machine: Machine,
}

impl Given {
    /// Whether the environment is given, so that nothing of the repository's is taken.
    fn has_environment(&self) -> bool {
        !self.env_files.is_empty() || !self.variables.is_empty()
    }
}

/// Why there is nothing to survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurveyError {
    /// No Django system was found.
    NoSystem,
    /// The settings module that was asked for is not in the repository.
    NoSuchSettings {
        /// The module that was asked for.
        module: String,
        /// The settings modules that are there.
        found: Vec<String>,
    },
    /// A system was found, and no settings module of it.
    NoSettings {
        /// The folder of the system.
        root: RepoPath,
    },
}

impl std::fmt::Display for SurveyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSystem => f.write_str(
                "no Django system found: there is no manage.py, no wsgi.py or asgi.py that names a settings module, and no settings.py",
            ),
            Self::NoSuchSettings { module, found } if found.is_empty() => {
                write!(f, "there is no settings module {module} in the repository")
            }
            Self::NoSuchSettings { module, found } => {
                write!(f, "there is no settings module {module} in the repository; found: {}", found.join(", "))
            }
            Self::NoSettings { root } => write!(f, "the Django system in {root} has no settings module"),
        }
    }
}

impl std::error::Error for SurveyError {}

/// What was found on the way to the facts: the system, its candidates and its environment, without
/// evaluating anything.
#[derive(Clone, Debug)]
pub struct Lookout {
    /// The systems, the chosen one first.
    pub systems: Vec<System>,
    /// The settings modules of the chosen system, the chosen one first.
    pub candidates: Vec<Candidate>,
}

/// Surveys a repository: finds the system that production runs, evaluates its settings and gathers
/// the facts around it.
///
/// # Errors
/// [`SurveyError`] where there is no system or no settings module to look at.
pub fn survey(tree: &dyn Tree, given: &Given) -> Result<Facts, SurveyError> {
    // Git's index and history are read beside everything up to the first question to them.
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| read_git(tree));
        survey_files(tree, given)
    })
}

/// Has the tree read what it remembers of git.
fn read_git(tree: &dyn Tree) {
    if let Some(git) = tree.git() {
        git.tip_files(&|_| false);
    }
}

fn survey_files(tree: &dyn Tree, given: &Given) -> Result<Facts, SurveyError> {
    let watched = Watched::new(tree);
    let tree: &dyn Tree = &watched;
    let inventory = Inventory::of(tree);
    let blocks = Blocks::gather(tree, &inventory);
    let mut mentions = mentions::find(tree, &inventory);
    // What a script writes into a unit says more as a unit than as a line of the script.
    let in_blocks = mentions::in_blocks(&blocks);
    let places: BTreeSet<_> = in_blocks.iter().map(|mention| mention.at.clone()).collect();
    mentions.retain(|mention| !places.contains(&mention.at));
    mentions.extend(in_blocks);
    let declared = processes::gather(tree, &inventory, &blocks);
    let Lookout { mut systems, candidates } =
        look_out(tree, &inventory, &mentions, &declared.processes, given)?;
    let system = systems.remove(0);
    let processes = of_system(tree, &declared.processes, &system, &systems);
    let interiors = interiors::gather(tree, &inventory, declared.compose.as_ref(), &processes);
    let probes = interiors::probes(tree, &inventory, &processes);
    let log_limit = interiors::log_limit(tree, &inventory);
    let units = units_of_system(tree, declared.units, &system, &systems);
    let mut programs = declared.programs;
    programs.retain(|program| {
        program.processes.iter().any(|p| processes::belongs(tree, p, &system, &systems))
    });
    let servers = AppServer::gather(tree, &inventory, &processes);
    let versions = Versions::gather(tree, &inventory, &system);
    let chosen = candidates.first().map(|candidate| candidate.module.clone()).unwrap_or_default();
    let mut environment = if given.has_environment() {
        from_user(given)
    } else {
        environment::of_repository(&processes, &inventory)
    };
    environment.left_out = environment::left_out(&inventory);
    let evaluation = Evaluation {
        tree,
        inventory: &inventory,
        given,
        system: &system,
        module: &chosen,
        installed: versions.installed(),
        // Where nothing else is assumed to be anywhere, the folder of manage.py is as good.
        working_folder: working::folder(tree, &processes, &system)
            .or_else(|| given.machine.rest_is_absent.then(|| system.root.clone())),
    };
    let settings = evaluation.run(&environment.environment);
    let absolute_root = given.absolute_root.as_str();
    let (sql, postgres) = (sql::scripts(tree, &inventory, &blocks), sql::servers(tree, &inventory));
    let containers =
        Containers::gather(tree, &inventory, of_this(declared.stack, &processes), &processes);
    let ignores = Ignores::gather(tree, &inventory, &system, &settings, absolute_root);
    let certificates = Certificates::gather(tree, &inventory);
    let env_files = env_files::gather(tree, &inventory, &system);
    let shown_by =
        Shown { files: &env_files, blocks: &blocks, processes: &processes, system: &system };
    let examples = (!given.has_environment())
        .then(|| {
            examples::gather(&shown_by, &settings, &environment.environment, |shown| {
                evaluation.run(shown)
            })
        })
        .flatten();
    let settings_names = quoted_names(tree, &settings.files);
    let own_headers = middleware::gather(tree, &system, &settings);
    let mut sweep = Sweep::of(tree, &inventory, &blocks, &system, &systems, &settings);
    sweep.code.routes = Routes::gather(tree, &system, &settings, &mut sweep.code);
    if given.history {
        sweep.leaks.past = leaks::search_past(tree, &sweep.leaks);
    }
    let (edge, (automation, scripts, routines)) = rayon::join(
        || Edge::gather_with(tree, &inventory, &blocks, &declared.mounts),
        || {
            let automation = Automation::gather(tree, &inventory);
            (automation, scripts::gather(tree, &inventory), routines::gather(tree, &inventory))
        },
    );
    let cron_lines = routines::cron_lines(tree, &inventory);
    let guides = Guides::gather(tree, &inventory);
    let workflow_words = routines::workflow_words(tree, &inventory);
    let test_sqlite = routines::test_sqlite(tree, &inventory, &system);
    let backup_starters = routines::backup_starters(tree, &inventory);
    // Given by the user, it is whole.
    if !given.has_environment() {
        for (path, at) in &settings.absent_env_files {
            let text = format!("the settings load {path}, which is not in the repository");
            environment.gap(Source::at(text, at));
        }
    }
    let tracked = tree.git().and_then(|git| git.tracked().map(<[RepoPath]>::to_vec));
    let of_syntax = syntax::problems(tree, &inventory);
    let has_remote =
        tree.git().map(|git| git.tips().iter().any(|tip| tip.name.starts_with("refs/remotes/")));
    // Git's problems are those of what has been read of it, so they come last.
    let of_git = tree.git().map(GitFacts::problems).unwrap_or_default();
    let mut problems = watched.problems(&settings.files);
    problems.extend(of_syntax);
    problems.extend(versions.problems.iter().cloned());
    problems.extend(of_git);
    problems.extend(settings.problems.iter().cloned());
    let mut seen = BTreeSet::new();
    problems.retain(|problem| seen.insert((problem.kind, problem.at.clone())));
    Ok(Facts {
        edge,
        code: sweep.code,
        leaks: sweep.leaks,
        automation,
        scripts,
        routines,
        cron_lines,
        guides,
        workflow_words,
        test_sqlite,
        backup_starters,
        vocabulary: sweep.vocabulary,
        uses: sweep.uses,
        examples,
        env_files,
        ignores,
        settings_names,
        own_headers,
        django: versions.django.clone(),
        versions,
        tracked,
        has_remote,
        system,
        others: systems,
        inventory,
        mentions,
        candidates,
        processes,
        compose: declared.compose,
        sql,
        postgres,
        containers,
        interiors,
        advisories: None,
        log_limit,
        probes,
        units,
        programs,
        servers,
        certificates,
        blocks,
        settings,
        environment,
        absolute_root: given.absolute_root.clone(),
        problems,
    })
}

fn look_out(
    tree: &dyn Tree,
    inventory: &Inventory,
    mentions: &[mentions::Mention],
    processes: &[Process],
    given: &Given,
) -> Result<Lookout, SurveyError> {
    let mut systems = systems::find(tree, inventory, mentions);
    if let Some(module) = &given.settings {
        // The system that has the module is the one that was meant.
        let place = systems.iter().position(|system| system.resolve(tree, module).is_some());
        let Some(place) = place else {
            let found =
                systems.first().map(|system| candidates::rank(tree, inventory, mentions, system));
            return Err(SurveyError::NoSuchSettings {
                module: module.clone(),
                found: found
                    .into_iter()
                    .flatten()
                    .filter(|c| c.file.is_some())
                    .map(|c| c.module)
                    .collect(),
            });
        };
        let system = systems.remove(place);
        let mut ranked = candidates::rank(tree, inventory, mentions, &system);
        let file = system.resolve(tree, module);
        ranked.retain(|candidate| &candidate.module != module);
        ranked.insert(0, asked_for(module, file));
        systems.insert(0, system);
        return Ok(Lookout { systems, candidates: ranked });
    }
    let mut no_settings = None;
    for place in 0..systems.len() {
        let Some(system) = systems.get(place) else { break };
        let others: Vec<System> =
            systems.iter().filter(|other| *other != system).cloned().collect();
        let ours = of_system(tree, processes, system, &others);
        let mut ranked = candidates::rank_with(tree, inventory, mentions, system, &ours);
        let Some(best) = ranked.iter().position(|candidate| candidate.file.is_some()) else {
            no_settings.get_or_insert_with(|| system.root.clone());
            continue;
        };
        let best = ranked.remove(best);
        ranked.insert(0, best);
        let chosen = systems.remove(place);
        systems.insert(0, chosen);
        return Ok(Lookout { systems, candidates: ranked });
    }
    Err(no_settings.map_or(SurveyError::NoSystem, |root| SurveyError::NoSettings { root }))
}

/// The processes that can be a system's.
fn of_system(
    tree: &dyn Tree,
    processes: &[Process],
    system: &System,
    others: &[System],
) -> Vec<Process> {
    let ours = processes.iter().filter(|process| processes::belongs(tree, process, system, others));
    ours.cloned().collect()
}

/// The stack of compose files, where it runs a process of the system.
fn of_this(stack: Option<ComposeStack>, processes: &[Process]) -> Option<ComposeStack> {
    stack.filter(|stack| {
        !stack.serves
            || processes.iter().any(|process| {
                process.declared == Declaration::Compose && stack.has_file(&process.at.file)
            })
    })
}

/// The units that do not start processes of other systems alone.
fn units_of_system(
    tree: &dyn Tree,
    units: Vec<UnitFacts>,
    system: &System,
    others: &[System],
) -> Vec<UnitFacts> {
    let ours = |unit: &UnitFacts| {
        unit.processes.is_empty()
            || unit.processes.iter().any(|p| processes::belongs(tree, p, system, others))
    };
    units.into_iter().filter(ours).collect()
}

fn asked_for(module: &str, file: Option<RepoPath>) -> Candidate {
    let reason = Reason { text: "it was asked for".to_owned(), at: None, weight: 1000 };
    Candidate { module: module.to_owned(), file, reasons: vec![reason], weight: 1000 }
}

/// All that an evaluation of the settings depends on but the environment.
struct Evaluation<'s> {
    tree: &'s dyn Tree,
    inventory: &'s Inventory,
    given: &'s Given,
    system: &'s System,
    module: &'s str,
    installed: Installed,
    working_folder: Option<RepoPath>,
}

impl Evaluation<'_> {
    fn run(&self, environment: &Environment) -> Settings {
        let root = self.system.root.clone();
        let mut request = Request::new(self.tree, root, self.module, environment);
        request.search.clone_from(&self.system.search);
        request.installed = self.installed.clone();
        request.machine = self.given.machine.clone();
        if !self.given.absolute_root.is_empty() {
            request.absolute_root.clone_from(&self.given.absolute_root);
        }
        request.working_folder =
            self.working_folder.as_ref().map(|folder| match folder.is_root() {
                true => request.absolute_root.clone(),
                false => format!("{}/{folder}", request.absolute_root.trim_end_matches('/')),
            });
        request.configuration = default_configuration(self.tree, self.inventory, self.system);
        evaluate(&request)
    }
}

/// The class that `wsgi.py` or `asgi.py` has django-configurations take by default. The default of
/// `manage.py` counts only where it names production: it is often that of development.
fn default_configuration(
    tree: &dyn Tree,
    inventory: &Inventory,
    system: &System,
) -> Option<String> {
    let entries = |names: &[&str]| {
        let mut found: Vec<String> = inventory
            .python_below(&system.root)
            .filter(|file| names.contains(&file.path.file_name()))
            .filter_map(|file| configuration_in(tree.read(&file.path).ok()?.text()))
            .collect();
        found.sort();
        found.dedup();
        found
    };
    let mut servers = entries(&["wsgi.py", "asgi.py"]);
    match servers.len() {
        0 => {
            let mut commands = entries(&["manage.py"]);
            let one = (commands.len() == 1).then(|| commands.remove(0))?;
            Some(one).filter(|name| name.to_lowercase().starts_with("prod"))
        }
        1 => servers.pop(),
        _ => None,
    }
}

/// The class in `os.environ.setdefault("DJANGO_CONFIGURATION", "Prod")`.
fn configuration_in(text: &str) -> Option<String> {
    let (_, rest) = text.lines().find_map(|line| {
        let is_code = !line.trim_start().starts_with('#') && line.contains("environ");
        line.split_once("DJANGO_CONFIGURATION").filter(|_| is_code)
    })?;
    let rest = rest.trim_start_matches(['"', '\'', ']', ',', ' ', '=']);
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    // A quoted word alone: a call or a variable says nothing.
    let is_quoted = rest.get(name.len()..).is_some_and(|rest| rest.starts_with(['"', '\'']));
    (is_quoted && !name.is_empty()).then_some(name)
}

/// The environment as the user gave it: files in order, then single variables.
fn from_user(given: &Given) -> Surroundings {
    let mut environment = Environment { given: true, ..Environment::default() };
    let mut sources = Vec::new();
    for file in &given.env_files {
        sources.push(Source { text: format!("--env-file {}", file.path()), at: None });
        let read = dotenv::read(file, Dialect::Compose, &|name| {
            environment
                .variables
                .get(name)
                .map(|variable| variable.value.expose().to_owned())
                .into()
        });
        for entry in read.effective() {
            match &entry.value {
                EnvValue::Text(value) => {
                    let variable =
                        Variable { value: value.clone(), at: Some(entry.value_span.clone()) };
                    environment.variables.insert(entry.key.clone(), variable);
                }
                EnvValue::Absent => {}
                EnvValue::Unknown(reason) => {
                    environment.unknown.insert(
                        entry.key.clone(),
                        (reason.clone(), Some(entry.value_span.clone())),
                    );
                }
            }
        }
    }
    for (name, value) in &given.variables {
        environment.unknown.remove(name);
        environment.variables.insert(name.clone(), Variable { value: value.clone(), at: None });
    }
    if !given.variables.is_empty() {
        sources.push(Source {
            text: match given.variables.len() {
                1 => "1 variable given by --env".to_owned(),
                count => format!("{count} variables given by --env"),
            },
            at: None,
        });
    }
    Surroundings { environment, sources, ..Surroundings::default() }
}

/// The quoted names in capitals of some files: `"DB_HOST"`, and what helpers add a prefix to.
fn quoted_names(tree: &dyn Tree, files: &[RepoPath]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|file| file.extension() == Some("py")) {
        let Ok(source) = tree.read(file) else { continue };
        let quoted = source.text().split(['"', '\'']);
        names.extend(
            quoted
                .filter(|text| {
                    text.len() >= 2
                        && text
                            .chars()
                            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
                })
                .map(str::to_owned),
        );
    }
    names
}
