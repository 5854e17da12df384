//! What a dotted name of a module stands for, followed through the imports of the system.

use std::collections::BTreeMap;

use plimsoll_python::code::{self, Import};
use plimsoll_source::{RepoPath, Tree};

use crate::code::Module;
use crate::systems::System;

/// Imports behind imports that are followed.
const MAX_DEPTH: usize = 12;
/// Modules that are read only because something leads to them.
const MAX_EXTRA: usize = 4_000;
/// Longer modules are data or generated.
const LONGEST: usize = 400_000;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// A function of a module, by their places in the lists.
    Function(usize, usize),
    /// A class of a module.
    Class(usize, usize),
    /// A list of URL patterns of a module.
    Patterns(usize, usize),
    /// A view that a module gives a name.
    Alias(usize, usize),
    /// A module.
    Module(usize),
    /// A folder of the system without a module of its own.
    Folder(RepoPath),
    /// Some other name that a module assigns: a router, a site.
    Variable(usize, String),
    /// A name outside of the repository, with the module it is taken from.
    Outside(String),
    /// It cannot be told.
    Unknown,
}

/// The modules of the system as far as they were read, and the way to the others.
pub(super) struct Symbols<'t> {
    tree: &'t dyn Tree,
    system: &'t System,
    /// The modules, those that were read already first.
    pub modules: Vec<Module>,
    places: BTreeMap<RepoPath, Option<usize>>,
    extra: usize,
}

impl<'t> Symbols<'t> {
    pub(super) fn new(tree: &'t dyn Tree, system: &'t System, modules: Vec<Module>) -> Self {
        let places = modules
            .iter()
            .enumerate()
            .map(|(place, module)| (module.path.clone(), Some(place)))
            .collect();
        Self { tree, system, modules, places, extra: 0 }
    }

    /// The place of a file's module, which is read now if it was not before.
    pub(super) fn load(&mut self, path: &RepoPath) -> Option<usize> {
        if let Some(known) = self.places.get(path) {
            return *known;
        }
        if self.extra >= MAX_EXTRA || !self.tree.has_file(path) {
            return None;
        }
        self.extra += 1;
        let place = self.tree.read(path).ok().filter(|source| source.text().len() <= LONGEST).map(
            |source| {
                let module = Module { path: path.clone(), facts: Box::new(code::scan(&source)) };
                self.modules.push(module);
                self.modules.len() - 1
            },
        );
        self.places.insert(path.clone(), place);
        place
    }

    /// The module of a dotted name.
    pub(super) fn module(&mut self, dotted: &str) -> Option<usize> {
        let path = self.system.resolve(self.tree, dotted)?;
        self.load(&path)
    }

    /// What a dotted name stands for in a module.
    pub(super) fn resolve(&mut self, module: usize, name: &str) -> Symbol {
        self.follow(module, name, 0)
    }

