//! Rules about the reverse proxy and what Django makes of it.

mod access_log_off;
mod body_limit_mismatch;
mod body_limit_unset;
mod cache_control_set_twice;
mod compression_off;
mod compression_types_missing;
mod forwarded_for_appended;
mod forwarded_host_trusted;
mod header_dropped_by_location;
mod header_set_twice;
mod hsts_premature;
mod media_active_types_inline;
mod media_served_public;
mod permissions_policy_missing;
mod proxy_config_invalid;
mod proxy_config_misplaced;
mod proxy_default_server_missing;
mod proxy_directive_unsupported;
mod proxy_headers_dropped;
mod proxy_host_header_missing;
mod proxy_scheme_header_missing;
mod proxy_server_name_mismatch;
mod proxy_ssl_header_missing;
mod proxy_ssl_header_spoofable;
mod proxy_upstream_mismatch;
mod rate_limit_key_forgeable;
mod rate_limit_missing;
pub(crate) mod sites;
mod ssl_redirect_loop;
mod static_immutable_unhashed;
mod static_path_mismatch;
mod xss_filter_header_enabled;

pub(crate) use proxy_config_invalid::refused;

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{AppServer, Facts, ServerSetting};
use plimsoll_formats::command::{Bind, Program};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    forwarded_host_trusted::RULE,
    ssl_redirect_loop::RULE,
    proxy_ssl_header_missing::RULE,
    proxy_ssl_header_spoofable::RULE,
    hsts_premature::RULE,
    header_set_twice::RULE,
    header_dropped_by_location::RULE,
    xss_filter_header_enabled::RULE,
    permissions_policy_missing::RULE,
    forwarded_for_appended::RULE,
    access_log_off::RULE,
    static_path_mismatch::RULE,
    media_served_public::RULE,
    proxy_config_invalid::RULE,
    proxy_config_misplaced::RULE,
    proxy_default_server_missing::RULE,
    proxy_server_name_mismatch::RULE,
    proxy_directive_unsupported::RULE,
    proxy_upstream_mismatch::RULE,
    proxy_host_header_missing::RULE,
    proxy_scheme_header_missing::RULE,
    proxy_headers_dropped::RULE,
    static_immutable_unhashed::RULE,
    cache_control_set_twice::RULE,
    media_active_types_inline::RULE,
    body_limit_unset::RULE,
    body_limit_mismatch::RULE,
    compression_off::RULE,
    compression_types_missing::RULE,
    rate_limit_missing::RULE,
    rate_limit_key_forgeable::RULE,
];

/// The request header that SECURE_PROXY_SSL_HEADER trusts, as HTTP writes it: `X-Forwarded-Proto`.
fn trusted_header(facts: &Facts) -> Option<String> {
    let name = facts.partial("SECURE_PROXY_SSL_HEADER")?.items()?.first()?.text()?;
    let words = name.strip_prefix("HTTP_")?.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    Some(words.collect::<Vec<_>>().join("-"))
}

/// The servers that take the scheme from X-Forwarded-Proto and hand it to Django by themselves: every
/// web process is a gunicorn that listens on a unix socket or on loopback only, or trusts every
/// address (`forwarded_allow_ips`, <https://docs.gunicorn.org/en/stable/settings.html#forwarded-allow-ips>).
/// The place that says so.
pub(crate) fn server_sets_scheme(facts: &Facts) -> Option<Span> {
    let sets = |server: &AppServer| -> Option<Span> {
        let class = match server.setting("worker_class") {
            ServerSetting::Set { text, .. } => text,
            ServerSetting::Unset => String::new(),
            ServerSetting::Computed { .. } => return None,
        };
        // Workers of ASGI servers have rules of their own.
        if server.program != Program::Gunicorn || class.contains("uvicorn") {
            return None;
        }
        match server.setting("forwarded_allow_ips") {
            ServerSetting::Set { text, at, .. } if text.trim() == "*" => return Some(at),
            ServerSetting::Unset => {}
            ServerSetting::Set { .. } | ServerSetting::Computed { .. } => return None,
        }
        let binds = server.binds();
        let is_near = |bind: &Bind| match bind {
            Bind::Unix(_) => true,
            Bind::Tcp { host, .. } => matches!(host.as_str(), "127.0.0.1" | "localhost" | "::1"),
            Bind::Descriptor | Bind::Computed(_) => false,
        };
        let all = !binds.is_empty() && binds.iter().all(|(bind, _)| is_near(bind));
        binds.into_iter().next().filter(|_| all).map(|(_, at)| at)
    };
    let places: Option<Vec<Span>> = facts.servers.iter().map(sets).collect();
    places?.into_iter().next()
}

/// Whether Django learns of a request that it came in over HTTPS, without which it sends no HSTS:
/// how; else why that does not follow from the repository.
pub(crate) fn told_of_https(facts: &Facts) -> Result<String, String> {
    let locations = &facts.edge.locations;
    let passes = |name: &str| locations.iter().any(|it| it.passes(name).is_some());
    // `$scheme` of a server without TLS is never https.
    let says_https = |name: &str| {
        locations
            .iter()
            .any(|it| it.passes(name).is_some_and(|(value, _)| it.tls || !value.contains("scheme")))
    };
    let plain = "no server of the proxy's configuration in the repository takes TLS, so the scheme that it hands on is http".to_owned();
    if let Some(name) = trusted_header(facts) {
        if facts.certain("SECURE_PROXY_SSL_HEADER").is_none() {
            return Err("whether Django trusts a header for the scheme is not known".to_owned());
        }
        if !locations.is_empty() && !passes(&name) {
            return Err(format!(
                "Django takes the scheme from {name}, which no location of the proxy sets"
            ));
        }
        if !locations.is_empty() && !says_https(&name) {
            return Err(plain);
        }
        return Ok(format!("Django takes the scheme from {name}"));
    }
    if server_sets_scheme(facts).is_some() && passes("X-Forwarded-Proto") {
        if !says_https("X-Forwarded-Proto") {
            return Err(plain);
        }
        return Ok("the application server takes the scheme from X-Forwarded-Proto".to_owned());
    }
    Err("nothing in the repository tells Django that a request came in over HTTPS".to_owned())
}

