//! `plimsoll ledger`

use std::path::Path;

use plimsoll_ledger::{
    Body, Checkpoint, Digest, Kind, OscalInput, Proof, Sealed, Signature, Signer, Verified,
    intoto_statement, json_line, oscal,
};
use plimsoll_report::{
    LedgerReport, ledger_log_json, ledger_log_text, ledger_show_json, ledger_show_text,
    ledger_verify_json, ledger_verify_text,
};
use serde_json::json;

use crate::cli::{
    ExportFormat, Home, Ledger, LedgerCheckpoint, LedgerCommand, LedgerExport, LedgerLog,
    LedgerShow, LedgerVerify, PlainFormat,
};
use crate::digests::content_digest;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::read_whole;
use crate::home::{self, Book};
use crate::keyring;
use crate::output::Screen;

pub(crate) fn run(arguments: &Ledger, screen: &Screen) -> Result<Exit, Failure> {
    match &arguments.command {
        LedgerCommand::Verify(arguments) => verify(arguments, screen),
        LedgerCommand::Log(arguments) => log(arguments, screen),
        LedgerCommand::Show(arguments) => show(arguments, screen),
        LedgerCommand::Export(arguments) => export(arguments, screen),
        LedgerCommand::Checkpoint(arguments) => checkpoint(arguments, screen),
    }
}

fn open(home: &Home) -> Result<Book, Failure> {
    let config = home::config(home)?;
    let place = home::place(&home.place, &config, &home.dir)?;
    Book::open_there(&place, &config)
}

fn verify(arguments: &LedgerVerify, screen: &Screen) -> Result<Exit, Failure> {
    let mut book = open(&arguments.home)?;
    for text in &arguments.trust {
        book.trust.signers.push(trusted(text)?);
    }
    for file in &arguments.checkpoint {
        let known = read_checkpoint(file, &book)?;
        book.trust.checkpoints.push((known, file.display().to_string()));
    }
    let verified = book.verified()?;
    let missing = book.ledger.store().missing_guards().map_err(|error| home::failure(&error))?;
    let (changed_files, gone_files) = shown_files(&verified, &arguments.home.dir);
    let report = LedgerReport {
        id: book.ledger.id(),
        place: book.ledger.place(),
        verified: &verified,
        missing_guards: missing,
        judged_signers: !book.trust.signers.is_empty(),
        checkpoints: book.trust.checkpoints.len(),
        changed_files,
        gone_files,
    };
    let exit = match report.is_sound() {
        true => {
            let head = Checkpoint { seq: verified.head.seq, head: verified.head.digest };
            home::remember(book.ledger.id(), &head);
            Exit::Fit
        }
        false => Exit::Ledger,
    };
    let text = match arguments.format {
        PlainFormat::Text => ledger_verify_text(&report, screen.layout(false)),
        PlainFormat::Json => ledger_verify_json(&report),
    };
    screen.deliver(&text, None, exit)
}

/// A file with the number of the record that shows it.
type Shown = (u64, String);

/// The files that the newest attestation of each control shows: those that hold something else since,
/// and those that are not there.
fn shown_files(verified: &Verified, dir: &Path) -> (Vec<Shown>, Vec<Shown>) {
    let mut seen: Vec<&str> = Vec::new();
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    let mut chunk = vec![0; 64 * 1024];
    for sealed in verified.records.iter().rev() {
        let Body::Attestation(attestation) = &sealed.record.body else { continue };
        if seen.contains(&attestation.control.as_str()) {
            continue;
        }
        seen.push(&attestation.control);
        for proof in &attestation.evidence {
            let Proof::File { path, digest, .. } = proof else { continue };
            let shown = (sealed.record.seq, path.clone());
            match content_digest(&dir.join(path), &mut chunk) {
                Ok((now, _)) if now == *digest => {}
                Ok(_) => changed.push(shown),
                Err(_) => gone.push(shown),
            }
        }
    }
    (changed, gone)
}

/// `NAME=ed25519:…`
fn trusted(text: &str) -> Result<Signer, Failure> {
    let help = "write --trust 'Ada Lovelace=ed25519:…', as plimsoll key show prints it";
    let (name, key) =
        text.split_once('=').ok_or_else(|| Failure::usage("--trust names no key").help(help))?;
    let key =
        key.parse().map_err(|error| Failure::usage(format!("--trust: {error}")).help(help))?;
    Ok(Signer { name: name.to_owned(), key })
}

