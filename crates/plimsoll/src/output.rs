//! Where text goes: standard output with or without colours, a file in one piece, complaints.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use plimsoll_report::TextOptions;

use crate::cli::Color;
use crate::exit::Exit;
use crate::failure::Failure;

/// Columns that a report has where nobody's terminal says otherwise.
const WIDTH: usize = 80;

/// The terminal, or what stands in for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    color: Color,
}

impl Screen {
    pub(crate) fn new(color: Color) -> Self {
        Self { color }
    }

    /// The layout for standard output, or for a file.
    pub(crate) fn layout(&self, to_file: bool) -> TextOptions {
        let terminal = !to_file && io::stdout().is_terminal();
        let size = terminal.then(terminal_size::terminal_size).flatten();
        TextOptions { width: size.map_or(WIDTH, |(width, _)| usize::from(width.0)) }
    }

    /// Prints text with ANSI styles, or writes it to a file.
    ///
    /// `exit` is handed back, so that a command can end with it; a reader that went away is fine.
    pub(crate) fn deliver(
        &self,
        text: &str,
        file: Option<&Path>,
        exit: Exit,
    ) -> Result<Exit, Failure> {
        // `-` is standard output, as everywhere.
        match file.filter(|file| *file != Path::new("-")) {
            None => match self.print(text) {
                Ok(()) => Ok(exit),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Fit),
                Err(error) => {
                    Err(Failure::not_assessed(format!("cannot write the report: {error}")))
                }
            },
            Some(path) => {
                let plain = match self.color {
                    Color::Always => text.to_owned(),
                    Color::Auto | Color::Never => anstream::adapter::strip_str(text).to_string(),
                };
                write_whole(path, plain.as_bytes()).map_err(|error| {
                    let message = format!("cannot write {}: {error}", path.display());
                    Failure::usage(message).help("name a file in a folder that exists and is yours")
                })?;
                Ok(exit)
            }
        }
    }

    fn print(&self, text: &str) -> io::Result<()> {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice());
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    fn choice(&self) -> ColorChoice {
        match self.color {
            // NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM and whether it is a terminal.
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }

    /// Says something on standard error that is no part of the report.
    pub(crate) fn remark(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.choice());
        // With standard error gone there is nobody left to tell.
        let _ = err.write_all(text.as_bytes());
    }

    /// Says on standard error why the run ended.
    pub(crate) fn complain(&self, failure: &Failure) {
        const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
        const HELP: anstyle::Style = anstyle::AnsiColor::Cyan.on_default().bold();
        let mut text = String::new();
        for complaint in &failure.complaints {
            text.push_str(&format!("{ERROR}error{ERROR:#}: {}\n", complaint.message));
            text.push_str(complaint.excerpt.as_deref().unwrap_or_default());
            if let Some(help) = &complaint.help {
                text.push_str(&format!("  {HELP}help{HELP:#}: {help}\n"));
            }
        }
        let mut err = AutoStream::new(io::stderr().lock(), self.choice());
        // With standard error gone there is nobody left to tell.
        let _ = err.write_all(text.as_bytes());
    }
}

/// Changes a file whole or not at all, keeping its permissions. `before` is what it must hold;
/// `None` where it must not be there.
///
/// # Errors
/// Where it holds something else, is no plain file, or can't be written.
pub(crate) fn replace_whole(path: &Path, before: Option<&str>, after: &str) -> io::Result<()> {
    let changed = || io::Error::other("it is not what it was when it was read");
    let metadata = std::fs::symlink_metadata(path);
    match (before, &metadata) {
        (Some(before), Ok(metadata)) => {
            if !metadata.is_file() {
                return Err(io::Error::other("it is a link or no plain file"));
            }
            // A byte order mark or another encoding would be lost.
            if std::fs::read(path)? != before.as_bytes() {
                return Err(changed());
            }
        }
        (None, Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
        _ => return Err(changed()),
    }
    write_whole(path, after.as_bytes())?;
    if let Ok(metadata) = metadata {
        std::fs::set_permissions(path, metadata.permissions())?;
    }
    Ok(())
}

/// Writes a file whole or not at all: beside its place first, then moved there. A link or a
/// device such as `/dev/stdout` is written to as it is.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_plain = std::fs::symlink_metadata(path).map_or(true, |metadata| metadata.is_file());
    if !is_plain {
        return std::fs::write(path, bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".plimsoll-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
