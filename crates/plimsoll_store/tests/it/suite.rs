//! What every store does.

use plimsoll_ledger::{LedgerId, StoreError};
use plimsoll_store::{open, open_or_create, open_to_read};
use proptest::prelude::*;

use crate::places::{Spot, append, id, names, run_sql, spots, try_sql};

#[test]
fn records_are_kept_in_order() {
    for spot in spots() {
        let mut ledger = spot.make();
        assert_eq!(ledger.id(), id());
        assert!(ledger.rows().unwrap().is_empty(), "{}", spot.kind);
        append(&mut ledger, &["a", "b"]).unwrap();
        drop(ledger);
        let mut ledger = spot.open();
        append(&mut ledger, &["c"]).unwrap();
        append(&mut ledger, &[]).unwrap();
        let found = spot.verified();
        assert_eq!(
            (found.defects.len(), names(&found)),
            (0, vec!["a".into(), "b".into(), "c".into()])
        );
        let mut tail = Vec::new();
        let mut take = |row: plimsoll_ledger::Row| {
            tail.push(row.seq);
            Ok(())
        };
        ledger.store().rows(3, &mut take).unwrap();
        assert_eq!(tail, [3]);
        assert_eq!(ledger.store().missing_guards().unwrap(), [""; 0]);
    }
}

#[test]
fn a_ledger_is_made_once_and_keeps_its_name() {
    for spot in spots() {
        let missing = open(&spot.location()).err().unwrap();
        assert!(matches!(missing, StoreError::Missing(_)), "{}: {missing}", spot.kind);
        spot.make();
        let other = LedgerId::from_bytes([3; 16]);
        let mut again = open_or_create(&spot.location(), other).unwrap();
        assert_eq!(again.ledger().unwrap(), id(), "{}", spot.kind);
    }
}

#[test]
fn an_append_that_fails_halfway_leaves_nothing() {
    for spot in spots() {
        let mut ledger = spot.make();
        append(&mut ledger, &["a"]).unwrap();
        let rows = ledger.rows().unwrap();
        // The second row has the number of one that is there.
        let failed = ledger.store().append(&mut |newest| {
            let newest = newest.unwrap();
            let next = plimsoll_ledger::Row { seq: 2, digest: "x".to_owned(), ..newest.clone() };
            Ok(vec![next, newest])
        });
        assert!(failed.is_err(), "{}", spot.kind);
        let refused = ledger.store().append(&mut |_| Err(StoreError::Full));
        assert_eq!(refused, Err(StoreError::Full));
        assert_eq!(ledger.rows().unwrap(), rows, "{}", spot.kind);
        append(&mut ledger, &["b"]).unwrap();
        assert_eq!(names(&spot.verified()), ["a", "b"]);
    }
}

/// Statements that change what is there, with the table names of a store.
fn attacks(spot: &Spot) -> Vec<String> {
    let (record, ledger) = match spot.kind {
        "sqlite" => ("record", "ledger"),
        _ => ("plimsoll_record", "plimsoll_ledger"),
    };
    let mut attacks = vec![
        format!("UPDATE {record} SET content = ''"),
        format!("UPDATE {record} SET seq = seq + 10"),
        format!("DELETE FROM {record} WHERE seq = 1"),
        // Beyond the end, however many records a test has made.
        format!("INSERT INTO {record} VALUES (100007, 'a', 'b', 'c')"),
        format!("INSERT INTO {record} VALUES (-1, 'a', 'b', 'c')"),
        format!("UPDATE {ledger} SET id = 'x'"),
        format!("DELETE FROM {ledger}"),
    ];
    match spot.kind {
        "sqlite" => {
            attacks.push(format!("INSERT OR REPLACE INTO {record} VALUES (1, 'a', 'b', 'c')"))
        }
        _ => {
            attacks.push(format!("TRUNCATE {record}"));
            attacks.push(format!("INSERT INTO {record} VALUES (1, 'a', 'b', 'c') ON CONFLICT (seq) DO UPDATE SET content = ''"));
        }
    }
    attacks
}

fn sql(spot: &Spot, statement: &str) -> Result<(), String> {
    match spot.kind {
        "sqlite" => rusqlite::Connection::open(&spot.text)
            .unwrap()
            .execute_batch(statement)
            .map_err(|error| error.to_string()),
        _ => try_sql(&spot.text, statement).map_err(|error| error.to_string()),
    }
}

