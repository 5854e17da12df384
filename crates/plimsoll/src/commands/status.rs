//! `plimsoll status`

use jiff::SignedDuration;
use plimsoll_ledger::{Body, Question, Sealed, changes, due, standing};
use plimsoll_report::{StatusReport, status_json, status_text};

use crate::cli::{PlainFormat, Status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::output::Screen;

/// Tasks that come back more seldom are no routine: a quarter and what the catalog adds to it.
const QUARTER_HOURS: u32 = 100 * 24;

pub(crate) fn run(arguments: &Status, screen: &Screen) -> Result<Exit, Failure> {
    let config = home::config(&arguments.home)?;
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    let mut book = Book::open_there(&place, &config)?;
    let verified = book.sound()?;
    let records = verified.records.as_slice();
    let catalog = plimsoll_catalog::catalog();
    let now = home::now();
    let target = arguments.target.into();
    let question = Question { catalog, target, now, release: arguments.release.as_deref() };
    let stands = standing(records, question).map_err(|error| {
        Failure::usage(error.to_string()).help("plimsoll release list shows them")
    })?;
    let before = before_last(records, target).and_then(|(earlier, then)| {
        let question = Question { now: then, release: None, ..question };
        standing(earlier, question).ok()
    });
    let changed = before.as_ref().map(|before| changes(before, &stands));
    let within = SignedDuration::from_hours(i64::from(arguments.within) * 24);
    let report = StatusReport {
        catalog,
        due: due(records, catalog, &stands, QUARTER_HOURS),
        standing: &stands,
        since: before.as_ref().and_then(|before| before.assessed),
        changes: changed.unwrap_or_default(),
        soon: now.checked_add(within).unwrap_or(now),
        within_days: arguments.within,
        ledger: book.ledger.id(),
        head: verified.head,
    };
    let text = match arguments.format {
        PlainFormat::Text => status_text(&report, screen.layout(false)),
        PlainFormat::Json => status_json(&report),
    };
    screen.deliver(&text, None, Exit::Fit)
}

/// The records before the newest assessment of a target, and the time of the assessment before it;
/// `None` where there was none.
fn before_last(
    records: &[Sealed],
    target: plimsoll_catalog::Target,
) -> Option<(&[Sealed], jiff::Timestamp)> {
    let of_target = |sealed: &Sealed| matches!(&sealed.record.body, Body::Assessment(body) if body.target == target);
    let newest = records.iter().rposition(of_target)?;
    let earlier = records.get(..newest)?;
    let last = earlier.iter().rfind(|sealed| of_target(sealed))?;
    Some((earlier, last.record.time))
}
