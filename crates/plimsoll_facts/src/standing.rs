//! What part a path plays in its repository, told by its folders' names.

use std::borrow::Cow;

use plimsoll_source::RepoPath;

/// What part a file plays: whether production runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Part of the system.
    Main,
    /// For developing: dev containers, local stacks, editors.
    Development,
    /// Tests and what they need.
    Test,
    /// Documentation, examples, demos, tutorials.
    Example,
    /// A stale copy: `old`, `backup`, `copy of`.
    Copy,
    /// Code of others kept in the repository.
    Vendored,
}

impl Standing {
    /// Reads the standing from the names of a path's folders and file. The most distant standing
    /// of all its parts wins: a test within vendored code is vendored.
    pub fn of(path: &RepoPath) -> Self {
        Self::in_folder(path, Self::of_names(path.folder_names()))
    }

    /// The same, `folder` being the standing of the folder that holds the file.
    pub(crate) fn in_folder(path: &RepoPath, folder: Self) -> Self {
        let name = lower(path.file_name());
        let known = folder.max(of_part(&name, true));
        if known == Standing::Main && development_folder(path).is_some() {
            return Standing::Development;
        }
        known
    }

    /// Why a file is taken to be for developing, where it is: the part of its path that says so.
    pub fn why_development(path: &RepoPath) -> Option<String> {
        if Self::of(path) != Standing::Development {
            return None;
        }
        if let Some(folder) = development_folder(path) {
            return Some(format!("its folder {folder} is named for development"));
        }
        let name = path.file_name();
        if of_part(&name.to_ascii_lowercase(), true) == Standing::Development {
            return Some("its name says that it is for development".to_owned());
        }
        Some("its folder belongs to a tool for developing".to_owned())
    }

    /// The same for a folder.
    pub fn of_folder(path: &RepoPath) -> Self {
        Self::of_names(path.as_str().split('/').filter(|part| !part.is_empty()))
    }

    /// The same for the names of a folder and those above it.
    pub(crate) fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        names.map(|name| of_part(&lower(name), false)).max().unwrap_or(Standing::Main)
    }

    /// Whether the file may be part of what production runs.
    pub fn is_main(self) -> bool {
        self == Standing::Main
    }
}

/// The words of a name: split at anything that is no letter or digit.
pub(crate) fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// A name in lower case; most are.
pub(crate) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The folder above a file of configuration whose name says that it is for developing:
/// `docker/dev`, `.envs/.local`, `compose-local`. Code is not told so: `local` and `dev` are names
/// of apps, too. Neither are programs: `usr/local/bin`.
fn development_folder(path: &RepoPath) -> Option<RepoPath> {
    const CODE: [&str; 16] = [
        "py", "html", "htm", "djhtml", "jinja", "jinja2", "js", "ts", "jsx", "tsx", "mjs", "vue",
        "css", "scss", "po", "sql",
    ];
    if path.extension().is_some_and(|extension| CODE.contains(&&*lower(extension))) {
        return None;
    }
    let mut folder = path.parent();
    let mut below = String::new();
    let mut found = None;
    while let Some(at) = folder.filter(|folder| !folder.is_root()) {
        let name = at.file_name().to_ascii_lowercase();
        let above = at.parent();
        let in_system = above.as_ref().is_some_and(|above| above.file_name() == "usr")
            || matches!(below.as_str(), "bin" | "sbin" | "lib" | "share" | "etc");
        if is_for_development(&name) && !in_system {
            found = Some(at.clone());
        }
        below = name;
        folder = above;
    }
    found
}

/// Whether a folder of configuration is named for development, and for nothing else.
fn is_for_development(name: &str) -> bool {
    const BESIDE: [&str; 14] = [
        "docker",
        "compose",
        "env",
        "envs",
        "environment",
        "environments",
        "config",
        "conf",
        "deploy",
        "deployment",
        "settings",
        "stack",
        "setup",
        "server",
    ];
    let is_dev = |word: &str| {
        matches!(
            word,
            "dev" | "devel" | "develop" | "development" | "local" | "localhost" | "localdev"
        )
    };
    let mut dev = false;
    words(name).all(|word| {
        dev |= is_dev(word);
        is_dev(word) || BESIDE.contains(&word)
    }) && dev
}

