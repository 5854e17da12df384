//! One pass over all texts: each file is read once, in parallel, for everybody who looks for
//! something in every file.

use std::collections::BTreeSet;

use plimsoll_python::Settings;
use plimsoll_source::{SourceText, Tree};
use rayon::prelude::*;

use crate::blocks::Blocks;
use crate::code::{
    ClearSecrets, CodeFacts, Processes, Upkeep, accounts, chores, health, is_models, mail, modules,
    named, page, swallowed, upkeep, uploads,
};
use crate::inventory::{Inventory, Listed, Role};
use crate::leaks::{self, Leaks};
use crate::setting_uses::{self, SettingUses, Wanted};
use crate::systems::System;
use crate::vocabulary;

/// What all files together told.
#[derive(Debug, Default)]
pub(crate) struct Sweep {
    /// What application code does.
    pub code: CodeFacts,
    /// Secrets in the files.
    pub leaks: Leaks,
    /// The words of the names of models and their folders.
    pub vocabulary: BTreeSet<String>,
    /// What becomes of settings.
    pub uses: SettingUses,
}

/// Files that are looked into one after the other; what they told is gathered at once.
const CHUNK: usize = 32;

impl Sweep {
    /// Reads all files that somebody looks into.
    pub(crate) fn of(
        tree: &dyn Tree,
        inventory: &Inventory,
        blocks: &Blocks,
        system: &System,
        others: &[System],
        settings: &Settings,
    ) -> Self {
        let wanted = Wanted::of(settings);
        let look = Looking { system, others, settings, wanted };
        let files: Vec<&Listed> = inventory.iter().filter(|file| is_looked_into(file)).collect();
        // The history of git is read meanwhile.
        let (told, mut sweep) = rayon::join(
            || -> Vec<Sweep> {
                files.par_chunks(CHUNK).map(|files| Self::of_files(tree, files, &look)).collect()
            },
            || {
                let mut sweep = Self::default();
                sweep.leaks.strays = leaks::strays(tree, inventory);
                sweep.code.processes = Processes::gather(tree, inventory);
                sweep.code.clear = ClearSecrets::gather(tree, inventory);
                sweep.code.upkeep = Upkeep::gather(tree, inventory, blocks);
                sweep
            },
        );
        for part in told {
            sweep.add(part);
        }
        sweep.uses.add_settings(tree, settings);
        sweep.leaks.found.sort();
        sweep.leaks.found.dedup();
        sweep.leaks.personal.sort();
        sweep
    }

    fn of_files(tree: &dyn Tree, files: &[&Listed], look: &Looking<'_>) -> Self {
        let mut sweep = Self::default();
        for file in files {
            sweep.leaks.files += usize::from(leaks::worth_reading(file.role));
            let is_module = modules::is_module(file, look.system, look.others);
            sweep.code.module_count += usize::from(is_module);
            if let Ok(source) = tree.read_once(&file.path) {
                sweep.look_into(file, &source, is_module, look);
            }
        }
        sweep
    }

    /// Adds everything that is looked for in one file.
    fn look_into(
        &mut self,
        file: &Listed,
        source: &SourceText,
        is_module: bool,
        look: &Looking<'_>,
    ) {
        let (role, standing) = (file.role, file.standing);
        if leaks::worth_reading(role) {
            self.leaks.found.extend(leaks::in_text(source, standing));
            self.leaks.personal.extend(leaks::personal_in_text(source, standing));
        }
        self.code.stored_accounts.extend(accounts::stored(source, role, standing));
        if !standing.is_main() {
            return;
        }
        self.code.chores.extend(chores::of_file(source, role));
        let of_settings = look.settings.files.contains(&file.path);
        if matches!(role, Role::Python | Role::Template) && !of_settings {
            look.wanted.used_in(source, &mut self.uses.used);
        }
        if role == Role::Python {
            self.uses.celery.extend(setting_uses::celery_in(source));
            self.code.sends_mail.extend(mail::of_file(source));
            if !of_settings && is_module {
                self.uses.undefined.extend(setting_uses::undefined_in(source, look.settings));
            }
        }
        self.code.upkeep.made.extend(upkeep::made(source, role));
        self.code.named.extend(named::of_file(source, role));
        if matches!(role, Role::Script | Role::Template)
            && let Some(page) = page(source, role)
        {
            self.code.add(page);
        }
        if is_module {
            self.code.modules.extend(modules::of_file(source));
            self.code.health.extend(health::of_file(source));
            self.code.swallowed.extend(swallowed::of_file(source));
        }
        if role == Role::Python && is_models(&file.path) {
            if let Some(fields) = uploads::of_file(source) {
                self.code.file_fields.push(fields.first);
                self.code.private_files.extend(fields.private);
            }
            self.vocabulary.extend(vocabulary::of_file(source));
        }
    }

    /// Adds what further files told.
    fn add(&mut self, other: Self) {
        // Each field by name, so that none is forgotten; some are not told file by file.
        let Self { code, leaks, vocabulary, uses } = other;
        let Leaks { found, files, strays: _, personal, past: _ } = leaks;
        let SettingUses { used, celery, replaced: _, undefined } = uses;
        self.leaks.files += files;
        self.leaks.found.extend(found);
        self.leaks.personal.extend(personal);
        self.vocabulary.extend(vocabulary);
        self.uses.used.extend(used);
        self.uses.celery.extend(celery);
        self.uses.undefined.extend(undefined);
        self.code.join(code);
    }
}

/// What is looked for in files.
struct Looking<'s> {
    system: &'s System,
    others: &'s [System],
    settings: &'s Settings,
    wanted: Wanted,
}

#[cfg(test)]
impl Sweep {
    /// Reads a tree whose root is the system.
    pub(crate) fn of_tree(tree: &dyn Tree) -> Self {
        use plimsoll_source::RepoPath;

        let root = RepoPath::root();
        let standing = crate::Standing::Main;
        let search = Vec::new();
        let system = System { root, manage: None, standing, python_files: 0, search };
        let blocks = Blocks::default();
        Self::of(tree, &Inventory::of(tree), &blocks, &system, &[], &Settings::default())
    }
}

fn is_looked_into(file: &Listed) -> bool {
    leaks::worth_reading(file.role) || file.standing.is_main() && file.role == Role::Template
}
