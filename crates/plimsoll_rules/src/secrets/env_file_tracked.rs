//! `env-file-tracked`: an env file with values is in the repository.

use plimsoll_facts::StrayKind;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-file-tracked",
    control: "SEC-01",
    title: "an env file with values is in the repository",
    what: "Env files that git tracks (or that simply lie in the folder, where it is no git repository), templates left out.",
    why: "An env file is where the secrets are meant to be. In the repository they are everybody’s.",
    bad: "```python settings.py
DEBUG = False
```
```ini .env
SECRET_KEY=x
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
    super::strays(
        look,
        StrayKind::EnvFile,
        "an environment file is in the repository",
        "its secrets are known to everybody with a copy",
        "take it out of git, put it into .gitignore, and change every secret that it held",
        "no environment file with values is tracked",
    );
}
