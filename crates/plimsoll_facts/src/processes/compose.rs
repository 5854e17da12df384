//! Services of compose files.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use plimsoll_formats::Spanned as Word;
use plimsoll_formats::compose::{self, ComposeProject, Inputs, Service};
use plimsoll_formats::dockerfile::Dockerfile;
use plimsoll_formats::dotenv::{self, Dialect, Lookup};
use plimsoll_formats::embedded::BlockKind;
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Spanned, Tree};

use super::commands::Runner;
use super::compose_files::{Group, groups, is_for_production, is_overlay};
use super::units::is_untracked;
use super::written::WrittenFiles;
use super::{Declaration, Process, ProcessKind, images, of_commands};
use crate::blocks::Blocks;
use crate::containers::ComposeStack;
use crate::inventory::Inventory;
use crate::surroundings::{Source, Surroundings};

/// Names of services that serve the site, where nothing else tells.
const WEB_NAMES: [&str; 10] =
    ["web", "django", "app", "backend", "api", "server", "site", "webserver", "webapp", "gunicorn"];

/// What the compose files that production most likely runs say.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) processes: Vec<Process>,
    /// The Dockerfiles that any compose file builds.
    pub(super) built: BTreeSet<RepoPath>,
    /// Paths in containers, with what is there of the repository.
    pub(super) mounts: Vec<(String, RepoPath)>,
    /// The compose project as it is written.
    pub(super) project: Option<ComposeProject>,
    /// The services that are run together.
    pub(super) services: Option<ComposeStack>,
}

/// The stack of production: of the groups of files the first that serves the site.
pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    blocks: &Blocks,
    written: &WrittenFiles<'_>,
) -> Stack {
    let mut built = BTreeSet::new();
    let mut fallback: Option<Stack> = None;
    for group in groups(tree, inventory) {
        let sources: Vec<SourceText> =
            group.files.iter().filter_map(|path| tree.read(path).ok()).collect();
        if sources.len() != group.files.len() {
            continue;
        }
        let project = read(tree, &group, &sources);
        built.extend(dockerfiles(&project));
        if group.files.len() == 1 && is_overlay(&project) {
            continue;
        }
        let found = of_project(tree, inventory, &project, &group, written);
        // A stack that runs the development server is not production's.
        let has = |test: &dyn Fn(ProcessKind) -> bool| found.iter().any(|p| test(p.kind));
        // Unless a deployment of the repository starts just that.
        let deployed = group.deployed_at.is_some();
        let serves = has(&|kind| {
            kind == ProcessKind::Web || (deployed && kind == ProcessKind::DevelopmentServer)
        });
        if !serves && has(&|kind| kind == ProcessKind::DevelopmentServer) {
            continue;
        }
        let runs = has(&|kind| kind != ProcessKind::Other);
        let mounts = mounts(tree, &project);
        let services = Some(ComposeStack {
            called_at: group.called_at.clone(),
            deployed_at: group.deployed_at.clone(),
            serves,
            named_for_production: group.files.iter().any(is_for_production),
            develops: develops(&found, &group),
            files: group.files,
            project: project.clone(),
        });
        let stack = Stack {
            processes: found,
            built: BTreeSet::new(),
            mounts,
            project: Some(project),
            services,
        };
        if serves {
            return Stack { built, ..stack };
        }
        // A stack of a proxy and a database alone still tells where their files are.
        let better = fallback.as_ref().is_none_or(|known| known.processes.is_empty() && runs);
        if better {
            fallback = Some(stack);
        }
    }
    for block in blocks.production(BlockKind::Compose) {
        if block.embedded.expands {
            continue;
        }
        let group = Group {
            files: vec![block.file.clone()],
            env_file: None,
            called_at: None,
            deployed_at: None,
        };
        let project = read(tree, &group, std::slice::from_ref(&block.embedded.text));
        let found = of_project(tree, inventory, &project, &group, written);
        let kinds: BTreeSet<ProcessKind> = found.iter().map(|process| process.kind).collect();
        if kinds.contains(&ProcessKind::Web) && !kinds.contains(&ProcessKind::DevelopmentServer) {
            let project = Some(project);
            return Stack { processes: found, built, project, ..Stack::default() };
        }
    }
    Stack { built, ..fallback.unwrap_or_default() }
}

