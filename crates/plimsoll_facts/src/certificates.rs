//! How certificates for TLS are obtained and renewed, as far as scripts, jobs and images tell.

use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// Places that have to do with certificates of an ACME service.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Where a certificate is obtained.
    pub obtained: Vec<Obtained>,
    /// Where renewal is run or scheduled.
    pub renewed: Vec<Span>,
    /// Where the proxy is made to load the new certificate.
    pub reloaded: Vec<Span>,
}

/// A call that obtains a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obtained {
    /// Where.
    pub at: Span,
    /// Whether it runs in a container, where no package brings a timer.
    pub container: bool,
    /// Whether certbot's plugin for nginx does it, which makes nginx load new certificates.
    pub by_nginx: bool,
    /// Whether a person has to prove the name each time.
    pub manual: bool,
}

/// Longer files are no scripts of this kind.
const LONGEST: usize = 200_000;

/// Files that say nothing of production but show the commands all the same.
const ROLES: [Role; 10] = [
    Role::Shell,
    Role::Crontab,
    Role::Unit,
    Role::Compose,
    Role::Dockerfile,
    Role::Supervisor,
    Role::Document,
    Role::OtherText,
    Role::Workflow,
    Role::Nginx,
];

impl Certificates {
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let mut found = Self::default();
        for role in ROLES {
            for file in inventory.main(role) {
                let Ok(source) = tree.read(&file.path) else { continue };
                let text = source.text();
                let worth = text.len() <= LONGEST
                    && [
                        "certbot",
                        "acme.sh",
                        "dehydrated",
                        "lego ",
                        "acme-companion",
                        "nginx -s reload",
                    ]
                    .iter()
                    .any(|word| text.contains(word));
                if worth {
                    found.read(&source, role);
                }
            }
        }
        found
    }

    fn read(&mut self, source: &SourceText, role: Role) {
        let mut in_entrypoint = false;
        for number in 1..=source.line_count() {
            let Some(line) = source.line(number) else { break };
            let code = line.trim();
            if code.starts_with('#') || code.starts_with("//") {
                continue;
            }
            let code = code.trim_start_matches(['-', '`', '$', ' ']);
            let at = || source.line_span(number);
            in_entrypoint |= code.contains("certbot");
            let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
            if has(&[
                "certbot renew",
                "certbot -q renew",
                "certbot --quiet renew",
                "certbot.timer",
                "certbot-renew",
                "--install-cronjob",
                "acme.sh --cron",
                "dehydrated -c",
                "dehydrated --cron",
                "lego renew",
                "acme-companion",
                "letsencrypt-nginx-proxy-companion",
                "nginx-certbot",
            ]) || (in_entrypoint
                && has(&[" renew ", " renew;", " renew\"", "'renew'", "\"renew\""]))
            {
                // A trial schedules nothing.
                if !code.contains("--dry-run") {
                    self.renewed.push(at());
                }
            } else if has(&[
                "certbot certonly",
                "certbot --nginx",
                "certbot --standalone",
                "certbot --webroot",
                "certbot run",
                "certbot -d",
                "letsencrypt certonly",
                "acme.sh --issue",
                "lego run",
            ]) || (in_entrypoint && code.contains("certonly"))
            {
                self.obtained.push(Obtained {
                    at: at(),
                    container: matches!(role, Role::Compose | Role::Dockerfile),
                    by_nginx: code.contains("--nginx"),
                    manual: code.contains("--manual") && !code.contains("-hook"),
                });
            }
            if has(&["nginx -s reload", "reload nginx", "nginx reload", "--deploy-hook"]) {
                self.reloaded.push(at());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::Certificates;
    use crate::inventory::Inventory;

    #[test]
    fn a_trial_run_is_no_renewal() {
        let tree = MemoryTree::new([
            ("deploy.sh", "certbot --nginx -d shop.org\ncertbot renew --dry-run\n"),
            (
                "compose.yml",
                "services:\n  certbot:\n    image: certbot/certbot\n    command: certonly --webroot\n",
            ),
        ]);
        let found = Certificates::gather(&tree, &Inventory::of(&tree));
        assert_eq!((found.obtained.len(), found.renewed.len()), (2, 0));
    }

    #[test]
    fn a_job_of_cron_renews() {
        let tree = MemoryTree::new([(
            "deploy/crontab",
            "0 3 * * * root certbot renew --deploy-hook 'systemctl reload nginx'\n",
        )]);
        let found = Certificates::gather(&tree, &Inventory::of(&tree));
        assert_eq!((found.renewed.len(), found.reloaded.len()), (1, 1));
    }
}
