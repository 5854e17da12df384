//! Finding the folder of git's data.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use plimsoll_source::ProblemKind;

use super::Repository;
use crate::open;

/// Most bytes of a file that names a folder, and of `HEAD`.
const MAX_POINTER_BYTES: u64 = 16_384;
/// Most bytes of `config` that are read.
const MAX_CONFIG_BYTES: u64 = 1_000_000;

/// What a folder's `.git` is.
enum Found {
    /// There is none, or an empty one, as git sees it too.
    Nothing,
    Folder(PathBuf),
    /// Something is there, but can't be used; says why.
    Broken(ProblemKind, String),
}

/// Looks for `.git` in `root_path` and the folders above it.
pub(super) fn find(root_path: &Path) -> Option<Repository> {
    for folder in root_path.ancestors() {
        let prefix = root_path.strip_prefix(folder).ok()?;
        let prefix = prefix.to_str()?.to_owned();
        let repository = match look(folder) {
            Found::Nothing => continue,
            Found::Folder(path) => open_at(&path, prefix.clone()),
            Found::Broken(kind, message) => {
                let repository = empty(prefix.clone());
                repository.problem(kind, "", message);
                repository
            }
        };
        // A folder that merely lies somewhere below a repository (a home folder under git) is no
        // part of it.
        let part = prefix.is_empty() || repository.index().is_none_or(|i| !i.files.is_empty());
        return part.then_some(repository);
    }
    None
}

fn look(folder: &Path) -> Found {
    let path = folder.join(".git");
    let Ok(metadata) = std::fs::symlink_metadata(&path) else { return Found::Nothing };
    if metadata.is_symlink() {
        return Found::Broken(
            ProblemKind::OutsideLink,
            "`.git` is a link and is not followed: what git tracks is not known".to_owned(),
        );
    }
    if metadata.is_dir() {
        let has_head = std::fs::symlink_metadata(path.join("HEAD")).is_ok();
        return if has_head { Found::Folder(path) } else { Found::Nothing };
    }
    let broken = |message: &str| Found::Broken(ProblemKind::Missing, message.to_owned());
    let Ok(opened) = File::open(folder) else { return Found::Nothing };
    let Ok(bytes) = open::bytes(opened.as_fd(), ".git", MAX_POINTER_BYTES) else {
        return broken("`.git` could not be read: what git tracks is not known");
    };
    let text = String::from_utf8_lossy(&bytes);
    let Some(target) = text.strip_prefix("gitdir:").map(str::trim) else {
        return broken("`.git` names no folder of git's data");
    };
    let target = folder.join(target);
    let is_git = std::fs::symlink_metadata(target.join("HEAD")).is_ok_and(|m| m.is_file());
    if is_git {
        Found::Folder(target)
    } else {
        broken("`.git` names a folder that is not there: what git tracks is not known")
    }
}

fn empty(prefix: String) -> Repository {
    Repository {
        own: None,
        common: None,
        prefix,
        id_length: 20,
        refs_unsupported: false,
        refs: OnceLock::new(),
        index: OnceLock::new(),
        history: OnceLock::new(),
        problems: Mutex::default(),
    }
}

fn open_at(path: &Path, prefix: String) -> Repository {
    let mut repository = empty(prefix);
    let own = match open_folder(path) {
        Ok(own) => own,
        Err(error) => {
            let message = format!("the folder of git's data could not be read: {error}");
            repository.problem(ProblemKind::Unreadable, "", message);
            return repository;
        }
    };
    // A worktree shares refs and objects with the repository it belongs to.
    if let Ok(bytes) = open::bytes(own.as_fd(), "commondir", MAX_POINTER_BYTES) {
        let target = path.join(String::from_utf8_lossy(&bytes).trim());
        match open_folder(&target) {
            Ok(common) => repository.common = Some(common),
            Err(error) => {
                let message = format!("the folder `commondir` names could not be read: {error}");
                repository.problem(ProblemKind::Missing, "commondir", message);
            }
        }
    }
    let config = repository.common.as_ref().unwrap_or(&own);
    if let Ok(bytes) = open::bytes(config.as_fd(), "config", MAX_CONFIG_BYTES) {
        let extensions = extensions(&String::from_utf8_lossy(&bytes));
        repository.id_length = if extensions.sha256 { 32 } else { 20 };
        repository.refs_unsupported = extensions.other_refs;
    }
    repository.own = Some(own);
    repository
}

fn open_folder(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    File::open(path)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Extensions {
    sha256: bool,
    other_refs: bool,
}

/// The two keys of `[extensions]` that say how the rest is to be read.
fn extensions(config: &str) -> Extensions {
    let mut found = Extensions::default();
    let mut inside = false;
    for line in config.lines().map(str::trim) {
        let mut line = line;
        if let Some(rest) = line.strip_prefix('[') {
            let (section, rest) = rest.split_once(']').unwrap_or((rest, ""));
            inside = section.trim().eq_ignore_ascii_case("extensions");
            line = rest.trim();
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let value = value.split(['#', ';']).next().unwrap_or("").trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "objectformat" => found.sha256 = value.eq_ignore_ascii_case("sha256"),
            "refstorage" => found.other_refs = !value.eq_ignore_ascii_case("files"),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Extensions, extensions};

    #[test]
    fn only_extensions_say_the_object_format() {
        let config = "[core]\n\tobjectformat = sha256\n[remote \"x\"]\n[Extensions]\n\
                      \tObjectFormat = \"sha256\" ; new\n\trefStorage = files\n";
        assert_eq!(extensions(config), Extensions { sha256: true, other_refs: false });
        let config = "[core]\nobjectformat = sha256\n[extensions] refstorage=reftable\n";
        assert_eq!(extensions(config), Extensions { sha256: false, other_refs: true });
    }
}