fn of_part(part: &str, is_file: bool) -> Standing {
    if !is_file {
        match part {
            "vendor" | "vendored" | "third_party" | "third-party" | "thirdparty"
            | "site-packages" | "bower_components" | "externals" => return Standing::Vendored,
            ".devcontainer" | ".vscode" | ".idea" | ".worktree-container" => {
                return Standing::Development;
            }
            "test" | "tests" | "testing" | "e2e" | "cypress" | "fixtures" | "testapp"
            | "test_project" | "testproject" | "tests_project" | "unittest" | "unittests"
            | "testdata" | "test_data" | "test-data" | "test_files" | "test-files" => {
                return Standing::Test;
            }
            _ if part.ends_with("_tests") || part.ends_with("-tests") => return Standing::Test,
            "example" | "examples" | "demo" | "demos" | "sample" | "samples" | "tutorial"
            | "tutorials" | "sandbox" | "docs" | "doc" | "cookiecutter" => {
                return Standing::Example;
            }
            _ => {}
        }
    }
    let stem = if is_file { part.split('.').next().unwrap_or(part) } else { part };
    let all = || words(part);
    let may_be_copy = !is_file || [".bak", ".old", ".orig"].iter().any(|end| part.ends_with(end));
    if may_be_copy
        && !matches!(part, "backup" | "backups")
        && all().any(|word| {
            matches!(word, "old" | "bak" | "backup" | "backups" | "orig" | "deprecated" | "copy")
        })
    {
        return Standing::Copy;
    }
    if is_file && (stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest") {
        return Standing::Test;
    }
    let says_more = is_file && !part.ends_with(".py");
    if says_more && all().any(|word| matches!(word, "test" | "tests" | "ci" | "testing")) {
        return Standing::Test;
    }
    if says_more
        && all().any(|word| {
            matches!(word, "dev" | "devel" | "development" | "local" | "devcontainer" | "debug")
        })
    {
        return Standing::Development;
    }
    Standing::Main
}

#[cfg(test)]
mod tests {
    use plimsoll_source::RepoPath;

    use super::Standing;

    #[test]
    fn folders_and_names_tell_what_a_file_is_for() {
        for (path, expected) in [
            ("config/settings/production.py", Standing::Main),
            ("scripts/backup/backup.sh", Standing::Main),
            ("backup/dump.sh", Standing::Main),
            ("docker-compose.dev.yml", Standing::Development),
            ("compose/local/django/Dockerfile", Standing::Development),
            ("docker/.envs/.dev/.django", Standing::Development),
            (".envs/.local/.postgres", Standing::Development),
            ("docker/dev/nginx.conf", Standing::Development),
            ("docker-dev/entrypoint.sh", Standing::Development),
            ("deploy/local/prod.env", Standing::Development),
            (".envs/.production/.django", Standing::Main),
            ("compose/production/django/start", Standing::Main),
            ("rootfs/usr/local/bin/start.sh", Standing::Main),
            ("local/bin/start.sh", Standing::Main),
            ("devops/nginx.conf", Standing::Main),
            ("dev-production/nginx.conf", Standing::Main),
            ("apps/local/views.py", Standing::Main),
            ("shop/templates/local/page.html", Standing::Main),
            (".devcontainer/Dockerfile", Standing::Development),
            ("docker/compose/docker-compose.ci-test.yml", Standing::Test),
            ("docs/install/docker-compose.yml", Standing::Example),
            ("backend_old/manage.py", Standing::Copy),
            ("shop (copy)/manage.py", Standing::Copy),
            ("vendor/lib/tests/settings.py", Standing::Vendored),
            ("app/tests/settings.py", Standing::Test),
            ("unittests/scans/keys.json", Standing::Test),
            ("integration_tests/settings.py", Standing::Test),
            ("contests/models.py", Standing::Main),
        ] {
            let path = RepoPath::new(path).unwrap();
            assert_eq!(Standing::of(&path), expected, "{path}");
            let why = Standing::why_development(&path);
            assert_eq!(why.is_some(), expected == Standing::Development, "{path}");
        }
    }
}
