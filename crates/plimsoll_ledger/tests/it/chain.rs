//! What a changed chain is told to be.

use plimsoll_ledger::{
    Body, Checkpoint, DefectKind, Digest, FORMAT, Ledger, LedgerId, MemoryStore, PrivateKey,
    Record, Row, Sealed, Signer, StoreError, Trust, Writer, canonical, verify,
};
use proptest::prelude::*;

use crate::support::{NOON, append, at, checkpoint, id, key, release, rows, signer};

fn trusting() -> Trust {
    Trust { signers: vec![signer("Ada", 1)], checkpoints: Vec::new() }
}

fn defects(rows: Vec<Row>, trust: &Trust) -> Vec<(u64, DefectKind)> {
    verify(id(), rows, trust).defects.iter().map(|defect| (defect.seq, defect.kind)).collect()
}

/// A record of the same place in the chain with another body, signed by some key.
fn forged(row: &Row, body: Body, key: &PrivateKey, name: &str) -> Row {
    let record = Record::parse(&row.content).unwrap();
    let signer = Signer { name: name.to_owned(), key: key.public() };
    Record { body, signer, ..record }.seal(key).unwrap().row
}

#[test]
fn a_chain_that_nobody_touched_is_sound() {
    let rows = rows(&[0, 1, 1, 2, 50]);
    let found = verify(id(), rows.clone(), &trusting());
    assert_eq!(found.defects, []);
    assert_eq!((found.head.seq, found.head.digest.to_string()), (5, rows[4].digest.clone()));
    assert_eq!(found.signers[&signer("Ada", 1)], 5);
    assert_eq!(found.records[0].record.previous, Digest::NONE);
    assert_eq!(found.records[0].record.format, FORMAT);
    assert_eq!(defects(Vec::new(), &trusting()), []);
}

#[test]
fn every_way_of_tampering_is_named() {
    use DefectKind::{Changed, Foreign, Moved, Removed, UnknownKey, Unlinked, Unreadable};
    let whole = rows(&[0, 1, 2, 3, 4, 5]);
    type Tamper = fn(&mut Vec<Row>);
    type Case = (&'static str, Tamper, &'static [(u64, DefectKind)]);
    let cases: [Case; 12] = [
        (
            "a byte of the text",
            |r| r[2].content = r[2].content.replace("r3", "r9"),
            &[(3, Changed)],
        ),
        (
            "text and digest",
            |r| {
                r[2].content = r[2].content.replace("r3", "r9");
                r[2].digest = Digest::of(&r[2].content).to_string();
            },
            &[(3, Changed)],
        ),
        ("the digest only", |r| r[2].digest = Digest::of("x").to_string(), &[(3, Changed)]),
        ("the signature", |r| r[2].signature = r[3].signature.clone(), &[(3, Changed)]),
        ("the text is gone", |r| r[2].content.clear(), &[(3, Changed)]),
        (
            "no record",
            |r| {
                r[2].content = "{}".to_owned();
                r[2].digest = Digest::of("{}").to_string();
            },
            &[(3, Unreadable)],
        ),
        ("removed", |r| drop(r.remove(2)), &[(3, Removed)]),
        ("the first two removed", |r| drop(r.drain(..2)), &[(1, Removed)]),
        (
            "removed and closed up",
            |r| {
                r.remove(2);
                r.iter_mut().skip(2).for_each(|row| row.seq -= 1);
            },
            &[(3, Moved), (4, Moved), (5, Moved)],
        ),
        (
            "two swapped",
            |r| {
                r.swap(2, 3);
                (r[2].seq, r[3].seq) = (3, 4);
            },
            &[(3, Moved), (4, Moved), (5, Unlinked)],
        ),
        (
            "replaced by another of the same writer",
            |r| r[2] = forged(&r[2], release("r9"), &key(1), "Ada"),
            &[(4, Unlinked)],
        ),
        (
            "replaced by a stranger",
            |r| r[2] = forged(&r[2], release("r9"), &key(9), "Ada"),
            &[(3, UnknownKey), (4, Unlinked)],
        ),
    ];
    for (what, tamper, expected) in cases {
        let mut rows = whole.clone();
        tamper(&mut rows);
        assert_eq!(defects(rows, &trusting()), expected, "{what}");
    }
    let mut foreign = whole.clone();
    let mut record = Record::parse(&whole[5].content).unwrap();
    record.ledger = LedgerId::from_bytes([8; 16]);
    foreign[5] = record.seal(&key(1)).unwrap().row;
    assert_eq!(defects(foreign, &trusting()), [(6, Foreign)]);
}

