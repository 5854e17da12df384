//! `plimsoll release`

use plimsoll_ledger::{Body, Clean, Digest, Release as ReleaseBody, Sealed, Subject};
use plimsoll_report::{Redactor, ledger_log_json, ledger_log_text};

use crate::cli::{PlainFormat, Release, ReleaseCommand, ReleaseList, ReleaseNew};
use crate::digests;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Book};
use crate::keyring;
use crate::output::Screen;
use crate::progress::Progress;
use crate::survey::Opened;

pub(crate) fn run(arguments: &Release, screen: &Screen) -> Result<Exit, Failure> {
    match &arguments.command {
        ReleaseCommand::New(arguments) => new(arguments, screen),
        ReleaseCommand::List(arguments) => list(arguments, screen),
    }
}

fn new(arguments: &ReleaseNew, screen: &Screen) -> Result<Exit, Failure> {
    let name = arguments.name.trim();
    if name.is_empty() || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::usage("the name of a release is one word"));
    }
    let pen = keyring::pen(&arguments.signing)?;
    let progress = Progress::start("reading the repository");
    let opened = Opened::new(&arguments.subject)?;
    let subject = subject(arguments, &opened)?;
    drop(progress);
    let Some(digest) = subject.release else {
        return Err(Failure::not_assessed("the digest of the files can't be taken"));
    };
    let place = home::place(&arguments.ledger, &opened.config, opened.checkout.root_path())?;
    let mut book = Book::open_to_write(&place, &opened.config)?;
    let known = book.sound()?;
    if let Ok(there) = home::release(&known.records, name) {
        let message = format!("there is a release {name} already, of the files {}", there.digest);
        return Err(
            Failure::usage(message).help("a release is never changed: give this one another name")
        );
    }
    let body = ReleaseBody {
        name: name.to_owned(),
        digest,
        configuration: subject.configuration,
        commit: subject.commit,
        note: arguments.note.as_deref().map(|note| Clean::new(note, &Redactor::default())),
    };
    let written = book.append(&[Body::Release(body)], &pen, home::now())?;
    let seq = written.last().map_or(0, |sealed| sealed.record.seq);
    let mut said = format!("record {seq}: release {name}\n  files          {digest}\n");
    match subject.configuration {
        Some(configuration) => said.push_str(&format!("  configuration  {configuration}\n")),
        None => {
            said.push_str("  configuration  left open: evidence is compared by its files only\n")
        }
    }
    screen.deliver(&said, None, Exit::Fit)
}

fn subject(arguments: &ReleaseNew, opened: &Opened) -> Result<Subject, Failure> {
    if let Some(text) = &arguments.digest {
        let digest: Digest =
            text.parse().map_err(|error| Failure::usage(format!("--digest: {error}")))?;
        return Ok(Subject { release: Some(digest), ..Subject::default() });
    }
    let tree = opened.tree();
    let surveyed = opened.survey(&arguments.subject, &tree, false)?;
    digests::subject(&opened.checkout, &surveyed.facts).map_err(|error| {
        Failure::not_assessed(format!("cannot take the digest of the files: {error}"))
    })
}

fn list(arguments: &ReleaseList, screen: &Screen) -> Result<Exit, Failure> {
    let config = home::config(&arguments.home)?;
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    let mut book = Book::open_there(&place, &config)?;
    let verified = book.sound()?;
    let is_release = |sealed: &&Sealed| matches!(sealed.record.body, Body::Release(_));
    let records: Vec<&Sealed> = verified.records.iter().rev().filter(is_release).collect();
    let text = match arguments.format {
        PlainFormat::Text => ledger_log_text(&records, screen.layout(false)),
        PlainFormat::Json => ledger_log_json(book.ledger.id(), &records),
    };
    screen.deliver(&text, None, Exit::Fit)
}
