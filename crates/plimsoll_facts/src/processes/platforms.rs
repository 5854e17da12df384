//! Procfiles and the files of hosting platforms.

use plimsoll_formats::dotenv::EnvValue;
use plimsoll_formats::platform::{AppJson, FlyToml, Procfile};
use plimsoll_formats::platform_yaml::{self, PlatformKind, PlatformValue};
use plimsoll_formats::{Spanned as Word, command::split_command};
use plimsoll_source::{RepoPath, SourceText, Span, Spanned, Tree};

use super::commands::{Ran, Runner};
use super::{Declaration, Process, ProcessKind, of_commands};
use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// The processes of Procfiles and platform files that may be part of production.
pub(super) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Vec<Process> {
    let mut found = Vec::new();
    for file in inventory.main(Role::Procfile) {
        let Ok(source) = tree.read(&file.path) else { continue };
        found.extend(procfile(tree, inventory, &source));
    }
    let manifests = inventory
        .main(Role::OtherText)
        .filter(|file| matches!(file.path.extension(), Some("yml" | "yaml")));
    for file in inventory.main(Role::Platform).chain(manifests) {
        let Ok(source) = tree.read(&file.path) else { continue };
        match file.path.file_name() {
            "fly.toml" => found.extend(fly(tree, inventory, &source)),
            // It belongs to the Procfile beside it.
            "app.json" => {}
            _ => found.extend(yaml(tree, inventory, &source)),
        }
    }
    found
}

/// A process of which the declaration is known and its command is not yet.
fn declared(
    name: &str,
    declared: Declaration,
    at: &Span,
    surroundings: Surroundings,
    folder: Option<RepoPath>,
) -> Process {
    Process {
        name: name.to_owned(),
        kind: ProcessKind::Other,
        command: None,
        loads: None,
        config: None,
        declared,
        at: at.clone(),
        surroundings,
        user: None,
        working_directory: None,
        folders: folder.into_iter().filter(|folder| !folder.is_root()).collect(),
    }
}

fn runner<'a>(tree: &'a dyn Tree, inventory: &'a Inventory, file: &RepoPath) -> Runner<'a> {
    let mut runner = Runner::new(tree, inventory);
    runner.folders.extend(file.parent());
    runner
}

fn by_name(name: &str) -> ProcessKind {
    match name {
        "web" => ProcessKind::Web,
        "release" | "predeploy" => ProcessKind::Release,
        "worker" => ProcessKind::Worker,
        _ => ProcessKind::Other,
    }
}

fn procfile(tree: &dyn Tree, inventory: &Inventory, source: &SourceText) -> Vec<Process> {
    let path = source.path();
    let app_json = path
        .parent()
        .and_then(|folder| folder.join("app.json"))
        .and_then(|path| tree.read(&path).ok());
    let runner = runner(tree, inventory, path);
    let mut found = Vec::new();
    for process in Procfile::read(source).processes {
        let name = &process.name.value;
        let mut surroundings = Surroundings::default();
        let text = format!("the process type {name} of {path}");
        surroundings.source(Source::at(text, &process.name.span));
        if let Some(json) = &app_json {
            app_json_variables(json, &mut surroundings);
        }
        let text = format!("{path} starts the process, and the platform sets its variables");
        surroundings.gap(Source::at(text, &process.name.span));
        let whole = declared(
            name,
            Declaration::Procfile,
            &process.command.span,
            surroundings,
            path.parent(),
        );
        // The line is a shell's.
        let ran = process.line.commands.iter().flat_map(|words| runner.words(words)).collect();
        found.extend(of_commands(&whole, &runner, ran, by_name(name)));
    }
    found
}

fn app_json_variables(source: &SourceText, out: &mut Surroundings) {
    let file = AppJson::read(source);
    if file.env.is_empty() {
        return;
    }
    let at = Span::of_file(source.path().clone());
    out.source(Source::at(format!("the variables of {}", source.path()), &at));
    for variable in &file.env {
        // The values are those that a new app begins with; the platform keeps the real ones.
        let reason = if variable.generated {
            "the platform makes it up".to_owned()
        } else {
            format!("{} only suggests a value; the platform keeps it", source.path())
        };
        out.mark_unknown(&variable.name, reason, &variable.span);
    }
}

