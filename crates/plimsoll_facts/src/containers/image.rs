//! The images that are built for processes of the system.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use plimsoll_formats::dockerfile::{
    Command, DockerIgnore, Dockerfile, Effective, ImageBase, Instruction, ignore_files,
};
use plimsoll_formats::gitignore::GitIgnore;
use plimsoll_source::{RepoPath, SourceText, Span, Spanned, Tree};

use super::ComposeStack;
use crate::inventory::{Inventory, Role};
use crate::processes::{Declaration, Process, ProcessKind};

/// An image that the repository builds.
#[derive(Clone, Debug)]
pub struct ImageFacts {
    /// Its Dockerfile.
    pub dockerfile: RepoPath,
    /// The services of the stack that run it; empty where no compose file does.
    pub services: Vec<String>,
    /// What processes of it do.
    pub kinds: BTreeSet<ProcessKind>,
    /// Whose programs it starts from.
    pub base: ImageOrigin,
    /// Where it says what it starts from.
    pub from: Span,
    /// The user that it runs as.
    pub user: ImageUser,
    /// Where one of its start scripts goes on as another user.
    pub steps_down: Option<Span>,
    /// `HEALTHCHECK`: whether it checks, and where.
    pub health: Option<(bool, Span)>,
    /// Where the whole context is copied in.
    pub copies_context: Option<Span>,
    /// The `.dockerignore` that counts, where there is one.
    pub ignore_file: Option<RepoPath>,
    /// Files and folders of the context that are copied in and should not be: env files, git's
    /// history, databases. A file that git leaves out counts where its pattern is in `.gitignore`.
    pub taken_along: Vec<String>,
    /// Python files of the context that `.dockerignore` leaves out, with the patterns.
    pub left_out: Vec<(RepoPath, Span)>,
    /// Whether its Dockerfile installs what compiles extensions.
    pub compiles: bool,
    /// Where a step of the build collects static files.
    pub collects: Option<Span>,
    /// Whether it gives folders or files to another user than root: `chown`, `--chown`, modes.
    pub gives_folders: bool,
}

/// What an image starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageOrigin {
    /// An image of a registry.
    Image {
        /// Its name.
        name: String,
        /// Its tag.
        tag: Option<String>,
        /// Whether a digest fixes it.
        has_digest: bool,
    },
    /// Nothing.
    Scratch,
    /// An argument of the build decides.
    Unknown,
}

/// The user of an image.
#[derive(Clone, Debug)]
pub enum ImageUser {
    /// None is named: that of the base.
    Unset,
    /// This one.
    Named(Spanned<String>),
    /// An argument of the build decides.
    Unknown(Span),
}

/// Words of Dockerfiles that install a compiler or the headers of libraries.
const COMPILERS: [&str; 9] = [
    "gcc",
    "g++",
    "clang",
    "build-essential",
    "build-base",
    "libpq-dev",
    "postgresql-dev",
    "libjpeg",
    "python3-dev",
];

/// What each image is built of.
struct Plan {
    dockerfile: RepoPath,
    target: Option<String>,
    context: Option<RepoPath>,
    services: Vec<String>,
    kinds: BTreeSet<ProcessKind>,
}

pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    stack: Option<&ComposeStack>,
    processes: &[Process],
) -> Vec<ImageFacts> {
    let mut plans: Vec<Plan> = Vec::new();
    for service in stack.iter().flat_map(|stack| stack.project.services.values()) {
        let kinds: BTreeSet<ProcessKind> = processes
            .iter()
            .filter(|p| p.declared == Declaration::Compose && p.name == service.name.value)
            .filter(|p| stack.is_some_and(|stack| stack.has_file(&p.at.file)))
            .map(|process| process.kind)
            .filter(|kind| *kind != ProcessKind::Other)
            .collect();
        let Some(build) = service.build.as_ref().filter(|_| !kinds.is_empty()) else { continue };
        let Some(dockerfile) = build.value.dockerfile_path.clone() else { continue };
        let target =
            build.value.target.as_ref().and_then(|target| target.value.known()).map(str::to_owned);
        let name = service.name.value.clone();
        match plans.iter_mut().find(|p| p.dockerfile == dockerfile && p.target == target) {
            Some(plan) => {
                plan.services.push(name);
                plan.kinds.extend(kinds);
            }
            None => plans.push(Plan {
                dockerfile,
                target,
                context: build.value.context_path.clone(),
                services: vec![name],
                kinds,
            }),
        }
    }
    for process in processes.iter().filter(|p| p.declared == Declaration::Image) {
        let Some(dockerfile) = RepoPath::new(&process.name) else { continue };
        match plans.iter_mut().find(|plan| plan.dockerfile == dockerfile) {
            Some(plan) => {
                plan.kinds.insert(process.kind);
            }
            None => plans.push(Plan {
                dockerfile,
                target: None,
                context: None,
                services: Vec::new(),
                kinds: BTreeSet::from([process.kind]),
            }),
        }
    }
    plans.into_iter().filter_map(|plan| of_plan(tree, inventory, plan)).collect()
}

