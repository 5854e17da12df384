//! `env-file-tracked`: an env file with values is in the repository.

use plimsoll_catalog::Severity;
use plimsoll_facts::{EnvFileFacts, Facts, StrayKind};
use plimsoll_source::RepoPath;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-file-tracked",
    control: "SEC-01",
    title: "an env file with values is in the repository",
    what: "Env files that git tracks (or that simply lie in the folder, where it is no git repository), templates left out. A file whose secrets are all empty or placeholders is a template by another name, and a note.",
    why: "An env file is where the secrets are meant to be. In the repository they are everybody’s.",
    bad: "```python settings.py
DEBUG = False
```
```ini .env
SECRET_KEY=kd82Jd92kLdp30
```",
    good: "```python settings.py
DEBUG = False
```
```ini .env.example
SECRET_KEY=
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    super::strays(look, StrayKind::EnvFile, told, "no environment file with values is tracked");
}

fn told(facts: &Facts, path: &RepoPath) -> super::Told {
    let file = facts.env_files.iter().find(|file| file.path == *path);
    if file.is_some_and(|file| !holds_secret(file)) {
        return super::told(
            Severity::Note,
            "an environment file is in the repository, and what it holds of secrets is to be filled in",
            "whoever fills it in where it lies puts the secrets into the next commit",
            "name it as the template that it is (.env.example), and let .gitignore leave the real one out",
        );
    }
    super::told(
        Severity::Error,
        "an environment file is in the repository",
        "its secrets are known to everybody with a copy",
        "take it out of git, put it into .gitignore, and change every secret that it held",
    )
}

/// Whether a variable of the file holds what nobody is meant to replace: a value by a secret's name,
/// or an address with a password.
fn holds_secret(file: &EnvFileFacts) -> bool {
    file.variables.iter().any(|(name, _, value)| {
        let text = value.expose().trim();
        let by_name = super::is_secret_name(name)
            || ["_PASS", "_PWD", "_KEY", "_DSN"].iter().any(|end| name.ends_with(end));
        let password = text
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('@')?.0.split_once(':'))
            .map(|(_, password)| password);
        match password {
            Some(password) => !super::is_to_be_filled_in(password),
            None => by_name && !super::is_to_be_filled_in(text),
        }
    })
}