/// A proxy whose configuration is made when it runs, by labels and variables of the containers
/// (Traefik, nginx-proxy, Caddy for Docker), by a page of its own (Nginx Proxy Manager), or outside of
/// the machine (cloudflared): what it does with TLS is in no file.
pub(crate) fn made_at_run_time(facts: &Facts) -> Option<&'static str> {
    const IMAGES: [(&str, &str); 7] = [
        ("traefik", "Traefik"),
        ("nginx-proxy-manager", "Nginx Proxy Manager"),
        ("nginx-proxy", "nginx-proxy"),
        ("caddy-docker-proxy", "Caddy for Docker"),
        ("https-portal", "https-portal"),
        ("swag", "SWAG"),
        ("cloudflared", "cloudflared"),
    ];
    let services = || facts.compose.iter().flat_map(|project| project.services.values());
    let of_image = services().filter_map(|service| service.image.as_ref()).find_map(|image| {
        let last = image.value.name.rsplit('/').next().unwrap_or("");
        IMAGES.iter().find(|(name, _)| last == *name).map(|(_, title)| *title)
    });
    of_image.or_else(|| {
        let asks = |service: &plimsoll_formats::compose::Service| {
            ["LETSENCRYPT_HOST", "VIRTUAL_HOST"]
                .iter()
                .any(|name| service.environment.contains_key(*name))
        };
        services().any(asks).then_some("nginx-proxy")
    })
}

/// The security headers that Django sends, with the setting that makes it.
fn headers_of_django(facts: &Facts) -> Vec<(&'static str, &'static str)> {
    let installed = |class: &str| facts.lists("MIDDLEWARE", &[class]) == Some(true);
    let truth = |name: &str| facts.certain(name).and_then(Value::truth) == Some(true);
    let mut sent = Vec::new();
    if installed("django.middleware.security.SecurityMiddleware") {
        for (name, setting) in [
            ("Strict-Transport-Security", "SECURE_HSTS_SECONDS"),
            ("X-Content-Type-Options", "SECURE_CONTENT_TYPE_NOSNIFF"),
            ("Referrer-Policy", "SECURE_REFERRER_POLICY"),
            ("Cross-Origin-Opener-Policy", "SECURE_CROSS_ORIGIN_OPENER_POLICY"),
        ] {
            if truth(setting) {
                sent.push((name, setting));
            }
        }
    }
    if installed("django.middleware.clickjacking.XFrameOptionsMiddleware") {
        sent.push(("X-Frame-Options", "X_FRAME_OPTIONS"));
    }
    sent
}

/// Holds the folder that the proxy serves for an address against the one that Django fills.
fn served_folder(look: &mut Look, url: &str, root: &str, what: &str) {
    let facts = look.facts;
    let text = |name: &str| facts.partial(name).and_then(Value::text).map(str::to_owned);
    let (Some(address), Some(folder)) = (text(url), text(root)) else {
        look.undetermined(
            format!("{url} and {root} are not both known"),
            crate::way_to_know(root),
            facts.place_of(root),
        );
        return;
    };
    let served = facts.edge.served.iter().find(|served| {
        served.pattern.trim_matches('/') == address.trim_matches('/')
            && !address.trim_matches('/').is_empty()
    });
    let Some(served) = served else {
        look.evidence(
            format!("no location of a proxy in the repository serves {what} from a folder"),
            None,
        );
        return;
    };
    let Some(theirs) = &served.folder else {
        look.undetermined(
            format!("the folder that the proxy serves {what} from is not known"),
            "probe a collected file on the live site",
            Some(served.at.clone()),
        );
        return;
    };
    let plain = |path: &str| path.trim_end_matches('/').to_owned();
    if plain(theirs) == plain(&folder) {
        look.evidence(format!("the proxy serves {what} from {root}"), Some(served.at.clone()));
        return;
    }
    let place = facts.place_of(root);
    // The settings' own folder differs from machine to machine; only a path that is written out can
    // be held against the proxy's.
    let is_derived = facts.settings.get(root).is_some_and(|setting| setting.via.is_empty())
        || folder.starts_with(&facts.absolute_root);
    if is_derived {
        look.undetermined(
            format!("the proxy serves {what} from {theirs}; {root} depends on where the code is installed"),
            "probe a collected file on the live site",
            Some(served.at.clone()),
        );
        return;
    }
    let finding = look.finding(
        served.at.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!("the proxy serves {what} from {theirs}, and {root} is {folder}"),
            consequence: "what is collected is not what is served: 404, or an old copy".to_owned(),
            fix: format!("give the location and {root} the same folder"),
        },
    );
    finding.confidence = plimsoll_catalog::Confidence::Medium;
    finding.related.extend(place.map(|at| Related { at, message: format!("{root} is set here") }));
}
