//! `secrets-manager-unread`: a secrets manager is declared and nothing reads from it.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::Facts;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secrets-manager-unread",
    control: "SEC-03",
    title: "a secrets manager is declared and nothing reads from it",
    what: "The client of a secrets manager among the project's own requirements that no module imports, and secrets that the production compose project declares and gives to no service, or gives to a service while nothing of the repository reads `/run/secrets` and no variable of the service names a file there. Images of others read such files by themselves: they are left alone. Where no manager is named at all, the decision is a person's to record.",
    why: "The migration was begun, the list says it is done, and the secrets still come from a file on the host: the manager's rotation changes nothing, and its access log shows nobody.",
    bad: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```
```text requirements.txt
Django==5.2.19
hvac==2.3.0
```",
    good: "```python settings.py
import hvac
SECRET_KEY = hvac.Client().secrets.kv.read_secret(path='rota')['data']['data']['SECRET_KEY']
```
```text requirements.txt
Django==5.2.19
hvac==2.3.0
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
        "https://docs.docker.com/compose/how-tos/use-secrets/",
    ],
    check,
};

/// Packages that do nothing but read from a manager, and the words of code that uses them.
const CLIENTS: [(&str, &[&str]); 6] = [
    ("hvac", &["import hvac", "from hvac"]),
    ("google-cloud-secret-manager", &["secretmanager"]),
    ("aws-secretsmanager-caching", &["secretsmanager"]),
    ("azure-keyvault-secrets", &["SecretClient"]),
    ("infisical-python", &["infisical"]),
    ("infisicalsdk", &["infisical"]),
];

/// Words of commands and code that fetch from a manager.
const READS: [&str; 12] = [
    "import hvac",
    "from hvac",
    "secretmanager",
    "secretsmanager",
    "SecretClient",
    "infisical",
    "doppler run",
    "vault kv get",
    "vault agent",
    "sops ",
    "chamber exec",
    "op run",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let named = &facts.code.named;
    let mut said = false;
    for (package, words) in CLIENTS {
        let Some(known) = facts.versions.distributions.get(package).filter(|known| known.direct)
        else {
            continue;
        };
        said = true;
        match named.first(words) {
            Some(at) => look.evidence(format!("{package} is used here"), Some(at.clone())),
            None => {
                look.finding(
                    known.at.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("{package} is required, and no module of the repository uses it"),
                        consequence: "the secrets still come from elsewhere, and a rotation in the manager changes nothing".to_owned(),
                        fix: "read the secrets from the manager when the process starts, or take the package out and record the decision".to_owned(),
                    },
                );
            }
        }
    }
    said |= of_compose(look);
    if said {
        return;
    }
    match named.first(&READS) {
        Some(at) if facts.settings.files.contains(&at.file) => {
            look.evidence("the settings fetch secrets from a manager", Some(at.clone()));
        }
        Some(at) => look.undetermined(
            "a secrets manager is named here, and whether production's secrets come from it is not seen",
            "look at the environment and the files of the running service for secrets that are there beside the manager",
            Some(at.clone()),
        ),
        None => look.undetermined(
            "no secrets manager is named in the repository",
            "record which secrets come from a manager and, for the others, why not",
            None,
        ),
    }
}

/// Secrets of the compose project; whether there are any.
fn of_compose(look: &mut Look) -> bool {
    let facts: &Facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return false };
    let reads_files = facts.code.named.first(&["/run/secrets"]);
    for (name, secret) in &stack.project.secrets {
        let users: Vec<_> = stack
            .project
            .services
            .values()
            .filter(|service| service.secrets.iter().any(|given| given.value.source == *name))
            .collect();
        if users.is_empty() {
            look.finding(
                secret.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("the secret {name} is declared and no service is given it"),
                    consequence: "whoever needs it gets it from elsewhere, and a rotation of this one changes nothing".to_owned(),
                    fix: "list it under secrets: of the services that need it, or take it out".to_owned(),
                },
            );
            continue;
        }
        // Images of others read `…_FILE` variables by themselves.
        let own = users.iter().find(|service| service.build.is_some());
        let named = users.iter().any(|service| {
            service.environment.values().any(|value| match &value.value {
                plimsoll_formats::compose::EnvValue::Given { value, .. } => {
                    value.expose().contains("/run/secrets/")
                }
                plimsoll_formats::compose::EnvValue::PassedThrough => false,
            })
        });
        match own {
            Some(service) if reads_files.is_none() && !named => {
                let finding = look.finding(
                    secret.span.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("the secret {name} is given to {}, and nothing in the repository reads /run/secrets", service.name.value),
                        consequence: "the file is there and the process takes the value from elsewhere".to_owned(),
                        fix: format!("read /run/secrets/{name} in the settings"),
                    },
                );
                finding.related.push(Related {
                    at: service.name.span.clone(),
                    message: "the service".to_owned(),
                });
            }
            _ => look.evidence(
                format!("the secret {name} is given to a service that reads it"),
                Some(secret.span.clone()),
            ),
        }
    }
    !stack.project.secrets.is_empty()
}
