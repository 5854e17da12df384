//! `compose-port-published`: compose publishes an internal port on all addresses.

use plimsoll_catalog::{Confidence, Related, Repair, Severity};
use plimsoll_facts::{ComposeStack, ProcessKind};
use plimsoll_formats::compose::{Port, Service};
use plimsoll_source::Spanned;

use super::{fault, image_name, is_proxy, is_public, processes_of, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-port-published",
    control: "APP-04",
    title: "compose publishes an internal port on all addresses",
    what: "Ports of production's compose services that lead to the application server, Flower, a message broker or an administration tool and are bound to all addresses of the host. Ports 80 and 443 of an application server without a proxy beside it are left out: they are the site's own. Databases and Redis have rules of their own; files for development by their name, a reloading server or DEBUG are not looked at.",
    why: "Whoever calls the port directly passes TLS, rate limits, size limits and the proxy's headers by, and may send its own X-Forwarded-Proto and -For. Docker writes its own packet rules ahead of ufw's, so `ufw deny 8000` does not close it.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    ports:
      - \"8000:8000\"
  proxy:
    image: nginx:1.28
    ports:
      - \"443:443\"
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    expose:
      - \"8000\"
  proxy:
    image: nginx:1.28
    ports:
      - \"443:443\"
```",
    sources: &[
        "https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw",
        "https://docs.docker.com/reference/compose-file/services/#ports",
    ],
    check,
};

/// Images that only the other services and administrators talk to, with what they are.
const INTERNAL: [(&str, &str); 22] = [
    ("rabbitmq", "the message broker"),
    ("flower", "Flower, which shows and controls tasks"),
    ("memcached", "memcached, which asks for no password"),
    ("elasticsearch", "the search engine"),
    ("opensearch", "the search engine"),
    ("solr", "the search engine"),
    ("meilisearch", "the search engine"),
    ("typesense", "the search engine"),
    ("mongo", "MongoDB"),
    ("adminer", "a database administration tool"),
    ("pgadmin4", "a database administration tool"),
    ("phpmyadmin", "a database administration tool"),
    ("redis-commander", "a Redis administration tool"),
    ("redisinsight", "a Redis administration tool"),
    ("pgbouncer", "the connection pooler"),
    ("mailhog", "a mail catcher"),
    ("mailpit", "a mail catcher"),
    ("clickhouse-server", "ClickHouse"),
    ("kafka", "Kafka"),
    ("zookeeper", "ZooKeeper"),
    ("gotenberg", "the document converter"),
    ("tika", "the document converter"),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = stack(look) else { return };
    let proxy = stack.services().find(|service| is_proxy(service));
    let mut seen = 0usize;
    let mut any = false;
    for service in stack.services() {
        let Some(what) = internal(look, stack, service) else { continue };
        seen += 1;
        let serves = what == WEB;
        for port in &service.ports {
            let entry = matches!(port.value.published.as_deref(), Some("80" | "443"));
            if !is_public(port.value.host_ip.as_deref())
                || port.value.protocol == "udp"
                || (serves && entry && proxy.is_none())
            {
                continue;
            }
            any = true;
            let beside = serves && proxy.is_some();
            let shown = port.value.published.clone().unwrap_or_else(|| "a free one".to_owned());
            let name = &service.name.value;
            let finding = look.finding(
                port.span.clone(),
                fault(
                    if beside { Severity::Error } else { Severity::Warning },
                    format!("port {shown} of {what} ({name}) is open on all addresses of the host"),
                    if beside {
                        "clients reach the application around the proxy: without TLS and its limits, with forwarded headers of their own"
                    } else if serves {
                        "unless the network in front closes it, clients reach the application in clear and past any proxy; ufw does not stop what Docker publishes"
                    } else {
                        "whoever reaches the host reaches it; ufw does not stop what Docker publishes"
                    },
                    format!("publish nothing (services of a stack reach each other anyway), or bind it: \"127.0.0.1:{}:{}\"", port.value.published.as_deref().unwrap_or(&port.value.target), port.value.target),
                ),
            );
            if serves && !beside {
                finding.confidence = Confidence::Medium;
            }
            finding.repair = bound_to_loopback(port);
            if let (true, Some(proxy)) = (beside, proxy) {
                finding.related.push(Related {
                    at: proxy.name.span.clone(),
                    message: "the proxy beside it".to_owned(),
                });
            }
        }
    }
    if !any && seen > 0 {
        let _ = facts;
        look.evidence(
            format!(
                "{seen} internal services of {} publish no port on all addresses",
                stack.name()
            ),
            None,
        );
    }
}

/// The short form of a port with the loopback address before it.
fn bound_to_loopback(port: &Spanned<Port>) -> Option<Repair> {
    let text = port.value.text.as_ref()?.known()?;
    let plain = port.value.host_ip.is_none() && port.value.published.is_some();
    plain.then(|| {
        let bound = format!("127.0.0.1:{text}");
        let does = format!("publish {text} on 127.0.0.1 only in {}", port.span.file);
        crate::repairs::replace(&port.span, text, &bound, false, does)
    })
}

const WEB: &str = "the application server";

/// What a service is, where it is none that clients should reach directly.
fn internal(look: &Look, stack: &ComposeStack, service: &Service) -> Option<&'static str> {
    let kind = |kind: ProcessKind| {
        processes_of(look.facts, stack, &service.name.value).any(|process| process.kind == kind)
    };
    if is_proxy(service) {
        return None;
    }
    if kind(ProcessKind::Web) {
        return Some(WEB);
    }
    if kind(ProcessKind::Monitor) {
        return Some("Flower, which shows and controls tasks");
    }
    let image = image_name(service)?;
    INTERNAL.iter().find(|(name, _)| image == *name).map(|(_, what)| *what)
}
