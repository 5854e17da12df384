//! Rules about input that becomes code.

mod input_executed;
mod mark_safe_on_data;
mod sql_built_from_strings;
mod sql_raw_used;
mod template_autoescape_off;
mod template_safe_filter;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Escape;

use crate::{Fault, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    template_safe_filter::RULE,
    template_autoescape_off::RULE,
    mark_safe_on_data::RULE,
    sql_built_from_strings::RULE,
    sql_raw_used::RULE,
    input_executed::RULE,
];

/// Reports the places where templates print without escaping in one way.
fn unescaped(look: &mut Look, how: Escape, message: &str) {
    let code = &look.facts.code;
    let places: Vec<_> = code.unescaped.iter().filter(|place| place.how == how).collect();
    for place in &places {
        let finding = look.finding(
            place.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: match how {
                    Escape::SafeFilter => format!("{} {message}", place.expression),
                    Escape::AutoescapeOff => format!("this block {message}"),
                },
                consequence: "what a user can put there runs as script for whoever opens the page".to_owned(),
                fix: "print it escaped; where HTML from users is wanted, clean it with an allow-list (nh3) when it is saved".to_owned(),
            },
        );
        // Whether users can write the value is not known here.
        finding.confidence = Confidence::Medium;
    }
    if places.is_empty() {
        look.evidence(format!("{} templates were read, and none does so", code.templates), None);
    }
}
