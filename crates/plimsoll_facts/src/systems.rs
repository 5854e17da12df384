//! The Django systems of a repository, however it is laid out.

use std::collections::BTreeMap;

use plimsoll_source::{RepoPath, Tree};

use crate::inventory::{Inventory, Role};
use crate::mentions::{Mention, Place};
use crate::standing::Standing;

/// One Django system: a folder that Python imports its settings from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The folder on Python's path: where `manage.py` stands, or what the entry points import from.
    pub root: RepoPath,
    /// Its `manage.py`, where it has one.
    pub manage: Option<RepoPath>,
    /// What part the folder plays in the repository.
    pub standing: Standing,
    /// How many Python files lie below it.
    pub python_files: usize,
    /// Further folders on Python's path: what `manage.py` and the entry points add, and `src`.
    pub search: Vec<RepoPath>,
}

impl System {
    /// The folders that modules are imported from, in order.
    pub fn roots(&self) -> impl Iterator<Item = &RepoPath> {
        std::iter::once(&self.root).chain(&self.search)
    }

    /// The file of a dotted module of the system.
    pub fn resolve(&self, tree: &dyn Tree, module: &str) -> Option<RepoPath> {
        self.roots().find_map(|root| resolve(tree, root, module))
    }
}

/// Finds the systems, the one that production most likely runs first.
pub fn find(tree: &dyn Tree, inventory: &Inventory, mentions: &[Mention]) -> Vec<System> {
    let mut roots: BTreeMap<RepoPath, Option<RepoPath>> = BTreeMap::new();
    for file in inventory.with(Role::Python).filter(|file| file.path.file_name() == "manage.py") {
        if let Some(parent) = file.path.parent() {
            roots.insert(parent, Some(file.path.clone()));
        }
    }
    for mention in mentions {
        if matches!(mention.place, Place::Wsgi | Place::Asgi | Place::Manage | Place::Celery)
            && let Some(root) = root_of(tree, mention)
            && !roots.keys().any(|known| resolve(tree, known, &mention.module).is_some())
        {
            roots.entry(root).or_insert(None);
        }
    }
    if roots.is_empty() {
        roots.extend(settings_without_entry_points(inventory).map(|root| (root, None)));
    }
    let mut systems: Vec<System> = roots
        .into_iter()
        .map(|(root, manage)| System {
            standing: Standing::of_folder(&root),
            python_files: inventory.python_below(&root).count(),
            search: search_roots(tree, &root, manage.as_ref(), mentions),
            root,
            manage,
        })
        .collect();
    let named = |system: &System| {
        mentions.iter().any(|mention| {
            mention.at.file.is_within(&system.root)
                && system.resolve(tree, &mention.module).is_some()
        })
    };
    systems.sort_by_cached_key(|system| {
        (
            system.standing,
            !named(system),
            std::cmp::Reverse(system.python_files),
            system.root.depth(),
            system.root.clone(),
        )
    });
    systems
}

/// The file of a dotted module below a root: `a/b.py` or `a/b/__init__.py`.
pub fn resolve(tree: &dyn Tree, root: &RepoPath, module: &str) -> Option<RepoPath> {
    let base = module.replace('.', "/");
    [format!("{base}.py"), format!("{base}/__init__.py")]
        .iter()
        .filter_map(|path| root.join(path))
        .find(|path| tree.has_file(path))
}

/// The folders besides its own that a system imports from: those that `manage.py` and the entry
/// points put on `sys.path` with a literal name, and `src` where the settings are found there.
fn search_roots(
    tree: &dyn Tree,
    root: &RepoPath,
    manage: Option<&RepoPath>,
    mentions: &[Mention],
) -> Vec<RepoPath> {
    let ours = |mention: &&Mention| {
        mention.at.file.is_within(root)
            && matches!(mention.place, Place::Wsgi | Place::Asgi | Place::Manage | Place::Celery)
    };
    let mut files: Vec<&RepoPath> = manage.into_iter().collect();
    files.extend(mentions.iter().filter(ours).map(|mention| &mention.at.file).take(20));
    let mut found: Vec<RepoPath> = Vec::new();
    let mut add = |folder: RepoPath| {
        if folder != *root && tree.has_folder(&folder) && !found.contains(&folder) {
            found.push(folder);
        }
    };
    for file in files {
        let Ok(source) = tree.read(file) else { continue };
        for folder in path_additions(source.text(), file, root) {
            add(folder);
        }
    }
    for name in ["src", "apps"] {
        let Some(folder) = root.join(name) else { continue };
        let holds = mentions.iter().filter(|m| m.at.file.is_within(root)).any(|mention| {
            resolve(tree, root, &mention.module).is_none()
                && resolve(tree, &folder, &mention.module).is_some()
        });
        if holds {
            add(folder);
        }
    }
    found
}

