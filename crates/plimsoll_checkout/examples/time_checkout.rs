//! Times the parts of a checkout: `cargo run --release --example time_checkout -- FOLDER`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use plimsoll_checkout::{Checkout, Options};
use plimsoll_source::{FileKind, Tree};

fn main() -> ExitCode {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    let mut last = Instant::now();
    let mut lap = |what: String| {
        println!("{:9.3} ms  {what}", last.elapsed().as_secs_f64() * 1000.0);
        last = Instant::now();
    };
    let checkout = match Checkout::open(&folder, Options::default()) {
        Ok(checkout) => checkout,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    lap(format!("{} files listed", checkout.files().len()));
    if let Some(git) = checkout.git() {
        let tracked = git.tracked().map(<[_]>::len);
        lap(format!("{tracked:?} files tracked"));
        lap(format!("{} tips", git.tips().len()));
        let found = git.tip_files(&|path| path.ends_with(".env"));
        lap(format!("{} .env files at tips, complete: {}", found.files.len(), found.complete));
        let found = git.tip_files(&|_| true);
        lap(format!("{} files at tips", found.files.len()));
        for problem in git.problems() {
            println!("              {:?} {}: {}", problem.kind, problem.at, problem.message);
        }
    }
    let regular = checkout.files().iter().filter(|entry| entry.kind == FileKind::Regular);
    let read = regular.filter(|entry| checkout.read(&entry.path).is_ok()).count();
    lap(format!("{read} files read"));
    for problem in checkout.problems() {
        println!("              {:?} {}: {}", problem.kind, problem.at, problem.message);
    }
    ExitCode::SUCCESS
}