fn log(arguments: &LedgerLog, screen: &Screen) -> Result<Exit, Failure> {
    let kinds = kinds(&arguments.kind)?;
    let mut book = open(&arguments.home)?;
    let verified = book.verified()?;
    warn(&verified, screen);
    let control = arguments.control.as_ref().map(|id| id.to_uppercase());
    let wanted = |sealed: &&Sealed| {
        let body = &sealed.record.body;
        (kinds.is_empty() || kinds.contains(&body.kind()))
            && control.as_deref().is_none_or(|id| bears_on(body, id))
    };
    let records: Vec<&Sealed> =
        verified.records.iter().rev().filter(wanted).take(arguments.limit).collect();
    let text = match arguments.format {
        PlainFormat::Text => ledger_log_text(&records, screen.layout(false)),
        PlainFormat::Json => ledger_log_json(book.ledger.id(), &records),
    };
    screen.deliver(&text, None, Exit::Fit)
}

fn kinds(asked: &[String]) -> Result<Vec<&'static str>, Failure> {
    let all = || Kind::ALL.into_iter().map(Kind::name);
    let known = |name: &String| {
        all().find(|kind| kind == name).ok_or_else(|| {
            let help = match plimsoll_assess::suggest(name, all()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the kinds are {}", all().collect::<Vec<_>>().join(", ")),
            };
            Failure::usage(format!("there is no kind of record {name:?}")).help(help)
        })
    };
    asked.iter().map(known).collect()
}

fn bears_on(body: &Body, control: &str) -> bool {
    match body {
        Body::Assessment(body) => body.controls.iter().any(|result| result.control == control),
        Body::Observation(body) => body.controls.iter().any(|id| id == control),
        Body::Evidence(body) => body.controls.iter().any(|id| id == control),
        Body::Drill(body) => body.controls.iter().any(|id| id == control),
        Body::Attestation(body) => body.control == control,
        Body::Waiver(body) => body.control.as_deref() == Some(control),
        _ => false,
    }
}

fn show(arguments: &LedgerShow, screen: &Screen) -> Result<Exit, Failure> {
    let mut book = open(&arguments.home)?;
    let verified = book.verified()?;
    warn(&verified, screen);
    let sealed = find(&verified, &arguments.record)?;
    let text = match arguments.format {
        PlainFormat::Text => ledger_show_text(sealed, screen.layout(false)),
        PlainFormat::Json => ledger_show_json(sealed),
    };
    screen.deliver(&text, None, Exit::Fit)
}

/// By its number, or by four or more digits that its digest begins with.
fn find<'v>(verified: &'v Verified, asked: &str) -> Result<&'v Sealed, Failure> {
    let digits = asked.strip_prefix("sha256:").unwrap_or(asked);
    let by_number = digits
        .parse::<u64>()
        .ok()
        .and_then(|seq| verified.records.iter().find(|sealed| sealed.record.seq == seq));
    if let Some(found) = by_number {
        return Ok(found);
    }
    let mut matching = verified
        .records
        .iter()
        .filter(|sealed| digits.len() >= 4 && sealed.digest.hex().starts_with(digits));
    match (matching.next(), matching.next()) {
        (Some(found), None) => Ok(found),
        (Some(_), Some(_)) => {
            Err(Failure::usage(format!("several records have digests that begin with {digits}")))
        }
        _ => Err(Failure::usage(format!("there is no record {asked}"))
            .help("plimsoll ledger log lists them")),
    }
}

fn export(arguments: &LedgerExport, screen: &Screen) -> Result<Exit, Failure> {
    let kinds = kinds(&arguments.kind)?;
    if arguments.format == ExportFormat::Oscal && !kinds.is_empty() {
        return Err(Failure::usage("--kind goes with jsonl and intoto only"));
    }
    let mut book = open(&arguments.home)?;
    // What leaves the house is sound.
    let records = book.sound()?.records;
    let wanted = |sealed: &&Sealed| kinds.is_empty() || kinds.contains(&sealed.record.body.kind());
    let text: String = match arguments.format {
        ExportFormat::Jsonl => records.iter().filter(wanted).map(json_line).collect(),
        ExportFormat::Intoto => {
            let pen = keyring::pen(&arguments.signing)?;
            let line = |sealed: &Sealed| {
                let envelope = intoto_statement(sealed, &pen.key);
                let text = serde_json::to_string(&envelope).unwrap_or_default();
                format!("{text}\n")
            };
            records.iter().filter(wanted).map(line).collect()
        }
        ExportFormat::Oscal => {
            let document = oscal(OscalInput {
                ledger: book.ledger.id(),
                records: &records,
                catalog: plimsoll_catalog::catalog(),
                now: home::now(),
                version: env!("CARGO_PKG_VERSION"),
            });
            let document = document.ok_or_else(|| {
                Failure::usage("no assessment is recorded")
                    .help("run plimsoll check --record first")
            })?;
            format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default())
        }
    };
    screen.deliver(&text, arguments.output.as_deref(), Exit::Fit)
}

