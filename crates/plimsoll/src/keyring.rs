//! The keys of whoever runs the command: files that only their owner can read.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use plimsoll_ledger::{KeyError, KeyFile, PrivateKey};
use plimsoll_source::Secret;

use crate::cli::Signing;
use crate::failure::Failure;
use crate::given::read_whole;

/// What the names of key files end with.
const ENDING: &str = "key";

/// A key file with its place.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) file: KeyFile,
}

/// An opened key and the name that it signs under.
pub(crate) struct Pen {
    pub(crate) key: PrivateKey,
    pub(crate) name: String,
    /// The roles that the key file names.
    pub(crate) roles: Vec<String>,
}

/// The folder of the keys; `None` where the environment names no home.
pub(crate) fn folder() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config").map(|base| base.join("plimsoll").join("keys"))
}

/// The folder of what the command remembers.
pub(crate) fn state_folder() -> Option<PathBuf> {
    base("XDG_STATE_HOME", ".local/state").map(|base| base.join("plimsoll"))
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    // The specification wants relative ones passed over.
    named.filter(|path| path.is_absolute()).or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        home.filter(|home| home.is_absolute()).map(|home| home.join(below_home))
    })
}

/// The keys of the folder, by name. Files that are no keys are passed over.
pub(crate) fn all() -> Vec<Found> {
    let entries = folder().and_then(|folder| fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().filter_map(|entry| entry.ok().map(|e| e.path()));
    let mut found: Vec<Found> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter_map(|path| Some(Found { file: read(&path).ok()?, path }))
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The key that is meant: by its file, its name, or as the only one.
pub(crate) fn choose(asked: Option<&str>) -> Result<Found, Failure> {
    if let Some(asked) = asked {
        let path = PathBuf::from(asked);
        if path.is_file() {
            return Ok(Found { file: read(&path)?, path });
        }
        let found = all().into_iter().find(|found| {
            found.file.name == asked || found.path.file_stem().is_some_and(|stem| stem == asked)
        });
        return found.ok_or_else(|| {
            Failure::usage(format!("there is no key {asked:?}"))
                .help("name a file or a key that `plimsoll key list` shows")
        });
    }
    let mut keys = all();
    match (keys.pop(), keys.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(Failure::usage("a key is needed to sign with, and there is none")
            .help("make one: plimsoll key new --name 'Your Name'; or name one with --key")),
        (Some(_), more) => Err(Failure::usage(format!("there are {} keys", more + 1))
            .help("say which one with --key NAME; `plimsoll key list` shows them")),
    }
}

/// The key to sign with, opened.
pub(crate) fn pen(signing: &Signing) -> Result<Pen, Failure> {
    let found = choose(signing.key.as_deref())?;
    let passphrase = match found.file.encrypted {
        false => None,
        true => Some(passphrase(signing.passphrase_file.as_deref(), &found.file.name)?),
    };
    let key = found.file.open(passphrase.as_ref()).map_err(|error| {
        let message = format!("cannot open the key {}: {error}", found.path.display());
        Failure::usage(message)
    })?;
    if found.file.name.is_empty() {
        let message = format!("the key {} says not whose it is", found.path.display());
        return Err(Failure::usage(message).help("add a line `name: …` above it"));
    }
    Ok(Pen { key, name: found.file.name, roles: found.file.roles })
}

/// Writes a new key file, which must not be there yet.
pub(crate) fn write(path: &Path, file: &KeyFile) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let message = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("there is a key {} already", path.display())
            }
            _ => format!("cannot write the key {}: {error}", path.display()),
        };
        Failure::usage(message).help("name another file with --output")
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(path).map_err(failed)?;
    out.write_all(file.secret_text().expose().as_bytes()).map_err(failed)?;
    out.sync_all().map_err(failed)
}

/// The file of a key of this name in the folder.
pub(crate) fn path_for(name: &str) -> Result<PathBuf, Failure> {
    let folder = folder().ok_or_else(|| {
        Failure::usage("the environment names no home for keys")
            .help("set HOME or XDG_CONFIG_HOME, or name a file with --output")
    })?;
    let mut stem = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() => stem.push(c),
            _ if stem.is_empty() || stem.ends_with('-') => {}
            _ => stem.push('-'),
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() {
        return Err(Failure::usage("the name of a key needs a letter or a digit"));
    }
    Ok(folder.join(format!("{stem}.{ENDING}")))
}

fn read(path: &Path) -> Result<KeyFile, Failure> {
    let bytes = read_whole(path).map_err(|error| {
        Failure::usage(format!("cannot read the key {}: {error}", path.display()))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| KeyError::NoPrivateKey);
    text.and_then(|text| KeyFile::parse(&text))
        .map_err(|error| Failure::usage(format!("cannot read the key {}: {error}", path.display())))
}

/// The passphrase of a key: from a file, else from whoever sits at the terminal.
pub(crate) fn passphrase(file: Option<&Path>, name: &str) -> Result<Secret, Failure> {
    if let Some(file) = file {
        return passphrase_of(file);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!("the key of {name} has a passphrase"))
            .help("name a file that holds it with --passphrase-file"));
    }
    ask(&format!("passphrase of the key of {name}: "))
}

/// A new passphrase, asked for twice.
pub(crate) fn new_passphrase(file: Option<&Path>) -> Result<Secret, Failure> {
    let passphrase = match file {
        Some(file) => passphrase_of(file)?,
        None => {
            let first = ask("passphrase of the new key: ")?;
            if ask("once more: ")? != first {
                return Err(Failure::usage("the two passphrases differ"));
            }
            first
        }
    };
    if passphrase.length() < 12 {
        return Err(Failure::usage("the passphrase has fewer than 12 characters")
            .help("take a few random words"));
    }
    Ok(passphrase)
}

fn passphrase_of(file: &Path) -> Result<Secret, Failure> {
    let cannot = |reason: String| {
        Failure::usage(format!("cannot read the passphrase file {}: {reason}", file.display()))
    };
    let bytes = read_whole(file).map_err(|error| cannot(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| cannot("it is no text".to_owned()))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(cannot("its first line is empty".to_owned())),
    }
}

fn ask(prompt: &str) -> Result<Secret, Failure> {
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|error| {
        Failure::usage(format!("cannot ask for the passphrase: {error}"))
            .help("name a file that holds it with --passphrase-file")
    })
}
