//! What no compiler checks: each check gives complaints, one line each.

mod changelog;
mod edges;
mod named_paths;
mod rule_cases;
mod sources;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Gives complaints about a project.
pub(crate) type Check = fn(&Project) -> Result<Vec<String>>;

/// The checks by name, in the order of their complaints.
pub(crate) const CHECKS: [(&str, Check); 5] = [
    ("named paths", named_paths::check),
    ("edges", edges::check),
    ("sources", sources::check),
    ("rule cases", rule_cases::check),
    ("changelog", changelog::check),
];

/// The complaints of the checks about the project in this folder.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for (name, _) in CHECKS {
        complaints.extend(check_one(root, name)?);
    }
    Ok(complaints)
}

/// The complaints of the check of this name.
pub(crate) fn check_one(root: &Path, name: &str) -> Result<Vec<String>> {
    let project = Project::read(root)?;
    let check = CHECKS.into_iter().find(|(known, _)| *known == name);
    let (_, check) = check.with_context(|| format!("no check is called {name}"))?;
    check(&project)
}

/// The files of the project.
pub(crate) struct Project {
    root: PathBuf,
    /// From the root, with `/`, sorted.
    files: Vec<String>,
}

impl Project {
    fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let path = root.join(&folder);
            let entries = std::fs::read_dir(&path);
            for entry in entries.with_context(|| format!("reading {}", path.display()))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                if !entry.file_type()?.is_dir() {
                    files.push(path);
                } else if !is_left_out(&name) {
                    folders.push(path);
                }
            }
        }
        files.sort();
        Ok(Self { root: root.to_owned(), files })
    }

    /// The text of a file.
    fn text(&self, file: &str) -> Result<String> {
        let path = self.root.join(file);
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether there is such a file or folder.
    fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().any(|file| file == path || file.starts_with(&folder))
    }

    /// Files whose path starts and ends like this.
    fn like<'a>(&'a self, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        let all = self.files.iter().map(String::as_str);
        all.filter(move |file| file.starts_with(start) && file.ends_with(end))
    }

    #[cfg(test)]
    fn made(files: &[(&str, &str)]) -> (TempFolder, Self) {
        let folder = TempFolder::new();
        for (path, text) in files {
            let path = folder.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = Self::read(&folder.0).unwrap();
        (folder, project)
    }
}

/// Folders that are made, not written.
fn is_left_out(name: &str) -> bool {
    matches!(name, ".git" | "target" | "node_modules" | "__pycache__" | ".venv" | "venv" | ".cache")
}

#[cfg(test)]
struct TempFolder(PathBuf);

#[cfg(test)]
impl TempFolder {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("plimsoll-tidy-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

#[cfg(test)]
impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