fn of_plan(tree: &dyn Tree, inventory: &Inventory, plan: Plan) -> Option<ImageFacts> {
    let source = tree.read(&plan.dockerfile).ok()?;
    let file = Dockerfile::parse(&source);
    let image = file.effective(plan.target.as_deref(), &IndexMap::new())?;
    let (base, from) = match &image.base {
        ImageBase::Image(base, at) => (
            ImageOrigin::Image {
                name: base.name.clone(),
                tag: base.tag.clone(),
                has_digest: base.digest.is_some(),
            },
            at.clone(),
        ),
        ImageBase::Scratch(at) => (ImageOrigin::Scratch, at.clone()),
        ImageBase::Unknown(at) => (ImageOrigin::Unknown, at.clone()),
    };
    let user = match image.user {
        None => ImageUser::Unset,
        Some(text) => match &text.value {
            Some(name) => ImageUser::Named(Spanned::new(name.clone(), text.span.clone())),
            None => ImageUser::Unknown(text.span.clone()),
        },
    };
    // Whoever builds by hand stands at the root of the repository or beside the Dockerfile.
    let context = plan.context.clone().or_else(|| {
        let beside = plan.dockerfile.parent()?;
        if tree.has_file(&beside.join(".dockerignore")?) {
            Some(beside)
        } else {
            Some(RepoPath::root())
        }
    });
    let copied = copies_context(&image);
    let ignore_file = context.as_ref().and_then(|context| {
        ignore_files(&plan.dockerfile, context).into_iter().find(|path| tree.has_file(path))
    });
    let ignore = ignore_file.as_ref().and_then(|path| tree.read(path).ok());
    let ignore = ignore.map(|source| DockerIgnore::parse(&source)).unwrap_or_default();
    let taken_along = match (&copied, &context) {
        (Some(_), Some(context)) => taken_along(tree, inventory, context, &ignore),
        _ => Vec::new(),
    };
    let left_out = match (&copied, &context) {
        (Some(_), Some(context)) => left_out(inventory, context, &ignore),
        _ => Vec::new(),
    };
    Some(ImageFacts {
        left_out,
        base,
        from,
        user,
        steps_down: steps_down(tree, inventory, &source, &plan, context.as_ref()),
        health: image.healthcheck.map(|(check, at)| (check.is_some(), at.clone())),
        copies_context: copied,
        ignore_file,
        taken_along,
        collects: collects(&file),
        compiles: COMPILERS.iter().any(|word| source.text().contains(word)),
        gives_folders: [
            "chown",
            "chmod",
            "install -d",
            "install -o",
            "--home",
            "-m ",
            "--create-home",
        ]
        .iter()
        .any(|word| source.text().contains(word))
            || works_as_user(&image),
        dockerfile: plan.dockerfile,
        services: plan.services,
        kinds: plan.kinds,
    })
}

/// Whether the working folder is made after the user was changed, so that it is the user's.
fn works_as_user(image: &Effective<'_>) -> bool {
    let mut user = false;
    let stages = image.stages.iter().rev();
    for instruction in stages.flat_map(|stage| &stage.instructions) {
        match &instruction.value {
            Instruction::User(_) => user = true,
            Instruction::Workdir(_) | Instruction::Run { .. } if user => return true,
            _ => {}
        }
    }
    false
}

/// `COPY . …` or `ADD . …` of a stage that the image consists of.
fn copies_context(image: &Effective<'_>) -> Option<Span> {
    let instructions = image.stages.iter().flat_map(|stage| &stage.instructions);
    instructions
        .filter_map(|instruction| match &instruction.value {
            Instruction::Copy { from: None, sources, .. } => {
                let whole = sources.iter().any(|source| {
                    matches!(source.value.as_deref(), Some("." | "./" | "/" | "./."))
                });
                whole.then(|| instruction.span.clone())
            }
            _ => None,
        })
        .next()
}

