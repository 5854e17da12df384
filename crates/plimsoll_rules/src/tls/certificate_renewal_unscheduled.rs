//! `certificate-renewal-unscheduled`: a certificate is obtained, and nothing renews it.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Obtained, inventory::Role};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "certificate-renewal-unscheduled",
    control: "TLS-04",
    title: "a certificate is obtained, and nothing renews it or loads the new one",
    what: "Calls of certbot, acme.sh, lego and dehydrated in scripts, units, crontabs, compose files and documents: where a certificate is obtained in a container without a renewal anywhere, by hand (`--manual`), or on its own port while the proxy holds it (`--standalone` without hooks); and renewals after which nothing reloads the proxy. On a host certbot’s packages bring a timer of their own: there it is left open. Caddy renews by itself.",
    why: "The certificate ends after 90 days, on a Sunday, and the site with it. Let’s Encrypt no longer sends warnings by mail. A renewed file that nginx never loads is as good as none.",
    bad: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    build: .
    command: gunicorn config.wsgi
  certbot:
    image: certbot/certbot
    command: certonly --webroot -w /var/www -d rota.care-home.org.uk
```",
    good: "```python settings.py
DEBUG = False
```
```yaml compose.yml
services:
  web:
    build: .
    command: gunicorn config.wsgi
  proxy:
    image: nginx:1.27
    command: sh -c 'while :; do sleep 6h; nginx -s reload; done & nginx -g \"daemon off;\"'
  certbot:
    image: certbot/certbot
    entrypoint: sh -c 'while :; do certbot renew; sleep 12h; done'
```",
    sources: &[
        "https://eff-certbot.readthedocs.io/en/stable/using.html#renewing-certificates",
        "https://letsencrypt.org/2025/01/22/ending-expiration-emails",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let certificates = &facts.certificates;
    if let Some(file) = facts.edge.caddy.first()
        && facts.edge.nginx.is_empty()
    {
        let at = file.sites.first().map(|site| site.span.clone());
        look.evidence("Caddy renews its certificates by itself", at);
        return;
    }
    if let Some(renewed) = certificates.renewed.first() {
        let loads = !certificates.reloaded.is_empty()
            || certificates.obtained.iter().any(|one| one.by_nginx);
        if loads {
            look.evidence(
                "renewal is run, and the proxy loads the new certificate",
                Some(renewed.clone()),
            );
        } else if facts.inventory.main(Role::Nginx).next().is_some() {
            let finding = look.finding(
                renewed.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: "the certificate is renewed here, and nothing in the repository makes nginx load it".to_owned(),
                    consequence: "nginx goes on with the old certificate until it is restarted, which can be after its end".to_owned(),
                    fix: "certbot renew --deploy-hook 'systemctl reload nginx', or nginx -s reload by schedule in containers".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        } else {
            look.undetermined("renewal is run, and whether the proxy loads the new certificate is not in the repository", "look for a deploy hook on the host", Some(renewed.clone()));
        }
        return;
    }
    let Some(first) = certificates.obtained.first() else {
        look.undetermined(
            "how the certificate is obtained and renewed is not in the repository",
            "look for certbot.timer on the host, and at the date of the served certificate",
            None,
        );
        return;
    };
    let mut any = false;
    for one in &certificates.obtained {
        any |= judge(look, one);
    }
    if !any {
        look.undetermined("a certificate is obtained here; certbot's packages bring a timer that renews it, which nothing in the repository shows", "systemctl list-timers certbot.timer snap.certbot.renew.timer on the host", Some(first.at.clone()));
    }
}

fn judge(look: &mut Look, one: &Obtained) -> bool {
    let (message, fix, confidence) = if one.manual {
        (
            "a certificate that is obtained by hand (--manual) can't be renewed without a hand",
            "use --nginx, --webroot, or a DNS plugin with credentials",
            Confidence::High,
        )
    } else if one.container {
        (
            "a container obtains the certificate, and nothing in the repository renews it",
            "let a service run certbot renew twice a day, and have the proxy reload",
            Confidence::Medium,
        )
    } else {
        return false;
    };
    let finding = look.finding(
        one.at.clone(),
        Fault {
            severity: Severity::Error,
            message: message.to_owned(),
            consequence: "the certificate ends after 90 days, and browsers refuse the site"
                .to_owned(),
            fix: fix.to_owned(),
        },
    );
    finding.confidence = confidence;
    true
}
