//! Where a repository names a settings module for a process.

use memchr::memmem;
use plimsoll_formats::embedded::BlockKind;
use plimsoll_source::{RepoPath, SourceText, Span, Tree};
use rayon::prelude::*;

use crate::blocks::Blocks;
use crate::inventory::{Inventory, Listed, Role};
use crate::standing::Standing;

/// The variable that tells Django its settings module
/// (<https://docs.djangoproject.com/en/stable/topics/settings/>).
const VARIABLE: &str = "DJANGO_SETTINGS_MODULE";

/// One place that names a settings module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The dotted name as it stands there.
    pub module: String,
    /// Where it stands.
    pub at: Span,
    /// The kind of file that names it.
    pub place: Place,
    /// The standing of that file.
    pub standing: Standing,
}

/// The kinds of places that name a settings module, by what they decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// `wsgi.py`.
    Wsgi,
    /// `asgi.py`.
    Asgi,
    /// The Celery application's module.
    Celery,
    /// `manage.py` or a module run like it.
    Manage,
    /// A systemd or Supervisor unit.
    Unit,
    /// A compose file.
    Compose,
    /// A Dockerfile.
    Dockerfile,
    /// A Procfile or a platform's file.
    Platform,
    /// An env file that holds values.
    EnvFile,
    /// The example of an env file.
    EnvTemplate,
    /// A shell script.
    Shell,
    /// A CI workflow.
    Workflow,
    /// Test runners' configuration: pytest.ini, tox.ini, setup.cfg, pyproject.toml.
    TestConfig,
    /// Documentation.
    Document,
    /// Anything else.
    Other,
}

impl Place {
    /// What to call it in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Place::Wsgi => "the WSGI entry point",
            Place::Asgi => "the ASGI entry point",
            Place::Celery => "the Celery application",
            Place::Manage => "manage.py",
            Place::Unit => "a service unit",
            Place::Compose => "a compose file",
            Place::Dockerfile => "a Dockerfile",
            Place::Platform => "a platform's process file",
            Place::EnvFile => "an env file",
            Place::EnvTemplate => "an env file's example",
            Place::Shell => "a shell script",
            Place::Workflow => "a workflow",
            Place::TestConfig => "a test runner's configuration",
            Place::Document => "documentation",
            Place::Other => "a file",
        }
    }
}

/// Every mention in the files that can name the settings module.
pub fn find(tree: &dyn Tree, inventory: &Inventory) -> Vec<Mention> {
    let files: Vec<(&Listed, Place)> =
        inventory.iter().filter_map(|file| Some((file, place_of(file)?))).collect();
    files
        .par_iter()
        .flat_map_iter(|(file, place)| {
            let mut mentions = Vec::new();
            if let Ok(source) = tree.read(&file.path) {
                // What starts the development server is for development, whatever its name.
                let starts = matches!(place, Place::Compose | Place::Platform | Place::Unit);
                let develops = starts && source.text().contains("runserver");
                let standing =
                    if develops { file.standing.max(Standing::Development) } else { file.standing };
                in_text(&source, *place, standing, &mut mentions);
            }
            mentions
        })
        .collect()
}

/// The mentions in blocks that stand in scripts and documents, at their true places.
pub(crate) fn in_blocks(blocks: &Blocks) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for block in blocks.iter() {
        let place = match block.embedded.kind {
            BlockKind::Systemd | BlockKind::Supervisor => Place::Unit,
            BlockKind::Compose => Place::Compose,
            BlockKind::Dockerfile => Place::Dockerfile,
            BlockKind::Dotenv => Place::EnvFile,
            BlockKind::Shell | BlockKind::Crontab => Place::Shell,
            _ => continue,
        };
        let place = match (block.embedded.is_written, block.standing.is_main()) {
            (true, _) => place,
            (false, false) => Place::Document,
            // A guide shows what to put into an env file.
            (false, true) if place == Place::EnvFile => Place::EnvTemplate,
            (false, true) => place,
        };
        in_text(&block.embedded.text, place, block.standing, &mut mentions);
    }
    mentions
}

/// The kind of place that a file is, `None` for files that name no settings for a process.
fn place_of(file: &Listed) -> Option<Place> {
    Some(match file.role {
        Role::Python => python_place(&file.path)?,
        Role::Unit | Role::Supervisor | Role::Uwsgi => Place::Unit,
        Role::Compose => Place::Compose,
        Role::Dockerfile => Place::Dockerfile,
        Role::Procfile | Role::Platform => Place::Platform,
        Role::EnvFile => Place::EnvFile,
        Role::EnvTemplate => Place::EnvTemplate,
        Role::Shell | Role::Crontab => Place::Shell,
        Role::Workflow => Place::Workflow,
        Role::ProjectFile => Place::TestConfig,
        Role::OtherText if matches!(file.path.extension(), Some("ini" | "toml")) => {
            Place::TestConfig
        }
        _ => return None,
    })
}

fn python_place(path: &RepoPath) -> Option<Place> {
    let name = path.file_name();
    Some(match name {
        "manage.py" | "__main__.py" => Place::Manage,
        _ if name.starts_with("manage") => Place::Manage,
        _ if holds(name, "wsgi") => Place::Wsgi,
        _ if holds(name, "asgi") => Place::Asgi,
        _ if holds(name, "celery") => Place::Celery,
        // A package is the entry point as often as a module is.
        "__init__.py" => match path.folder_name() {
            "wsgi" => Place::Wsgi,
            "asgi" => Place::Asgi,
            "celery" => Place::Celery,
            _ => return None,
        },
        _ if path.depth() <= 2
            && matches!(name, "worker.py" | "tasks.py" | "app.py" | "server.py" | "main.py") =>
        {
            Place::Other
        }
        _ => return None,
    })
}