/// A step of any stage that collects static files.
fn collects(file: &Dockerfile) -> Option<Span> {
    let instructions = file.stages.iter().flat_map(|stage| &stage.instructions);
    instructions
        .filter_map(|instruction| {
            let Instruction::Run { command, heredocs, .. } = &instruction.value else {
                return None;
            };
            let text = match command {
                Command::Shell(text) => text.text().to_owned(),
                Command::Exec(words) => {
                    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
                }
            };
            let has = text.contains("collectstatic")
                || heredocs.iter().any(|heredoc| heredoc.body.text().contains("collectstatic"));
            has.then(|| instruction.span.clone())
        })
        .next()
}

/// Python files that a copy of the context does not get.
fn left_out(
    inventory: &Inventory,
    context: &RepoPath,
    ignore: &DockerIgnore,
) -> Vec<(RepoPath, Span)> {
    const MOST: usize = 2_000;
    if ignore.is_empty() {
        return Vec::new();
    }
    inventory
        .main(Role::Python)
        .filter_map(|file| {
            let pattern = ignore.excludes(file.path.strip_prefix(context)?)?;
            Some((file.path.clone(), pattern.clone()))
        })
        .take(MOST)
        .collect()
}

/// What a copy of the whole context takes along that it should not.
fn taken_along(
    tree: &dyn Tree,
    inventory: &Inventory,
    context: &RepoPath,
    ignore: &DockerIgnore,
) -> Vec<String> {
    let mut found = Vec::new();
    let sent = |path: &RepoPath| {
        path.strip_prefix(context).is_some_and(|inner| ignore.excludes(inner).is_none())
    };
    for role in [Role::EnvFile, Role::Data] {
        for file in inventory.with(role).filter(|file| sent(&file.path)) {
            found.push(file.path.to_string());
        }
    }
    // What git leaves out is on the machine that builds, though not in the repository.
    let gitignores: Vec<SourceText> =
        inventory.with(Role::Gitignore).filter_map(|file| tree.read(&file.path).ok()).collect();
    if !gitignores.is_empty() {
        let git = GitIgnore::new(&gitignores);
        for name in [".env", "db.sqlite3"] {
            let Some(path) = context.join(name) else { continue };
            if git.ignores(&path).is_some() && sent(&path) && !found.contains(&path.to_string()) {
                found.push(path.to_string());
            }
        }
    }
    if context.is_root() && ignore.excludes(".git/config").is_none() {
        found.push(".git".to_owned());
    }
    found.truncate(8);
    found
}

/// Programs that go on as another user.
const STEPS: [&str; 9] = [
    "gosu ",
    "su-exec ",
    "setpriv ",
    "s6-setuidgid ",
    "runuser ",
    "chroot --userspec",
    "sudo -u ",
    "sudo -E -u ",
    "su -s ",
];

/// Where the image's start scripts go on as another user, as far as they are in the repository.
fn steps_down(
    tree: &dyn Tree,
    inventory: &Inventory,
    dockerfile: &SourceText,
    plan: &Plan,
    context: Option<&RepoPath>,
) -> Option<Span> {
    let near = |path: &RepoPath| {
        context.is_none_or(|context| path.is_within(context))
            || plan.dockerfile.parent().is_some_and(|folder| path.is_within(&folder))
    };
    let scripts = inventory.main(Role::Shell).filter(|file| near(&file.path));
    let supervised = inventory.main(Role::Supervisor).filter(|file| near(&file.path));
    for file in scripts.chain(supervised) {
        // Only what the image takes in starts it.
        let Ok(source) = tree.read(&file.path) else { continue };
        let marks: &[&str] = if file.role == Role::Supervisor { &["user="] } else { &STEPS };
        let named = dockerfile.text().contains(file.path.file_name());
        let starts = named || file.path.file_name().contains("entrypoint");
        for number in 1..=source.line_count() {
            let Some(line) = source.line(number).map(str::trim) else { break };
            if starts && !line.starts_with(['#', ';']) && marks.iter().any(|m| line.contains(m)) {
                return Some(source.line_span(number));
            }
        }
    }
    // `CMD ["gosu", "app", …]`, uWSGI's `--uid`, gunicorn's `--user`.
    (1..=dockerfile.line_count()).find_map(|number| {
        let line = dockerfile.line(number)?.trim();
        let starts = line.starts_with("CMD") || line.starts_with("ENTRYPOINT");
        let steps = ["gosu", "su-exec", "setpriv", "--uid", "--user", "s6-setuidgid"];
        (starts && steps.iter().any(|step| line.contains(step)))
            .then(|| dockerfile.line_span(number))
    })
}