/// What speaks for a developer's machine: a server that reloads on changes, Django's own server,
/// DEBUG switched on.
fn develops(processes: &[Process], group: &Group) -> Option<Span> {
    let serving = || processes.iter().filter(|process| process.kind == ProcessKind::Web);
    let reloads = serving().find_map(|process| {
        let command = process.command.as_ref()?;
        let word = command.words.iter().find(|word| word.value == "--reload")?;
        Some(word.span.clone())
    });
    let runserver = processes.iter().find(|p| p.kind == ProcessKind::DevelopmentServer);
    reloads.or_else(|| runserver.map(|process| process.at.clone())).or_else(|| {
        serving().find_map(|process| {
            ["DEBUG", "DJANGO_DEBUG"].iter().find_map(|name| {
                let variable = process.surroundings.environment.variables.get(*name)?;
                let value = variable.value.expose().to_ascii_lowercase();
                let at = variable.at.clone()?;
                let on = matches!(value.as_str(), "1" | "true" | "on" | "yes");
                (on && group.files.contains(&at.file)).then_some(at)
            })
        })
    })
}

/// What is mounted and copied into the containers of a project.
fn mounts(tree: &dyn Tree, project: &ComposeProject) -> Vec<(String, RepoPath)> {
    let mut found = Vec::new();
    for service in project.services.values() {
        let build = service.build.as_ref().map(|build| &build.value);
        let source = build
            .and_then(|build| build.dockerfile_path.as_ref())
            .and_then(|path| tree.read(path).ok());
        if let (Some(source), Some(context)) =
            (source, build.and_then(|build| build.context_path.clone()))
        {
            let file = Dockerfile::parse(&source);
            let image = file.effective(None, &IndexMap::new());
            found.extend(
                image
                    .into_iter()
                    .flat_map(|image| images::copies(&image, std::slice::from_ref(&context))),
            );
        }
        for mount in &service.volumes {
            if let Some(source) = &mount.value.source_path {
                found.push((mount.value.target.trim_end_matches('/').to_owned(), source.clone()));
            }
        }
    }
    found
}

fn dockerfiles(project: &ComposeProject) -> impl Iterator<Item = RepoPath> {
    project
        .services
        .values()
        .filter_map(|service| service.build.as_ref()?.value.dockerfile_path.clone())
}

/// Reads the files of a group as compose does: with the `.env` of the first one's folder, or the
/// file that the call names instead.
fn read(tree: &dyn Tree, group: &Group, files: &[SourceText]) -> ComposeProject {
    let beside = || group.files.first()?.parent()?.join(".env");
    let path = group.env_file.clone().or_else(beside);
    let source = path.and_then(|path| tree.read(&path).ok());
    let dotenv = source.map(|source| dotenv::read(&source, Dialect::Compose, &|_| Lookup::Unset));
    let variables = |name: &str| {
        let value = dotenv.as_ref().and_then(|file| file.get(name)?.text().map(Secret::new));
        value.map_or(compose::Variable::Unknown, compose::Variable::Set)
    };
    compose::read(&Inputs { files, variables: &variables, load: &|path| tree.read(path).ok() })
}

