//! `plimsoll attest`

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use plimsoll_assess::config::Config;
use plimsoll_assess::suggest;
use plimsoll_catalog::{Attestation as Wanted, Bound, Control, Parameter, ParameterValue, catalog};
use plimsoll_ledger::{Attestation, Body, Clean, Fresh, Limit, Measurement, Proof};
use plimsoll_report::Redactor;

use crate::cli::Attest;
use crate::digests::content_digest;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::keyring;
use crate::output::Screen;

pub(crate) fn run(arguments: &Attest, screen: &Screen) -> Result<Exit, Failure> {
    let control = control(&arguments.control)?;
    let Some(wanted) = &control.attestation else {
        let message = format!(
            "{} ({}) is no matter of vouching: its checks prove it",
            control.id, control.title
        );
        return Err(Failure::usage(message)
            .help("plimsoll explain says which; what is accepted as it is, is waived"));
    };
    let config = home::config(&arguments.home)?;
    let now = home::now();
    let redactor = Redactor::default();
    let evidence = match arguments.evidence.as_slice() {
        [] if !arguments.withdraw => {
            return Err(Failure::usage("an attestation shows something for what it says")
                .help("add --evidence FILE or --evidence URL"));
        }
        evidence => evidence
            .iter()
            .map(|text| proof(text, &arguments.home.dir, &redactor))
            .collect::<Result<Vec<_>, Failure>>()?,
    };
    let measured = match arguments.withdraw {
        true => Vec::new(),
        false => measured(control, &arguments.value, &config)?,
    };
    let effective = effective(arguments.effective.as_deref(), now)?;
    let pen = keyring::pen(&arguments.signing)?;
    let by = arguments.by.clone().unwrap_or_else(|| pen.name.clone());
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    let mut book = Book::open_to_write(&place, &config)?;
    let known = book.sound()?;
    if let Some(name) = &arguments.release {
        home::release(&known.records, name)?;
    }
    let role = arguments.role.clone().or_else(|| role_of(&by, &config));
    let body = Attestation {
        control: control.id.clone(),
        by: by.clone(),
        role: role.clone(),
        wording: wanted.wording.clone(),
        note: arguments.note.as_deref().map(|note| Clean::new(note, &redactor)),
        evidence,
        measured,
        effective,
        fresh_for: Fresh(wanted.fresh_for),
        release: arguments.release.clone(),
        withdrawn: arguments.withdraw,
    };
    let written = book.append(&[Body::Attestation(body)], &pen, now)?;
    let seq = written.last().map_or(0, |sealed| sealed.record.seq);
    screen.deliver(&said(arguments, control, wanted, &by, role.as_deref(), seq), None, Exit::Fit)
}

fn said(
    arguments: &Attest,
    control: &Control,
    wanted: &Wanted,
    by: &str,
    role: Option<&str>,
    seq: u64,
) -> String {
    if arguments.withdraw {
        return format!(
            "record {seq}: {by} no longer vouches for {} ({})\n",
            control.id, control.title
        );
    }
    let mut text = format!(
        "record {seq}: {by} vouches for {} ({}), for {}:\n  {}\n",
        control.id, control.title, wanted.fresh_for, wanted.wording
    );
    if role != Some(wanted.role.as_str()) {
        let own = role.map_or_else(
            || "no role is given".to_owned(),
            |role| format!("the role given is {role}"),
        );
        text.push_str(&format!("note: the catalog asks the {} to do so; {own}\n", wanted.role));
    }
    text
}

/// The control of this id.
pub(super) fn control(id: &str) -> Result<&'static Control, Failure> {
    let all = catalog();
    all.control(id.trim()).ok_or_else(|| {
        let help = match suggest(id, all.controls().map(|control| control.id.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "plimsoll catalog lists them all".to_owned(),
        };
        Failure::usage(format!("there is no control {id:?}")).help(help)
    })
}

/// The first role that plimsoll.toml gives this name.
fn role_of(name: &str, config: &Config) -> Option<String> {
    config.signers.iter().find(|signer| signer.name == name && signer.role.is_some())?.role.clone()
}

