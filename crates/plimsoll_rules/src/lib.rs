//! Static rules: facts to findings.
//!
//! One file per rule, grouped by area in folders; each area's `mod.rs` lists its rules, and
//! [`all`] joins the areas. To add a rule: the file, the line in its area's list, two cases under
//! `tests/cases/<rule-id>/`, and `planned` taken off its entry in the catalog's `checks.toml`.

mod api;
mod applies;
mod auth;
mod backup;
mod cache;
mod containers;
mod data;
mod database;
mod deploy;
mod documents;
mod effect;
mod flows;
mod headers;
mod injection;
mod jobs;
mod logging;
mod look;
mod mail;
mod migrations;
mod monitoring;
mod perf;
mod platform;
mod proxy;
mod repairs;
mod rule;
mod secrets;
mod serve;
mod settings;
mod storage;
mod subjects;
mod tls;
mod versions;

pub use applies::holds;
pub use look::{Fault, Judgement, Look, Parameters, list, way_to_know};
use plimsoll_catalog::Outcome;
use plimsoll_facts::Facts;
use rayon::prelude::*;
pub use rule::Rule;

/// Every rule, in the order of its area.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        settings::RULES,
        effect::RULES,
        headers::RULES,
        proxy::RULES,
        tls::RULES,
        serve::RULES,
        platform::RULES,
        auth::RULES,
        api::RULES,
        data::RULES,
        secrets::RULES,
        versions::RULES,
        injection::RULES,
        mail::RULES,
        storage::RULES,
        perf::RULES,
        flows::RULES,
        logging::RULES,
        containers::RULES,
        backup::RULES,
        deploy::RULES,
        monitoring::RULES,
        documents::RULES,
        database::RULES,
        cache::RULES,
        jobs::RULES,
        migrations::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule with this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The parameters that rules measure by: control and name. Others wait for checks on other targets.
pub const MEASURED: [(&str, &str); 7] = [
    ("HDR-01", "max_age"),
    ("AUTH-03", "reset_lifetime"),
    ("AUTH-04", "minimum_length"),
    ("AUTH-05", "failures"),
    ("AUTH-06", "session_age"),
    ("AUTH-08", "access_lifetime"),
    ("AUTH-08", "refresh_lifetime"),
];

/// Runs every rule on the facts of one system, measuring by these parameters: many of them at a
/// time, as none sees what another one says.
pub fn run(facts: &Facts, parameters: &Parameters<'_>) -> Vec<Outcome> {
    let rules: Vec<&Rule> = all().collect();
    rules.par_iter().with_max_len(4).map(|rule| rule.run(facts, parameters)).collect()
}

/// Whether two names differ by one letter added, left out, changed or swapped with its neighbour.
pub(crate) fn is_slip(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let same = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let rest = |list: &[char], from: usize| list.get(from..).unwrap_or_default().to_vec();
    match long.len() - short.len() {
        0 => {
            let changed = rest(short, same + 1) == rest(long, same + 1);
            let swapped = short.get(same) == long.get(same + 1)
                && short.get(same + 1) == long.get(same)
                && rest(short, same + 2) == rest(long, same + 2);
            changed || swapped
        }
        1 => rest(short, same) == rest(long, same + 1),
        _ => false,
    }
}
