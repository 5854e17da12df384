//! Files that an installed nginx or certbot brings along, so that a repository includes them
//! without holding them. Contents as of Debian 12's nginx 1.22 and certbot 2.1, facts only;
//! `mime.types` is known by name, its types are of no concern here.

/// What is known of a file that is not in the repository.
pub(super) enum Known {
    /// Its directives.
    Text(&'static str),
    /// It exists and holds nothing that settings of a site could depend on.
    Neutral,
}

/// What is known of an include by its path as written.
pub(super) fn known(path: &str) -> Option<Known> {
    let tail = path.strip_prefix("/etc/nginx/").unwrap_or(path);
    let text = match tail {
        "proxy_params" | "proxy.conf.default" => PROXY_PARAMS,
        "fastcgi_params" | "fastcgi.conf" | "uwsgi_params" | "scgi_params" => CGI_HTTPS,
        "snippets/snakeoil.conf" => SNAKEOIL,
        "/etc/letsencrypt/options-ssl-nginx.conf" => CERTBOT,
        "mime.types" | "koi-utf" | "koi-win" | "win-utf" | "snippets/fastcgi-php.conf" => {
            return Some(Known::Neutral);
        }
        // Modules of the distribution: they load code and set nothing.
        _ if tail.ends_with("modules-enabled/*.conf") || tail.ends_with("nginx/modules/*.conf") => {
            return Some(Known::Neutral);
        }
        _ => return None,
    };
    Some(Known::Text(text))
}

/// Debian's proxy_params; the security update of 2026 passes `$host` where the file had
/// `$http_host` before.
const PROXY_PARAMS: &str = "\
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
";

/// The parameters that say by which scheme, to which name and from where a request came; those
/// of CGI, FastCGI, SCGI and uWSGI files differ in their prefix only, and are kept as uWSGI's.
const CGI_HTTPS: &str = "\
uwsgi_param REQUEST_SCHEME $scheme;
uwsgi_param HTTPS $https if_not_empty;
uwsgi_param REMOTE_ADDR $remote_addr;
uwsgi_param SERVER_PORT $server_port;
uwsgi_param SERVER_NAME $server_name;
";

const SNAKEOIL: &str = "\
ssl_certificate /etc/ssl/certs/ssl-cert-snakeoil.pem;
ssl_certificate_key /etc/ssl/private/ssl-cert-snakeoil.key;
";

const CERTBOT: &str = "\
ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_session_tickets off;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384;
";

/// Names of the directives of nginx's own and widely used third-party modules.
static DIRECTIVES: &str = include_str!("directives.txt");

/// Whether nginx or a widely used module has a directive of this name. The list is sorted.
pub fn is_known_directive(name: &str) -> bool {
    name.ends_with("_by_lua_block")
        || name.ends_with("_by_lua_file")
        || name.starts_with("lua_")
        || name.starts_with("js_")
        || name.starts_with("vhost_traffic_status")
        || name.starts_with("passenger_")
        || DIRECTIVES.lines().any(|known| known == name)
}
