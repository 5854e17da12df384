//! Caddyfiles.

use plimsoll_formats::caddyfile::{Caddyfile, HeaderOperation};
use plimsoll_source::{MemoryTree, RepoPath, Tree};

use crate::damage::{assert_inside, damaged, source};

const FILE: &str = r#"{
    email ops@example.org
    servers {
        trusted_proxies static private_ranges
    }
}
# a comment
(headers) {
    header {
        Strict-Transport-Security "max-age=31536000; includeSubDomains"
        -Server
        ?X-Frame-Options {args[0]}
        defer
    }
}
example.org, www.example.org,
{$DOMAIN:localhost}:8443 {
    import headers DENY
    import missing
    encode zstd gzip
    @api path /api/*
    handle_path /static/* {
        root * /srv/static
        file_server
    }
    handle @api {
        reverse_proxy /api/* app:8000 {
            to unix//run/app.sock
            header_up X-Forwarded-Proto {scheme}
            header_up -Cookie
        }
    }
    request_body {
        max_size 20MB
    }
    header /x +Vary "a \"b\""
    respond <<HTML
        <p>{ }</p>
          two
        HTML 200
    log `{"a": 1}`
}
http://plain.example.org {
    redir https://{host}{uri} permanent
}
:8080 {
    respond ok \
        200
}
"#;

fn read(text: &str) -> Caddyfile {
    Caddyfile::read(&source("Caddyfile", text), None)
}

#[test]
fn sites_have_addresses() {
    let file = read(FILE);
    let messages: Vec<_> = file.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages, ["there is no snippet or file `missing`"]);
    assert_eq!(file.option("email").unwrap().args()[0].value, "ops@example.org");
    assert_eq!(file.sites.len(), 3);
    let hosts: Vec<_> = file.sites[0].addresses.iter().map(|a| (a.host.as_str(), a.port)).collect();
    let expected =
        [("example.org", None), ("www.example.org", None), ("{$DOMAIN:localhost}", Some(8443))];
    assert_eq!(hosts, expected);
    let automatic: Vec<_> = file.sites.iter().map(|site| file.has_automatic_tls(site)).collect();
    assert_eq!(automatic, [None, Some(false), Some(false)]);
    let plain = read("a.org\nreverse_proxy app:8000\nheader X y\n");
    assert_eq!(plain.sites[0].directives.len(), 2);
    assert_eq!(plain.has_automatic_tls(&plain.sites[0]), Some(true));
    let off = read("{\n auto_https off\n}\na.org {\n}\n");
    assert_eq!(off.has_automatic_tls(&off.sites[0]), Some(false));
}

#[test]
fn proxies_headers_and_files_are_found_in_their_blocks() {
    let file = read(FILE);
    let site = &file.sites[0];
    let proxies = site.reverse_proxies();
    let upstreams: Vec<_> = proxies[0].upstreams.iter().map(|u| u.value.as_str()).collect();
    assert_eq!(upstreams, ["app:8000", "unix//run/app.sock"]);
    assert_eq!(proxies[0].matcher.unwrap().value, "/api/*");
    assert_eq!(proxies[0].header_up[0].value, Some("{scheme}"));
    assert_eq!(proxies[0].header_up[1].operation, HeaderOperation::Delete);
    let headers: Vec<_> = site
        .headers()
        .iter()
        .map(|h| (h.name, h.value.unwrap_or("-"), h.operation, h.deferred))
        .collect();
    let expected = [
        (
            "Strict-Transport-Security",
            "max-age=31536000; includeSubDomains",
            HeaderOperation::Set,
            true,
        ),
        ("Server", "-", HeaderOperation::Delete, true),
        ("X-Frame-Options", "DENY", HeaderOperation::Default, true),
        ("Vary", "a \"b\"", HeaderOperation::Add, false),
    ];
    assert_eq!(headers, expected);
    assert_eq!(site.max_body_sizes()[0].value, "20MB");
    assert_eq!(site.all("file_server").len(), 1);
    assert_eq!(site.all("root")[0].args()[0].value, "/srv/static");
    let respond = site.all("respond")[0];
    assert_eq!(respond.args()[0].value, "<p>{ }</p>\n  two");
    assert_eq!(respond.args()[1].value, "200");
    assert_eq!(site.all("log")[0].args()[0].value, "{\"a\": 1}");
    assert_eq!(file.sites[2].all("respond")[0].args().len(), 2);
}

#[test]
fn imports_of_files_are_followed_and_circles_end() {
    let tree = MemoryTree::new([
        ("deploy/Caddyfile", "import sites/*\n"),
        ("deploy/sites/a", "a.org {\n import ../common\n}\n"),
        ("deploy/sites/b", "b.org {\n}\n"),
        ("deploy/common", "encode gzip\nimport common\n"),
    ]);
    let text = tree.read(&RepoPath::new("deploy/Caddyfile").unwrap()).unwrap();
    let file = Caddyfile::read(&text, Some(&tree));
    assert_eq!(file.sites.len(), 2);
    assert!(!file.sites[0].all("encode").is_empty());
    assert!(file.problems.iter().any(|p| p.message.contains("are not followed")));
}

#[test]
fn broken_blocks_are_recorded() {
    let cases = [
        ("a.org {\n x\n", "this block is not closed"),
        ("}\na.org {\n}\n", "unexpected `}`"),
        ("a.org {\n x \"y\n}\n", "this quote or heredoc is not closed"),
    ];
    for (text, message) in cases {
        let file = read(text);
        assert!(file.problems.iter().any(|p| p.message == message), "{text}: {:?}", file.problems);
        assert_eq!(file.sites.len(), 1, "{text}");
    }
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    damaged(FILE, |text| {
        let text = source("Caddyfile", text);
        let file = Caddyfile::read(&text, None);
        file.problems.iter().for_each(|p| assert_inside(&text, &p.at));
        for site in &file.sites {
            file.has_automatic_tls(site);
            site.reverse_proxies();
            site.headers();
            for (_, directive) in site.walk() {
                assert_inside(&text, &directive.span);
                directive.words.iter().for_each(|word| assert_inside(&text, &word.span));
            }
        }
    });
}
