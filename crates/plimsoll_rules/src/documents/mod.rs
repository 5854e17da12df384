//! Rules about what the documents of a repository tell people.

mod contact_missing;
mod contact_placeholder;
mod guide_configuration_refused;
mod guide_development_url;
mod guide_without_site_url;
mod load_test_blind;
mod secret_printed_by_hand;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    guide_development_url::RULE,
    guide_without_site_url::RULE,
    guide_configuration_refused::RULE,
    contact_placeholder::RULE,
    contact_missing::RULE,
    secret_printed_by_hand::RULE,
    load_test_blind::RULE,
];
