//! `plimsoll explain`

use plimsoll_assess::suggest;
use plimsoll_catalog::Catalog;
use plimsoll_report::{RuleText, explain_control_text, explain_rule_text};

use crate::cli::Explain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;

pub(crate) fn run(arguments: &Explain, screen: &Screen) -> Result<Exit, Failure> {
    let catalog = plimsoll_catalog::catalog();
    let wanted = arguments.id.trim();
    let layout = screen.layout(false);
    let text = if let Some(control) = catalog.control(wanted) {
        explain_control_text(catalog, control, layout)
    } else if let Some(rule) = rule_text(catalog, &wanted.to_lowercase()) {
        explain_rule_text(catalog, &rule, layout)
    } else {
        return Err(unknown(catalog, wanted));
    };
    screen.deliver(&text, None, Exit::Fit)
}

/// The texts of a rule; of a check that is only declared, what it will look at.
pub(crate) fn rule_text(catalog: &Catalog, id: &str) -> Option<RuleText> {
    if let Some(rule) = plimsoll_rules::by_id(id) {
        return Some(RuleText {
            id: rule.id.to_owned(),
            title: rule.title.to_owned(),
            what: rule.what.to_owned(),
            why: rule.why.to_owned(),
            bad: rule.bad.to_owned(),
            good: rule.good.to_owned(),
            sources: rule.sources.iter().map(|source| (*source).to_owned()).collect(),
            built: true,
        });
    }
    let check = catalog.check(id)?;
    Some(RuleText {
        id: check.id.clone(),
        what: format!("Looks at: {}.", check.looks_at),
        built: false,
        ..RuleText::default()
    })
}

fn unknown(catalog: &Catalog, wanted: &str) -> Failure {
    let controls = catalog.controls().map(|control| control.id.as_str());
    let checks = catalog.checks().map(|check| check.id.as_str());
    let help = match suggest(wanted, controls.chain(checks)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`plimsoll catalog` lists the controls".to_owned(),
    };
    let shown: String = wanted.chars().filter(|c| !c.is_control()).take(80).collect();
    Failure::usage(format!("there is no control and no rule `{shown}`")).help(help)
}
