//! SQL of the repository that makes roles and hands out privileges, and PostgreSQL's own
//! configuration.

use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::postgres::{PostgresConf, SqlGrants};
use plimsoll_source::{RepoPath, SourceText, Span, Spanned, Tree};

use crate::blocks::Blocks;
use crate::inventory::{Inventory, Role};

/// A script of SQL with statements about roles or privileges.
#[derive(Clone, Debug)]
pub struct SqlFacts {
    /// The file.
    pub path: RepoPath,
    /// The statements.
    pub grants: SqlGrants,
}

/// A postgresql.conf.
#[derive(Clone, Debug)]
pub struct PostgresFacts {
    /// The file.
    pub path: RepoPath,
    /// `max_connections`.
    pub max_connections: Option<Spanned<u32>>,
    /// `listen_addresses`.
    pub listens: Option<Spanned<String>>,
}

/// Longer files are dumps.
const LONGEST: usize = 400_000;

/// The scripts, and what scripts and documents hold of SQL.
pub(crate) fn scripts(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks) -> Vec<SqlFacts> {
    let read = |source: &SourceText| {
        let text = source.text();
        let upper = ["GRANT", "ROLE", "USER", "grant", "role", "user"];
        if text.len() > LONGEST || !upper.iter().any(|word| text.contains(word)) {
            return None;
        }
        let grants = SqlGrants::read(source);
        (!grants.statements.is_empty()).then(|| SqlFacts { path: source.path().clone(), grants })
    };
    let files =
        inventory.main(Role::Sql).filter_map(|file| read(&tree.read_once(&file.path).ok()?));
    let inside = blocks.production(BlockKind::Sql).filter_map(|block| read(&block.embedded.text));
    files.chain(inside).collect()
}

/// The configuration files of PostgreSQL.
pub(crate) fn servers(tree: &dyn Tree, inventory: &Inventory) -> Vec<PostgresFacts> {
    let files = inventory.main(Role::PostgresConf).filter_map(|file| {
        let conf = PostgresConf::read(&tree.read(&file.path).ok()?);
        let number = conf
            .get("max_connections")
            .and_then(|value| Some(Spanned::new(value.value.parse().ok()?, span(value))));
        let listens = conf.get("listen_addresses");
        Some(PostgresFacts {
            path: file.path.clone(),
            max_connections: number,
            listens: listens.map(|value| Spanned::new(value.value.clone(), span(value))),
        })
    });
    files.collect()
}

fn span(value: &plimsoll_formats::Spanned<String>) -> Span {
    value.span.clone()
}