/// The folders of `sys.path.append(…)` and `sys.path.insert(0, …)`: the last quoted name of the
/// call below the file's folder or the system's, or the file's own folder or those above it where
/// only `__file__` is named.
fn path_additions(text: &str, file: &RepoPath, root: &RepoPath) -> Vec<RepoPath> {
    let mut found = Vec::new();
    for call in ["sys.path.append(", "sys.path.insert(", "sys.path.extend("] {
        for (at, _) in text.match_indices(call) {
            let line_start = text.get(..at).map_or("", |b| b.rsplit('\n').next().unwrap_or(""));
            if line_start.contains('#') {
                continue;
            }
            let args = arguments(text.get(at + call.len()..).unwrap_or(""));
            let names: Vec<&str> =
                args.split(['"', '\'']).skip(1).step_by(2).filter(|n| !n.is_empty()).collect();
            let relative = names.join("/");
            let folder = file.parent().unwrap_or_else(RepoPath::root);
            if relative.is_empty() {
                continue;
            }
            found.extend([root.clone(), folder].iter().filter_map(|base| base.join(&relative)));
        }
    }
    found
}

/// The text up to the parenthesis that closes the call, of one call at most a few lines.
fn arguments(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, c) in text.char_indices().take(400) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(..at).unwrap_or("");
        }
    }
    ""
}

/// The dotted name of a Python file below a root.
pub fn module_name(root: &RepoPath, file: &RepoPath) -> Option<String> {
    let path = file.strip_prefix(root)?.strip_suffix(".py")?;
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let dotted = path.replace('/', ".");
    let valid = dotted.split('.').all(|part| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    });
    valid.then_some(dotted)
}

/// The nearest folder above an entry point from which its settings module can be imported.
fn root_of(tree: &dyn Tree, mention: &Mention) -> Option<RepoPath> {
    mention.at.file.ancestors().find(|folder| resolve(tree, folder, &mention.module).is_some())
}

/// Folders that hold a settings module where nothing names one.
fn settings_without_entry_points(inventory: &Inventory) -> impl Iterator<Item = RepoPath> {
    inventory.with(Role::Python).filter_map(|file| {
        let parent = file.path.parent()?;
        match (file.path.file_name(), parent.file_name()) {
            ("settings.py", _) => parent.parent().or(Some(parent)),
            ("__init__.py", "settings") => parent.parent()?.parent().or_else(|| parent.parent()),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::find;
    use crate::inventory::Inventory;
    use crate::mentions;

    fn roots(files: &[(&str, &str)]) -> Vec<String> {
        let tree = MemoryTree::new(files.iter().copied());
        let inventory = Inventory::of(&tree);
        let mentions = mentions::find(&tree, &inventory);
        find(&tree, &inventory, &mentions).into_iter().map(|s| s.root.to_string()).collect()
    }

    const MANAGE: &str = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')";

    #[test]
    fn a_stale_copy_stands_behind_the_live_system() {
        assert_eq!(
            roots(&[
                ("backend_old/manage.py", MANAGE),
                ("backend_old/shop/settings.py", ""),
                ("backend_old/shop/models.py", ""),
                ("backend/manage.py", MANAGE),
                ("backend/shop/settings.py", ""),
            ]),
            ["backend", "backend_old"]
        );
    }

    #[test]
    fn an_entry_point_alone_is_enough() {
        assert_eq!(roots(&[("src/shop/wsgi.py", MANAGE), ("src/shop/settings.py", "")]), ["src"]);
    }

    #[test]
    fn settings_that_nothing_names_are_found() {
        assert_eq!(roots(&[("web/shop/settings.py", "DEBUG = True")]), ["web"]);
    }
}
