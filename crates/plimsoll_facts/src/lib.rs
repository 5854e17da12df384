//! The survey: finds the Django systems of a repository and gathers the facts about each.

mod automation;
mod blocks;
pub mod candidates;
mod certificates;
mod code;
mod containers;
mod edge;
mod env_files;
mod environment;
mod examples;
mod guides;
mod health;
mod ignores;
mod image;
mod interiors;
pub mod inventory;
mod leaks;
pub mod mentions;
pub mod middleware;
mod processes;
mod reading;
mod routines;
mod scripts;
mod servers;
mod setting_uses;
mod sql;
mod standing;
mod surroundings;
mod survey;
mod sweep;
mod syntax;
pub mod systems;
pub mod versions;
mod vocabulary;
mod watch;
mod words;
mod working;

pub use automation::Automation;
pub use blocks::{Block, Blocks};
pub use containers::{
    ComposeStack, Containers, DatabaseKind, DatabaseServer, ImageFacts, ImageOrigin, ImageUser,
    Pooler, RedisPlace, RedisServer, Start,
};
use std::collections::BTreeSet;

use candidates::Candidate;
pub use certificates::{Certificates, Obtained};
pub use code::{Access, Address, Gate, Routes, SkippedGuard, View, is_guard_mixin, is_view};
pub use code::{
    Chores, ClearPlace, ClearSecret, ClearSecrets, CodeFacts, EnvFileIgnored, Escape, Health,
    HealthView, Module, Named, NamedAt, PlainHttp, Processes, Rotation, Route, Unescaped, Upkeep,
};
pub use edge::{Edge, EdgeHeader, NginxConfig, NginxImage, PlainTraffic, Proxied, Served};
pub use env_files::{Disagreement, EnvFileFacts};
pub use examples::{Examples, is_placeholder};
pub use guides::{Contact, Guide, Guides};
pub use health::{HealthCheck, curl_minds_status};
pub use ignores::{Ignored, Ignores};
pub use interiors::{Interior, Mounted};
use inventory::Inventory;
pub use leaks::{Leak, LeakKind, Leaks, Past, PastLeak, Personal, Stray, StrayKind};
use mentions::{Mention, Place};
use plimsoll_formats::advisories::Advisories;
use plimsoll_formats::compose::ComposeProject;
use plimsoll_python::Settings;
use plimsoll_source::{Problem, RepoPath, Span};
pub use processes::{Declaration, Process, ProcessKind, ProgramFacts, UnitFacts};
pub use reading::{Reading, Suggested};
pub use routines::{CronLine, Reached, Routine, RoutinePlace, reach};
pub use scripts::ScriptFacts;
pub use servers::{AppServer, Place as ServerPlace, ServerSetting};
pub use setting_uses::{Replaced, SettingUses};
pub use sql::{PostgresFacts, SqlFacts};
pub use standing::Standing;
pub use surroundings::{Source, Surroundings};
pub use survey::{Given, Lookout, SurveyError, survey};
use systems::System;
use versions::Versions;

/// The facts about one Django system of a repository.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The system.
    pub system: System,
    /// The other systems of the repository.
    pub others: Vec<System>,
    /// Which file is what.
    pub inventory: Inventory,
    /// Every place that names a settings module.
    pub mentions: Vec<Mention>,
    /// The settings modules, production's first.
    pub candidates: Vec<Candidate>,
    /// Production's settings, evaluated.
    pub settings: Settings,
    /// The words of the names of apps and models, in lower case; empty where there are no models.
    pub vocabulary: BTreeSet<String>,
    /// Every quoted name in capitals in the files of the settings: variables that they may read in
    /// parts that were not evaluated.
    pub settings_names: BTreeSet<String>,
    /// What becomes of the settings that the project sets.
    pub uses: SettingUses,
    /// The processes that the repository declares for production and that can be this system's,
    /// what tells most of production first.
    pub processes: Vec<Process>,
    /// The compose project that most likely runs in production, merged from its files; services
    /// for developing, behind profiles, are in it too.
    pub compose: Option<ComposeProject>,
    /// SQL that makes roles and hands out privileges.
    pub sql: Vec<SqlFacts>,
    /// Configuration files of PostgreSQL.
    pub postgres: Vec<PostgresFacts>,
    /// What production runs in containers.
    pub containers: Containers,
    /// Known holes of packages, where the user gave a database of them.
    pub advisories: Option<Advisories>,
    /// Where the configuration of Docker's daemon limits the logs of containers.
    pub log_limit: Option<Span>,
    /// HTTP probes of Kubernetes of containers that serve requests.
    pub probes: Vec<HealthCheck>,
    /// What is inside the containers that the system runs in.
    pub interiors: Vec<Interior>,
    /// The systemd units that may be part of production.
    pub units: Vec<UnitFacts>,
    /// The programs of Supervisor that start processes of the system.
    pub programs: Vec<ProgramFacts>,
    /// The application servers among the processes, with their settings.
    pub servers: Vec<AppServer>,
    /// How TLS certificates are obtained and renewed.
    pub certificates: Certificates,
    /// Configuration that is written inside scripts and documents.
    pub blocks: Blocks,
    /// The environment they were evaluated in.
    pub environment: Surroundings,
    /// What the reverse proxy does.
    pub edge: Edge,
    /// What application code does.
    pub code: CodeFacts,
    /// What the examples of an environment make of the settings; `None` where they name nothing
    /// that production's known environment lacks.
    pub examples: Option<Examples>,
    /// Env files and their examples.
    pub env_files: Vec<EnvFileFacts>,
    /// What runs by itself around the repository.
    pub automation: Automation,
    /// Shell scripts.
    pub scripts: Vec<ScriptFacts>,
    /// Every place where commands of a shell are written, documents included.
    pub routines: Vec<Routine>,
    /// The jobs of crontabs, those that documents show included.
    pub cron_lines: Vec<CronLine>,
    /// Guides for users, and sections that say whom to contact.
    pub guides: Guides,
    /// Words of workflows that name a database server or compose, with a place of each.
    pub workflow_words: Vec<(String, Span)>,
    /// Where settings for tests name SQLite.
    pub test_sqlite: Vec<Span>,
    /// Where scripts for backups are named in what starts processes: the script's file name and
    /// the place.
    pub backup_starters: Vec<(String, Span)>,
    /// Secrets in the files of the repository.
    pub leaks: Leaks,
    /// What `.gitignore` keeps out of the repository.
    pub ignores: Ignores,
    /// What git tracks, sorted; `None` where the folder is no git repository.
    pub tracked: Option<Vec<RepoPath>>,
    /// Whether git has a branch of a remote; `None` where the folder is no git repository.
    pub has_remote: Option<bool>,
    /// Headers that the project's own middleware names.
    pub own_headers: Vec<middleware::NamedHeader>,
    /// What the project declares as installed.
    pub versions: Versions,
    /// Django's version as the requirements pin or bound it: the lowest that they allow.
    pub django: Option<Vec<u32>>,
    /// The absolute path of the repository on this machine.
    pub absolute_root: String,
    /// What could not be read or understood.
    pub problems: Vec<Problem>,
}

