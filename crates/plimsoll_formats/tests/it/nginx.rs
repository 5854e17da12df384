//! nginx configurations: syntax, includes, inheritance, routing.

use std::time::Duration;

use plimsoll_formats::nginx::{
    Address, Config, Directive, Included, Modifier, PassKind, Resolver, Route, parse, read_all,
};
use plimsoll_source::{MemoryTree, RepoPath, Tree};

use crate::damage::{assert_inside, damaged, source};

/// Reads the first file as the entry of a repository of these files.
fn config(files: &[(&str, &str)]) -> Config {
    let tree = MemoryTree::new(files.iter().copied());
    let entry = tree.read(&RepoPath::new(files[0].0).unwrap()).unwrap();
    Config::read(&entry, &Resolver::new(&tree))
}

fn one(text: &str) -> Config {
    config(&[("nginx.conf", text)])
}

/// The tree as text: `name arg arg { … }`, arguments in brackets where they have spaces.
fn shape(directives: &[Directive]) -> String {
    let mut out = Vec::new();
    for directive in directives {
        let mut words = vec![directive.name.value.clone()];
        for arg in &directive.args {
            let odd = arg.value.is_empty() || arg.value.contains([' ', '\n', '\t']);
            words.push(if odd { format!("[{}]", arg.value) } else { arg.value.clone() });
        }
        if let Some(block) = &directive.block {
            words.push(match &block.lua {
                Some(lua) => format!("<{}>", lua.trim()),
                None => format!("{{ {} }}", shape(&block.directives)),
            });
        }
        out.push(words.join(" "));
    }
    out.join("; ")
}

#[test]
fn words_are_cut_as_nginx_cuts_them() {
    let cases = [
        ("a b c;", "a b c"),
        ("a 'b c' \"d ; {\";", "a [b c] [d ; {]"),
        // Quotes count at the start of a word only.
        ("a b\"c d\"e;", "a b\"c d\"e"),
        (r#"a "say \"hi\"" 'it\'s' b\ c \d+\.x;"#, r#"a [say "hi"] it's [b\ c] \d+\.x"#),
        ("a ${b}c d$ e;", "a ${b}c d$ e"),
        ("location ~ \"^/a{2}$\" { b; }", "location ~ ^/a{2}$ { b }"),
        ("a # b ;\n c;", "a c"),
        ("a b#c;", "a b#c"),
        ("a\tb\r\n;", "a b"),
        ("if ($x = \"a b\") { c; }", "if ($x = [a b] ) { c }"),
        ("a ''; b;", "a []; b"),
        ("map $a $b { default 0; '~^x y' 1; \"\" 2; }", "map $a $b { default 0; ~^x y 1;  2 }"),
        ("add_header X 'é — ü';", "add_header X [é — ü]"),
        ("a \"two\nlines\";", "a [two\nlines]"),
    ];
    for (text, expected) in cases {
        assert_eq!(shape(&parse(&source("f", text)).directives), expected, "{text}");
    }
}

#[test]
fn lua_blocks_are_skipped_by_lua_s_rules() {
    let text = r#"content_by_lua_block {
        -- a comment with }
        --[[ and
        one } more ]]
        local t = { a = "}", b = '\'}', c = [==[ }]] ]==] }
    }
    after 1;"#;
    let file = parse(&source("f", text));
    assert!(file.problems.is_empty(), "{:?}", file.problems);
    assert_eq!(file.directives.len(), 2);
    assert!(file.directives[0].block.as_ref().unwrap().lua.as_ref().unwrap().contains("]==]"));
    assert!(file.directives[1].is("after"));
}