    fn follow(&mut self, module: usize, name: &str, depth: usize) -> Symbol {
        if depth > MAX_DEPTH {
            return Symbol::Unknown;
        }
        let (head, rest) = match name.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (name, None),
        };
        let found = self.own(module, head, depth);
        let Some(rest) = rest else { return found };
        match found {
            Symbol::Module(inner) => self.follow(inner, rest, depth + 1),
            Symbol::Folder(folder) => {
                let (first, after) =
                    rest.split_once('.').map_or((rest, None), |(a, b)| (a, Some(b)));
                match (self.below(&folder, first), after) {
                    (Symbol::Module(inner), Some(after)) => self.follow(inner, after, depth + 1),
                    (found, None) => found,
                    _ => Symbol::Unknown,
                }
            }
            Symbol::Outside(outer) => Symbol::Outside(format!("{outer}.{rest}")),
            Symbol::Variable(inner, first) => Symbol::Variable(inner, format!("{first}.{rest}")),
            // An attribute of a class or function.
            _ => Symbol::Unknown,
        }
    }

    /// What a plain name of a module stands for.
    fn own(&mut self, place: usize, name: &str, depth: usize) -> Symbol {
        let Some(module) = self.modules.get(place) else { return Symbol::Unknown };
        let facts = &module.facts;
        let mut functions = facts.functions.iter().enumerate().rev();
        let is_top =
            |function: &code::Function| function.class.is_none() && function.outer.is_none();
        if let Some((at, _)) = functions.find(|(_, f)| is_top(f) && f.name == name) {
            return Symbol::Function(place, at);
        }
        if let Some(at) = facts.classes.iter().rposition(|class| class.name == name) {
            return Symbol::Class(place, at);
        }
        if let Some(at) = facts.patterns.iter().position(|list| list.name == name) {
            return Symbol::Patterns(place, at);
        }
        if let Some(at) = facts.aliases.iter().rposition(|alias| alias.name == name) {
            return Symbol::Alias(place, at);
        }
        let imports: Vec<Import> = facts
            .imports
            .iter()
            .filter(|import| import.name == name || import.name == "*")
            .cloned()
            .collect();
        for import in imports.iter().rev().filter(|import| import.name == name) {
            let found = self.imported(place, import, name, depth);
            if found != Symbol::Unknown {
                return found;
            }
        }
        for import in imports.iter().rev().filter(|import| import.name == "*") {
            let found = self.imported(place, import, name, depth);
            // A star of a library gives anything or nothing.
            if !matches!(found, Symbol::Unknown | Symbol::Outside(_) | Symbol::Variable(..)) {
                return found;
            }
        }
        // A module beside a package's `__init__`.
        let Some(module) = self.modules.get(place) else { return Symbol::Unknown };
        if module.path.file_name() == "__init__.py"
            && let Some(folder) = module.path.parent()
            && let found @ (Symbol::Module(_) | Symbol::Folder(_)) = self.below(&folder, name)
        {
            return found;
        }
        Symbol::Variable(place, name.to_owned())
    }

    fn imported(&mut self, place: usize, import: &Import, name: &str, depth: usize) -> Symbol {
        let item = import.item.as_deref().map(|item| if item == "*" { name } else { item });
        let Some(from) = self.source(place, import) else {
            let module = &import.module;
            return Symbol::Outside(
                item.map_or_else(|| module.clone(), |item| format!("{module}.{item}")),
            );
        };
        match (from, item) {
            (From::File(path), item) => match (self.load(&path), item) {
                (Some(inner), Some(item)) => self.follow(inner, item, depth + 1),
                (Some(inner), None) => Symbol::Module(inner),
                (None, _) => Symbol::Unknown,
            },
            (From::Folder(folder), Some(item)) => self.below(&folder, item),
            (From::Folder(folder), None) => Symbol::Folder(folder),
        }
    }

    /// Where an import takes its module from; `None` where that is outside of the system.
    fn source(&self, place: usize, import: &Import) -> Option<From> {
        if import.level == 0 {
            if let Some(path) = self.system.resolve(self.tree, &import.module) {
                return Some(From::File(path));
            }
            let below = import.module.replace('.', "/");
            let mut roots = self.system.roots().filter_map(|root| root.join(&below));
            return roots.find(|folder| self.tree.has_folder(folder)).map(From::Folder);
        }
        let mut folder = self.modules.get(place)?.path.parent()?;
        for _ in 1..import.level {
            folder = folder.parent()?;
        }
        let folder = match import.module.as_str() {
            "" => folder,
            module => {
                let below = module.replace('.', "/");
                let file = folder.join(&format!("{below}.py"))?;
                if self.tree.has_file(&file) {
                    return Some(From::File(file));
                }
                folder.join(&below)?
            }
        };
        let init = folder.join("__init__.py")?;
        Some(if self.tree.has_file(&init) { From::File(init) } else { From::Folder(folder) })
    }

    /// A module or folder in a folder.
    fn below(&mut self, folder: &RepoPath, name: &str) -> Symbol {
        let files = [format!("{name}.py"), format!("{name}/__init__.py")];
        for path in files.iter().filter_map(|file| folder.join(file)) {
            if let Some(place) = self.load(&path) {
                return Symbol::Module(place);
            }
        }
        match folder.join(name) {
            Some(inner) if self.tree.has_folder(&inner) => Symbol::Folder(inner),
            _ => Symbol::Unknown,
        }
    }
}

/// Where a module is taken from.
enum From {
    File(RepoPath),
    Folder(RepoPath),
}
