//! Writers that are killed with SIGKILL in the middle of their work.
//!
//! A writer is this test binary again, with the place in its environment: it appends pairs of records
//! and prints what was acknowledged. Whatever it printed must be there, and nothing of a half pair.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use plimsoll_ledger::Ledger;
use plimsoll_store::{Location, open};

use crate::places::{append, names, spots};

const PLACE: &str = "PLIMSOLL_TEST_WRITER_PLACE";

/// No test: what the killed processes run.
#[test]
fn writer() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let location = Location::parse(&place).unwrap();
    let mut ledger = Ledger::new(open(&location).unwrap()).unwrap();
    let start = ledger.rows().unwrap().len();
    let mut out = std::io::stdout();
    for number in start.. {
        let (first, second) = (format!("{number}-a"), format!("{number}-b"));
        append(&mut ledger, &[&first, &second]).unwrap();
        writeln!(out, "acknowledged {first} {second}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn a_killed_writer_loses_nothing_acknowledged_and_leaves_no_half() {
    for spot in spots() {
        spot.make();
        let mut acknowledged: Vec<String> = Vec::new();
        for round in 0..8_u64 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "crash::writer", "--nocapture"])
                .env(PLACE, &spot.text)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let stdout = child.stdout.take().unwrap();
            let reader = std::thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                let told = lines.filter_map(|line| {
                    // The harness writes before the first line without ending its own.
                    let (_, names) = line.split_once("acknowledged ")?;
                    Some(names.split(' ').map(str::to_owned).collect::<Vec<_>>())
                });
                // A line that the kill cut off is none that was read.
                told.filter(|names| names.len() == 2).flatten().collect::<Vec<String>>()
            });
            std::thread::sleep(Duration::from_millis(150 + 37 * round));
            child.kill().unwrap();
            child.wait().unwrap();
            acknowledged.extend(reader.join().unwrap());
            let found = spot.verified();
            assert_eq!(found.defects, [], "{}", spot.kind);
            let kept = names(&found);
            assert_eq!(kept.len() % 2, 0, "{}: a half pair is there", spot.kind);
            for name in &acknowledged {
                assert!(kept.contains(name), "{}: {name} was acknowledged and is lost", spot.kind);
            }
        }
        assert!(acknowledged.len() > 8, "{}: the writers did next to nothing", spot.kind);
    }
}