#[test]
fn a_name_counts_only_with_its_own_key() {
    let mut rows = rows(&[0, 1]);
    rows[1] = forged(&rows[1], release("r2"), &key(2), "Ada");
    let trust = Trust { signers: vec![signer("Ada", 1), signer("Bob", 2)], ..Trust::default() };
    let found = verify(id(), rows.clone(), &trust);
    assert_eq!(found.defects[0].message, "record 2 is signed as Ada by the key of Bob");
    assert_eq!(defects(rows, &Trust::default()), [], "nobody is trusted, so nobody is judged");
}

#[test]
fn records_cut_off_at_the_end_show_by_a_checkpoint() {
    let whole = rows(&[0, 1, 2, 3]);
    let known = checkpoint(&whole, 4);
    let trust = Trust { checkpoints: vec![(known, "paper".to_owned())], ..trusting() };
    assert_eq!(defects(whole.clone(), &trust), []);
    assert_eq!(defects(whole[..3].to_vec(), &trust), [(4, DefectKind::CutOff)]);
    assert_eq!(defects(Vec::new(), &trust), [(1, DefectKind::CutOff)]);
    let mut other = rows(&[0, 1, 2]);
    other.push(forged(&whole[3], release("r9"), &key(1), "Ada"));
    let found = verify(id(), other, &trust);
    let message = "record 4 is not the one that the checkpoint of paper names";
    assert_eq!(found.defects[0].message, message);
}

#[test]
fn a_checkpoint_inside_the_chain_is_compared_too() {
    let mut ledger = Ledger::new(Box::new(MemoryStore::new(id()))).unwrap();
    append(&mut ledger, &release("r1"), 0);
    let head = ledger.rows().unwrap()[0].digest.parse().unwrap();
    append(&mut ledger, &Body::Checkpoint(Checkpoint { seq: 1, head }), 1);
    append(&mut ledger, &Body::Checkpoint(Checkpoint { seq: 1, head: Digest::of("x") }), 2);
    append(&mut ledger, &Body::Checkpoint(Checkpoint { seq: 9, head }), 3);
    let found = defects(ledger.rows().unwrap(), &trusting());
    assert_eq!(found, [(1, DefectKind::Checkpoint), (4, DefectKind::Checkpoint)]);
}

#[test]
fn a_clock_that_went_back_is_refused_and_named() {
    let mut ledger = Ledger::new(Box::new(MemoryStore::new(id()))).unwrap();
    append(&mut ledger, &release("r1"), 10);
    append(&mut ledger, &release("r2"), 9);
    let key = key(1);
    let early = Writer { key: &key, name: "Ada", now: at(NOON) };
    let refused = ledger.append(&[release("r3")], early).unwrap_err();
    assert!(refused.to_string().contains("the clock went back"), "{refused}");
    let mut rows = rows(&[10]);
    let mut late = Record::parse(&rows[0].content).unwrap();
    (late.seq, late.previous, late.time) = (2, rows[0].digest.parse().unwrap(), at(NOON));
    rows.push(late.seal(&key).unwrap().row);
    assert_eq!(defects(rows, &trusting()), [(2, DefectKind::Clock)]);
}

