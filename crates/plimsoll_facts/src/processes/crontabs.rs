//! Jobs of crontabs that run the project's code.

use plimsoll_formats::crontab;
use plimsoll_formats::dotenv::EnvValue;
use plimsoll_formats::embedded::BlockKind;
use plimsoll_source::{SourceText, Spanned, Tree};

use super::commands::Runner;
use super::{Declaration, Process, ProcessKind, of_commands};
use crate::blocks::Blocks;
use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// The management commands and other processes that cron starts.
pub(super) fn gather(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks) -> Vec<Process> {
    let mut texts: Vec<SourceText> =
        inventory.main(Role::Crontab).filter_map(|file| tree.read(&file.path).ok()).collect();
    texts.extend(blocks.production(BlockKind::Crontab).map(|block| block.embedded.text.clone()));
    let runner = Runner::new(tree, inventory);
    texts.iter().flat_map(|text| of_file(&runner, text)).collect()
}

fn of_file(runner: &Runner<'_>, text: &SourceText) -> Vec<Process> {
    let file = crontab::read(text, crontab::kind_of(text));
    let mut found = Vec::new();
    for job in &file.jobs {
        let mut surroundings = Surroundings::default();
        let at = &job.command.span;
        surroundings.source(Source::at(format!("the crontab {}", text.path()), at));
        for (name, _) in &file.variables {
            if let Some(value) = file.variable(job, &name.value) {
                surroundings.set(&name.value, &EnvValue::Text(value.clone()), &name.span);
            }
        }
        let whole = Process {
            name: format!("line {} of {}", at.start.line, text.path()),
            kind: ProcessKind::Other,
            command: None,
            declared: Declaration::Crontab,
            at: at.clone(),
            loads: None,
            config: None,
            surroundings,
            user: job.user.as_ref().map(|user| Spanned::new(user.value.clone(), user.span.clone())),
            working_directory: None,
            folders: Vec::new(),
        };
        let ran = job.line.commands.iter().flat_map(|words| runner.words(words)).collect();
        let processes = of_commands(&whole, runner, ran, ProcessKind::Other);
        found.extend(processes.into_iter().filter(|process| process.kind != ProcessKind::Other));
    }
    found
}
