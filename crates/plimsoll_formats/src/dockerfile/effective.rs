//! What an image that is built from a stage is.

use indexmap::IndexMap;
use plimsoll_source::Span;

use super::{Command, Dockerfile, Instruction, Stage, Text};
use crate::compose::{Image, Interpolated};

/// An image as its Dockerfile leaves it. What the base image sets and the file does not is not
/// known.
#[derive(Clone, Debug)]
pub struct Effective<'d> {
    /// The stage that is built, and those it starts from, nearest first.
    pub stages: Vec<&'d Stage>,
    /// The image all starts from.
    pub base: ImageBase,
    /// Variables, last ones win.
    pub environment: IndexMap<&'d str, &'d Text>,
    /// The user; `None`: the base image's, mostly root.
    pub user: Option<&'d Text>,
    /// The working folder as last written; it can be relative to one before.
    pub workdir: Option<&'d Text>,
    /// What is run.
    pub cmd: Option<(&'d Command, &'d Span)>,
    /// What runs it.
    pub entrypoint: Option<(&'d Command, &'d Span)>,
    /// The health check; the inner `None` switches it off.
    pub healthcheck: Option<(Option<&'d Command>, &'d Span)>,
    /// Ports.
    pub expose: Vec<&'d Text>,
    /// Volumes.
    pub volumes: Vec<&'d Text>,
}

/// The image that a chain of stages starts from.
#[derive(Clone, Debug)]
pub enum ImageBase {
    /// An image of a registry.
    Image(Image, Span),
    /// `scratch`: nothing.
    Scratch(Span),
    /// A name that depends on an argument which is not known.
    Unknown(Span),
}

pub(super) fn of<'d>(
    file: &'d Dockerfile,
    target: Option<&str>,
    build_args: &IndexMap<String, String>,
) -> Option<Effective<'d>> {
    let index = match target {
        Some(name) => file.stage_index(name)?,
        None => file.stages.len().checked_sub(1)?,
    };
    let mut stages = Vec::new();
    let mut current = index;
    let base = loop {
        let stage = file.stages.get(current)?;
        stages.push(stage);
        let name = from_name(file, stage, build_args);
        // A stage can only start from one before it.
        let earlier = name.as_deref().and_then(|name| {
            file.stages.iter().take(current).rposition(|other| {
                other.name.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(name))
            })
        });
        match earlier {
            Some(earlier) => current = earlier,
            None => break base_of(name, stage),
        }
    };
    let mut image = Effective {
        base,
        environment: IndexMap::new(),
        user: None,
        workdir: None,
        cmd: None,
        entrypoint: None,
        healthcheck: None,
        expose: Vec::new(),
        volumes: Vec::new(),
        stages: Vec::new(),
    };
    for stage in stages.iter().rev() {
        // Docker drops the CMD of what a stage starts from where it sets an entrypoint.
        let is_entrypoint = |i: &plimsoll_source::Spanned<Instruction>| {
            matches!(i.value, Instruction::Entrypoint(_))
        };
        if stage.instructions.iter().any(is_entrypoint) {
            image.cmd = None;
        }
        for instruction in &stage.instructions {
            apply(&mut image, &instruction.value, &instruction.span);
        }
    }
    image.stages = stages;
    Some(image)
}

fn apply<'d>(image: &mut Effective<'d>, instruction: &'d Instruction, span: &'d Span) {
    match instruction {
        Instruction::Env(pairs) => {
            image.environment.extend(pairs.iter().map(|(name, text)| (name.as_str(), text)));
        }
        Instruction::User(user) => image.user = Some(user),
        Instruction::Workdir(folder) => image.workdir = Some(folder),
        Instruction::Cmd(command) => image.cmd = Some((command, span)),
        Instruction::Entrypoint(command) => {
            image.entrypoint = Some((command, span));
        }
        Instruction::Healthcheck(check) => image.healthcheck = Some((check.as_ref(), span)),
        Instruction::Expose(ports) => image.expose.extend(ports),
        Instruction::Volume(paths) => image.volumes.extend(paths),
        _ => {}
    }
}

/// The name after `FROM` with the build arguments given.
fn from_name(
    file: &Dockerfile,
    stage: &Stage,
    build_args: &IndexMap<String, String>,
) -> Option<String> {
    if !stage.from.args.iter().any(|name| build_args.contains_key(name)) {
        return stage.from.value.clone();
    }
    let source =
        plimsoll_source::SourceText::new(stage.from.span.file.clone(), stage.from.written.as_str());
    let lookup = |name: &str| {
        let default = file.global_args.iter().find(|arg| arg.name == name);
        let default = default.and_then(|arg| arg.default.as_ref()?.value.clone());
        super::expand::Known { value: build_args.get(name).cloned().or(default), args: Vec::new() }
    };
    super::expand::text(&source, 0..source.text().len(), &lookup).value
}

fn base_of(name: Option<String>, stage: &Stage) -> ImageBase {
    let span = stage.from.span.clone();
    match name {
        None => ImageBase::Unknown(span),
        Some(name) if name == "scratch" => ImageBase::Scratch(span),
        Some(name) => {
            ImageBase::Image(Image::parse(Interpolated { text: name, ..Default::default() }), span)
        }
    }
}