impl Facts {
    /// The places that name a settings module and may be part of production.
    pub fn production_mentions(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|mention| {
            mention.standing.is_main()
                && !matches!(
                    mention.place,
                    Place::TestConfig
                        | Place::Workflow
                        | Place::EnvTemplate
                        | Place::Document
                        | Place::Other
                )
                && !self.others.iter().any(|other| {
                    other.root.depth() > self.system.root.depth()
                        && mention.at.file.is_within(&other.root)
                })
        })
    }

    /// Whether a dotted name is a module of this system.
    pub fn resolves(&self, module: &str) -> bool {
        self.candidates
            .iter()
            .any(|candidate| candidate.module == module && candidate.file.is_some())
    }

    /// Whether a settings module is for development or tests, by its name.
    pub fn is_development(&self, module: &str) -> bool {
        self.candidates.iter().find(|candidate| candidate.module == module).is_some_and(
            |candidate| {
                candidate
                    .reasons
                    .iter()
                    .any(|reason| reason.at.is_none() && (-80..=-60).contains(&reason.weight))
            },
        )
    }

    /// Whether the system has a Python module of this dotted name.
    pub fn has_module(&self, module: &str) -> bool {
        self.module_files(module).any(|path| self.inventory.has(&path))
    }

    /// Whether the first part of a dotted name is a package or module of the system.
    pub fn is_own_package(&self, module: &str) -> bool {
        let top = module.split('.').next().unwrap_or(module);
        let mut folders = self.system.roots().filter_map(|root| root.join(top));
        self.has_module(top) || folders.any(|folder| self.inventory.has_below(&folder))
    }

    fn module_files(&self, module: &str) -> impl Iterator<Item = RepoPath> {
        let base = module.replace('.', "/");
        let files = [format!("{base}.py"), format!("{base}/__init__.py")];
        self.system.roots().flat_map(move |root| {
            files.iter().filter_map(|path| root.join(path)).collect::<Vec<_>>()
        })
    }

    /// A middleware of the project's own whose module names a response header, and where.
    pub fn middleware_that_names(&self, header: &str) -> Option<(&str, &Span)> {
        let mut named = self.own_headers.iter();
        let found = named.find(|named| named.header.eq_ignore_ascii_case(header))?;
        Some((&found.middleware, &found.at))
    }

    /// Where a script for backups is named by its file name in what starts processes.
    pub fn starts_file(&self, name: &str) -> Option<Span> {
        let mut starters = self.backup_starters.iter();
        starters.find(|(named, _)| named == name).map(|(_, at)| at.clone())
    }

    /// The names of the variables that a crontab sets.
    pub fn crontab_sets(&self, file: &RepoPath) -> Vec<&str> {
        let lines = self.cron_lines.iter().filter(|line| line.file == *file);
        lines.flat_map(|line| line.variables.iter().map(String::as_str)).collect()
    }

    /// The processes of a kind.
    pub fn processes_of(&self, kind: ProcessKind) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(move |process| process.kind == kind)
    }

    /// Whether settings code reads a variable, or names it in a part that this environment does not
    /// reach.
    pub fn names_variable(&self, name: &str) -> bool {
        self.settings.variables.iter().any(|used| used.name == name)
            || self.settings_names.contains(name)
    }

    /// Whether a module of the system sets up a Celery application.
    pub fn mentions_celery(&self) -> bool {
        self.production_mentions().any(|mention| mention.place == Place::Celery)
    }

    /// Whether git tracks the file; every file of a folder that is no git repository counts.
    pub fn is_tracked(&self, file: &RepoPath) -> bool {
        self.tracked.as_ref().is_none_or(|tracked| tracked.binary_search(file).is_ok())
    }

    /// Whether Django is at least of this version; `None` where its version is not known.
    pub fn django_at_least(&self, major: u32, minor: u32) -> Option<bool> {
        self.django.as_ref().map(|version| version.as_slice() >= [major, minor].as_slice())
    }
}
