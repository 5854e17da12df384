//! One pass over all texts: each file is read once, in parallel, for everybody who looks for
//! something in every file.

use std::collections::BTreeSet;

use plimsoll_python::Settings;
use plimsoll_python::settings_code::CeleryConfig;
use plimsoll_source::{SourceText, Span, Tree};
use rayon::prelude::*;

use crate::blocks::Blocks;
use crate::code::{
    Chores, ClearSecrets, CodeFacts, FileFields, Health, Module, NamedAt, Page, Processes, Upkeep,
    accounts, chores, health, is_models, mail, modules, named, page, swallowed, upkeep, uploads,
};
use crate::inventory::{Inventory, Listed, Role};
use crate::leaks::{self, Leak, Leaks, Personal};
use crate::setting_uses::{self, SettingUses};
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

/// What one file told.
#[derive(Default)]
struct Told {
    leaks: Vec<Leak>,
    personal: Option<Personal>,
    page: Option<Page>,
    chores: Chores,
    health: Health,
    swallowed: Vec<Span>,
    made: Vec<(String, Span)>,
    named: Vec<(&'static str, NamedAt)>,
    stored_account: Option<Span>,
    module: Option<Module>,
    file_fields: Option<FileFields>,
    words: Vec<String>,
    used: Vec<String>,
    celery: Vec<CeleryConfig>,
    undefined: Vec<(String, Span)>,
    mail: Option<Span>,
}

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
        let wanted = setting_uses::names(settings);
        let files: Vec<&Listed> = inventory.iter().filter(|file| is_looked_into(file)).collect();
        let told: Vec<Told> = files
            .par_iter()
            .filter_map(|file| {
                let source = tree.read_once(&file.path).ok()?;
                look_into(file, &source, system, others, settings, &wanted)
            })
            .collect();
        let mut sweep = Self::default();
        sweep.code.module_count =
            files.iter().filter(|file| modules::is_module(file, system, others)).count();
        sweep.leaks.files = files.iter().filter(|file| leaks::worth_reading(file.role)).count();
        sweep.code.processes = Processes::gather(tree, inventory);
        sweep.code.clear = ClearSecrets::gather(tree, inventory);
        sweep.code.upkeep = Upkeep::gather(tree, inventory, blocks);
        for file in told {
            sweep.add(file);
        }
        sweep.uses.add_settings(tree, settings);
        sweep.leaks.found.sort();
        sweep.leaks.found.dedup();
        sweep.leaks.personal.sort();
        sweep.leaks.strays = leaks::strays(tree, inventory);
        sweep
    }

    fn add(&mut self, told: Told) {
        self.leaks.found.extend(told.leaks);
        self.leaks.personal.extend(told.personal);
        self.vocabulary.extend(told.words);
        self.uses.used.extend(told.used);
        self.uses.celery.extend(told.celery);
        self.uses.undefined.extend(told.undefined);
        self.code.sends_mail.extend(told.mail);
        self.code.modules.extend(told.module);
        if let Some(fields) = told.file_fields {
            self.code.file_fields.push(fields.first);
            self.code.private_files.extend(fields.private);
        }
        self.code.chores.extend(told.chores);
        self.code.health.extend(told.health);
        self.code.swallowed.extend(told.swallowed);
        self.code.upkeep.made.extend(told.made);
        self.code.named.extend(told.named);
        self.code.stored_accounts.extend(told.stored_account);
        if let Some(page) = told.page {
            self.code.add(page);
        }
    }
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

/// Everything that is looked for in one file; `None` where it has nothing to tell.
fn look_into(
    file: &Listed,
    source: &SourceText,
    system: &System,
    others: &[System],
    settings: &Settings,
    wanted: &BTreeSet<String>,
) -> Option<Told> {
    let mut told = Told::default();
    if leaks::worth_reading(file.role) {
        told.leaks = leaks::in_text(source, file.standing);
        told.personal = leaks::personal_in_text(source, file.standing);
    }
    told.stored_account = accounts::stored(source, file.role, file.standing);
    if file.standing.is_main() {
        told.chores = chores::of_file(source, file.role);
        let may_name_settings = matches!(file.role, Role::Python | Role::Template);
        if may_name_settings && !settings.files.contains(&file.path) {
            told.used = setting_uses::used_in(source, wanted);
        }
        if file.role == Role::Python {
            told.celery = setting_uses::celery_in(source);
            told.mail = mail::of_file(source);
            if !settings.files.contains(&file.path) {
                told.undefined = setting_uses::undefined_in(source, settings);
            }
        }
        told.made = upkeep::made(source, file.role);
        told.named = named::of_file(source, file.role);
        if matches!(file.role, Role::Script | Role::Template) {
            told.page = page(source, file.role);
        }
        if modules::is_module(file, system, others) {
            told.module = modules::of_file(source);
            told.health = health::of_file(source);
            told.swallowed = swallowed::of_file(source);
        }
        if file.role == Role::Python && is_models(&file.path) {
            told.file_fields = uploads::of_file(source);
            told.words = vocabulary::of_file(source);
        }
    }
    let silent = told.leaks.is_empty()
        && told.personal.is_none()
        && told.page.is_none()
        && told.chores.is_empty()
        && told.health.is_empty()
        && told.swallowed.is_empty()
        && told.made.is_empty()
        && told.named.is_empty()
        && told.stored_account.is_none()
        && told.module.is_none()
        && told.file_fields.is_none()
        && told.words.is_empty()
        && told.used.is_empty()
        && told.celery.is_empty()
        && told.undefined.is_empty()
        && told.mail.is_none();
    (!silent).then_some(told)
}
