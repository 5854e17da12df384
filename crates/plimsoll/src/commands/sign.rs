//! `plimsoll sign`

use std::collections::BTreeMap;

use plimsoll_assess::config::Config;
use plimsoll_catalog::Verdict;
use plimsoll_ledger::{Body, Clean, Question, Role, SignOff, Standing, standing};
use plimsoll_report::{Redactor, verdict_name};

use crate::cli::Sign;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::keyring::{self, Pen};
use crate::output::Screen;

pub(crate) fn run(arguments: &Sign, screen: &Screen) -> Result<Exit, Failure> {
    let role: Role = arguments.role.parse().map_err(|()| {
        let names: Vec<&str> = Role::ALL.into_iter().map(Role::name).collect();
        Failure::usage(format!("there is no role {:?}", arguments.role))
            .help(format!("the roles are {}", names.join(", ")))
    })?;
    let config = home::config(&arguments.home)?;
    let pen = keyring::pen(&arguments.signing)?;
    let vouched = may_sign(&pen, role, &config)?;
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    Book::open_there(&place, &config)?;
    let mut book = Book::open_to_write(&place, &config)?;
    let verified = book.sound()?;
    let release = home::release(&verified.records, &arguments.release)?.clone();
    let now = home::now();
    let question = Question {
        catalog: plimsoll_catalog::catalog(),
        target: arguments.target.into(),
        now,
        release: Some(&release.name),
    };
    let stands =
        standing(&verified.records, question).map_err(|error| Failure::usage(error.to_string()))?;
    if stands.assessed.is_none() {
        return Err(Failure::usage(format!("nothing is recorded of release {}", release.name))
            .help("run plimsoll check --record first"));
    }
    let evidence = stands.digest().map_err(|error| Failure::ledger(error.to_string()))?;
    let sign_off = SignOff {
        release: release.name.clone(),
        digest: release.digest,
        role,
        by: pen.name.clone(),
        target: question.target,
        evidence,
        counts: counts(&stands),
        note: arguments.note.as_deref().map(|note| Clean::new(note, &Redactor::default())),
    };
    let written = book.append(&[Body::SignOff(sign_off)], &pen, now)?;
    let seq = written.last().map_or(0, |sealed| sealed.record.seq);
    let mut said = format!(
        "record {seq}: {} signs release {} as {role}\n  evidence  {evidence}\n  {}\n",
        pen.name,
        release.name,
        summary(&stands)
    );
    if !vouched {
        said.push_str(&format!(
            "note: that {} is {role} is the key's own word: plimsoll.toml names no signers\n",
            pen.name
        ));
    }
    screen.deliver(&said, None, Exit::Fit)
}

/// Whether plimsoll.toml gives this key the role; where it names no signers at all, the key file must
/// name the role, and `false` says that nobody else vouches for it.
fn may_sign(pen: &Pen, role: Role, config: &Config) -> Result<bool, Failure> {
    let is_role = |text: &String| text.parse() == Ok(role);
    if config.signers.is_empty() {
        return match pen.roles.iter().any(is_role) {
            true => Ok(false),
            false => {
                Err(Failure::usage(format!("the key of {} has not the role {role}", pen.name))
                    .help(format!(
                        "add to plimsoll.toml a [[signers]] table with role = \"{role}\""
                    )))
            }
        };
    }
    let key = pen.key.public().to_string();
    let own = config.signers.iter().filter(|signer| signer.key == key && signer.name == pen.name);
    let mut roles = own.filter_map(|signer| signer.role.as_ref());
    if roles.any(is_role) {
        return Ok(true);
    }
    Err(Failure::usage(format!("plimsoll.toml does not give {} the role {role}", pen.name))
        .help("whoever answers for the system adds it under [[signers]]"))
}

fn counts(standing: &Standing) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for stand in &standing.controls {
        let name = verdict_name(stand.verdict).replace(' ', "_");
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn summary(standing: &Standing) -> String {
    let order = [
        Verdict::Proven,
        Verdict::Attested,
        Verdict::Waived,
        Verdict::Failed,
        Verdict::Unproven,
        Verdict::NotApplicable,
    ];
    let counted =
        order.map(|verdict| format!("{} {}", standing.count(verdict), verdict_name(verdict)));
    counted.join(", ")
}
