//! What starts a container: its entry point, and whether that passes its command on.

use plimsoll_formats::compose::{self, Service};
use plimsoll_formats::dockerfile::{self, Effective};
use plimsoll_source::{RepoPath, Span, Tree};

use crate::inventory::{Inventory, Role};

/// An entry point with a command behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Where the entry point is named.
    pub at: Span,
    /// The shell script of the repository that it runs; `None` where a shell runs its text.
    pub script: Option<RepoPath>,
    /// Whether the entry point looks at its arguments.
    pub takes_arguments: bool,
    /// The command that it is given, as one line, and where.
    pub command: (String, Span),
    /// Whether the service gives the command, not the image.
    pub of_service: bool,
}

/// What a word of the entry point says.
struct Entry<'t> {
    words: Vec<&'t str>,
    at: Span,
    shell_form: bool,
}

/// What an image starts, where it has both an entry point and a command.
pub(crate) fn of_image(
    tree: &dyn Tree,
    inventory: &Inventory,
    image: &Effective<'_>,
    holds: &[(String, RepoPath)],
) -> Option<Start> {
    let entry = entry_of(image)?;
    let command = command_of(image)?;
    let workdir = image.workdir.and_then(|text| text.value.as_deref());
    build(tree, inventory, &entry, command, false, holds, workdir)
}

/// What a service starts, where it has both, its own or its image's. A service with an entry
/// point of its own drops the image's command.
pub(crate) fn of_service(
    tree: &dyn Tree,
    inventory: &Inventory,
    service: &Service,
    image: Option<&Effective<'_>>,
    holds: &[(String, RepoPath)],
) -> Option<Start> {
    let own = service.command.as_ref().filter(|command| !command.words.is_empty());
    let own = own.map(|command| (line(command.texts()), command.span.clone()));
    let of_service = own.is_some();
    let workdir = image.and_then(|image| image.workdir?.value.as_deref());
    let replaced = service.entrypoint.as_ref().filter(|entry| !entry.words.is_empty());
    if let Some(entry) = replaced {
        let words: Vec<&str> = entry.texts().collect();
        let shell_form = entry.form == compose::CommandForm::Shell;
        let entry = Entry { words, at: entry.span.clone(), shell_form };
        return build(tree, inventory, &entry, own?, true, holds, workdir);
    }
    let entry = entry_of(image?)?;
    let command = match own {
        Some(own) => own,
        None => command_of(image?)?,
    };
    build(tree, inventory, &entry, command, of_service, holds, workdir)
}

fn entry_of<'d>(image: &Effective<'d>) -> Option<Entry<'d>> {
    let (command, at) = image.entrypoint?;
    Some(match command {
        dockerfile::Command::Exec(words) => Entry {
            words: words.iter().map(|word| word.text.as_str()).collect(),
            at: at.clone(),
            shell_form: false,
        },
        dockerfile::Command::Shell(text) => {
            Entry { words: vec![text.text()], at: at.clone(), shell_form: true }
        }
    })
}

fn command_of(image: &Effective<'_>) -> Option<(String, Span)> {
    let (command, at) = image.cmd?;
    let text = match command {
        dockerfile::Command::Exec(words) => line(words.iter().map(|word| word.text.as_str())),
        dockerfile::Command::Shell(text) => text.text().trim().to_owned(),
    };
    (!text.is_empty()).then(|| (text, at.clone()))
}

fn line<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn build(
    tree: &dyn Tree,
    inventory: &Inventory,
    entry: &Entry<'_>,
    command: (String, Span),
    of_service: bool,
    holds: &[(String, RepoPath)],
    workdir: Option<&str>,
) -> Option<Start> {
    let at = entry.at.clone();
    if entry.shell_form {
        // The shell is given the text and no argument of it names anything.
        let takes_arguments = false;
        return Some(Start { at, script: None, takes_arguments, command, of_service });
    }
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    let mut words = entry.words.iter().copied().peekable();
    // What hands its arguments on, before the script.
    while words
        .next_if(|word| {
            matches!(
                name(word).as_str(),
                "tini" | "dumb-init" | "--" | "-g" | "env" | "bash" | "sh"
            )
        })
        .is_some()
    {}
    let path = words.next()?;
    if words.next().is_some() || path.starts_with('-') {
        return None;
    }
    let script = find(tree, inventory, path, holds, workdir)?;
    let source = tree.read(&script).ok()?;
    let takes_arguments = looks_at_arguments(source.text())?;
    // The script itself as its own command, or what it runs anyway: nothing is lost.
    let first = command.0.split_whitespace().next().unwrap_or("");
    if !takes_arguments && (name(first) == script.file_name() || runs(source.text(), &command.0)) {
        return None;
    }
    Some(Start { at, script: Some(script), takes_arguments, command, of_service })
}

