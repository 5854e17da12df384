//! What the readers of configuration formats could not understand: each file is read once by the
//! reader of its format, whatever the survey takes from it.

use plimsoll_formats::caddyfile::Caddyfile;
use plimsoll_formats::dockerfile::Dockerfile;
use plimsoll_formats::platform::{AppJson, FlyToml, Procfile};
use plimsoll_formats::postgres::{PgHba, PostgresConf};
use plimsoll_formats::redis_conf::RedisConf;
use plimsoll_formats::systemd::Unit;
use plimsoll_formats::yaml::Yaml;
use plimsoll_formats::{crontab, logrotate, nginx, requirements, supervisor};
use plimsoll_source::{Problem, ProblemKind, SourceText, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};
use crate::standing::words;

/// The formats whose syntax is fixed, so that what a reader refuses the program refuses too.
const ROLES: [Role; 15] = [
    Role::Compose,
    Role::Workflow,
    Role::Unit,
    Role::Nginx,
    Role::Caddyfile,
    Role::Dockerfile,
    Role::Supervisor,
    Role::Procfile,
    Role::Platform,
    Role::Crontab,
    Role::Logrotate,
    Role::RedisConf,
    Role::PostgresConf,
    Role::PgHba,
    Role::ProjectFile,
];

/// Problems of one file that are told: what follows a first mistake is often only its echo.
const MOST: usize = 10;

/// The problems of the files that may be part of production.
pub(crate) fn problems(tree: &dyn Tree, inventory: &Inventory) -> Vec<Problem> {
    let files: Vec<&Listed> = ROLES.into_iter().flat_map(|role| inventory.main(role)).collect();
    files
        .par_iter()
        .filter(|file| !is_template(file))
        .flat_map_iter(|file| {
            let read = tree.read(&file.path);
            let read = read.ok().filter(|source| !has_placeholders(source, file.role));
            let found = read.map(|source| of_file(&source, file.role)).unwrap_or_default();
            let told = |problem: &Problem| {
                matches!(problem.kind, ProblemKind::Syntax | ProblemKind::Limit)
            };
            found.into_iter().filter(told).take(MOST)
        })
        .collect()
}

/// Whether something else makes the file of it, so that it need not be valid itself.
fn is_template(file: &Listed) -> bool {
    words(&file.path.file_name().to_ascii_lowercase()).any(|word| {
        matches!(
            word,
            "j2" | "jinja" | "jinja2" | "template" | "tmpl" | "tpl" | "erb" | "mustache" | "in"
        )
    })
}

/// Whether a text has places that something fills in before the program reads it. Compose and
/// workflows have such places of their own, which are no syntax of YAML.
fn has_placeholders(source: &SourceText, role: Role) -> bool {
    let text = source.text();
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    // `${NAME}` alone on a line stands for whole directives.
    let filled = || {
        let mut lines = text.lines().map(str::trim);
        lines.any(|line| line.starts_with("${") && line.ends_with('}'))
    };
    match role {
        Role::Compose | Role::Workflow | Role::Dockerfile | Role::Platform | Role::ProjectFile => {
            has(&["{%", "<%"])
        }
        _ => has(&["{{", "{%", "<%"]) || filled(),
    }
}

fn of_file(source: &SourceText, role: Role) -> Vec<Problem> {
    let extension = source.path().extension().unwrap_or("");
    match role {
        Role::Compose | Role::Workflow => Yaml::parse(source).problems,
        Role::Unit => Unit::read(source).problems,
        Role::Nginx => nginx::parse(source).problems,
        Role::Caddyfile => Caddyfile::read(source, None).problems,
        Role::Dockerfile => Dockerfile::parse(source).problems,
        Role::Supervisor => supervisor::read(source).problems,
        Role::Procfile => Procfile::read(source).problems,
        Role::Crontab => crontab::read(source, crontab::kind_of(source)).problems,
        Role::Logrotate => logrotate::read(source).problems,
        Role::RedisConf => RedisConf::read(source).problems,
        Role::PostgresConf => PostgresConf::read(source).problems,
        Role::PgHba => PgHba::read(source).problems,
        Role::Platform => match extension {
            "yml" | "yaml" => Yaml::parse(source).problems,
            "toml" => FlyToml::read(source).problems,
            "json" => AppJson::read(source).problems,
            _ => Vec::new(),
        },
        Role::ProjectFile if extension == "toml" => requirements::read(source).problems,
        _ => Vec::new(),
    }
}