fn proof(text: &str, dir: &Path, redactor: &Redactor) -> Result<Proof, Failure> {
    if let Some((scheme, rest)) = text.split_once("://") {
        if !matches!(scheme, "https" | "http") {
            return Err(Failure::usage(format!(
                "evidence is a file or a web address, not {scheme}://…"
            )));
        }
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.contains('@') {
            return Err(Failure::usage("the address of the evidence holds a login")
                .help("give it without what stands before the @"));
        }
        return Ok(Proof::Link { url: Clean::new(text, redactor) });
    }
    let path = PathBuf::from(text);
    let cannot =
        |reason: String| Failure::usage(format!("cannot read the evidence {text}: {reason}"));
    let metadata = std::fs::metadata(&path).map_err(|error| cannot(error.to_string()))?;
    if !metadata.is_file() {
        return Err(cannot("it is no file".to_owned()));
    }
    let mut chunk = vec![0; 64 * 1024];
    let (digest, bytes) =
        content_digest(&path, &mut chunk).map_err(|error| cannot(error.to_string()))?;
    if bytes == 0 {
        return Err(cannot("it is empty".to_owned()));
    }
    // From the repository's root where it lies inside of it, so that others find it.
    let inside = || {
        let root = std::fs::canonicalize(dir).ok()?;
        let file = std::fs::canonicalize(&path).ok()?;
        Some(file.strip_prefix(root).ok()?.to_string_lossy().into_owned())
    };
    Ok(Proof::File { path: inside().unwrap_or_else(|| text.to_owned()), digest, bytes })
}

/// The figures that the control wants stated, each within its limit.
fn measured(
    control: &Control,
    given: &[String],
    config: &Config,
) -> Result<Vec<Measurement>, Failure> {
    let mut figures: Vec<(&str, f64)> = Vec::new();
    for text in given {
        let help = "write --value NAME=NUMBER, such as --value satisfied=86";
        let (name, number) = text
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("{text:?} is no figure")).help(help))?;
        let number: Option<f64> =
            number.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let number =
            number.ok_or_else(|| Failure::usage(format!("{text:?} is no figure")).help(help))?;
        figures.push((name.trim(), number));
    }
    let wanted: Vec<(&Parameter, Bound)> =
        control.parameters.iter().filter_map(|p| Some((p, p.attested?))).collect();
    if let Some((name, _)) =
        figures.iter().find(|(name, _)| !wanted.iter().any(|(p, _)| p.name == *name))
    {
        let names: Vec<&str> = wanted.iter().map(|(p, _)| p.name.as_str()).collect();
        let help = match names.as_slice() {
            [] => format!("{} wants no figures stated", control.id),
            names => format!("it wants: {}", names.join(", ")),
        };
        return Err(Failure::usage(format!("{} has no figure {name:?}", control.id)).help(help));
    }
    wanted
        .into_iter()
        .map(|(parameter, bound)| {
            let value = figures.iter().rev().find(|(name, _)| *name == parameter.name);
            figure(control, parameter, bound, value.map(|(_, number)| *number), config)
        })
        .collect()
}

fn figure(
    control: &Control,
    parameter: &Parameter,
    bound: Bound,
    value: Option<f64>,
    config: &Config,
) -> Result<Measurement, Failure> {
    let own = config.parameters.get(&control.id).and_then(|all| all.get(&parameter.name));
    let limit = match own.map_or(&parameter.value, |placed| &placed.value) {
        ParameterValue::Integer(number) => f64::from(i32::try_from(*number).unwrap_or(i32::MAX)),
        _ => return Err(Failure::usage(format!("the limit {} is no number", parameter.name))),
    };
    let (words, limit) = match bound {
        Bound::AtLeast => (format!("at least {limit}"), Limit::AtLeast(limit)),
        Bound::AtMost => (format!("at most {limit}"), Limit::AtMost(limit)),
        Bound::Below => (format!("less than {limit}"), Limit::Below(limit)),
    };
    let name = &parameter.name;
    let Some(value) = value else {
        let message = format!("{} wants the figure {name} stated", control.id);
        return Err(Failure::usage(message)
            .help(format!("add --value {name}=NUMBER ({words} {})", parameter.unit)));
    };
    let measurement =
        Measurement { name: name.clone(), value, unit: parameter.unit.clone(), limit: Some(limit) };
    if measurement.holds() == Some(false) {
        let message =
            format!("{name} is {value} {}, and {} asks for {words}", parameter.unit, control.id);
        return Err(Failure::usage(message).help(
            "such a result can't be vouched for: put it right, or accept it with plimsoll waive",
        ));
    }
    Ok(measurement)
}

/// The day that it speaks of, at its beginning; now for today.
fn effective(asked: Option<&str>, now: Timestamp) -> Result<Timestamp, Failure> {
    let Some(text) = asked else { return Ok(now) };
    let day = date(text, "--effective")?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).map(|start| start.timestamp());
    match start {
        Ok(start) if start <= now => Ok(start),
        _ => Err(Failure::usage(format!("--effective {day} has not come yet"))),
    }
}

/// A calendar date of an argument.
pub(super) fn date(text: &str, argument: &str) -> Result<Date, Failure> {
    text.trim().parse::<Date>().map_err(|_| {
        Failure::usage(format!("{argument} {text:?} is no calendar date"))
            .help("write it as 2027-06-30")
    })
}
