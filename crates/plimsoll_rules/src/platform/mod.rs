//! Rules about hosting platforms: the port, the release phase, the variables.

mod platform_port_unbound;
mod platform_release_phase_missing;
mod platform_variable_mismatch;

use crate::{Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    platform_port_unbound::RULE,
    platform_release_phase_missing::RULE,
    platform_variable_mismatch::RULE,
];

/// Says so where the repository has no file of a platform.
fn is_absent(look: &mut Look) -> bool {
    let facts = look.facts;
    let absent =
        crate::holds(facts, plimsoll_catalog::FactPredicate::PlatformAsAService) != Some(true);
    if absent {
        look.undetermined(
            "no file of a hosting platform is in the repository",
            "look at the platform's own configuration",
            None,
        );
    }
    absent
}