#[test]
fn broken_syntax_is_recorded_and_the_rest_is_read() {
    let cases = [
        ("server { listen 80 }", "server { listen 80 }", "`listen` is not ended by `;`"),
        ("server { listen 80;", "server { listen 80 }", "this block is not closed"),
        ("a; } b;", "a; b", "unexpected `}`"),
        ("a;; b;", "a; b", "unexpected `;`"),
        ("a \"b;", "a b;", "this quote is not closed"),
        ("{ a; } b;", "b", "unexpected `{`"),
        ("a 'b'c;", "a b c", "nginx wants a space, `;` or `{` after a closing quote"),
    ];
    for (text, expected, message) in cases {
        let file = parse(&source("f", text));
        assert_eq!(shape(&file.directives), expected, "{text}");
        let messages: Vec<_> = file.problems.iter().map(|p| p.message.as_str()).collect();
        assert!(messages.contains(&message), "{text}: {messages:?}");
    }
}

#[test]
fn templates_are_read_as_far_as_they_are_nginx() {
    let text = "{# managed by ansible #}
server {
    listen {{ port | default(80) }};
    server_name {{ hosts | join(' ') }};
{% if tls %}
    ssl_certificate /etc/letsencrypt/live/{{ host }}/fullchain.pem;
{% endif %}
    location /{{ name }}/ { root {{ dir }}; }
    location / { proxy_pass http://{{ upstream }}/; }
}";
    let config = one(text);
    assert!(config.template);
    assert!(config.problems.is_empty(), "{:?}", config.problems);
    let servers = config.servers();
    let server = &servers[0];
    assert_eq!(server.listens()[0].port, None);
    assert_eq!(server.names()[0].value, "{{ hosts | join(' ') }}");
    assert!(server.names()[0].is_placeholder());
    assert!(server.scope().own_named("ssl_certificate").next().unwrap().conditional);
    assert!(!server.scope().own_named("listen").next().unwrap().conditional);
    assert!(matches!(server.location_for("/x"), Route::Unknown { .. }));
    let pass = server.locations()[1].pass().unwrap();
    assert_eq!(pass.addresses, [Address::Computed("{{ upstream }}".to_owned())]);
    assert_eq!(pass.uri.as_deref(), Some("/"));
}

#[test]
fn placeholders_are_told_from_variables() {
    let file = parse(&source("f", "a ${DOMAIN} $PORT $host ${host} @HOST@ __NAME__ x@y.org ^a$;"));
    let found: Vec<_> = file.directives[0].args.iter().map(|word| word.is_placeholder()).collect();
    assert_eq!(found, [true, true, false, false, true, true, false, false]);
}

#[test]
fn includes_are_found_where_the_repository_keeps_them() {
    let main = "http { include mime.types; include /etc/nginx/conf.d/*.conf;
        include /etc/nginx/sites-enabled/*; include secrets/x.conf; }";
    let config = config(&[
        ("deploy/nginx/nginx.conf", main),
        ("deploy/nginx/conf.d/b.conf", "server { server_name b; include snippets/h.conf; }"),
        ("deploy/nginx/conf.d/a.conf", "server { server_name a; include proxy_params; }"),
        ("deploy/nginx/snippets/h.conf", "add_header X 1;"),
        ("old/nginx/conf.d/c.conf", "server { server_name c; }"),
    ]);
    let names: Vec<_> =
        config.servers().iter().map(|server| server.names()[0].value.clone()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(config.servers()[1].scope().added_headers().len(), 1);
    let led_to: Vec<_> = config.includes.iter().map(|i| (i.pattern.as_str(), &i.led_to)).collect();
    assert_eq!(led_to[0], ("mime.types", &Included::WellKnown));
    assert!(matches!(led_to[1].1, Included::Files(files) if files.len() == 2));
    assert_eq!(led_to.iter().filter(|(_, led_to)| **led_to == Included::Missing).count(), 2);
    assert!(config.has_unread_includes());
    // What Debian's proxy_params sets stands at the include.
    let passed = config.servers()[0].scope().passed_headers();
    let scheme = passed.iter().find(|header| header.name == "X-Forwarded-Proto").unwrap();
    assert_eq!((scheme.value, scheme.at.unwrap().start.line), ("$scheme", 1));
}

#[test]
fn mounts_say_where_files_are() {
    let tree = MemoryTree::new([
        ("nginx.conf", "http { include /etc/nginx/conf.d/*.conf; }"),
        ("docker/site.conf", "server { listen 8080; }"),
    ]);
    let site = RepoPath::new("docker/site.conf").unwrap();
    let resolver = Resolver::new(&tree).with_mount("/etc/nginx/conf.d/default.conf", site);
    let entry = tree.read(&RepoPath::new("nginx.conf").unwrap()).unwrap();
    assert_eq!(Config::read(&entry, &resolver).servers().len(), 1);
}

#[test]
fn circles_of_includes_end() {
    let config = config(&[("a.conf", "include b.conf; x 1;"), ("b.conf", "include a.conf; y 1;")]);
    assert_eq!(shape(&config.directives), "y 1; x 1");
    assert!(config.problems.iter().any(|p| p.message.contains("includes itself")));
}

#[test]
fn included_files_are_no_configurations_of_their_own() {
    let files = [
        ("nginx/nginx.conf", "http { include conf.d/*.conf; }"),
        ("nginx/conf.d/site.conf", "server { listen 80; }"),
        ("other.conf", "server { listen 81; }"),
    ];
    let tree = MemoryTree::new(files);
    let paths: Vec<_> = files.iter().map(|(path, _)| RepoPath::new(path).unwrap()).collect();
    let configs = read_all(&tree, &Resolver::new(&tree), &paths);
    let entries: Vec<_> = configs.iter().map(|config| config.entry.as_str()).collect();
    assert_eq!(entries, ["nginx/nginx.conf", "other.conf"]);
}

const SITE: &str = r#"
worker_processes auto;
events { worker_connections 1024; }
http {
    client_max_body_size 20m;
    add_header X-Frame-Options DENY always;
    limit_req_zone $binary_remote_addr zone=login:10m rate=30r/m;
    upstream app { server unix:/run/app/gunicorn.sock fail_timeout=0; keepalive 8; }
    server { listen 80 default_server; listen [::]:80; return 444; }
    server {
        listen 80;
        server_name example.org www.example.org;
        if ($host = www.example.org) { return 301 https://$host$request_uri; }
        return 301 https://example.org$request_uri;
    }
    server {
        listen 443 ssl http2;
        listen [::]:443 ssl;
        listen unix:/run/nginx.sock;
        server_name example.org;
        add_header Strict-Transport-Security "max-age=31536000" always;
        set $backend http://web:8000;
        root /srv/www;
        set_real_ip_from 10.0.0.0/8;
        location / {
            proxy_set_header Host $host;
            proxy_read_timeout 2m;
            proxy_pass http://app;
            location /inner/ { client_max_body_size 0; }
        }
        location /static/ { alias /srv/static/; expires 30d; add_header Cache-Control public; }
        location ^~ /media/ { internal; }
        location = /health { return 200 "ok"; }
        location ~* \.(png|jpe?g)$ { add_header_inherit merge; add_header X-Img 1; }
        location /login/ { limit_req zone=login burst=5 nodelay; proxy_pass $backend; }
        location @named { uwsgi_pass 127.0.0.1:3031; }
        location /api/ { proxy_pass http://[::1]:9000/v1/; try_files $uri @named; }
    }
}
"#;

#[test]
fn a_site_is_modelled() {
    let config = one(SITE);
    assert!(config.problems.is_empty(), "{:?}", config.problems);
    assert!(config.is_complete());
    let servers = config.servers();
    assert_eq!(servers.len(), 3);
    assert!(servers[0].listens()[0].default_server);
    assert_eq!(servers[0].listens()[1].address, "[::]");
    assert_eq!(servers[0].answers_all().unwrap().status, 444);
    let answers = servers[1].redirects();
    assert_eq!(answers.len(), 2);
    assert!(answers.iter().all(plimsoll_formats::nginx::Answer::is_https_redirect));
    assert_eq!(answers[1].condition.as_deref(), Some("$host = www.example.org"));
    let site = &servers[2];
    assert!(site.is_tls() && !servers[1].is_tls());
    assert!(site.listens()[0].http2);
    assert_eq!(site.listens()[2].address, "unix:/run/nginx.sock");
    assert_eq!(site.scope().real_ip().unwrap().header, "X-Real-IP");
    assert_eq!(config.server_for("www.example.org", 80).unwrap().at(), servers[1].at());
    assert_eq!(config.server_for("other.org", 80).unwrap().at(), servers[0].at());
    assert_eq!(config.server_for("other.org", 443).unwrap().at(), site.at());
}

#[test]
fn requests_reach_the_location_nginx_picks() {
    let config = one(SITE);
    let servers = config.servers();
    let cases = [
        ("/", "/"),
        ("/static/x.css", "/static/"),
        ("/static/x.PNG", r"\.(png|jpe?g)$"),
        ("/media/x.png", "/media/"),
        ("/health", "/health"),
        ("/health/", "/"),
        ("/inner/a", "/inner/"),
        ("/api/x", "/api/"),
    ];
    for (path, expected) in cases {
        let location = servers[2].location_for(path).location().unwrap();
        assert_eq!(location.pattern(), expected, "{path}");
    }
    let partly = one("server { location ~ (?<!x)y { } location /a { } }");
    assert!(matches!(partly.servers()[0].location_for("/a"), Route::Unknown { .. }));
    assert!(matches!(one("server { }").servers()[0].location_for("/a"), Route::Server));
}

#[test]
fn a_line_of_endless_length_is_not_read() {
    let file = parse(&source("f", &format!("a;\n{}", "b { ".repeat(10_000))));
    assert!(file.directives.is_empty());
    assert_eq!(file.problems[0].at.start.line, 2);
}

/// Checked against nginx 1.22.
#[test]
fn nested_expressions_are_asked_before_outer_ones() {
    let text = "server {
        location ~ x { } location /a/ { location ~ y { } location ^~ /a/b/ { } location /a/c { } } }";
    let config = one(text);
    let servers = config.servers();
    let cases = [("/a/xy", "y"), ("/a/x", "x"), ("/a/b/y", "y"), ("/a/b/x", "x"), ("/a/c", "/a/c")];
    for (path, expected) in cases {
        // `^~` keeps the expressions of its own level away only.
        let expected = if path == "/a/b/y" { "/a/b/" } else { expected };
        let found = servers[0].location_for(path).location().unwrap();
        assert_eq!(found.pattern(), expected, "{path}");
    }
}

#[test]
fn values_are_inherited_as_nginx_does() {
    let config = one(SITE);
    let servers = config.servers();
    let at = |path: &str| servers[2].location_for(path).location().unwrap();
    let headers = |path: &str| {
        let location = at(path);
        location.scope().added_headers().iter().map(|h| h.name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(headers("/"), "Strict-Transport-Security");
    assert_eq!(headers("/static/a.css"), "Cache-Control");
    // Merged with what reaches the server, which has dropped the outer header itself.
    assert_eq!(headers("/x.png"), "Strict-Transport-Security X-Img");
    let location = at("/static/a.css");
    let dropped = location.scope().dropped_headers();
    let dropped: Vec<_> = dropped.iter().map(|header| header.name).collect();
    assert_eq!(dropped, ["X-Frame-Options", "Strict-Transport-Security"]);
    assert_eq!(at("/").scope().client_max_body_size(), Some(20 << 20));
    assert_eq!(at("/inner/").scope().client_max_body_size(), Some(0));
    let minute = Duration::from_secs(60);
    assert_eq!(at("/").scope().timeout("proxy_read_timeout", minute), Some(minute * 2));
    assert_eq!(at("/api/").scope().timeout("proxy_read_timeout", minute), Some(minute));
    let passed =
        at("/").scope().passed_headers().iter().map(|h| (h.name, h.value)).collect::<Vec<_>>();
    assert_eq!(passed, [("Host", "$host"), ("Connection", "close")]);
    let limits = at("/login/").scope().request_limits();
    assert_eq!((limits[0].burst, limits[0].nodelay), (Some(5), true));
    assert_eq!(limits[0].zone.as_ref().unwrap().rate, Some(0.5));
}

#[test]
fn passes_lead_to_addresses() {
    let config = one(SITE);
    let servers = config.servers();
    let pass = |path: &str| servers[2].location_for(path).location().unwrap().pass().unwrap();
    let socket = Address::Unix { path: "/run/app/gunicorn.sock".to_owned() };
    assert_eq!(pass("/").addresses, [socket]);
    assert_eq!(pass("/").upstream.unwrap().keepalive(), Some(8));
    let web = Address::Host { host: "web".to_owned(), port: Some(8000) };
    assert_eq!(pass("/login/").addresses, [web]);
    let api = pass("/api/");
    assert_eq!(api.addresses, [Address::Host { host: "::1".to_owned(), port: Some(9000) }]);
    assert_eq!(api.uri.as_deref(), Some("/v1/"));
    let named = servers[2].locations().into_iter().find(|l| l.modifier == Modifier::Named).unwrap();
    assert_eq!(named.pass().unwrap().kind, PassKind::Uwsgi);
    let unix = one("server { location / { proxy_pass http://unix:/run/a.sock:/x; } }");
    let pass = unix.servers()[0].locations()[0].pass().unwrap();
    assert_eq!(pass.addresses, [Address::Unix { path: "/run/a.sock".to_owned() }]);
    assert_eq!(pass.uri.as_deref(), Some("/x"));
}

#[test]
fn files_are_looked_up_below_alias_or_root() {
    let config = one(SITE);
    let servers = config.servers();
    let at = |path: &str| servers[2].location_for(path).location().unwrap();
    assert_eq!(at("/static/a/b.css").file_of("/static/a/b.css").unwrap(), "/srv/static/a/b.css");
    assert_eq!(at("/media/b").file_of("/media/b").unwrap(), "/srv/www/media/b");
    assert!(at("/media/b").is_internal());
    assert!(!at("/media/b").root().unwrap().alias);
}

#[test]
fn what_an_outer_file_may_set_is_unknown() {
    let fragment = one("server { listen 80; location / { proxy_pass http://app:8000; } }");
    let servers = fragment.servers();
    assert!(!fragment.is_complete());
    assert_eq!(servers[0].scope().client_max_body_size(), None);
    assert_eq!(servers[0].scope().switch("server_tokens", true), None);
    assert_eq!(servers[0].listens()[0].port, Some(80));
    let hidden = one("http { server_tokens on; server { include gone.conf; } server { } }");
    assert_eq!(hidden.servers()[0].scope().switch("server_tokens", true), None);
    assert_eq!(hidden.servers()[1].scope().switch("server_tokens", true), Some(true));
    let whole = one("http { server { location / { } } }");
    assert_eq!(whole.servers()[0].scope().client_max_body_size(), Some(1 << 20));
    let snippet = one("location /static/ { alias /srv/static/; }");
    assert!(snippet.servers().is_empty());
    assert_eq!(snippet.implicit_server().unwrap().locations().len(), 1);
}

#[test]
fn damaged_input_is_survived_and_places_stay_inside() {
    fn walk(text: &plimsoll_source::SourceText, directives: &[Directive]) {
        for directive in directives {
            assert_inside(text, &directive.span);
            assert_inside(text, &directive.name.span);
            directive.args.iter().for_each(|word| assert_inside(text, &word.span));
            if let Some(block) = &directive.block {
                assert_inside(text, &block.span);
                walk(text, &block.directives);
            }
        }
    }
    let template = "{% if a %}a {{ b }} '{{ c }}';{% endif %} content_by_lua_block { --[[ ]] }";
    for text in [SITE, template] {
        damaged(text, |damaged| {
            let text = source("nginx.conf", damaged);
            let file = parse(&text);
            walk(&text, &file.directives);
            file.problems.iter().for_each(|problem| assert_inside(&text, &problem.at));
            let config = one(damaged);
            for server in config.servers() {
                server.listens();
                server.location_for("/static/x");
                for location in server.all_locations() {
                    location.passes();
                    location.scope().dropped_headers();
                    location.file_of("/static/x");
                    location.redirects();
                }
            }
        });
    }
}
