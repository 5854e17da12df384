//! What part a path plays in its repository, told by its folders' names.

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
        let folder = path.parent().map_or(Standing::Main, |parent| Self::of_folder(&parent));
        folder.max(of_part(&path.file_name().to_ascii_lowercase(), true))
    }

    /// The same for a folder.
    pub fn of_folder(path: &RepoPath) -> Self {
        let parts = path.as_str().split('/').filter(|part| !part.is_empty());
        parts.map(|part| of_part(&part.to_ascii_lowercase(), false)).max().unwrap_or(Standing::Main)
    }

    /// Whether a proxy's configuration is for a developer's machine: it lies in a folder for that.
    /// `local` alone says so of no other file, as programs are kept in such folders too.
    pub(crate) fn is_local_proxy(path: &RepoPath) -> bool {
        let folder = path.parent().map(|parent| parent.as_str().to_ascii_lowercase());
        let folder = folder.unwrap_or_default();
        let parts: Vec<&str> = folder.split('/').collect();
        parts.iter().enumerate().any(|(at, part)| {
            let below_usr = at > 0 && parts.get(at - 1) == Some(&"usr");
            matches!(*part, "dev" | "develop" | "development")
                || (matches!(*part, "local" | "localhost") && !below_usr)
        })
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

fn of_part(part: &str, is_file: bool) -> Standing {
    if !is_file {
        match part {
            "vendor" | "vendored" | "third_party" | "third-party" | "thirdparty"
            | "site-packages" | "bower_components" | "externals" => return Standing::Vendored,
            ".devcontainer" | ".vscode" | ".idea" | ".worktree-container" => {
                return Standing::Development;
            }
            "test" | "tests" | "testing" | "e2e" | "cypress" | "fixtures" | "testapp"
            | "test_project" | "testproject" | "tests_project" => return Standing::Test,
            "example" | "examples" | "demo" | "demos" | "sample" | "samples" | "tutorial"
            | "tutorials" | "sandbox" | "docs" | "doc" | "cookiecutter" => {
                return Standing::Example;
            }
            _ => {}
        }
    }
    let stem = if is_file { part.split('.').next().unwrap_or(part) } else { part };
    let all = || words(part);
    if all().any(|word| {
        matches!(word, "old" | "bak" | "backup" | "backups" | "orig" | "deprecated" | "copy")
    }) && (!is_file
        || part.ends_with(".bak")
        || part.ends_with(".old")
        || part.ends_with(".orig"))
        && !matches!(part, "backup" | "backups")
    {
        return Standing::Copy;
    }
    if is_file && (stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest") {
        return Standing::Test;
    }
    if is_file
        && all().any(|word| matches!(word, "test" | "tests" | "ci" | "testing"))
        && !part.ends_with(".py")
    {
        return Standing::Test;
    }
    if is_file
        && !part.ends_with(".py")
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
            ("compose/local/django/Dockerfile", Standing::Main),
            (".devcontainer/Dockerfile", Standing::Development),
            ("docker/compose/docker-compose.ci-test.yml", Standing::Test),
            ("docs/install/docker-compose.yml", Standing::Example),
            ("backend_old/manage.py", Standing::Copy),
            ("shop (copy)/manage.py", Standing::Copy),
            ("vendor/lib/tests/settings.py", Standing::Vendored),
            ("app/tests/settings.py", Standing::Test),
        ] {
            assert_eq!(Standing::of(&RepoPath::new(path).unwrap()), expected, "{path}");
        }
    }
}
