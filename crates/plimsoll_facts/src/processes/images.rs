//! What images run.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use plimsoll_formats::Spanned as Word;
use plimsoll_formats::dockerfile::{Command, Dockerfile, Effective, Instruction};
use plimsoll_source::{RepoPath, Span, Spanned, Tree};

use super::commands::{Ran, Runner};
use super::{Declaration, Process, ProcessKind, of_commands};
use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// The processes of images that no compose file builds.
pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    built: &BTreeSet<RepoPath>,
) -> Vec<Process> {
    let mut found = Vec::new();
    for file in inventory.main(Role::Dockerfile).filter(|file| !built.contains(&file.path)) {
        let Ok(source) = tree.read(&file.path) else { continue };
        let dockerfile = Dockerfile::parse(&source);
        let Some(image) = dockerfile.effective(None, &IndexMap::new()) else { continue };
        let mut surroundings = Surroundings::default();
        crate::image::take_in(&image, &source, &mut surroundings);
        let at = Span::of_file(file.path.clone());
        surroundings.gap(Source::at(
            format!("whoever runs the image of {} sets variables", file.path),
            &at,
        ));
        let text = |text: Option<&plimsoll_formats::dockerfile::Text>| {
            let text = text?;
            Some(Spanned::new(text.value.clone()?, text.span.clone()))
        };
        let runs_at = image.cmd.or(image.entrypoint).map(|(_, span)| span.clone());
        let folders: Vec<RepoPath> = file.path.parent().into_iter().collect();
        let whole = Process {
            name: file.path.to_string(),
            kind: ProcessKind::Other,
            command: None,
            loads: None,
            config: None,
            declared: Declaration::Image,
            at: runs_at.unwrap_or(at),
            surroundings,
            user: text(image.user),
            working_directory: text(image.workdir),
            // The context is the repository's root as often as the file's own folder.
            folders: folders.iter().filter(|folder| !folder.is_root()).cloned().collect(),
        };
        let mut runner = Runner::new(tree, inventory);
        runner.folders.extend(folders);
        let contexts = runner.folders.clone();
        runner.copies.extend(copies(&image, &contexts));
        let processes =
            of_commands(&whole, &runner, run(&runner, &image, None), ProcessKind::Other);
        found.extend(processes.into_iter().filter(|p| p.kind != ProcessKind::Other));
    }
    // Of several images the one for production tells most.
    found.sort_by_key(|process| {
        let path = process.at.file.as_str().to_ascii_lowercase();
        (!path.contains("prod"), process.at.file.depth())
    });
    found
}

/// What `COPY` brings from the contexts to where in the image.
pub(crate) fn copies(image: &Effective<'_>, contexts: &[RepoPath]) -> Vec<(String, RepoPath)> {
    let mut found = Vec::new();
    let mut workdir = String::from("/");
    let stages = image.stages.iter().rev();
    for instruction in stages.flat_map(|stage| &stage.instructions) {
        match &instruction.value {
            Instruction::Workdir(folder) => {
                if let Some(folder) = &folder.value {
                    workdir = absolute(&workdir, folder);
                }
            }
            Instruction::Copy { from: None, sources, destination: Some(destination), .. } => {
                let Some(target) = &destination.value else { continue };
                let into_folder = target.ends_with('/') || target == "." || sources.len() > 1;
                let target = absolute(&workdir, target);
                for source in sources.iter().filter_map(|source| source.value.as_deref()) {
                    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or("");
                    for context in contexts {
                        let relative = source.trim_start_matches('/');
                        let Some(path) = context.join(relative) else { continue };
                        let is_folder = path.is_root() || relative.is_empty() || relative == ".";
                        let to = if into_folder && !is_folder && name.contains('.') {
                            format!("{target}/{name}")
                        } else {
                            target.clone()
                        };
                        found.push((to, path));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A path inside an image, without a slash at its end.
fn absolute(workdir: &str, path: &str) -> String {
    let joined = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{}", workdir.trim_end_matches('/'), path.trim_start_matches("./"))
    };
    let joined = joined.strip_suffix("/.").unwrap_or(&joined);
    joined.trim_end_matches('/').to_owned()
}

/// What a container of the image runs, with its own command or another one.
pub(super) fn run(
    runner: &Runner<'_>,
    image: &Effective<'_>,
    command: Option<&[Word<String>]>,
) -> Vec<Ran> {
    let exec = |words: &[plimsoll_formats::words::Word]| -> Vec<Word<String>> {
        words.iter().map(|word| Word::new(word.text.clone(), word.span.clone())).collect()
    };
    let default = match (command, image.cmd) {
        (Some(words), _) => Ok(words.to_vec()),
        (None, Some((Command::Exec(words), _))) => Ok(exec(words)),
        (None, Some((Command::Shell(text), _))) => Err(text),
        (None, None) => Ok(Vec::new()),
    };
    match (image.entrypoint, default) {
        // A shell-form entry point takes no arguments.
        (Some((Command::Shell(text), _)), _) => runner.script(text, &[]),
        (Some((Command::Exec(entry), _)), Ok(args)) => {
            let mut words = exec(entry);
            words.extend(args);
            runner.words(&words)
        }
        (Some((Command::Exec(entry), _)), Err(text)) => {
            let shell = |word: &str| Word::new(word.to_owned(), text.span(0..text.text().len()));
            let mut words = exec(entry);
            words.extend([shell("/bin/sh"), shell("-c"), shell(text.text())]);
            runner.words(&words)
        }
        (None, Ok(words)) => runner.words(&words),
        (None, Err(text)) => runner.script(text, &[]),
    }
}
