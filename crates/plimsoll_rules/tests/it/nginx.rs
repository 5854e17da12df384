//! What `proxy-config-invalid` refuses against what nginx itself refuses. Without an nginx on the
//! machine there is nothing to compare with, and the test says so and passes.

use std::fs;
use std::process::Command;

use crate::support::outcome;

/// Lines of a location, some of which nginx refuses.
const LINES: &[&str] = &[
    "root /a; root /b;",
    "alias /a/; alias /b/;",
    "client_max_body_size 1m; client_max_body_size 2m;",
    "client_max_body_size: 20M;",
    "client_max_body_size 20MB;",
    "client_max_body_size 0;",
    "proxy_read_timeout 5x;",
    "proxy_read_timeout 1h30m;",
    "proxy_read_timeout 60; proxy_read_timeout 90;",
    "gzip on; gzip off;",
    "gzip_vary on; gzip_vary on;",
    "expires 1d; expires 2d;",
    "add_header A b; add_header A c;",
    "proxy_set_header A b; proxy_set_header A c;",
    "access_log off; access_log /dev/null;",
    "error_page 404 /a; error_page 500 /b;",
    "index a; index b;",
    "try_files $uri /a; try_files $uri /b;",
    "return 404; return 405;",
    "limit_rate 1k; limit_rate 2k;",
    "proxy_redirect off; proxy_redirect off;",
    "proxy_redirect http://a/ /; proxy_redirect http://b/ /;",
    "proxy_http_version 1.1; proxy_http_version 1.0;",
    "proxy_buffers 4 4k; proxy_buffers 8 4k;",
    "sendfile on; sendfile off;",
    "allow 10.0.0.0/8; allow 127.0.0.1; deny all;",
    "proxy_hide_header A; proxy_hide_header B;",
    "default_type text/plain; default_type text/html;",
    "autoindex on; autoindex on;",
    "internal; internal;",
    "charset utf-8; charset utf-8;",
];

#[test]
fn the_rule_refuses_what_nginx_refuses() {
    if Command::new("nginx").arg("-v").output().is_err() {
        println!("skipped: there is no nginx on this machine");
        return;
    }
    let rule = plimsoll_rules::by_id("proxy-config-invalid").unwrap();
    let folder = std::env::temp_dir().join(format!("plimsoll-nginx-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut wrong = Vec::new();
    let locations = LINES.iter().map(|lines| format!("location /x/ {{ {lines} }}")).chain([
        "location ~ ^/x { proxy_pass http://127.0.0.1:1/y; }".to_owned(),
        "location ~ ^/x { proxy_pass http://127.0.0.1:1; }".to_owned(),
        "location /x { proxy_pass http://127.0.0.1:1/y; }".to_owned(),
        "location @x { proxy_pass http://127.0.0.1:1/; }".to_owned(),
        "location /x { root /a }".to_owned(),
    ]);
    for location in locations {
        let pid = folder.join("pid");
        let text = format!(
            "pid {};\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off; server {{ listen 127.0.0.1:18999; {location} }} }}\n",
            pid.display()
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, &text).unwrap();
        let tried = Command::new("nginx").arg("-t").arg("-c").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&tried.stderr);
        // What a machine lets nobody do says nothing of the configuration.
        if said.contains("ermission denied") {
            continue;
        }
        let files = vec![("deploy/nginx.conf".to_owned(), text)];
        let refused = !outcome(rule, &files).findings.is_empty();
        if refused == tried.status.success() {
            wrong.push(format!("{location}: the rule refuses it: {refused}; nginx: {said}"));
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