fn of_project(
    tree: &dyn Tree,
    inventory: &Inventory,
    project: &ComposeProject,
    group: &Group,
    written: &WrittenFiles<'_>,
) -> Vec<Process> {
    let mut found: Vec<Process> = project
        .services
        .values()
        .filter(|service| !is_for_development(service))
        .flat_map(|service| of_service(tree, inventory, project, service, group, written))
        .collect();
    // Where no command tells which service serves, one that is built here or is given variables
    // and is named so does.
    let serves = |process: &Process| {
        matches!(process.kind, ProcessKind::Web | ProcessKind::DevelopmentServer)
    };
    if !found.iter().any(serves)
        && let Some(web) = WEB_NAMES
            .iter()
            .find_map(|name| {
                let unknown = |p: &Process| p.name == *name && p.kind == ProcessKind::Other;
                found.iter().position(unknown)
            })
            // Of images that say nothing, the first that is told its settings module.
            .or_else(|| {
                let told = |p: &Process| {
                    p.kind == ProcessKind::Other
                        && p.command.is_none()
                        && p.settings_module().is_some()
                };
                found.iter().position(told)
            })
        && let Some(process) = found.get_mut(web)
    {
        process.kind = ProcessKind::Web;
    }
    found.retain(|process| process.kind != ProcessKind::Other || !process.folders.is_empty());
    found
}

/// Whether a service runs only with a profile for developing or testing.
fn is_for_development(service: &Service) -> bool {
    let develops = |profile: &str| {
        crate::standing::words(profile).any(|w| {
            matches!(w, "dev" | "development" | "debug" | "test" | "tests" | "local" | "ci")
        })
    };
    !service.profiles.is_empty()
        && service.profiles.iter().all(|profile| develops(&profile.value.to_ascii_lowercase()))
}

fn of_service(
    tree: &dyn Tree,
    inventory: &Inventory,
    project: &ComposeProject,
    service: &Service,
    group: &Group,
    written: &WrittenFiles<'_>,
) -> Vec<Process> {
    let name = service.name.value.clone();
    let file = &service.name.span.file;
    let mut surroundings = Surroundings::default();
    let named = if group.files.len() > 1 {
        let files: Vec<&str> = group.files.iter().map(RepoPath::as_str).collect();
        format!("the service {name} of {}", files.join(" and "))
    } else {
        format!("the service {name} of {file}")
    };
    surroundings.source(Source::at(named, &service.name.span));
    let dockerfile = service.build.as_ref().and_then(|build| {
        let path = build.value.dockerfile_path.clone()?;
        tree.read(&path).ok()
    });
    let parsed = dockerfile.as_ref().map(|source| (source, Dockerfile::parse(source)));
    let target = service.build.as_ref().and_then(|build| build.value.target.clone());
    let args = build_args(service);
    let image = parsed.as_ref().and_then(|(source, file)| {
        let target = target.as_ref().and_then(|target| target.value.known());
        Some((*source, file.effective(target, &args)?))
    });
    match &image {
        Some((source, image)) => crate::image::take_in(image, source, &mut surroundings),
        None => image_gap(service, &mut surroundings),
    }
    environment(tree, service, Some(written), &mut surroundings);
    if !project.complete {
        let at = Span::of_file(file.clone());
        surroundings.gap(Source::at(format!("{file} was not read to its end"), &at));
    }
    let mut folders: Vec<RepoPath> = Vec::new();
    folders.extend(service.build.as_ref().and_then(|build| build.value.context_path.clone()));
    let known = |text: &Option<plimsoll_source::Spanned<compose::Interpolated>>| {
        let text = text.as_ref()?;
        Some(Spanned::new(text.value.known()?.to_owned(), text.span.clone()))
    };
    let of_image = |text: Option<&plimsoll_formats::dockerfile::Text>| {
        let text = text?;
        Some(Spanned::new(text.value.clone()?, text.span.clone()))
    };
    let whole = Process {
        name,
        kind: ProcessKind::Other,
        command: None,
        loads: None,
        config: None,
        declared: Declaration::Compose,
        at: service.name.span.clone(),
        surroundings,
        user: known(&service.user).or_else(|| of_image(image.as_ref().and_then(|(_, i)| i.user))),
        working_directory: known(&service.working_dir)
            .or_else(|| of_image(image.as_ref().and_then(|(_, i)| i.workdir))),
        folders,
    };
    let mut runner = Runner::new(tree, inventory);
    if let Some(folder) = file.parent() {
        runner.folders.push(folder);
    }
    runner.folders.extend(whole.folders.iter().cloned());
    if let Some((_, image)) = &image {
        runner.copies.extend(images::copies(image, &whole.folders));
    }
    for mount in &service.volumes {
        if let Some(source) = &mount.value.source_path {
            runner
                .copies
                .push((mount.value.target.trim_end_matches('/').to_owned(), source.clone()));
        }
    }
    let ran = run(&runner, service, image.as_ref().map(|(_, image)| image));
    of_commands(&whole, &runner, ran, ProcessKind::Other)
}