/// Whoever reads single records must know that the chain is broken.
fn warn(verified: &Verified, screen: &Screen) {
    if let Some(first) = verified.defects.first() {
        screen.remark(&format!(
            "warning: this ledger is broken: {}; see plimsoll ledger verify\n",
            first.message
        ));
    }
}

/// What is signed besides records: a purpose of its own, so that neither stands for the other.
const CHECKPOINT_PURPOSE: &[u8] = b"plimsoll checkpoint 1\n";

fn checkpoint(arguments: &LedgerCheckpoint, screen: &Screen) -> Result<Exit, Failure> {
    let pen = keyring::pen(&arguments.signing)?;
    let config = home::config(&arguments.home)?;
    let place = home::place(&arguments.home.place, &config, &arguments.home.dir)?;
    Book::open_there(&place, &config)?;
    let mut book = Book::open_to_write(&place, &config)?;
    let head = book.sound()?.head;
    if head.seq == 0 {
        return Err(Failure::usage("the ledger is empty: there is nothing to sign"));
    }
    let body = Body::Checkpoint(Checkpoint { seq: head.seq, head: head.digest });
    let written = book.append(&[body], &pen, home::now())?;
    let Some(newest) = written.last() else {
        return Err(Failure::ledger("the checkpoint was not written"));
    };
    // The file names the checkpoint's own record: all up to it is covered.
    let content = json!({
        "version": 1,
        "kind": "plimsoll-checkpoint",
        "ledger": book.ledger.id(),
        "seq": newest.record.seq,
        "head": newest.digest,
        "time": newest.record.time,
        "signer": newest.record.signer,
    });
    let signature = pen.key.sign(&checkpoint_bytes(&content)?).base64();
    let document = json!({"checkpoint": content, "signature": signature});
    let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap_or_default());
    screen.deliver(&text, arguments.output.as_deref(), Exit::Fit)
}

fn checkpoint_bytes(content: &serde_json::Value) -> Result<Vec<u8>, Failure> {
    let text = plimsoll_ledger::canonical(content)
        .map_err(|error| Failure::ledger(format!("the checkpoint can't be signed: {error}")))?;
    Ok([CHECKPOINT_PURPOSE, text.as_bytes()].concat())
}

/// Reads a checkpoint that was kept elsewhere, and judges its signature.
fn read_checkpoint(file: &Path, book: &Book) -> Result<Checkpoint, Failure> {
    let wrong = |reason: &str| {
        Failure::usage(format!("the checkpoint {}: {reason}", file.display()))
            .help("give a file that plimsoll ledger checkpoint wrote")
    };
    let bytes = read_whole(file).map_err(|error| {
        Failure::usage(format!("cannot read the checkpoint {}: {error}", file.display()))
    })?;
    let document: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_| wrong("it is no JSON"))?;
    let content = document.get("checkpoint").ok_or_else(|| wrong("it is no checkpoint"))?;
    let field = |name: &str| content.get(name).cloned().unwrap_or_default();
    let signer: Signer =
        serde_json::from_value(field("signer")).map_err(|_| wrong("it names no signer"))?;
    let signature = document.get("signature").and_then(serde_json::Value::as_str);
    let signature = signature.and_then(Signature::from_base64);
    let signed = checkpoint_bytes(content)?;
    if !signature.is_some_and(|signature| signer.key.verifies(&signed, &signature)) {
        return Err(wrong("it was changed after it was signed"));
    }
    if !book.trust.signers.is_empty() && !book.trust.signers.contains(&signer) {
        return Err(wrong(&format!("it is signed by a key that is not trusted ({})", signer.key)));
    }
    if field("ledger").as_str() != Some(&book.ledger.id().to_string()) {
        return Err(wrong("it belongs to another ledger"));
    }
    let digest = field("head").as_str().and_then(|text| text.parse::<Digest>().ok());
    match (field("seq").as_u64(), digest) {
        (Some(seq), Some(head)) => Ok(Checkpoint { seq, head }),
        _ => Err(wrong("it names no record")),
    }
}
