//! Evaluates settings modules in a batch: one request in JSON on each line of standard input, one
//! answer on each line of standard output. The differential tests drive it.

#[path = "../tests/it/batch.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared with the tests: a request that is no request stops it"
)]
mod batch;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        serde_json::to_writer(&mut out, &batch::answer(&line?))?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}
