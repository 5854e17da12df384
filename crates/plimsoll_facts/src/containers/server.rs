//! Database servers and connection poolers among the services of the stack.

use indexmap::IndexMap;
use plimsoll_formats::Spanned as Word;
use plimsoll_formats::compose::Service;
use plimsoll_formats::dockerfile::{Dockerfile, ImageBase};
use plimsoll_formats::postgres::PostgresConf;
use plimsoll_source::{Secret, Span, Spanned, Tree};

use super::redis::published;
use super::variables::{Told, Variables};
use super::{ComposeStack, short_name};

/// A kind of database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// PostgreSQL, with or without extensions.
    Postgres,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

/// A database server that a service of the stack runs.
#[derive(Clone, Debug)]
pub struct DatabaseServer {
    /// The service's name.
    pub service: String,
    /// Where.
    pub at: Span,
    /// What it is.
    pub kind: DatabaseKind,
    /// Its version by the image's tag, as far as that begins with one: `16`, `8.0`, `10.11`.
    pub version: Option<Spanned<Vec<u32>>>,
    /// Its ports on the host: the address they are bound to (`None`: all), and where.
    pub published: Vec<(Option<String>, Span)>,
    /// The role that the image makes: PostgreSQL's superuser, MySQL's user with rights on the one
    /// database. `None` where it is not known; the default of the image counts as known.
    pub user: Option<Spanned<String>>,
    /// The database that the image makes.
    pub database: Option<Spanned<String>>,
    /// The password of that role.
    pub password: Option<Spanned<Secret>>,
    /// Whether scripts that run at its first start may make more roles and databases.
    pub has_init_scripts: bool,
    /// `max_connections`, where it is said.
    pub max_connections: Option<Spanned<u32>>,
    /// Whether the configuration is only what the compose file says: no file is mounted for it.
    pub plain: bool,
}

/// A connection pooler.
#[derive(Clone, Debug)]
pub struct Pooler {
    /// The service's name.
    pub service: String,
    /// Where.
    pub at: Span,
    /// Its mode (`session`, `transaction`, `statement`), where it is known.
    pub mode: Option<Spanned<String>>,
}

/// The database servers of the stack.
pub(super) fn databases(tree: &dyn Tree, stack: &ComposeStack) -> Vec<DatabaseServer> {
    let mut found: Vec<DatabaseServer> =
        stack.project.services.values().filter_map(|service| database(tree, service)).collect();
    // What waits for a database and runs its image is a client: a dump, a restore.
    let names: Vec<String> = found.iter().map(|server| server.service.clone()).collect();
    found.retain(|server| {
        let service = stack.project.services.get(&server.service);
        !service.is_some_and(|service| {
            service.depends_on.iter().any(|dependency| names.contains(&dependency.value.service))
                || service.environment.contains_key("PGHOST")
        })
    });
    found
}

fn kind_of(image: &str) -> Option<DatabaseKind> {
    Some(match image {
        "postgres" | "postgresql" | "postgis" | "timescaledb" | "timescaledb-ha" | "pgvector"
        | "postgres-ssl" | "alpine-postgres" | "citus" | "supabase-postgres" => {
            DatabaseKind::Postgres
        }
        "mysql" | "mysql-server" | "percona" | "percona-server" => DatabaseKind::Mysql,
        "mariadb" => DatabaseKind::Mariadb,
        _ => return None,
    })
}

/// The image a service runs in the end: its name's last part and its tag, and where.
fn image_of(tree: &dyn Tree, service: &Service) -> Option<(String, Option<String>, Span)> {
    if let Some(build) = &service.build {
        let source = tree.read(build.value.dockerfile_path.as_ref()?).ok()?;
        let file = Dockerfile::parse(&source);
        let target = build.value.target.as_ref().and_then(|target| target.value.known());
        let image = file.effective(target, &IndexMap::new())?;
        let ImageBase::Image(base, at) = image.base else { return None };
        let name = base.name.rsplit('/').next().unwrap_or(&base.name).to_ascii_lowercase();
        return Some((name, base.tag, at));
    }
    let image = service.image.as_ref()?;
    let known = image.value.reference.unknown.is_empty();
    Some((short_name(service)?, image.value.tag.clone().filter(|_| known), image.span.clone()))
}