/// The shell script of the repository that a path names in the container, or the only one of its
/// name.
fn find(
    tree: &dyn Tree,
    inventory: &Inventory,
    path: &str,
    holds: &[(String, RepoPath)],
    workdir: Option<&str>,
) -> Option<RepoPath> {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{}", workdir.unwrap_or("").trim_end_matches('/'), path.trim_start_matches("./"))
    };
    let here = holds.iter().rev().find_map(|(there, here)| {
        let rest = whole.strip_prefix(there.trim_end_matches('/'))?;
        let file = match rest.strip_prefix('/') {
            Some(rest) => here.join(rest)?,
            None if rest.is_empty() => here.clone(),
            None => return None,
        };
        tree.has_file(&file).then_some(file)
    });
    let name = path.rsplit('/').next()?;
    let same = || inventory.main(Role::Shell).filter(|file| file.path.file_name() == name);
    let found = here.or_else(|| {
        let mut same = same();
        let first = same.next()?;
        same.next().is_none().then(|| first.path.clone())
    })?;
    same().any(|file| file.path == found).then_some(found)
}

/// Whether a script has a line that runs a command as it stands.
fn runs(text: &str, command: &str) -> bool {
    let words = |line: &str| {
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
        words.filter(|word| *word != "exec").collect::<Vec<_>>().join(" ")
    };
    let command = words(command);
    text.lines().any(|line| words(line) == command)
}

/// Whether a script looks at its arguments; `None` where it reads another script, which may.
fn looks_at_arguments(text: &str) -> Option<bool> {
    let mut sources = false;
    for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with('#')) {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('$') {
            let named = after.strip_prefix('{').unwrap_or(after).trim_start_matches('#');
            let digit = named.starts_with(|c: char| c.is_ascii_digit());
            if digit || named.starts_with(['@', '*']) || after.starts_with('#') {
                return Some(true);
            }
            rest = after;
        }
        if line.starts_with("shift") || line.starts_with("getopts ") {
            return Some(true);
        }
        sources |= line.starts_with(". ") || line.starts_with("source ");
    }
    (!sources).then_some(false)
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use crate::{Given, survey};

    fn start(files: &[(&str, &str)]) -> Option<(bool, String)> {
        let base = [
            ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')"),
            ("settings.py", ""),
            ("wsgi.py", ""),
        ];
        let tree = MemoryTree::new(base.iter().chain(files).copied());
        let facts = survey(&tree, &Given::default()).unwrap();
        let start = facts.interiors.iter().find_map(|interior| interior.start.clone())?;
        Some((start.takes_arguments, start.command.0))
    }

    const DOCKERFILE: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"/app/docker/start.sh\"]\nCMD [\"gunicorn\", \"wsgi\"]\n";

    #[test]
    fn a_script_tells_whether_it_looks_at_its_arguments() {
        for (script, expected) in [
            ("#!/bin/sh\npython manage.py migrate\nexec \"$@\"\n", true),
            ("#!/bin/sh\npython manage.py migrate\nexec gunicorn wsgi -w 3\n", false),
            ("#!/bin/sh\n# exec \"$@\"\nexec gunicorn wsgi -w 3\n", false),
            ("#!/bin/sh\ncase \"${1:-web}\" in web) exec gunicorn wsgi;; esac\n", true),
            ("#!/bin/sh\nif [ $# -gt 0 ]; then exec sh -c \"$*\"; fi\ngunicorn wsgi\n", true),
        ] {
            let found = start(&[("Dockerfile", DOCKERFILE), ("docker/start.sh", script)]).unwrap();
            assert_eq!(found, (expected, "gunicorn wsgi".to_owned()), "{script}");
        }
        // What the script runs anyway is not lost.
        let same = "#!/bin/sh\nexec gunicorn wsgi\n";
        assert!(start(&[("Dockerfile", DOCKERFILE), ("docker/start.sh", same)]).is_none());
        let sourced = "#!/bin/sh\n. /app/lib.sh\ngunicorn wsgi\n";
        assert!(start(&[("Dockerfile", DOCKERFILE), ("docker/start.sh", sourced)]).is_none());
    }

    #[test]
    fn the_command_of_a_service_wins_over_that_of_the_image() {
        let compose = "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A x worker\n";
        let files = [
            ("Dockerfile", DOCKERFILE),
            ("docker/start.sh", "#!/bin/sh\nexec gunicorn wsgi -w 3\n"),
            ("docker-compose.yml", compose),
        ];
        let base = [
            ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')"),
            ("settings.py", ""),
            ("wsgi.py", ""),
        ];
        let tree = MemoryTree::new(base.iter().chain(&files).copied());
        let facts = survey(&tree, &Given::default()).unwrap();
        let commands: Vec<_> = facts
            .interiors
            .iter()
            .filter_map(|interior| interior.start.as_ref())
            .map(|start| (start.command.0.as_str(), start.of_service))
            .collect();
        assert_eq!(commands, [("gunicorn wsgi", false), ("celery -A x worker", true)]);
    }

    #[test]
    fn a_shell_form_entry_point_takes_no_command() {
        let text = "FROM python:3.12\nENTRYPOINT gunicorn wsgi\nCMD [\"--workers\", \"3\"]\n";
        assert_eq!(start(&[("Dockerfile", text)]), Some((false, "--workers 3".to_owned())));
    }
}
