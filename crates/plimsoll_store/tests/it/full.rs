//! No space left.
//!
//! SQLite is filled twice: by its own limit on pages, and for real, by a limit on the size of files
//! that the writing process is under (`ulimit -f`). PostgreSQL gets a tablespace on a small file system
//! where scripts/postgres could mount one.

use std::process::{Command, Stdio};

use plimsoll_ledger::{Ledger, StoreError};
use plimsoll_store::{Location, open};

use crate::places::{append, file, names, run_sql, server};

const PLACE: &str = "PLIMSOLL_TEST_FILLER_PLACE";

/// Appends pairs until there is no space; gives the names that were acknowledged.
fn fill(ledger: &mut Ledger) -> (Vec<String>, StoreError) {
    let long = "x".repeat(2_000);
    let mut acknowledged = Vec::new();
    for number in 0..20_000 {
        let pair = [format!("{number}-a-{long}"), format!("{number}-b-{long}")];
        match append(ledger, &[&pair[0], &pair[1]]) {
            Ok(_) => acknowledged.extend(pair),
            Err(error) => return (acknowledged, error),
        }
    }
    panic!("the space never ended");
}

/// No test: what the process under a limit runs.
#[test]
fn filler() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let location = Location::parse(&place).unwrap();
    let mut ledger = Ledger::new(open(&location).unwrap()).unwrap();
    let (acknowledged, error) = fill(&mut ledger);
    println!(
        "\nfilled {} {}",
        acknowledged.len(),
        matches!(error, StoreError::Full | StoreError::Failed(_))
    );
    assert_eq!(ledger.rows().unwrap().len(), acknowledged.len());
}

#[test]
fn a_file_that_may_not_grow_loses_nothing_and_goes_on_later() {
    let spot = file();
    spot.make();
    // 400 blocks of 512 bytes; SIGXFSZ is ignored, so that writing fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" --exact full::filler --nocapture";
    let output = Command::new("bash")
        .args(["-c", script, std::env::current_exe().unwrap().to_str().unwrap()])
        .env(PLACE, &spot.text)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("filled "));
    let (count, told) = line
        .and_then(|line| line.split_once(' '))
        .unwrap_or_else(|| panic!("{said}\n{}", String::from_utf8_lossy(&output.stderr)));
    let count: usize = count.parse().unwrap();
    assert!(count > 4 && told == "true", "{said}");
    let found = spot.verified();
    assert_eq!((found.defects.len(), found.records.len()), (0, count));
    append(&mut spot.open(), &["later"]).unwrap();
    assert_eq!(names(&spot.verified()).last().map(String::as_str), Some("later"));
}

#[test]
fn a_full_file_system_loses_nothing_and_goes_on_later() {
    let Some(mount) = SmallDisk::new() else {
        assert!(
            std::env::var_os("PLIMSOLL_REQUIRE_POSTGRES").is_none(),
            "CI has to test on a full file system: it needs the right to mount a tmpfs"
        );
        eprintln!("not tested on a full file system: no right to mount one");
        return;
    };
    let path = mount.0.path().join("ledger.db");
    let location = Location::parse(path.to_str().unwrap()).unwrap();
    let store = plimsoll_store::open_or_create(&location, crate::places::id()).unwrap();
    let mut ledger = Ledger::new(store).unwrap();
    let (acknowledged, error) = fill(&mut ledger);
    assert!(acknowledged.len() > 4 && error == StoreError::Full, "{error}");
    assert_eq!(ledger.rows().unwrap().len(), acknowledged.len());
    mount.resize("16m");
    append(&mut ledger, &["later"]).unwrap();
    let found = plimsoll_ledger::verify(
        ledger.id(),
        ledger.rows().unwrap(),
        &plimsoll_ledger::Trust::default(),
    );
    assert_eq!((found.defects.len(), found.records.len()), (0, acknowledged.len() + 1));
}

#[test]
fn a_full_tablespace_loses_nothing_and_goes_on_later() {
    // A folder of the server on a small file system, made by scripts/postgres.
    let (Ok(folder), Some(spot)) = (std::env::var("PLIMSOLL_TEST_SMALL_TABLESPACE"), server())
    else {
        assert!(
            std::env::var_os("PLIMSOLL_REQUIRE_POSTGRES").is_none(),
            "CI has to test on a full tablespace: see scripts/postgres"
        );
        eprintln!("not tested on a full tablespace: PLIMSOLL_TEST_SMALL_TABLESPACE is not set");
        return;
    };
    run_sql(&spot.text, "DROP TABLESPACE IF EXISTS plimsoll_small");
    run_sql(&spot.text, &format!("CREATE TABLESPACE plimsoll_small LOCATION '{folder}'"));
    let mut ledger = spot.make();
    run_sql(
        &spot.text,
        "ALTER TABLE plimsoll_record SET TABLESPACE plimsoll_small; \
         ALTER TABLE plimsoll_record ALTER COLUMN content SET STORAGE EXTERNAL",
    );
    let (acknowledged, error) = fill(&mut ledger);
    assert!(acknowledged.len() > 4 && error == StoreError::Full, "{error}");
    assert_eq!(names(&spot.verified()), acknowledged);
    run_sql(&spot.text, "ALTER TABLE plimsoll_record SET TABLESPACE pg_default");
    append(&mut ledger, &["later"]).unwrap();
    assert_eq!(spot.verified().records.len(), acknowledged.len() + 1);
    run_sql(&spot.text, "DROP TABLESPACE plimsoll_small");
}

/// A file system of 512 kB in memory, gone with this value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::TempDir::new().ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(folder))
    }

    fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status = Command::new("mount").args(["-o", &options]).arg(self.0.path()).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
