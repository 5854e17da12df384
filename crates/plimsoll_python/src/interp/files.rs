//! Files that settings code looks at: those of the repository, and those of the machine that the
//! request tells of. Of all others nothing is known, not even that they are absent, unless the request
//! says that they are to be taken for it.

use plimsoll_source::{RepoPath, SourceText};

use super::Interp;
use super::heap::Event;
use crate::machine::Presence;

/// What lies at a path of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    Folder,
    /// Absent: in this checkout, where the path lies in the repository; else the request says so.
    Absent,
    /// Not known: outside of the repository, relative to an unknown folder, or changed by the
    /// process itself.
    Outside,
}

/// Folders that a tree leaves out: whether they are there is not known.
const UNLISTED: &[&str] =
    &[".git", "node_modules", "venv", ".venv", "env", "__pycache__", ".tox", "site-packages"];

/// How many paths outside of the repository are kept that something depends on.
const MAX_ASKED: usize = 200;

impl Interp<'_> {
    /// What lies at an absolute path. A path of which nothing is known is noted.
    pub(crate) fn place(&self, path: &str) -> Place {
        let place = self.place_at_first(path);
        match place {
            Place::Outside => {
                self.ask(path);
                place
            }
            _ if self.is_written(path, place) => Place::Outside,
            _ => place,
        }
    }

    /// What lies at a path when the process starts.
    fn place_at_first(&self, path: &str) -> Place {
        let Some(inside) = self.to_repo(path) else { return self.place_on_machine(path) };
        if inside.as_str().split('/').any(|part| UNLISTED.contains(&part)) {
            return self.place_on_machine(path);
        }
        if inside.is_root() || self.request.tree.has_folder(&inside) {
            Place::Folder
        } else if self.request.tree.has_file(&inside) {
            Place::File
        } else {
            Place::Absent
        }
    }

    fn place_on_machine(&self, path: &str) -> Place {
        match self.request.machine.presence(path) {
            Some(Presence::Absent) => Place::Absent,
            Some(Presence::Folder) => Place::Folder,
            Some(Presence::File(_)) => Place::File,
            None if self.request.machine.is_taken_for_absent(path) => {
                self.ask(path);
                Place::Absent
            }
            None => Place::Outside,
        }
    }

    /// Notes a path of the machine that something depends on, and of which the request says nothing.
    fn ask(&self, path: &str) {
        let mut asked = self.asked.borrow_mut();
        if asked.len() < MAX_ASKED {
            asked.insert(path.to_owned());
        }
    }

    /// Whether the process may write at an absolute path; `None` where the request does not say.
    pub(crate) fn is_writable(&self, path: &str) -> Option<bool> {
        let told = self.request.machine.is_writable(path);
        if told.is_none() {
            self.ask(path);
        }
        told.filter(|_| !self.is_written(path, Place::Absent))
    }

    /// The process writes at a path, or may: what lies there is not known any more.
    pub(crate) fn note_write(&mut self, path: Option<&str>) {
        match path {
            Some(path) => {
                let full = self.in_working_folder(path);
                match full.starts_with('/') {
                    true => {
                        self.written.insert(crate::library::paths::normalize(&full));
                    }
                    false => self.written_anywhere = true,
                }
            }
            None => self.written_anywhere = true,
        }
    }

    /// Whether what the process itself wrote may have changed a place. Files of the repository are
    /// taken not to be overwritten by what has no known name.
    fn is_written(&self, path: &str, place: Place) -> bool {
        if place == Place::Absent && self.written_anywhere {
            return true;
        }
        let path = path.trim_end_matches('/');
        self.written.contains(path)
            || place == Place::Absent
                && self.written.iter().any(|written| {
                    written.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
                })
    }

    /// Whether the process may have written something into a folder.
    pub(crate) fn is_written_below(&self, folder: &str) -> bool {
        let below = |path: &str| path.strip_prefix(folder).is_some_and(|it| it.starts_with('/'));
        self.written.iter().any(|path| below(path))
    }

    /// Why what lies at a path is not known.
    pub(crate) fn why_outside(&self, path: &str) -> String {
        match self.place_at_first(path) {
            Place::Outside => format!("the file {path} is outside of the repository"),
            _ => format!("the file {path} may be written by the process itself"),
        }
    }

    /// The text of a file at an absolute path. `Ok(None)` where there is no such file.
    ///
    /// # Errors
    /// The reason why its content cannot be known: outside of the repository, not text, too long.
    pub(crate) fn read_file(
        &mut self,
        path: &str,
        at: Event,
    ) -> Result<Option<SourceText>, String> {
        match self.place(path) {
            Place::Outside => return Err(self.why_outside(path)),
            Place::Absent => {
                if self.to_repo(path).is_some() {
                    self.missing(path, at);
                }
                return Ok(None);
            }
            Place::Folder => return Ok(None),
            Place::File => {}
        }
        if let Some(Presence::File(text)) = self.request.machine.presence(path) {
            let Some(text) = text else { return Err(format!("what the file {path} holds")) };
            let name = RepoPath::new(path.trim_start_matches('/')).unwrap_or_else(RepoPath::root);
            return match text.expose() {
                text if text.len() > self.request.limits.size => {
                    Err(format!("the file {path} is too long to be read here"))
                }
                text => Ok(Some(SourceText::new(name, text))),
            };
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
