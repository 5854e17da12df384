//! A sign of life on standard error, for people who wait.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shown while the work takes longer than half a second, and wiped at its end. Nothing where
/// standard error is no terminal.
#[derive(Debug)]
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    pub(crate) fn start(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (sender, receiver) = channel::<()>();
        let worker = std::thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            // Who cannot be written to is not waiting.
            let _ = write!(std::io::stderr(), "{what} …");
            let _ = receiver.recv();
            let _ = write!(std::io::stderr(), "\r\u{1b}[2K");
        });
        Self(Some((sender, worker)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, worker)) = self.0.take() {
            drop(sender);
            let _ = worker.join();
        }
    }
}
