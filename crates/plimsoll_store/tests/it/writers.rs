//! Several writers at once.

use crate::places::{append, names, spots};

#[test]
fn writers_wait_for_each_other_and_none_loses_a_record() {
    const WRITERS: usize = 4;
    const EACH: usize = 12;
    for spot in spots() {
        spot.make();
        let mut acknowledged: Vec<(u64, String)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let spot = &spot;
                    scope.spawn(move || {
                        let mut ledger = spot.open();
                        let mut seen = Vec::new();
                        for number in 0..EACH {
                            let name = format!("{writer}-{number}");
                            let written = append(&mut ledger, &[&name]).unwrap();
                            seen.push((written[0].record.seq, name));
                        }
                        seen
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        acknowledged.sort();
        let found = spot.verified();
        assert_eq!(found.defects, [], "{}", spot.kind);
        let expected: Vec<String> = acknowledged.into_iter().map(|(_, name)| name).collect();
        assert_eq!(names(&found), expected, "{}", spot.kind);
    }
}

#[test]
fn several_processes_make_one_ledger() {
    for spot in spots() {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| append(&mut spot.make(), &["a"]).unwrap());
            }
        });
        let found = spot.verified();
        assert_eq!((found.defects.len(), found.records.len()), (0, 4), "{}", spot.kind);
    }
}