#[test]
fn the_database_itself_refuses_changes() {
    for spot in spots() {
        let mut ledger = spot.make();
        append(&mut ledger, &["a", "b", "c"]).unwrap();
        for attack in attacks(&spot) {
            assert!(sql(&spot, &attack).is_err(), "{}: {attack}", spot.kind);
        }
        assert_eq!(names(&spot.verified()), ["a", "b", "c"]);
    }
}

#[test]
fn a_guard_that_was_taken_away_is_missed() {
    for spot in spots() {
        let mut ledger = spot.make();
        let (statement, name) = match spot.kind {
            "sqlite" => ("DROP TRIGGER record_delete", "record_delete"),
            _ => (
                "ALTER TABLE plimsoll_record DISABLE TRIGGER plimsoll_record_change",
                "plimsoll_record_change",
            ),
        };
        sql(&spot, statement).unwrap();
        assert_eq!(ledger.store().missing_guards().unwrap(), [format!("the trigger {name}")]);
    }
}

#[test]
fn reading_writes_nothing() {
    for spot in spots() {
        append(&mut spot.make(), &["a"]).unwrap();
        let mut store = open_to_read(&spot.location()).unwrap();
        if spot.kind == "sqlite" {
            let refused = store.append(&mut |newest| {
                let newest = newest.unwrap();
                Ok(vec![plimsoll_ledger::Row { seq: 2, digest: "x".to_owned(), ..newest }])
            });
            assert!(refused.is_err());
        }
        assert_eq!(names(&spot.verified()), ["a"]);
    }
}

#[test]
fn what_is_no_ledger_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "these are notes, and long enough to be read as a header of some kind ".repeat(9),
    )
    .unwrap();
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let later = folder.path().join("later.db");
    let place = plimsoll_store::Location::parse(later.to_str().unwrap()).unwrap();
    drop(open_or_create(&place, id()).unwrap());
    rusqlite::Connection::open(&later).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    for (file, expected) in
        [(text, "no SQLite file"), (other, "not made by Plimsoll"), (later, "have version 2")]
    {
        let place = plimsoll_store::Location::parse(file.to_str().unwrap()).unwrap();
        let error = open(&place).err().unwrap();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_server_that_is_not_there_is_told_without_its_password() {
    for text in [
        "postgres://ada:hunter2@127.0.0.1:1/x",
        "postgres://ada:hunter2@127.0.0.1:1/x?nonsense=1",
        "postgres://ada:hunter2@[::bad/x",
        "postgres://ada:hunter2@127.0.0.1:1/x?sslmode=require&sslrootcert=/nowhere",
    ] {
        let place = plimsoll_store::Location::parse(text).unwrap();
        let error = open(&place).err().unwrap();
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(u8),
    Fail,
    Reopen,
    Attack(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..4).prop_map(Step::Append),
        1 => Just(Step::Fail),
        1 => Just(Step::Reopen),
        2 => any::<u8>().prop_map(Step::Attack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// No sequence of operations loses or alters an acknowledged record.
    #[test]
    fn no_acknowledged_record_is_lost_or_altered(steps in prop::collection::vec(step(), 1..24)) {
        for spot in spots() {
            let mut ledger = spot.make();
            let mut acknowledged = Vec::new();
            for (index, step) in steps.iter().enumerate() {
                match step {
                    Step::Append(count) => {
                        let names: Vec<String> = (0..*count).map(|n| format!("{index}-{n}")).collect();
                        let names: Vec<&str> = names.iter().map(String::as_str).collect();
                        let written = append(&mut ledger, &names).unwrap();
                        acknowledged.extend(written.into_iter().map(|sealed| sealed.row));
                    }
                    Step::Fail => {
                        let failed = ledger.store().append(&mut |_| Err(StoreError::Full));
                        prop_assert!(failed.is_err());
                    }
                    Step::Reopen => ledger = spot.open(),
                    // Into an empty ledger anything can be put as the first record.
                    Step::Attack(_) if acknowledged.is_empty() => {}
                    Step::Attack(number) => {
                        let attacks = attacks(&spot);
                        let attack = &attacks[usize::from(*number) % attacks.len()];
                        // What finds no row may succeed; it changes nothing.
                        let _ = sql(&spot, attack);
                    }
                }
                prop_assert_eq!(&ledger.rows().unwrap(), &acknowledged, "{}: {:?}", spot.kind, step);
            }
            prop_assert!(spot.verified().defects.is_empty());
            if spot.kind == "postgres" {
                let schema = spot.text.rsplit("%3D").next().unwrap().to_owned();
                run_sql(&spot.text, &format!("DROP SCHEMA {schema} CASCADE"));
            }
        }
    }
}
