//! What the reverse proxy does: Caddy, and nginx wherever its configuration is written.

use plimsoll_facts::Edge;

use crate::support::facts;

fn caddy(text: &str) -> Edge {
    facts(&[("deploy/Caddyfile", text)]).edge
}

#[test]
fn a_site_of_caddy_redirects_and_says_the_scheme_by_itself() {
    let edge = caddy(
        "shop.example {\n\theader Strict-Transport-Security \"max-age=31536000\"\n\thandle_path /static/* {\n\t\troot * /srv/static\n\t\tfile_server\n\t}\n\treverse_proxy app:8000\n}\n",
    );
    assert!(edge.is_present() && edge.redirects_to_https().is_some());
    assert!(edge.header("strict-transport-security").is_some());
    let location = edge.locations.first().unwrap();
    assert!(location.tls);
    assert_eq!(location.passes("X-Forwarded-Proto").unwrap().0, "$scheme");
    assert_eq!(location.passes("X-Forwarded-For").unwrap().0, "$remote_addr");
    let served = edge.served.first().unwrap();
    assert_eq!(
        (served.pattern.as_str(), served.folder.as_deref()),
        ("/static/", Some("/srv/static/"))
    );
}

#[test]
fn what_a_caddyfile_says_otherwise_counts() {
    for (what, text, redirects, proto) in [
        (
            "plain HTTP",
            "http://shop.example {\n\treverse_proxy app:8000\n}\n",
            false,
            Some("$scheme"),
        ),
        (
            "a redirect by hand",
            "http://shop.example {\n\tredir https://{host}{uri}\n}\nhttps://shop.example {\n\treverse_proxy app:8000\n}\n",
            true,
            Some("$scheme"),
        ),
        (
            "no redirects",
            "{\n\tauto_https disable_redirects\n}\nshop.example {\n\treverse_proxy app:8000\n}\n",
            false,
            Some("$scheme"),
        ),
        (
            "a name that the environment gives",
            "{$DOMAIN} {\n\treverse_proxy app:8000\n}\n",
            false,
            Some("$scheme"),
        ),
        (
            "the client's own header",
            "shop.example {\n\treverse_proxy app:8000 {\n\t\theader_up X-Forwarded-Proto {header.X-Forwarded-Proto}\n\t}\n}\n",
            true,
            Some("$http_x_forwarded_proto"),
        ),
        (
            "trusted proxies",
            "{\n\tservers {\n\t\ttrusted_proxies static private_ranges\n\t}\n}\nshop.example {\n\treverse_proxy app:8000\n}\n",
            true,
            None,
        ),
    ] {
        let edge = caddy(text);
        assert_eq!(edge.redirects_to_https().is_some(), redirects, "{what}");
        let location = edge.locations.first().unwrap();
        assert_eq!(location.passes("X-Forwarded-Proto").map(|(value, _)| value), proto, "{what}");
    }
}

#[test]
fn a_header_for_some_requests_only_is_not_everywhere() {
    let edge = caddy(
        "shop.example {\n\theader /admin/* X-Frame-Options DENY\n\thandle /api/* {\n\t\theader X-Api 1\n\t\treverse_proxy api:8000\n\t}\n\treverse_proxy app:8000\n}\n",
    );
    assert!(edge.header("X-Frame-Options").is_none() && edge.header("X-Api").is_none());
    assert_eq!(edge.added.len(), 2);
}

#[test]
fn nginx_in_a_heredoc_is_read_at_its_lines() {
    let edge = facts(&[(
        "setup.sh",
        "#!/bin/bash\ncat > /etc/nginx/sites-available/shop <<EOF\nserver {\n  listen 80;\n  server_name $DOMAIN;\n  location / {\n    proxy_pass http://127.0.0.1:8000;\n    proxy_set_header X-Forwarded-Proto \\$scheme;\n  }\n}\nEOF\n",
    )])
    .edge;
    let location = edge.locations.first().unwrap();
    assert_eq!(location.at.start.line, 6);
    assert_eq!(location.passes("X-Forwarded-Proto").unwrap().0, "$scheme");
    assert!(edge.redirects_to_https().is_none());
}

#[test]
fn includes_are_found_where_compose_mounts_them() {
    let edge = facts(&[
        (
            "compose.yml",
            "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n  proxy:\n    image: nginx\n    volumes:\n      - ./deploy/main.conf:/etc/nginx/nginx.conf:ro\n      - ./deploy/parts:/etc/nginx/snippets:ro\n",
        ),
        (
            "deploy/main.conf",
            "http {\n  server {\n    listen 443 ssl;\n    location / {\n      include /etc/nginx/snippets/proxy.inc;\n      proxy_pass http://web:8000;\n    }\n  }\n}\n",
        ),
        ("deploy/parts/proxy.inc", "proxy_set_header X-Forwarded-Proto $scheme;\n"),
        ("other/parts/proxy.inc", "proxy_set_header X-Other 1;\n"),
    ])
    .edge;
    let location = edge.locations.first().unwrap();
    assert!(!location.open);
    assert!(location.passes("X-Forwarded-Proto").is_some());
}

#[test]
fn a_guide_counts_where_nothing_else_is_there() {
    let guide = (
        "DEPLOYMENT.md",
        "# nginx\n\n```nginx\nserver {\n  listen 80;\n  location / { proxy_pass http://app; }\n}\n```\n",
    );
    assert_eq!(facts(&[guide]).edge.plain_servers.len(), 1);
    let site =
        ("deploy/nginx.conf", "server { listen 80; return 301 https://$host$request_uri; }\n");
    assert!(facts(&[guide, site]).edge.plain_servers.is_empty());
}