/// What a service runs: its own entry point and command, else those of its image. A service that
/// sets the entry point drops the image's command.
fn run(
    runner: &Runner<'_>,
    service: &Service,
    image: Option<&plimsoll_formats::dockerfile::Effective<'_>>,
) -> Vec<super::commands::Ran> {
    let of = |command: &compose::Command| -> Vec<Word<String>> {
        command.words.iter().map(|word| Word::new(word.text.clone(), word.span.clone())).collect()
    };
    let own = service.command.as_ref().map(of).filter(|words| !words.is_empty());
    match (&service.entrypoint, image) {
        (Some(entrypoint), _) if !entrypoint.words.is_empty() => {
            let mut words = of(entrypoint);
            words.extend(own.unwrap_or_default());
            runner.words(&words)
        }
        (_, Some(image)) => images::run(runner, image, own.as_deref()),
        (_, None) => own.map_or(Vec::new(), |words| runner.words(&words)),
    }
}

/// The arguments of the build that are known.
fn build_args(service: &Service) -> IndexMap<String, String> {
    let args = service.build.iter().flat_map(|build| &build.value.args);
    args.filter_map(|(name, value)| match &value.value {
        compose::EnvValue::Given { value, unknown, .. } if unknown.is_empty() => {
            Some((name.clone(), value.expose().to_owned()))
        }
        _ => None,
    })
    .collect()
}

/// An image that the repository does not build sets what nobody here can see.
fn image_gap(service: &Service, out: &mut Surroundings) {
    let built = service.build.as_ref();
    let gap = match (&service.image, built) {
        (_, Some(build)) => {
            Source::at("the image is built from a Dockerfile that was not read", &build.span)
        }
        (Some(image), None) => Source::at(
            format!("the image {} is not built here and can set variables", image.value.name),
            &image.span,
        ),
        (None, None) => return,
    };
    out.gap(gap);
}

/// The variables that a service is given by its files, those that scripts write among them where
/// they are at hand, and by its own entries.
pub(crate) fn environment(
    tree: &dyn Tree,
    service: &Service,
    written: Option<&WrittenFiles<'_>>,
    out: &mut Surroundings,
) {
    for file in &service.env_files {
        let read = file.value.path.as_ref().and_then(|path| tree.read(path).ok());
        match read {
            Some(source) => {
                let raw = file.value.format.as_deref() == Some("raw");
                out.take_in(&source, if raw { Dialect::DockerRun } else { Dialect::Compose });
                if is_untracked(tree, source.path()) {
                    let text = format!("{} is not in git, so the host's may differ", source.path());
                    out.gap(Source::at(text, &file.span));
                }
            }
            None => {
                let name = &file.value.text.text;
                if let Some(file) = written.and_then(|written| written.find(name)) {
                    file.take_in(Dialect::Compose, out);
                    continue;
                }
                let text = format!("the service reads {name}, which is not in the repository");
                out.gap(Source::at(text, &file.span));
            }
        }
    }
    for (name, value) in &service.environment {
        match &value.value {
            compose::EnvValue::Given { value: text, unknown, .. } if unknown.is_empty() => {
                out.insert(name, text.clone(), &value.span);
            }
            compose::EnvValue::Given { unknown, .. } => {
                let from = unknown.join(", ");
                let reason = format!("compose fills it from {from}, which the host sets");
                out.mark_unknown(name, reason, &value.span);
            }
            compose::EnvValue::PassedThrough => {
                let reason = "compose passes it through from the host".to_owned();
                out.mark_unknown(name, reason, &value.span);
            }
        }
    }
}