fn database(tree: &dyn Tree, service: &Service) -> Option<DatabaseServer> {
    let (name, tag, image_at) = image_of(tree, service)?;
    let kind = kind_of(&name)?;
    let variables = Variables::of(tree, service);
    let at = service.name.span.clone();
    let told = |told: Told, default: Option<&str>| match told {
        Told::Set(value, at) => Some(Spanned::new(value, at)),
        Told::Unset => default.map(|text| Spanned::new(text.to_owned(), at.clone())),
        Told::Somehow | Told::Open => None,
    };
    let (users, databases, passwords): (&[&str], &[&str], &[&str]) = match kind {
        DatabaseKind::Postgres => (
            &["POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER"],
            &["POSTGRES_DB", "POSTGRESQL_DATABASE"],
            &["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"],
        ),
        DatabaseKind::Mysql | DatabaseKind::Mariadb => (
            &["MYSQL_USER", "MARIADB_USER"],
            &["MYSQL_DATABASE", "MARIADB_DATABASE"],
            &["MYSQL_PASSWORD", "MARIADB_PASSWORD"],
        ),
    };
    let superuser = (kind == DatabaseKind::Postgres).then_some("postgres");
    let user = told(variables.first(users), superuser);
    let database = told(variables.first(databases), None).or_else(|| {
        // PostgreSQL's image names the database like its user by default.
        matches!(variables.first(databases), Told::Unset)
            .then(|| user.clone())
            .flatten()
            .filter(|_| kind == DatabaseKind::Postgres)
    });
    let password = told(variables.first(passwords), None)
        .map(|password| Spanned::new(Secret::new(password.value), password.span));
    let mounts = |part: &str| service.volumes.iter().any(|m| m.value.target.contains(part));
    let copies_scripts = service.build.is_some();
    let port = if kind == DatabaseKind::Postgres { "5432" } else { "3306" };
    let version = tag.and_then(|tag| version(&tag)).map(|version| Spanned::new(version, image_at));
    let max_connections = service.command.as_ref().and_then(|command| {
        let words: Vec<Word<String>> = command
            .words
            .iter()
            .flat_map(|word| {
                word.text
                    .split_whitespace()
                    .map(|part| Word::new(part.to_owned(), word.span.clone()))
            })
            .collect();
        let conf = PostgresConf::from_arguments(&words);
        let value = conf.get("max_connections")?;
        Some(Spanned::new(value.value.parse().ok()?, value.span.clone()))
    });
    let names_file = service.command.as_ref().is_some_and(|command| {
        command.texts().any(|text| text.contains("config_file") || text.contains(".cnf"))
    });
    Some(DatabaseServer {
        service: service.name.value.clone(),
        at,
        kind,
        version,
        published: published(&service.ports, port),
        user,
        database,
        password,
        has_init_scripts: mounts("docker-entrypoint-initdb.d") || copies_scripts,
        max_connections,
        plain: !names_file
            && !mounts("postgresql.conf")
            && !mounts("conf.d")
            && !mounts(".cnf")
            && service.build.is_none(),
    })
}

/// The version that a tag begins with: `16-alpine` is 16, `8.0.36` is 8.0.36, `15-3.4` is 15.
fn version(tag: &str) -> Option<Vec<u32>> {
    let tag = tag.strip_prefix("pg").or_else(|| tag.strip_prefix('v')).unwrap_or(tag);
    let head = tag
        .split('-')
        .find(|part| part.starts_with(|c: char| c.is_ascii_digit()) || part.starts_with("pg"))?;
    // Timescale's tags name PostgreSQL second: `2.14.2-pg16`.
    let named =
        tag.split('-').find_map(|part| part.strip_prefix("pg")).filter(|rest| !rest.is_empty());
    let digits = named.unwrap_or(head);
    let parts: Option<Vec<u32>> = digits.split('.').map(|part| part.parse().ok()).collect();
    parts.filter(|parts| !parts.is_empty())
}

/// The poolers of the stack.
pub(super) fn poolers(tree: &dyn Tree, stack: &ComposeStack) -> Vec<Pooler> {
    let is_pooler = |service: &&Service| {
        short_name(service).is_some_and(|name| {
            ["pgbouncer", "pgcat", "odyssey", "pgpool", "supavisor"]
                .iter()
                .any(|pooler| name.contains(pooler))
                && !name.contains("exporter")
        })
    };
    let found = stack.project.services.values().filter(is_pooler).map(|service| {
        let variables = Variables::of(tree, service);
        let mode = match variables.first(&["POOL_MODE", "PGBOUNCER_POOL_MODE"]) {
            Told::Set(mode, at) => Some(Spanned::new(mode.to_ascii_lowercase(), at)),
            _ => service.volumes.iter().find_map(|mount| {
                let path = mount.value.source_path.clone()?;
                let file = match path.extension() {
                    Some("ini") => path,
                    _ => path.join("pgbouncer.ini")?,
                };
                let source = tree.read(&file).ok()?;
                (1..=source.line_count()).find_map(|number| {
                    let (name, value) = source.line(number)?.split_once('=')?;
                    (name.trim() == "pool_mode").then(|| {
                        Spanned::new(value.trim().to_ascii_lowercase(), source.line_span(number))
                    })
                })
            }),
        };
        Pooler { service: service.name.value.clone(), at: service.name.span.clone(), mode }
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn tags_tell_versions() {
        for (tag, expected) in [
            ("16", Some(vec![16])),
            ("16-alpine", Some(vec![16])),
            ("15.4-bookworm", Some(vec![15, 4])),
            ("15-3.4", Some(vec![15])),
            ("8.0.36", Some(vec![8, 0, 36])),
            ("latest-pg16", Some(vec![16])),
            ("pg17", Some(vec![17])),
            ("2.14.2-pg16", Some(vec![16])),
            ("latest", None),
            ("lts", None),
        ] {
            assert_eq!(version(tag), expected, "{tag}");
        }
    }
}
