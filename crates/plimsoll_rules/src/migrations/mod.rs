//! Rules about migrations: whether they are there, fit together, and are safe on a live table.

mod graph;
mod migration_destructive;
mod migration_irreversible;
mod migration_locks_table;
mod migrations_conflicting;
mod migrations_missing;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    migrations_missing::RULE,
    migrations_conflicting::RULE,
    migration_irreversible::RULE,
    migration_destructive::RULE,
    migration_locks_table::RULE,
];
