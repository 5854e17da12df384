//! Secrets that stand in clear in files that start the system: compose files, units, images.

use plimsoll_formats::compose::{self, EnvValue, Inputs};
use plimsoll_formats::dockerfile::{Dockerfile, Instruction};
use plimsoll_python::is_secret_name;
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// A variable with a secret's name and a value written out.
#[derive(Clone, Debug)]
pub struct ClearSecret {
    /// The variable's name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// Where.
    pub at: Span,
    /// The kind of file.
    pub place: ClearPlace,
    /// The variables that stand in for the value where they are set: `${NAME:-value}`.
    pub unless: Vec<String>,
}

/// Where a secret stands in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearPlace {
    /// A compose file.
    Compose,
    /// A systemd unit or Supervisor program.
    Unit,
    /// An `ENV` or `ARG` of an image.
    Image,
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default)]
pub struct ClearSecrets {
    /// The secrets.
    pub found: Vec<ClearSecret>,
    /// Those of compose files that hold only while variables of the host are unset.
    pub fallbacks: Vec<ClearSecret>,
    /// Compose files and units that were read.
    pub services: usize,
    /// Dockerfiles that were read.
    pub images: usize,
}

impl ClearSecrets {
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let mut secrets = Self::default();
        for file in inventory.main(Role::Compose).filter(|file| !is_local(&file.path)) {
            let Ok(source) = tree.read(&file.path) else { continue };
            // Whatever starts the development server is for developing.
            if source.text().contains("runserver") {
                continue;
            }
            secrets.services += 1;
            secrets.compose(&source);
        }
        for role in [Role::Unit, Role::Supervisor] {
            for file in inventory.main(role) {
                let Ok(source) = tree.read(&file.path) else { continue };
                secrets.services += 1;
                secrets.unit(&source);
            }
        }
        for file in inventory.main(Role::Dockerfile).filter(|file| !is_local(&file.path)) {
            let Ok(source) = tree.read(&file.path) else { continue };
            secrets.images += 1;
            secrets.image(&source);
        }
        secrets
    }

    fn compose(&mut self, source: &SourceText) {
        let project = compose::read(&Inputs {
            files: std::slice::from_ref(source),
            variables: &|_| compose::Variable::Unknown,
            // What it includes is read as a file of its own.
            load: &|_| None,
        });
        for service in project.services.values() {
            for (name, value) in &service.environment {
                let EnvValue::Given { value: text, unknown, interpolated } = &value.value else {
                    continue;
                };
                let (at, place) = (value.span.clone(), ClearPlace::Compose);
                let Some(secret) = secret_of(name, text.expose(), at, place) else { continue };
                if *interpolated {
                    self.fallbacks.push(ClearSecret { unless: unknown.clone(), ..secret });
                } else {
                    self.found.push(secret);
                }
            }
        }
    }

    fn unit(&mut self, source: &SourceText) {
        for number in 1..=source.line_count() {
            let line = source.line(number).unwrap_or("").trim();
            let Some((key, rest)) = line.split_once('=') else { continue };
            if !key.trim().eq_ignore_ascii_case("environment") {
                continue;
            }
            for pair in rest.split([' ', ',']).map(|pair| pair.trim_matches('"')) {
                if let Some((name, value)) = pair.split_once('=') {
                    let value = value.trim_matches(['"', '\'']);
                    self.take(name, value, source.line_span(number), ClearPlace::Unit);
                }
            }
        }
    }

    fn image(&mut self, source: &SourceText) {
        let file = Dockerfile::parse(source);
        // Only what the last stage has is shipped; a build argument stays in its history.
        let Some(stage) = file.stages.last() else { return };
        for instruction in &stage.instructions {
            match &instruction.value {
                Instruction::Env(pairs) => {
                    for (name, text) in pairs {
                        let Some(value) = &text.value else { continue };
                        self.take(name, value, text.span.clone(), ClearPlace::Image);
                    }
                }
                Instruction::Arg(arguments) => {
                    for argument in arguments {
                        let Some(default) = &argument.default else { continue };
                        let Some(value) = &default.value else { continue };
                        self.take(&argument.name, value, argument.span.clone(), ClearPlace::Image);
                    }
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, name: &str, value: &str, at: Span, place: ClearPlace) {
        self.found.extend(secret_of(name, value, at, place));
    }
}

fn secret_of(name: &str, value: &str, at: Span, place: ClearPlace) -> Option<ClearSecret> {
    // Files and switches are named like secrets and hold none.
    let plain = value.is_empty()
        || value.starts_with('/')
        || value.contains('$')
        || value.contains('%')
        || value.parse::<f64>().is_ok()
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "none" | "null" | "on" | "off"
        );
    // An address is a secret only with a password in it.
    let address = value.contains("://") && !has_password(value);
    (is_secret_name(name) && !name.ends_with("_FILE") && !plain && !address).then(|| ClearSecret {
        name: name.to_owned(),
        value: Secret::new(value),
        at,
        place,
        unless: Vec::new(),
    })
}

/// Whether an address holds a password: `postgres://user:password@host/`.
fn has_password(address: &str) -> bool {
    let after = address.split_once("://").map_or("", |(_, after)| after);
    let Some((user, _)) = after.split_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
}

/// Whether a file is for trying things out by its name or folder.
fn is_local(path: &RepoPath) -> bool {
    let path = path.as_str().to_ascii_lowercase();
    path.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        matches!(
            word,
            "local"
                | "dev"
                | "develop"
                | "development"
                | "test"
                | "tests"
                | "testing"
                | "ci"
                | "override"
                | "demo"
                | "debug"
                | "e2e"
                | "quickstart"
                | "sandbox"
                | "sample"
                | "example"
                | "template"
        )
    })
}
