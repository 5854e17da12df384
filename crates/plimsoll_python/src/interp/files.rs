//! Files that settings code looks at, from the repository only.

use plimsoll_source::SourceText;

use super::Interp;
use super::heap::Event;

/// What lies at a path of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    Folder,
    /// Not in the repository, though the path lies in it: absent in this checkout.
    Absent,
    /// Outside of the repository, or relative to an unknown folder: not known.
    Outside,
}

/// Folders that a tree leaves out: whether they are there is not known.
const UNLISTED: &[&str] =
    &[".git", "node_modules", "venv", ".venv", "env", "__pycache__", ".tox", "site-packages"];

impl Interp<'_> {
    /// What lies at an absolute path.
    pub(crate) fn place(&self, path: &str) -> Place {
        let Some(inside) = self.to_repo(path) else { return Place::Outside };
        if inside.as_str().split('/').any(|part| UNLISTED.contains(&part)) {
            return Place::Outside;
        }
        if inside.is_root() || self.request.tree.has_folder(&inside) {
            Place::Folder
        } else if self.request.tree.has_file(&inside) {
            Place::File
        } else {
            Place::Absent
        }
    }

    /// The text of a file at an absolute path. `Ok(None)` where the repository has no such file.
    ///
    /// # Errors
    /// The reason why its content cannot be known: outside of the repository, not text, too long.
    pub(crate) fn read_file(
        &mut self,
        path: &str,
        at: Event,
    ) -> Result<Option<SourceText>, String> {
        match self.place(path) {
            Place::Outside => return Err(format!("the file {path} is outside of the repository")),
            Place::Absent => {
                self.missing(path, at);
                return Ok(None);
            }
            Place::Folder => return Ok(None),
            Place::File => {}
        }
        let Some(inside) = self.to_repo(path) else { return Ok(None) };
        match self.request.tree.read(&inside) {
            Ok(source) if source.text().len() > self.request.limits.size => {
                Err(format!("the file {inside} is too long to be read here"))
            }
            Ok(source) => {
                if !self.files_read.contains(&inside) {
                    self.files_read.push(inside);
                }
                Ok(Some(source))
            }
            Err(problem) => {
                Err(format!("the file {inside} could not be read: {}", problem.message))
            }
        }
    }
}
