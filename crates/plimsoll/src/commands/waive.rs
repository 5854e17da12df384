//! `plimsoll waive`

use plimsoll_assess::suggest;
use plimsoll_catalog::{CheckKind, catalog};
use plimsoll_ledger::{Body, Clean, Waiver};
use plimsoll_report::Redactor;

use super::attest::{control, date};
use crate::cli::Waive;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::keyring;
use crate::output::Screen;

pub(crate) fn run(arguments: &Waive, screen: &Screen) -> Result<Exit, Failure> {
    let (control, rule) = what(arguments)?;
    let expires = date(&arguments.expires, "--expires")?;
    for (name, text) in [("--reason", &arguments.reason), ("--owner", &arguments.owner)] {
        if text.trim().is_empty() {
            return Err(Failure::usage(format!("{name} is empty")));
        }
    }
    let config = home::config(&arguments.home)?;
    let pen = keyring::pen(&arguments.signing)?;
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    let mut book = Book::open_to_write(&place, &config)?;
    book.sound()?;
    let waiver = Waiver {
        control: control.clone(),
        rule: rule.clone(),
        reason: Clean::new(arguments.reason.trim(), &Redactor::default()),
        owner: arguments.owner.trim().to_owned(),
        expires,
    };
    let now = home::now();
    let written = book.append(&[Body::Waiver(waiver)], &pen, now)?;
    let seq = written.last().map_or(0, |sealed| sealed.record.seq);
    let what: Vec<&str> = [rule.as_deref(), control.as_deref()].into_iter().flatten().collect();
    let what = what.join(" in ");
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let said = match expires < today {
        true => format!("record {seq}: {what} is no longer waived\n"),
        false => format!(
            "record {seq}: {what} is waived until {expires}; {} answers for it\n",
            arguments.owner.trim()
        ),
    };
    screen.deliver(&said, None, Exit::Fit)
}

/// The control and the rule that are meant.
fn what(arguments: &Waive) -> Result<(Option<String>, Option<String>), Failure> {
    let id = arguments.id.trim();
    let within = arguments.control.as_deref().map(control).transpose()?;
    if let Some(found) = catalog().control(id) {
        if within.is_some() {
            return Err(Failure::usage("--control goes with a rule, and this is a control"));
        }
        return Ok((Some(found.id.clone()), None));
    }
    let rules = || catalog().checks().filter(|check| check.kind == CheckKind::Rule);
    if rules().any(|check| check.id == id) {
        return Ok((within.map(|control| control.id.clone()), Some(id.to_owned())));
    }
    let names = catalog().controls().map(|control| control.id.as_str());
    let help = match suggest(id, names.chain(rules().map(|check| check.id.as_str()))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "plimsoll catalog lists the controls, the check's report names the rules".to_owned()
        }
    };
    Err(Failure::usage(format!("there is no control or rule {id:?}")).help(help))
}
