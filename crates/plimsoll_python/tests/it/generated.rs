//! A batch of generated settings modules: Python and the evaluator must agree on every value that
//! the evaluator claims to know. `tests/differential/generate.py` writes the modules, runs them and
//! compares; this test answers its questions.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::batch;

/// Enough to meet every form of the grammar several times, and a few seconds of a debug build.
const COUNT: &str = "250";

#[test]
fn generated_modules_have_no_wrong_value() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential/generate.py");
    let mut python = Command::new("python3")
        .arg(script)
        .args(["--pipe", "--seed", "1", "--count", COUNT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is needed to know what is true");
    let mut questions = BufReader::new(python.stdout.take().unwrap());
    let mut answers = python.stdin.take().unwrap();
    let mut report = python.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut report, &mut text).unwrap();
        text
    });
    let mut line = String::new();
    while questions.read_line(&mut line).unwrap() > 0 {
        let answer = batch::answer(&line);
        // Python may have ended after a failure; its report says why.
        if writeln!(answers, "{answer}").is_err() {
            break;
        }
        line.clear();
    }
    drop(answers);
    let status = python.wait().unwrap();
    let report = reader.join().unwrap();
    assert!(status.success(), "{report}");
    assert!(report.contains("% exact"), "{report}");
}