#[test]
fn nothing_is_built_on_a_broken_end() {
    let mut store = MemoryStore::new(id());
    store.rows = rows(&[0, 1]);
    store.rows[1].content = store.rows[1].content.replace("r2", "r9");
    let mut ledger = Ledger::new(Box::new(store)).unwrap();
    let key = key(1);
    let writer = Writer { key: &key, name: "Ada", now: at("2026-11-21T13:00:00Z") };
    let refused = ledger.append(&[release("r3")], writer).unwrap_err();
    assert!(matches!(refused, StoreError::Broken { seq: 2, .. }), "{refused}");
    assert_eq!(ledger.rows().unwrap().len(), 2);
}

#[test]
fn what_later_versions_write_is_kept_or_refused_by_name() {
    let mut rows = rows(&[0]);
    let value: serde_json::Value = serde_json::from_str(&rows[0].content).unwrap();
    let mut newer = value.clone();
    newer["kind"] = "voyage".into();
    let record = Record::parse(&canonical(&newer).unwrap()).unwrap();
    assert_eq!(record.body.kind(), "voyage");
    rows[0] = record.seal(&key(1)).unwrap().row;
    assert_eq!(defects(rows.clone(), &trusting()), []);
    let mut later = value;
    later["format"] = 2.into();
    let content = canonical(&later).unwrap();
    rows[0].digest = Digest::of(&content).to_string();
    rows[0].content = content;
    let found = verify(id(), rows, &trusting());
    assert!(found.defects[0].message.contains("format 2"), "{:?}", found.defects);
}

#[test]
fn the_stored_text_stays_as_it_is() {
    let row = &rows(&[0])[0];
    let expected = [
        r#"{"body":{"digest":""#,
        &Digest::of("r1").to_string(),
        r#"","name":"r1"},"format":1,"kind":"release","ledger":""#,
        "07070707070707070707070707070707",
        r#"","previous":"sha256:"#,
        &"0".repeat(64),
        r#"","seq":1,"signer":{"key":"ed25519:"#,
        "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=",
        r#"","name":"Ada"},"time":"2026-11-21T12:00:00Z"}"#,
    ];
    assert_eq!(row.content, expected.concat());
    assert_eq!(row.digest, Digest::of(&row.content).to_string());
}

proptest! {
    /// Any change of any byte of any row, any removal and any move of a row shows.
    #[test]
    fn no_change_goes_unseen(
        count in 2_usize..7,
        row in 0_usize..7,
        other in 0_usize..7,
        byte in 0_usize..400,
        way in 0_u8..5,
    ) {
        let minutes: Vec<i64> = (0..i64::try_from(count).unwrap()).collect();
        let whole = rows(&minutes);
        let head = checkpoint(&whole, u64::try_from(count).unwrap());
        let trust = Trust { checkpoints: vec![(head, "paper".to_owned())], ..trusting() };
        let mut rows = whole.clone();
        let (row, other) = (row % count, other % count);
        let flip = |text: &mut String| {
            let mut bytes = std::mem::take(text).into_bytes();
            let at = byte % bytes.len();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            *text = String::from_utf8_lossy(&bytes).into_owned();
        };
        match way {
            0 => flip(&mut rows[row].content),
            1 => flip(&mut rows[row].signature),
            2 => flip(&mut rows[row].digest),
            3 => drop(rows.remove(row)),
            _ => {
                rows.swap(row, other);
                (rows[row].seq, rows[other].seq) = (whole[row].seq, whole[other].seq);
            }
        }
        prop_assume!(rows != whole);
        prop_assert!(!verify(id(), rows, &trust).defects.is_empty());
    }

    /// What is sealed is read back as it was.
    #[test]
    fn sealing_and_reading_are_inverse(name in "\\PC{0,40}", seq in 1_u64..1000) {
        let record = Record {
            format: FORMAT,
            ledger: id(),
            seq,
            previous: Digest::of("before"),
            time: at(NOON),
            signer: signer(&name, 1),
            body: release(&name),
        };
        let sealed = record.clone().seal(&key(1)).unwrap();
        prop_assert!(sealed.is_signed());
        let read = Sealed::read(sealed.row.clone()).unwrap();
        prop_assert_eq!(&read, &sealed);
        prop_assert_eq!(read.record, record);
    }
}
