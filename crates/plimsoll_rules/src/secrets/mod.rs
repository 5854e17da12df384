//! Rules about secrets in the repository.

mod database_file_tracked;
mod dump_file_tracked;
mod env_file_tracked;
mod private_key_tracked;
mod secret_default_in_settings;
mod secret_in_history;
mod secret_in_repository;
mod secret_literal_in_settings;

use plimsoll_catalog::Severity;
use plimsoll_facts::StrayKind;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    secret_in_repository::RULE,
    env_file_tracked::RULE,
    private_key_tracked::RULE,
    database_file_tracked::RULE,
    dump_file_tracked::RULE,
    secret_in_history::RULE,
    secret_literal_in_settings::RULE,
    secret_default_in_settings::RULE,
];

/// Reports the files of a kind that git tracks and should not.
fn strays(
    look: &mut Look,
    kind: StrayKind,
    message: &str,
    consequence: &str,
    fix: &str,
    none: &str,
) {
    let facts = look.facts;
    let mut any = false;
    for stray in facts.leaks.strays.iter().filter(|stray| stray.kind == kind && stray.tip.is_none())
    {
        if !facts.is_tracked(&stray.path) {
            continue;
        }
        any = true;
        look.finding(
            Span::of_file(stray.path.clone()),
            Fault {
                severity: Severity::Error,
                message: message.to_owned(),
                consequence: consequence.to_owned(),
                fix: fix.to_owned(),
            },
        );
    }
    if !any {
        look.evidence(none, None);
    }
}
