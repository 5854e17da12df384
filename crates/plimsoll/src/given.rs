//! What the user tells of the production process and its machine: `--env-file`, `--env`,
//! `--machine-file`, `--machine-name`, `plimsoll.toml`.
//!
//! Values of variables never reach a message, not even a malformed one.

use std::io::Read;
use std::path::Path;

use plimsoll_assess::config::Config;
use plimsoll_facts::Given;
use plimsoll_python::{Machine, MachineEntry, Presence};
use plimsoll_source::{RepoPath, Secret, SourceText, Tree};

use crate::cli::Subject;
use crate::failure::Failure;

/// An env file is written by hand: whatever is longer is none.
const LONGEST: u64 = 1_000_000;

/// Joins what the arguments and the configuration say; arguments win.
pub(crate) fn given(
    subject: &Subject,
    config: &Config,
    tree: &dyn Tree,
    root: &Path,
) -> Result<Given, Failure> {
    let mut env_files = Vec::new();
    for file in &config.env_files {
        let path = RepoPath::new(&file.value);
        let text = path.map(|path| tree.read(&path));
        match text {
            Some(Ok(text)) => env_files.push(text),
            Some(Err(problem)) => {
                return Err(Failure::usage(format!(
                    "{}: cannot read the env file {}: {}",
                    file.at, file.value, problem.message
                )));
            }
            None => {
                return Err(Failure::usage(format!(
                    "{}: the env file {} lies outside of the repository",
                    file.at, file.value
                ))
                .help("give it with --env-file"));
            }
        }
    }
    for file in &subject.production.env_file {
        env_files.push(read_env_file(file, root)?);
    }
    let mut variables: Vec<(String, Secret)> =
        config.env.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
    for (index, text) in subject.production.env.iter().enumerate() {
        variables.push(read_variable(text, index + 1)?);
    }
    Ok(Given {
        settings: subject
            .production
            .settings
            .clone()
            .or_else(|| config.settings.as_ref().map(|module| module.value.clone())),
        env_files,
        variables,
        absolute_root: root.to_string_lossy().trim_end_matches('/').to_owned(),
        history: false,
        machine: machine(subject)?,
    })
}

/// What is told of production's machine.
fn machine(subject: &Subject) -> Result<Machine, Failure> {
    let mut machine = Machine::default();
    machine.host_name.clone_from(&subject.production.machine_name);
    for told in &subject.production.machine_file {
        let (path, file) = match told.split_once('=') {
            Some((path, file)) => (path, Some(file)),
            None => (told.as_str(), None),
        };
        let is_plain = path.starts_with('/')
            && path.len() > 1
            && path.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
        if !is_plain {
            return Err(Failure::usage(format!("--machine-file {path}: not an absolute path"))
                .help(
                    "write --machine-file /etc/app.cfg=FILE, or /etc/app.cfg where it is absent",
                ));
        }
        let presence = match file {
            None => Presence::Absent,
            Some(file) => {
                let bytes = read_whole(Path::new(file)).map_err(|error| {
                    Failure::usage(format!("cannot read {file} for {path}: {error}"))
                })?;
                Presence::File(String::from_utf8(bytes).ok().map(Secret::new))
            }
        };
        machine.insert(path, MachineEntry { presence, writable: None });
    }
    Ok(machine)
}

/// `NAME=VALUE`; `number` tells which of several is meant, as its text may hold a secret.
fn read_variable(text: &str, number: usize) -> Result<(String, Secret), Failure> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(Failure::usage(format!("the {} --env has no `=`", ordinal(number)))
            .help("write --env NAME=VALUE; for an empty value --env NAME="));
    };
    let plain = |c: char| c == '_' || c.is_alphanumeric() || c == '.' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Failure::usage(format!("the {} --env has no proper name", ordinal(number)))
            .help("write --env NAME=VALUE"));
    }
    Ok((name.to_owned(), Secret::new(value)))
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{number}th"),
    }
}

/// Reads an env file that the user names, inside of the repository or not.
fn read_env_file(file: &Path, root: &Path) -> Result<SourceText, Failure> {
    let bytes = read_whole(file).map_err(|error| {
        Failure::usage(format!("cannot read the env file {}: {error}", file.display()))
    })?;
    let inside = std::fs::canonicalize(file)
        .ok()
        .and_then(|path| RepoPath::new(path.strip_prefix(root).ok()?.to_str()?));
    // Outside of the repository a name that no file of it has.
    let name = file.file_name().map_or("env".into(), |name| name.to_string_lossy());
    let path = inside.or_else(|| RepoPath::new(&format!("(given)/{name}")));
    let path = path.unwrap_or_else(RepoPath::root);
    SourceText::from_bytes(path, bytes)
        .ok_or_else(|| Failure::usage(format!("the env file {} is binary", file.display())))
}

/// A short regular file as bytes; anything else could block or flood.
pub(crate) fn read_whole(file: &Path) -> std::io::Result<Vec<u8>> {
    let invalid = |message: &str| std::io::Error::new(std::io::ErrorKind::InvalidInput, message);
    let metadata = std::fs::metadata(file)?;
    if metadata.is_dir() {
        return Err(invalid("it is a folder"));
    }
    if !metadata.is_file() && !is_pipe(&metadata) {
        return Err(invalid("it is no regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(invalid("it is longer than 1 MB"));
    }
    Ok(bytes)
}

/// `<(command)` of a shell: a pipe that the user made for this.
#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}