fn fly(tree: &dyn Tree, inventory: &Inventory, source: &SourceText) -> Vec<Process> {
    let path = source.path();
    let file = FlyToml::read(source);
    let at = Span::of_file(path.clone());
    let mut surroundings = Surroundings::default();
    let mut found = Vec::new();
    let dockerfile = path.parent().and_then(|folder| folder.join("Dockerfile"));
    let dockerfile = dockerfile.and_then(|path| tree.read(&path).ok());
    let parsed = dockerfile
        .as_ref()
        .map(|source| (source, plimsoll_formats::dockerfile::Dockerfile::parse(source)));
    let image = parsed
        .as_ref()
        .and_then(|(source, file)| Some((*source, file.effective(None, &Default::default())?)));
    if let Some((source, image)) = &image {
        crate::image::take_in(image, source, &mut surroundings);
    }
    surroundings.source(Source::at(format!("[env] of {path}"), &at));
    for (name, value) in &file.env {
        surroundings.insert(name, value.value.clone(), &value.span);
    }
    surroundings.gap(Source::at("Fly's secrets are set outside of the repository", &at));
    let mut runner = runner(tree, inventory, path);
    if let Some((_, image)) = &image {
        let contexts = runner.folders.clone();
        runner.copies.extend(super::images::copies(image, &contexts));
    }
    let process = |name: &str, at: &Span| {
        declared(name, Declaration::Platform, at, surroundings.clone(), path.parent())
    };
    for declared in &file.processes {
        let whole = process(&declared.name, &declared.command.span);
        let ran = split(&runner, &declared.command.value, &declared.command.span);
        found.extend(of_commands(&whole, &runner, ran, by_name(&declared.name)));
    }
    if file.processes.is_empty() {
        let ran = image
            .as_ref()
            .map_or(Vec::new(), |(_, image)| super::images::run(&runner, image, None));
        found.extend(of_commands(&process("app", &at), &runner, ran, ProcessKind::Web));
    }
    if let Some(release) = &file.release_command {
        let ran = split(&runner, &release.value, &release.span);
        found.extend(of_commands(
            &process("release", &release.span),
            &runner,
            ran,
            ProcessKind::Release,
        ));
    }
    found
}

/// The commands of a text whose place alone is known.
fn split(runner: &Runner<'_>, text: &str, at: &Span) -> Vec<Ran> {
    let source = SourceText::new(at.file.clone(), text);
    let mut line = split_command(&source, 0..text.len());
    for word in line.commands.iter_mut().flatten() {
        word.span = at.clone();
    }
    line.commands.iter().flat_map(|words| runner.words(words)).collect()
}

fn yaml(tree: &dyn Tree, inventory: &Inventory, source: &SourceText) -> Vec<Process> {
    let Some(kind) = platform_yaml::kind_of(source) else { return Vec::new() };
    let path = source.path();
    let platform = platform_yaml::read(source, kind);
    let runner = runner(tree, inventory, path);
    let mut found = Vec::new();
    for process in &platform.processes {
        let name = &process.name.value;
        let mut surroundings = Surroundings::default();
        surroundings.source(Source::at(format!("{name} of {path}"), &process.name.span));
        for (name, value) in &process.environment {
            match &value.value {
                PlatformValue::Given(text)
                    if platform.is_template && text.expose().contains("{{") =>
                {
                    let reason = "the template is filled in before it is applied".to_owned();
                    surroundings.mark_unknown(name, reason, &value.span);
                }
                PlatformValue::Given(text) => {
                    surroundings.set(name, &EnvValue::Text(text.clone()), &value.span);
                }
                PlatformValue::Elsewhere => {
                    let reason = format!("{} keeps it outside of the repository", title(kind));
                    surroundings.mark_unknown(name, reason, &value.span);
                }
            }
        }
        let gap = format!("{} can add variables that {path} does not name", title(kind));
        surroundings.gap(Source::at(gap, &process.name.span));
        let whole =
            declared(name, Declaration::Platform, &process.name.span, surroundings, path.parent());
        let ran = commands(&runner, kind, &process.commands);
        let web = kind == PlatformKind::AppEngine
            || process.role.as_ref().is_some_and(|role| role.value == "web")
            || name == "web";
        let nameless =
            if web && kind != PlatformKind::Kubernetes { ProcessKind::Web } else { by_name(name) };
        let mut processes = of_commands(&whole, &runner, ran, nameless);
        if kind == PlatformKind::Kubernetes {
            processes.retain(|process| process.kind != ProcessKind::Other);
        }
        found.extend(processes);
        for release in &process.release_commands {
            let ran = split(&runner, &release.value, &release.span);
            found.extend(
                of_commands(&whole, &runner, ran, ProcessKind::Other)
                    .into_iter()
                    .filter(|process| process.kind == ProcessKind::Release),
            );
        }
    }
    found
}

fn title(kind: PlatformKind) -> &'static str {
    match kind {
        PlatformKind::Render => "Render",
        PlatformKind::Heroku => "Heroku",
        PlatformKind::AppEngine => "App Engine",
        PlatformKind::Kamal => "Kamal",
        PlatformKind::Kubernetes => "Kubernetes",
    }
}

/// Kubernetes gives words; the other platforms give lines of a shell.
fn commands(runner: &Runner<'_>, kind: PlatformKind, commands: &[Spanned<String>]) -> Vec<Ran> {
    if kind == PlatformKind::Kubernetes {
        let words: Vec<Word<String>> =
            commands.iter().map(|word| Word::new(word.value.clone(), word.span.clone())).collect();
        return runner.words(&words);
    }
    commands.iter().flat_map(|command| split(runner, &command.value, &command.span)).collect()
}