/// Whether a name holds a word.
fn holds(name: &str, word: &str) -> bool {
    memmem::find(name.as_bytes(), word.as_bytes()).is_some()
}

fn in_text(source: &SourceText, place: Place, standing: Standing, mentions: &mut Vec<Mention>) {
    let text = source.text();
    let mut from = 0;
    while let Some(found) =
        text.get(from..).and_then(|rest| memmem::find(rest.as_bytes(), VARIABLE.as_bytes()))
    {
        let after = from + found + VARIABLE.len();
        from = after;
        if in_comment(text, after, place) {
            continue;
        }
        // A RUN step builds the image; what it sets is gone afterwards.
        let place = if place == Place::Dockerfile && is_build_step(text, after) {
            Place::Other
        } else {
            place
        };
        if let Some((start, module)) = module_after(text, after, place) {
            let at = source.span(start..start + module.len());
            mentions.push(Mention { module: module.to_owned(), at, place, standing });
        }
    }
}

/// Whether the instruction of a Dockerfile that holds the place is a RUN, on this line or on one
/// that is continued on it.
fn is_build_step(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let mut lines = before.lines().rev();
    let mut first = lines.next().unwrap_or("");
    while let Some(line) = lines.next().filter(|line| line.trim_end().ends_with('\\')) {
        first = line;
    }
    first.trim_start().to_ascii_uppercase().starts_with("RUN")
}

/// Whether the line up to the place is a comment in its format; all of them use `#`, ini files
/// `;` too.
fn in_comment(text: &str, at: usize, place: Place) -> bool {
    let line = text.get(..at).map_or("", |before| before.rsplit('\n').next().unwrap_or(""));
    let line = line.trim_start();
    line.starts_with('#')
        || (line.starts_with(';') && matches!(place, Place::Unit | Place::TestConfig))
}

/// The dotted name that follows the variable, after the signs by which the formats assign: `=`,
/// `:`, `", "`, `"] = "`, a space (Dockerfile).
fn module_after(text: &str, after: usize, place: Place) -> Option<(usize, &str)> {
    let rest = text.get(after..)?;
    let value = rest.find(|c: char| {
        !matches!(c, '"' | '\'' | ']' | ',' | '=' | ':' | ' ' | '\t' | '\n' | '\r' | '(')
    })?;
    let between = rest.get(..value)?;
    // A blank alone assigns in a Dockerfile's `ENV NAME value` only; `env -u NAME program` does not.
    let line = text.get(..after)?.rsplit('\n').next()?.trim_start();
    if between.trim().is_empty()
        && !(place == Place::Dockerfile && line.to_ascii_uppercase().starts_with("ENV "))
    {
        return None;
    }
    // A second line belongs to the same call only when something has been left open.
    if between.is_empty() || (between.contains('\n') && !between.contains(',')) {
        return None;
    }
    let name = rest.get(value..)?;
    let length = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(name.len());
    let module = name.get(..length)?;
    let opened = between.ends_with(['"', '\'']);
    let closed = name.get(length..).is_some_and(|tail| tail.starts_with(['"', '\'']));
    let dotted = !module.is_empty()
        && module
            .split('.')
            .all(|part| part.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_'));
    // `setdefault("DJANGO_SETTINGS_MODULE", settings_path)` names a variable, not a module.
    let literal = opened && closed || !between.contains(',') && !between.contains(']') && !opened;
    (dotted && literal && module != "None").then_some((after + value, module))
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::{Place, find};
    use crate::inventory::Inventory;

    #[test]
    fn every_way_to_name_the_module_is_read_and_no_variable_is_taken_for_one() {
        let tree = MemoryTree::new([
            (
                "manage.py",
                "os.environ.setdefault(\n    'DJANGO_SETTINGS_MODULE',\n    'shop.settings.dev')\n",
            ),
            ("shop/wsgi.py", "os.environ[\"DJANGO_SETTINGS_MODULE\"] = \"shop.settings.prod\"\n"),
            ("shop/asgi.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', path)\n"),
            ("shop/celery.py", "# DJANGO_SETTINGS_MODULE=shop.none\nX = f'{P}.settings'\n"),
            ("Dockerfile", "FROM python:3.12\nENV DJANGO_SETTINGS_MODULE shop.settings.image\n"),
            (
                "docker-compose.yml",
                "services:\n  web:\n    environment:\n      DJANGO_SETTINGS_MODULE: shop.settings.compose\n",
            ),
            ("Procfile", "web: DJANGO_SETTINGS_MODULE=shop.settings.proc gunicorn shop.wsgi\n"),
            (".env", "DJANGO_SETTINGS_MODULE='shop.settings.env'\n"),
            ("run.sh", "export DJANGO_SETTINGS_MODULE=$X\n"),
        ]);
        let found: Vec<_> = find(&tree, &Inventory::of(&tree))
            .into_iter()
            .map(|mention| (mention.place, mention.module, mention.at.start.line))
            .collect();
        assert_eq!(
            found,
            [
                (Place::EnvFile, "shop.settings.env".to_owned(), 1),
                (Place::Dockerfile, "shop.settings.image".to_owned(), 2),
                (Place::Platform, "shop.settings.proc".to_owned(), 1),
                (Place::Compose, "shop.settings.compose".to_owned(), 4),
                (Place::Manage, "shop.settings.dev".to_owned(), 3),
                (Place::Wsgi, "shop.settings.prod".to_owned(), 1),
            ]
        );
    }
}
