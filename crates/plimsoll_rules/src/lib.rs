//! Static rules: facts to findings.
//!
//! One file per rule, grouped by area in folders; each area's `mod.rs` lists its rules, and
//! [`all`] joins the areas. To add a rule: the file, the line in its area's list, two cases under
//! `tests/cases/<rule-id>/`, and `planned` taken off its entry in the catalog's `checks.toml`.

mod applies;
mod auth;
mod data;
mod headers;
mod logging;
mod look;
mod mail;
mod rule;
mod secrets;
mod settings;
mod storage;

pub use applies::holds;
pub use look::{Fault, Judgement, Look, list, way_to_know};
use plimsoll_catalog::Outcome;
use plimsoll_facts::Facts;
pub use rule::Rule;

/// Every rule, in the order of its area.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        settings::RULES,
        headers::RULES,
        auth::RULES,
        data::RULES,
        secrets::RULES,
        secrets::RULES,
        mail::RULES,
        storage::RULES,
        logging::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// Runs every rule on the facts of one system.
pub fn run(facts: &Facts) -> Vec<Outcome> {
    all().map(|rule| rule.run(facts)).collect()
}
