//! `plimsoll ledger` for people.

use plimsoll_catalog::Verdict;
use plimsoll_ledger::{Body, Sealed};

use super::TextOptions;
use super::page::Page;
use super::style;
use crate::ledger::{LedgerReport, summary};
use crate::sanitize::one_line;

/// The word for a verdict: `not applicable`.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proven => "proven",
        Verdict::Failed => "failed",
        Verdict::Unproven => "unproven",
        Verdict::NotApplicable => "not applicable",
        Verdict::Waived => "waived",
        Verdict::Attested => "attested",
    }
}

/// What `plimsoll ledger verify` found.
pub fn ledger_verify_text(report: &LedgerReport<'_>, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let found = report.verified;
    page.put(&format!("{} (ledger {})", one_line(&report.place), report.id)).end();
    let head = found.head;
    match head.seq {
        0 if found.defects.is_empty() => {
            page.put("It is empty.").end();
        }
        0 => {}
        seq => {
            let time = head.time.map(|time| format!(", of {}", short_time(time)));
            page.put(&format!(
                "{} records; the newest, {seq}{}, has the digest {}.",
                found.records.len(),
                time.unwrap_or_default(),
                head.digest
            ));
            page.end();
        }
    }
    for (signer, count) in &found.signers {
        let plural = if *count == 1 { "" } else { "s" };
        let line = format!(
            "  {count} record{plural} signed by {} ({})",
            one_line(&signer.name),
            signer.key
        );
        page.put(&line).end();
    }
    page.end();
    for defect in &found.defects {
        page.paragraph(0, "wrong:", style::ERROR, &one_line(&defect.message));
    }
    for guard in &report.missing_guards {
        let text =
            format!("the database no longer guards its records: {} is missing", one_line(guard));
        page.paragraph(0, "wrong:", style::ERROR, &text);
    }
    for (seq, file) in &report.changed_files {
        let text = format!("{} is not what the attestation of record {seq} shows", one_line(file));
        page.paragraph(0, "wrong:", style::ERROR, &text);
    }
    if report.is_sound() {
        page.styled(style::GOOD, "sound")
            .put(": every record is what was signed, in its place.")
            .end();
    }
    for (seq, file) in &report.gone_files {
        let text = format!("{}, which record {seq} shows, is not here to compare", one_line(file));
        page.paragraph(0, "note:", style::NOTE, &text);
    }
    if !report.judged_signers && head.seq > 0 {
        let text = "no key is trusted, so that whose signatures these are was not judged: add \
                    [[signers]] to plimsoll.toml, or --trust";
        page.paragraph(0, "note:", style::NOTE, text);
    }
    if report.checkpoints == 0 && head.seq > 0 {
        let text = "there was no checkpoint to compare with, so that records cut off at the end \
                    would not show: keep one elsewhere (plimsoll ledger checkpoint)";
        page.paragraph(0, "note:", style::NOTE, text);
    }
    page.finish()
}

/// Records one per line.
pub fn ledger_log_text(records: &[&Sealed], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    if records.is_empty() {
        page.put("no such records").end();
    }
    for sealed in records {
        let record = &sealed.record;
        let label =
            format!("{:>6}  {}  {:<11}", record.seq, short_time(record.time), record.body.kind());
        let text = format!("{} [{}]", summary(&record.body), record.signer.name);
        page.paragraph(0, &label, style::BOLD, &one_line(&text));
    }
    page.finish()
}

/// One record whole.
pub fn ledger_show_text(sealed: &Sealed, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let record = &sealed.record;
    page.styled(style::BOLD, &format!("record {}", record.seq));
    page.put(&format!("  {}", one_line(record.body.kind()))).end();
    page.put(&format!("  time       {}", record.time)).end();
    page.put(&format!("  signer     {} ({})", one_line(&record.signer.name), record.signer.key))
        .end();
    page.put(&format!("  digest     {}", sealed.digest)).end();
    page.put(&format!("  previous   {}", record.previous)).end();
    page.put(&format!("  signature  {}", one_line(&sealed.row.signature))).end();
    page.put(&format!("  ledger     {}", record.ledger)).end();
    if let Body::Evidence(evidence) = &record.body
        && let Some(control) = &evidence.negative_control
    {
        page.put(&format!("  seen red   {} ({})", control.seen_red, one_line(&control.fault)))
            .end();
    }
    page.end();
    let body = serde_json::from_str::<serde_json::Value>(&sealed.row.content);
    let body = body.ok().and_then(|mut value| value.get_mut("body").map(serde_json::Value::take));
    let text = body.and_then(|body| serde_json::to_string_pretty(&body).ok()).unwrap_or_default();
    for line in text.lines() {
        page.put(&one_line(line)).end();
    }
    page.finish()
}

/// `2026-11-21 04:10Z`.
pub(crate) fn short_time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}
